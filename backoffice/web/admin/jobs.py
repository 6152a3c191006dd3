"""Background jobs: what runs and how far, what waits, what gave up and why; try again, or call off."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from sqlalchemy import func, select

from backoffice.access.permissions import Permission
from backoffice.core import audit, outbox
from backoffice.core.db import db, transaction
from backoffice.core.errors import NotFound
from backoffice.web.access import requires, visit
from backoffice.web.admin import blueprint

PAGE = 100
STATUSES = (outbox.RUNNING, outbox.WAITING, outbox.DEAD, outbox.CANCELLED, outbox.DONE)


@blueprint.get("/jobs")
@requires(Permission.JOB_MANAGE)
def jobs() -> ResponseReturnValue:
    """How many jobs stand where, and the newest of each; without a filter, first what somebody must look at."""
    counts = dict(db.session.execute(select(outbox.Job.status, func.count()).group_by(outbox.Job.status)).all())
    status, kind = request.args.get("status", ""), request.args.get("kind", "")[:40]
    query = select(outbox.Job).order_by(outbox.Job.id.desc()).limit(PAGE)
    if status in STATUSES:
        query = query.where(outbox.Job.status == status)
    if kind:
        query = query.where(outbox.Job.kind == kind)
    kinds = db.session.scalars(select(outbox.Job.kind).distinct().order_by(outbox.Job.kind)).all()
    return render_template(
        "admin/jobs.html",
        counts=counts,
        jobs=list(db.session.scalars(query)),
        status=status,
        kind=kind,
        kinds=kinds,
        form=FlaskForm(),
    )


@blueprint.post("/jobs/<int:job_id>/retry")
@requires(Permission.JOB_MANAGE)
def retry_job(job_id: int) -> ResponseReturnValue:
    with transaction():
        if not outbox.retry(job_id):
            raise NotFound
        audit.record(visit(), "job:retry", about=str(job_id))
        outbox.announce(job_id)
    flash(_("작업을 다시 시작합니다."), "success")
    return redirect(url_for("admin.jobs"))


@blueprint.post("/jobs/retry-all")
@requires(Permission.JOB_MANAGE)
def retry_jobs() -> ResponseReturnValue:
    """A fresh start for every job that gave up."""
    with transaction():
        count = outbox.retry_dead()
        audit.record(visit(), "job:retry-all", about=str(count))
    flash(ngettext("작업 %(num)d건을 다시 시작합니다.", "작업 %(num)d건을 다시 시작합니다.", count), "success")
    return redirect(url_for("admin.jobs"))


@blueprint.post("/jobs/<int:job_id>/cancel")
@requires(Permission.JOB_MANAGE)
def cancel_job(job_id: int) -> ResponseReturnValue:
    """Call off a job that waits; one that runs is finished by whoever runs it."""
    with transaction():
        cancelled = outbox.cancel(job_id)
        if cancelled:
            audit.record(visit(), "job:cancel", about=str(job_id))
    if cancelled:
        flash(_("작업을 취소했습니다."), "success")
    else:
        flash(_("기다리는 작업만 취소할 수 있습니다. 이미 실행 중이거나 끝난 작업입니다."), "warning")
    return redirect(url_for("admin.jobs"))
