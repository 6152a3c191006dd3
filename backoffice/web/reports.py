"""Annual reports: which issues there are, having a new one made, and handing out the PDF."""

import secrets
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission, may, zones_with
from backoffice.core import audit, clock, outbox
from backoffice.core.db import steady_transaction, transaction
from backoffice.core.errors import Forbidden
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.reports import batches, freezing, queries, services, shelf
from backoffice.reports.models import ReportIssue
from backoffice.web import report_words
from backoffice.web.access import actor, requires, visit
from backoffice.web.files import as_download
from backoffice.web.report_words import place_name

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

EDITIONS = ("internal", "public")
FIRST_YEAR = 2019
"""The year in which the first zones were designated."""


@dataclass(frozen=True, slots=True)
class Line:
    """The newest issue of one zone, or of the nation."""

    zone: Zone | None
    name: str
    issue: ReportIssue | None


def readable_zones() -> frozenset[int] | None:
    """The zones whose reports this person may read; None means all, and the nation."""
    return zones_with(actor(), Permission.REPORT_READ)


@blueprint.get("/")
@requires(Permission.REPORT_READ)
def home() -> ResponseReturnValue:
    """One line per zone with its newest issue of the year."""
    this_year = clock.today().year
    year = min(max(request.args.get("year", this_year - 1, type=int), FIRST_YEAR), this_year)
    allowed, newest = readable_zones(), shelf.newest(year, actor())
    zones: list[Zone | None] = [zone for zone in organizations.zones() if allowed is None or zone.id in allowed]
    editions = [one for row in newest.values() for one in (row.internal_id, row.public_id) if one is not None]
    return render_template(
        "staff/reports.html",
        lines=[
            Line(zone, place_name(zone), newest.get(zone.id if zone else None))
            for zone in ([None, *zones] if allowed is None else zones)
        ],
        ready=queries.printed_of(editions),
        year=year,
        years=range(this_year, FIRST_YEAR - 1, -1),
        editions=EDITIONS,
        edition_names=report_words.EDITIONS,
        states=report_words.STATES,
        may_build=may(actor(), Permission.REPORT_BUILD),
        may_batch=allowed is None and may(actor(), Permission.REPORT_BUILD),
        batches=batches.newest() if allowed is None and may(actor(), Permission.REPORT_BUILD) else [],
        token=secrets.token_urlsafe(16),
        form=FlaskForm(),
    )


@blueprint.post("/")
@requires(Permission.REPORT_BUILD)
def build() -> ResponseReturnValue:
    """Freeze the figures of a year and have the documents made by jobs: of both editions, or of the one that is named."""
    code, edition = request.form.get("zone", ""), request.form.get("edition", "")
    year = request.form.get("year", type=int) or 0
    zone = organizations.zone(code) if code else None
    allowed = zones_with(actor(), Permission.REPORT_BUILD)
    if edition not in {*EDITIONS, ""} or (allowed is not None and (zone is None or zone.id not in allowed)):
        raise Forbidden
    with steady_transaction():
        frozen = freezing.freeze(organizations.zone(code) if code else None, year, actor().user_id)
        number = frozen.number
        audit.record(visit(), "report:freeze", about=number)
        wanted = {"internal": frozen.internal_id, "public": frozen.public_id}
        for name, snapshot_id in wanted.items():
            if edition in {name, ""}:
                order_print(snapshot_id or 0, f"{clock.now():%Y%m%d%H%M%S}")
    flash(_("%(number)s 보고서를 만들고 있습니다. 잠시 뒤 화면을 새로 고쳐 주세요.", number=number), "success")
    return redirect(url_for("reports.home", year=year))


def order_print(snapshot_id: int, attempt: str) -> None:
    """Have the PDF of an edition made by a job; the same attempt asks once."""
    outbox.enqueue("report", {"snapshot": snapshot_id}, key=f"report:{snapshot_id}:{attempt}")


@blueprint.get("/<number>.pdf")
@requires(Permission.REPORT_READ)
def download(number: str) -> ResponseReturnValue:
    """The PDF of one edition as its issue stands now; one that is not printed yet is ordered."""
    row = shelf.one(number, actor()).issue
    snapshot = queries.snapshot(number)
    wanted = services.order(snapshot)
    made = services.kept(wanted, current_app.extensions["files"])
    if made is None:
        with transaction():
            order_print(snapshot.id, f"{wanted.key[:16]}:{clock.now():%Y%m%d%H%M}")
        flash(_("아직 만들고 있습니다. 잠시 뒤 다시 눌러 주세요."))
        return redirect(url_for("reports.issue", number=row.number))
    with transaction():
        audit.record(visit(), "report:read", about=number)
    return as_download(made.content, f"{number}.pdf", MEDIA_TYPES["pdf"])
