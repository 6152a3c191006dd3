"""The zones: what they are, what happened to them, and what they belong to."""

from flask import render_template
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.core import clock
from backoffice.organizations import queries as organizations
from backoffice.web.access import requires
from backoffice.web.boards.asked import may_read_report_of
from backoffice.web.staff import blueprint


@blueprint.get("/zones")
@requires(Permission.CASE_READ)
def zones() -> ResponseReturnValue:
    """Every zone the foundation runs today."""
    return render_template("staff/zones.html", zones=organizations.zones(clock.today()))


@blueprint.get("/zones/<code>")
@requires(Permission.CASE_READ)
def zone(code: str) -> ResponseReturnValue:
    """One zone with its history, councils and agreements."""
    found = organizations.zone(code)
    return render_template(
        "staff/zone.html",
        zone=found,
        events=organizations.zone_events(found.id),
        councils=organizations.councils_of(found.id, clock.today()),
        may_board=may_read_report_of(found.id),
    )
