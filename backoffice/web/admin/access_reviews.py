"""The monthly review of the access log, with the signature of a second person."""

from datetime import date, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import oversight
from backoffice.accounts import queries as accounts
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.web.access import actor, requires, visit
from backoffice.web.admin import blueprint
from backoffice.web.admin.log_scope import demand_all_zones, within


def _last_month() -> date:
    return (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)


def _page(month: date, problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    events, found = oversight.look(month, within())
    reviews = oversight.reviews()
    people = {one.actor_id for one in found}
    people |= {who for row in reviews for who in (row.reviewer_id, row.signed_by) if who is not None}
    page = render_template(
        "admin/access_review.html",
        month=month,
        events=events,
        found=found,
        reviews=reviews,
        present=oversight.review_of(month),
        over=month < clock.today().replace(day=1),
        names=accounts.names(sorted(people)),
        me=actor().user_id,
        problems=problems,
        typed=request.form,
        form=FlaskForm(),
    )
    return make_response(page, 422 if problems else 200)


@blueprint.get("/audit/reviews")
@requires(Permission.AUDIT_READ)
def access_review() -> ResponseReturnValue:
    """One month, last month's by default: how much happened, what stands out, who looked and who signed."""
    text = request.args.get("month", "")
    return _page(oversight.month_of(text) if text else _last_month())


@blueprint.post("/audit/reviews/<month>")
@requires(Permission.AUDIT_READ)
def write_access_review(month: str) -> ResponseReturnValue:
    """Say what was found and done."""
    day = oversight.month_of(month)
    try:
        demand_all_zones()
        with transaction():
            oversight.write_review(day, actor().user_id or 0, request.form.get("remarks", ""))
            audit.record(visit(), "audit:review", about=month)
    except Invalid as invalid:
        return _page(day, invalid.problems)
    except Refused as refused:
        flash(str(refused.reasons[0].sentence), "warning")
        return redirect(url_for("admin.access_review", month=month))
    flash(_("점검을 남겼습니다. 다른 사람이 확인해야 끝납니다."), "success")
    return redirect(url_for("admin.access_review", month=month))


@blueprint.post("/audit/reviews/<month>/sign")
@requires(Permission.AUDIT_READ)
def sign_access_review(month: str) -> ResponseReturnValue:
    """Sign as a second person."""
    day = oversight.month_of(month)
    try:
        demand_all_zones()
        with transaction():
            oversight.sign(day, actor().user_id or 0)
            audit.record(visit(), "audit:sign", about=month)
    except Refused as refused:
        flash(str(refused.reasons[0].sentence), "warning")
    else:
        flash(_("점검을 확인했습니다."), "success")
    return redirect(url_for("admin.access_review", month=month))
