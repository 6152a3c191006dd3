"""The ledger of outcomes: every value with its editions and evidence, restating one, taking everything out."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission, may
from backoffice.accounts import queries as accounts
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.core.i18n import Sentence
from backoffice.imports import cells
from backoffice.imports.queries import standing_measures, visible_files, zones_with
from backoffice.organizations import queries as organizations
from backoffice.outcomes import exporting, ledger, services
from backoffice.outcomes.aggregation import PERCENT
from backoffice.outcomes.entry_checks import Entry, check, is_answer, shown
from backoffice.outcomes.ledger import Filter, Line
from backoffice.outcomes.models import Measure
from backoffice.outcomes.numerals import half_up, plain
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import zone_name
from backoffice.web.files import named
from backoffice.web.staff import blueprint
from workflows.indicators import Indicator, all_indicators


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


@blueprint.get("/outcomes/<int:measure_id>")
@requires(Permission.OUTCOME_READ)
def measure(measure_id: int) -> ResponseReturnValue:
    """One value with all of its editions."""
    return _page(ledger.one(measure_id, readable()))


def _page(line: Line, problems: list[Problem] | None = None, status: int = 200) -> ResponseReturnValue:
    found = ledger.editions(line.measure)
    writable = zones_with(actor(), Permission.OUTCOME_IMPORT)
    may_restate = may(actor(), Permission.OUTCOME_IMPORT) and (writable is None or line.zone.id in writable)
    return make_response(
        render_template(
            "staff/measure.html",
            line=line,
            editions=found,
            indicator=all_indicators().get(line.measure.indicator),
            people=accounts.names([one.measure.recorded_by for one in found if one.measure.recorded_by]),
            files=visible_files({one.file.id for one in found if one.file}, actor()),
            say=say,
            may_restate=may_restate and line.measure.superseded_at is None,
            problems=problems or [],
            errors_on_page=bool(problems),
            typed=request.form,
            form=FlaskForm(),
        ),
        status,
    )


@blueprint.post("/outcomes/<int:measure_id>")
@requires(Permission.OUTCOME_IMPORT)
def restate(measure_id: int) -> ResponseReturnValue:
    """A new edition of one value with a reason; the old one stays visible."""
    line = ledger.one(measure_id, zones_with(actor(), Permission.OUTCOME_IMPORT))
    try:
        value, denominator, reason = _typed(line)
        with transaction():
            old = ledger.one(measure_id, zones_with(actor(), Permission.OUTCOME_IMPORT)).measure
            new = services.restate(old, value, denominator=denominator, reason=reason, actor_id=actor().user_id)
            audit.record(visit(), "outcome:restate", about=f"{old.indicator} {old.year}", reason=reason)
            new_id = new.id
    except Invalid as invalid:
        return _page(line, list(invalid.problems), 422)
    flash(_("정정했습니다. 앞의 값은 이력에 남아 있습니다."), "success")
    return redirect(url_for("staff.measure", measure_id=new_id))


def _typed(line: Line) -> tuple[Decimal, Decimal | None, str]:
    """The new value, its denominator and the reason. Raises Invalid with every problem."""
    indicator, reason, problems = all_indicators()[line.measure.indicator], request.form.get("reason", "").strip(), []
    numbers: dict[str, Decimal | None] = {}
    for name in ("value", "denominator"):
        try:
            typed = request.form.get(name, "")[:40]
            numbers[name] = cells.read_value(typed, indicator, indicator.unit_label.ko).value if typed.strip() else None
        except cells.CellRefused as refused:
            problems.append(Problem(name, refused.sentence))
    if numbers.get("value") is None and not problems:
        problems.append(Problem("value", Sentence("새 값을 적어 주세요.", "Write the new value.")))
    if not is_answer(reason):
        problems.append(Problem("reason", Sentence("정정 사유를 5자 이상 적어 주세요.", "Give the reason in five letters or more.")))  # fmt: skip
    value = numbers.get("value")
    if value is not None and not problems and not request.form.get("sure"):
        problems += _doubts(line.measure, indicator, value, numbers.get("denominator"))
    if problems or value is None:
        raise Invalid(problems)
    return value, numbers.get("denominator"), reason


def _doubts(row: Measure, indicator: Indicator, value: Decimal, denominator: Decimal | None) -> list[Problem]:
    """What the entry checks ask about; ticking the box answers them, and the reason is kept with the value."""
    firms = [row.organization_id] if row.organization_id else []
    earlier = standing_measures(firms, [row.zone_id], [row.year - 1])
    before = earlier.get((row.zone_id, row.organization_id or 0, row.indicator, row.year - 1, row.scope))
    entry = Entry(indicator, row.year, value, denominator, before.value if before else None)
    return [Problem("sure", finding.sentence) for finding in check(entry, clock.today().year)]
