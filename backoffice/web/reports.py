"""Annual reports: which issues there are, having a new one made, and handing out the PDF."""

import secrets
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import HOLDERS, Permission, may
from backoffice.core import audit, clock, outbox
from backoffice.core.db import transaction
from backoffice.core.errors import Forbidden, NotFound
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.reports import batches, queries, services
from backoffice.reports.models import Snapshot
from backoffice.web.access import actor, requires, visit
from backoffice.web.files import as_download

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

EDITIONS = ("internal", "public")
FIRST_YEAR = 2019
"""The year in which the first zones were designated."""


@dataclass(frozen=True, slots=True)
class Line:
    """The newest issues of one zone, or of the nation, by edition."""

    zone: Zone | None
    issues: dict[str, Snapshot]
    ready: frozenset[int]
    """The issues whose PDF is made."""


def readable_zones() -> frozenset[int] | None:
    """The zones whose reports this person may read; None means all, and the nation."""
    found: set[int] = set()
    for role in actor().roles & HOLDERS[Permission.REPORT_READ]:
        zones = actor().zones_as(role)
        if zones is None:
            return None
        found |= zones
    return frozenset(found)


@blueprint.get("/")
@requires(Permission.REPORT_READ)
def home() -> ResponseReturnValue:
    """One line per zone with its newest issues of the year."""
    this_year = clock.today().year
    year = min(max(request.args.get("year", this_year - 1, type=int), FIRST_YEAR), this_year)
    allowed = readable_zones()
    zones: list[Zone | None] = [zone for zone in organizations.zones() if allowed is None or zone.id in allowed]
    newest = queries.newest_of_year(year)
    ready = queries.printed_of([row.id for row in newest.values()])
    lines = [
        Line(
            zone,
            {edition: row for edition in EDITIONS if (row := newest.get((zone.id if zone else None, edition)))},
            ready,
        )
        for zone in ([None, *zones] if allowed is None else zones)
    ]
    return render_template(
        "staff/reports.html",
        lines=lines,
        year=year,
        years=range(this_year, FIRST_YEAR - 1, -1),
        editions=EDITIONS,
        may_build=may(actor(), Permission.REPORT_BUILD),
        may_batch=allowed is None and may(actor(), Permission.REPORT_BUILD),
        batches=batches.newest() if allowed is None else [],
        token=secrets.token_urlsafe(16),
        form=FlaskForm(),
    )


@blueprint.post("/")
@requires(Permission.REPORT_BUILD)
def build() -> ResponseReturnValue:
    """Freeze the figures of a year and have the PDF made by a job."""
    code, edition = request.form.get("zone", ""), request.form.get("edition", "")
    year = request.form.get("year", type=int) or 0
    zone = organizations.zone(code) if code else None
    allowed = readable_zones()
    if edition not in EDITIONS or (allowed is not None and (zone is None or zone.id not in allowed)):
        raise Forbidden
    with transaction():
        snapshot = services.freeze(organizations.zone(code) if code else None, year, edition, actor().user_id)
        number = snapshot.number
        outbox.enqueue("report", {"snapshot": snapshot.id}, key=f"report:{snapshot.id}:{clock.now():%Y%m%d%H%M%S}")
    flash(_("%(number)s 보고서를 만들고 있습니다. 잠시 뒤 화면을 새로 고쳐 주세요.", number=number), "success")
    return redirect(url_for("reports.home", year=year))


@blueprint.get("/<number>.pdf")
@requires(Permission.REPORT_READ)
def download(number: str) -> ResponseReturnValue:
    """The PDF of one issue."""
    snapshot = queries.snapshot(number)
    allowed = readable_zones()
    if allowed is not None and snapshot.zone_id not in allowed:
        raise NotFound
    made = services.kept(services.order(snapshot), current_app.extensions["files"])
    if made is None:
        flash(_("아직 만들고 있습니다. 잠시 뒤 다시 눌러 주세요."))
        return redirect(url_for("reports.home", year=snapshot.year))
    with transaction():
        audit.record(visit(), "report:read", about=number)
    return as_download(made.content, f"{number}.pdf", MEDIA_TYPES["pdf"])
