"""The ledger of outcomes: every value with its editions and evidence, restating one, taking everything out."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission, may, zones_with
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Refused
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.imports.queries import visible_files
from backoffice.organizations import queries as organizations
from backoffice.outcomes import exporting, ledger
from backoffice.outcomes.aggregation import PERCENT
from backoffice.outcomes.entry_checks import shown
from backoffice.outcomes.ledger import Filter
from backoffice.outcomes.numerals import half_up, plain
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import zone_name
from backoffice.web.files import named
from backoffice.web.staff import blueprint
from workflows.indicators import all_indicators


def readable() -> frozenset[int] | None:
    """The zones whose ledger this person may read; None for all."""
    return zones_with(actor(), Permission.OUTCOME_READ)


def wanted() -> Filter:
    """The filter the address asks for; what it cannot mean is left out."""
    args = request.args
    code = args.get("indicator", "")
    return Filter(
        zone=args.get("zone", type=int),
        year=args.get("year", type=int),
        indicator=code if code in all_indicators() else "",
        text=args.get("q", "")[:80],
        editions="all" if args.get("editions") == "all" else "",
        import_id=args.get("import", type=int),
        page=max(1, args.get("page", 1, type=int)),
    )


def address(**changes: object) -> str:
    """This list's address with some of its filter changed."""
    arguments = {**request.args.to_dict(), **changes}
    kept: dict[str, Any] = {name: value for name, value in arguments.items() if value not in (None, "")}
    return url_for("staff.outcomes", **kept)


def say(indicator: str, value: Decimal | None, denominator: Decimal | None = None) -> str:
    """A value as the ledger prints it, with its unit; a ratio with its parts: ``54.8% (23/42)``."""
    known = all_indicators().get(indicator)
    if value is None or known is None:
        return "-" if value is None else str(exporting.plain(value))
    if not denominator:
        return shown(known, value).text()
    times, digits = (PERCENT, 1) if known.unit == "percent" else (1, 2)
    return f"{shown(known, half_up(value * times / denominator, digits)).text()} ({plain(value)}/{plain(denominator)})"


@blueprint.get("/outcomes")
@requires(Permission.OUTCOME_READ)
def outcomes() -> ResponseReturnValue:
    """One page of the ledger."""
    filter_, zones = wanted(), readable()
    page = ledger.page(zones, filter_)
    return render_template(
        "staff/outcomes.html",
        page=page,
        filter=filter_,
        zones=[(row.id, zone_name(row)) for row in organizations.zones() if zones is None or row.id in zones],
        years=ledger.years(zones),
        indicators=all_indicators(),
        files=visible_files({line.file.id for line in page.lines if line.file}, actor()),
        say=say,
        address=address,
        paged=lambda number: address(page=number),
        arguments={name: value for name, value in request.args.to_dict().items() if name not in {"page", "format"}},
        may_import=may(actor(), Permission.OUTCOME_IMPORT),
    )


@blueprint.get("/outcomes/export")
@requires(Permission.OUTCOME_READ)
def outcomes_export() -> ResponseReturnValue:
    """Everything the filter shows, as a file, streamed."""
    filter_, zones = wanted(), readable()
    kind = "xlsx" if request.args.get("format") == "xlsx" else "csv"
    total = ledger.count(zones, filter_)
    if kind == "xlsx" and total > exporting.MAX_SHEET_ROWS:
        raise Refused.because(
            "too_many", "엑셀 한 장에 담기에는 많습니다. CSV로 받아 주세요.", "Too many for a sheet; take CSV."
        )
    with transaction():
        audit.record(visit(), "outcome:export", about=f"{kind} {total} {request.query_string.decode()[:150]}")
    response = Response(stream_with_context(_content(kind, zones, filter_)), mimetype=MEDIA_TYPES[kind])
    return named(response, f"{_('성과대장')}_{clock.today():%Y%m%d}.{kind}")


def _content(kind: str, zones: frozenset[int] | None, filter_: Filter) -> Iterator[str] | Iterator[bytes]:
    rows = ledger.export(zones, filter_)
    if kind == "csv":
        return exporting.as_csv(ledger.HEADS, rows, ledger.NUMERIC)
    return exporting.as_workbook("성과대장", ledger.HEADS, rows, numeric=ledger.NUMERIC, years=ledger.YEARS)
