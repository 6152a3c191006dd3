"""How the work stands, for one zone or for headquarters: each figure with its chart, its table and its file."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.analytics.tables import csv_of
from backoffice.cases import overview as standing
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.programs import queries as programs
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.case_page import zone_name
from backoffice.web.files import as_download
from backoffice.web.staff import blueprint
from backoffice.web.staff.overview_tables import Found, Sheet, sheets
from backoffice.web.staff.queue_choices import FIRST_YEAR, handler_zones

CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything the page shows: five queries of the spine, and the names."""

    wanted: standing.Wanted
    found: Found
    zones: Mapping[int, Zone]
    """Those this person may read."""

    def sheets(self) -> list[Sheet]:
        return sheets(self.found, self.wanted)


@blueprint.get("/overview")
@requires(Permission.PROCESS_READ)
def overview() -> ResponseReturnValue:
    """The present state of the work; the address says of which zone and year."""
    here = _gather()
    loads = here.found.roles
    return render_template(
        "staff/overview.html",
        wanted=here.wanted,
        sheets=here.sheets(),
        open=sum(one.open for one in loads),
        overdue=sum(one.overdue for one in loads),
        unassigned=sum(one.unassigned for one in loads),
        month=sum(one.this_month for one in loads),
        zones=[(zone.id, zone_name(zone)) for zone in here.zones.values() if zone.stratum == organizations.INNOVATION],
        zone=here.found.names.get(here.wanted.zone or 0, ""),
        years=range(clock.today().year, FIRST_YEAR - 1, -1),
        queue=lambda **more: url_for("staff.queue", zone=here.wanted.zone, year=here.wanted.year, **more),
        file=lambda code: url_for("staff.overview_table", table=code, zone=here.wanted.zone, year=here.wanted.year),
    )


@blueprint.get("/overview/<table>.csv")
@requires(Permission.PROCESS_READ)
def overview_table(table: str) -> ResponseReturnValue:
    """One table of the page as a file."""
    found = next((sheet.table for sheet in _gather().sheets() if sheet.table.code == table), None)
    if found is None:
        raise NotFound
    with transaction():
        audit.record(visit(), "overview:export", about=table)
    return as_download(csv_of(found), f"{found.title} {clock.today()}.csv", CSV)


def _gather() -> Gathered:
    every = organizations.zone_names()
    own = set(handler_zones(actor(), every))
    zones = {key: zone for key, zone in every.items() if key in own}
    zone, year = request.args.get("zone", type=int), request.args.get("year", type=int)
    wanted = standing.Wanted(
        zone if zone in zones else None, year if year is not None and FIRST_YEAR <= year <= clock.today().year else None
    )
    versions = programs.newest_versions()
    found = Found(
        roles=standing.by_role(actor(), wanted),
        zones=standing.by_zone(actor(), wanted),
        rests=standing.by_state(actor(), wanted),
        weeks=standing.weeks(actor(), wanted),
        names={key: zone_name(one) for key, one in every.items()},
        definitions={name: engine().definitions.get(name, version).workflow for name, version in versions.items()},
    )
    return Gathered(wanted, found, zones)
