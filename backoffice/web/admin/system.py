"""Background jobs, and the access log with verification of histories."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import func, select

from backoffice.access.permissions import Permission
from backoffice.accounts import queries as accounts
from backoffice.core import outbox
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db, transaction
from backoffice.core.errors import NotFound
from backoffice.engine.chain import verify
from backoffice.web.access import requires
from backoffice.web.admin import blueprint

PAGE = 100


@blueprint.get("/jobs")
@requires(Permission.JOB_MANAGE)
def jobs() -> ResponseReturnValue:
    """How many jobs stand where, and the newest of each kind of trouble."""
    counts = dict(db.session.execute(select(outbox.Job.status, func.count()).group_by(outbox.Job.status)).all())
    status = request.args.get("status", "")
    query = select(outbox.Job).order_by(outbox.Job.id.desc()).limit(PAGE)
    if status:
        query = query.where(outbox.Job.status == status)
    return render_template(
        "admin/jobs.html", counts=counts, jobs=list(db.session.scalars(query)), status=status, form=FlaskForm()
    )


@blueprint.post("/jobs/<int:job_id>/retry")
@requires(Permission.JOB_MANAGE)
def retry_job(job_id: int) -> ResponseReturnValue:
    with transaction():
        if not outbox.retry(job_id):
            raise NotFound
    flash(_("작업을 다시 시작합니다."), "success")
    return redirect(url_for("admin.jobs"))


@blueprint.get("/audit")
@requires(Permission.AUDIT_READ)
def audit_log() -> ResponseReturnValue:
    """Who looked at or took whose data, newest first."""
    number = max(1, request.args.get("page", 1, type=int))
    query = select(AccessEvent).order_by(AccessEvent.id.desc()).limit(PAGE + 1).offset((number - 1) * PAGE)
    events = list(db.session.scalars(query))
    names = accounts.names([event.actor_id for event in events if event.actor_id])
    return render_template(
        "admin/audit.html", events=events[:PAGE], names=names, number=number, more=len(events) > PAGE, form=FlaskForm()
    )


@blueprint.post("/audit/verify")
@requires(Permission.AUDIT_READ)
def verify_histories() -> ResponseReturnValue:
    """Check the hash chain of every case."""
    count, breaks = verify(db.session())
    if breaks:
        first = breaks[0]
        flash(
            _(
                "%(n)d건의 이력이 손상되었습니다. 첫 손상: %(ref)s, %(rev)d번째",
                n=len(breaks),
                ref=first.reference,
                rev=first.revision,
            ),
            "danger",
        )
    else:
        flash(_("%(n)d건의 이력이 모두 온전합니다.", n=count), "success")
    return redirect(url_for("admin.audit_log"))
