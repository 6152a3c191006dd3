"""The access log: filters, a file with a reason, and verification of histories."""

from datetime import date

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import access_log
from backoffice.accounts import queries as accounts
from backoffice.cases import queue as lists
from backoffice.core import audit, clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.engine.chain import verify
from backoffice.forms.readers import read_date
from backoffice.outcomes.exporting import as_csv
from backoffice.web.access import actor, requires, visit
from backoffice.web.admin import blueprint
from backoffice.web.admin.log_scope import within

SHORTEST_REASON = 5


def _wanted() -> access_log.Wanted:
    """The filter in the address. Raises Invalid for what is no date."""
    return access_log.Wanted(
        person=request.values.get("person", "").strip()[:80],
        about=request.values.get("about", "").strip()[:80],
        act=request.values.get("act", "")[:60],
        first=_day("first"),
        last=_day("last"),
        within=within(),
    )


def _day(name: str) -> date | None:
    text = request.values.get(name, "").strip()
    found = read_date(text, name) if text else None
    if found is not None and not 2000 <= found.year <= 2999:
        raise Invalid.field(name, "날짜를 확인해 주세요. 예: 2026-10-01", "Check the date, such as 2026-10-01.")
    return found


def _page(problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    try:
        wanted = _wanted()
    except Invalid as invalid:
        wanted, problems = access_log.Wanted(within=within()), (*problems, *invalid.problems)
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    events, total = access_log.page(wanted, number), access_log.count(wanted)
    page = render_template(
        "admin/audit.html",
        events=events,
        names=accounts.names([event.actor_id for event in events if event.actor_id]),
        wanted=wanted,
        typed=request.values,
        acts=access_log.acts(),
        total=total,
        number=number,
        pages=-(-total // access_log.PAGE),
        address=lambda other: url_for("admin.audit_log", **{**request.args.to_dict(), "page": other}),
        limited=wanted.within is not None,
        problems=problems,
        form=FlaskForm(),
    )
    return make_response(page, 422 if problems else 200)


@blueprint.get("/audit")
@requires(Permission.AUDIT_READ)
def audit_log() -> ResponseReturnValue:
    """Who looked at or took whose data, newest first."""
    return _page()


@blueprint.post("/audit.csv")
@requires(Permission.AUDIT_READ)
def access_file() -> ResponseReturnValue:
    """What the filter finds as a file; the reason is in the log itself."""
    try:
        wanted, reason = _wanted(), request.form.get("reason", "").strip()[:500]
        if len(reason) < SHORTEST_REASON:
            raise Invalid.field(
                "reason", "내려받는 사유를 5자 이상 적어 주세요.", "Give the reason in five characters or more."
            )
    except Invalid as invalid:
        return _page(invalid.problems)
    with transaction():
        audit.record(visit(), "audit:export", about=f"{access_log.count(wanted)} rows", reason=reason)
    heads = [_("일시"), _("계정"), _("접속지"), _("업무"), _("정보주체"), _("사유")]
    content = "".join(as_csv(heads, access_log.rows(wanted), frozenset()))
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=access-log-{clock.today():%Y%m%d}.csv"
    return answer


@blueprint.post("/audit/verify")
@requires(Permission.AUDIT_READ)
def verify_histories() -> ResponseReturnValue:
    """Check the hash chain of every case."""
    count, found = verify(db.session())
    known = {row.reference for row in lists.these(actor(), [one.reference for one in found])}
    breaks = found if within() is None else [one for one in found if one.reference in known]
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
