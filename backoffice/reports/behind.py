"""What stands behind a figure of a report or a page: which rows, by which of the ways a figure can come about."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from backoffice.outcomes import trails
from backoffice.outcomes.aggregation import Part
from backoffice.outcomes.trails import Booked
from backoffice.reports import casetrace, tracing
from backoffice.reports.casetrace import Moment
from backoffice.reports.casework import STATIONS
from backoffice.reports.charter import BROKEN_OFF, SUBMITTED, Charter
from backoffice.reports.facts import SUPPORT
from backoffice.reports.grid import Value, rate
from backoffice.reports.tracing import CASES, FIGURES, Source, Trace, names_of
from workflows.indicators import Indicator, all_indicators, counted

MONEY = ("requested", "agreed", "disbursed")
"""Sums of a program that lead to its cases."""


def program_codes(program: str) -> list[str]:
    """The codes of a program's own figures: ``RBD.contracted``, ``RBD.agreed``."""
    return [f"{program}.{name}" for name in (*STATIONS, BROKEN_OFF, *MONEY)]


def behind(
    code: str, year: int, place: int | None, instants: Sequence[datetime], *, until: int = 0
) -> list[Trace | None]:
    """The figure taken apart as it stood at each instant; None where it had no value. Raises KeyError for no such code.

    ``until`` is the year of the report that prints it, whose trend may be what the figure belongs to.
    """
    charter = Charter()
    if "." in code:
        return [_of_program(charter, code, Moment(year, place, at, until)) for at in instants]
    indicator = tracing.wide(code)
    if indicator is None:
        raise KeyError(code)
    rows = trails.booked(_all_codes(indicator), (year - 1, year), place)
    return [_of_indicator(charter, indicator, rows, Moment(year, place, at, until)) for at in instants]


def _all_codes(indicator: Indicator) -> Collection[str]:
    """Everything the ledger is asked for, parts of parts included."""
    codes = tracing.codes_behind(indicator)
    known = all_indicators()
    deeper = [tracing.codes_behind(known[code]) for code in codes if code in known]
    return codes.union(*deeper)


def _of_indicator(charter: Charter, indicator: Indicator, rows: Sequence[Booked], wanted: Moment) -> Trace | None:
    nation = wanted.place is None
    if indicator.source == "derived" and indicator.parts is not None:
        return _derived(charter, indicator, rows, wanted)
    if indicator.source == "company":
        return _unless_empty(tracing.of_firms(indicator, rows, wanted.year, wanted.at, nation=nation))
    rule = counted().get(indicator.code)
    trace = casetrace.of_rule(charter, indicator, rule, wanted) if rule is not None else None
    return trace or _unless_empty(tracing.entered(indicator, rows, wanted.year, wanted.at, nation=nation))


def _unless_empty(trace: Trace) -> Trace | None:
    return trace if trace.sources or trace.excluded else None


def _derived(charter: Charter, indicator: Indicator, rows: Sequence[Booked], wanted: Moment) -> Trace | None:
    first, second = indicator.parts or ("", "")
    known, nation = all_indicators(), wanted.place is None
    if second == SUPPORT:
        trace = tracing.of_firms(known[first], rows, wanted.year, wanted.at, nation=nation)
        reported = {
            (row.case_id, row.zone_id)
            for row in rows
            if row.indicator == first and row.organization_id is not None and row.year == wanted.year
            and row.stood(wanted.at) and row.case_id is not None
        }  # fmt: skip
        return casetrace.with_support(trace, indicator, reported, wanted.at) if trace.sources else None
    if known[first].source == known[second].source == "company":
        return _unless_empty(tracing.of_both(indicator, rows, wanted.year, wanted.at, nation=nation))
    above, below = (_of_indicator(charter, known[code], rows, wanted) for code in (first, second))
    if above is None or below is None or above.value is None or below.value is None:
        return None
    sources = (
        Source(FIGURES, 0, above.value.amount, code=first),
        Source(FIGURES, 0, Decimal(0), below.value.amount, code=second),
    )
    return Trace(sources, rate(indicator, Part(above.value.amount, below.value.amount)), names=names_of(indicator))


def _of_program(charter: Charter, code: str, wanted: Moment) -> Trace | None:
    """A station of a program, counted; or its money, case by case."""
    program, _, name = code.partition(".")
    workflow = charter.with_code(program)
    if workflow is None or code not in program_codes(program):
        raise KeyError(code)
    if name not in MONEY and name not in (SUBMITTED, BROKEN_OFF) and not charter.knows(workflow, name):
        return None
    if name not in MONEY:
        return casetrace.counted(casetrace.reached(charter, wanted, workflow, name))
    found = casetrace.money(wanted, workflow)
    sources = tuple(Source(CASES, row.case_id, row.of(name)) for row in found if row.of(name))
    return Trace(sources, Value(sum((one.amount for one in sources), Decimal(0))))
