"""Saved views of the queue: keep the present filter under a name, share, rename, delete, start with it."""

from collections.abc import Sequence

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import STAFF, Permission
from backoffice.accounts import queries as accounts
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.desk import queries as desk
from backoffice.desk import services
from backoffice.desk.models import MINE
from backoffice.organizations import queries as organizations
from backoffice.web import queue_filter
from backoffice.web.access import actor, requires
from backoffice.web.case_page import zone_name
from backoffice.web.staff import blueprint


@blueprint.get("/views")
@requires(Permission.CASE_READ)
def views() -> ResponseReturnValue:
    """One's own views and those shared by colleagues."""
    return _page()


def _page(problems: Sequence[Problem] = (), wrong: int = 0, status: int = 200) -> ResponseReturnValue:
    found = desk.views(actor())
    body = render_template(
        "staff/views.html",
        views=found,
        owners=accounts.names([view.owner_id for view in found]),
        zones={zone.id: zone_name(zone) for zone in organizations.zones()},
        own_zones=sorted(desk.own_zones(actor())),
        colleague=bool(actor().roles & STAFF),
        spelled=queue_filter.spelled(queue_filter.read(request.values.get("filter", ""))),
        wrong=wrong,
        problems=problems,
        errors_on_page=bool(problems),
    )
    return make_response(body, status)


@blueprint.post("/views")
@requires(Permission.CASE_READ)
def save_view() -> ResponseReturnValue:
    """Keep the filter of the list under a name."""
    address = queue_filter.spelled(queue_filter.read(request.form.get("filter", "")))
    audience, _colon, zone = request.form.get("audience", MINE)[:20].partition(":")
    try:
        _may_share(audience, zone)
        with transaction():
            row = services.save_view(
                actor(), request.form.get("name", ""), address,
                audience=audience, zone_id=int(zone) if zone.isdigit() else None,
            )  # fmt: skip
            if request.form.get("start") == "yes":
                services.start_with(actor(), row.id)
    except Invalid as invalid:
        return _page(invalid.problems, status=422)
    flash(_("보기를 저장했습니다."), "success")
    return redirect(f"{url_for('staff.queue')}?{address}")


def _may_share(audience: str, zone: str) -> None:
    """Colleagues share with colleagues; people from outside the foundation keep views for themselves."""
    zones = desk.own_zones(actor())
    shares = audience == MINE or bool(actor().roles & STAFF)
    foreign = bool(zones) and zone != "" and zone not in {str(zone_id) for zone_id in zones}
    if not shares or foreign:
        raise Invalid.field(
            "audience", "누구와 함께 볼지 목록에서 골라 주세요.", "Choose from the list who else sees it."
        )


@blueprint.post("/views/<int:view_id>/rename")
@requires(Permission.CASE_READ)
def rename_view(view_id: int) -> ResponseReturnValue:
    try:
        with transaction():
            services.rename_view(actor(), view_id, request.form.get("name", ""))
    except Invalid as invalid:
        return _page([Problem(f"name-{view_id}", problem.sentence) for problem in invalid.problems], view_id, 422)
    flash(_("보기의 이름을 바꾸었습니다."), "success")
    return redirect(url_for("staff.views"))


@blueprint.post("/views/<int:view_id>/delete")
@requires(Permission.CASE_READ)
def delete_view(view_id: int) -> ResponseReturnValue:
    with transaction():
        services.delete_view(actor(), view_id)
    flash(_("보기를 지웠습니다. 건은 그대로 있습니다."), "success")
    return redirect(url_for("staff.views"))


@blueprint.post("/views/<int:view_id>/start")
@requires(Permission.CASE_READ)
def start_view(view_id: int) -> ResponseReturnValue:
    """Open one's queue with this view from now on; 0 is the plain one."""
    with transaction():
        if view_id:
            services.start_with(actor(), view_id)
        else:
            services.start_plainly(actor())
    flash(
        _("업무함을 열면 이 보기가 먼저 나옵니다.") if view_id else _("업무함을 열면 '내 할 일'이 먼저 나옵니다."),
        "success",
    )
    return redirect(url_for("staff.views"))
