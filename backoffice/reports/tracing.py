"""How a figure comes about: the values or cases it is made of, what was left out and why, and the sum that equals it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from backoffice.core.i18n import Sentence
from backoffice.outcomes import aggregation, trails
from backoffice.outcomes.aggregation import Part
from backoffice.outcomes.trails import Booked
from backoffice.reports.facts import SUPPORT
from backoffice.reports.grid import WIDE, Value, entered_value, is_rate, rate, sum_of, that_count
from workflows.indicators import Indicator, all_indicators

MEASURES, CASES, PACTS, FIGURES = "measures", "cases", "pacts", "figures"
"""What the rows behind a figure are."""


@dataclass(frozen=True, slots=True)
class Source:
    """One row behind a figure: a value of the ledger, a case, or another figure, and what it adds."""

    kind: str
    key: int
    amount: Decimal
    below: Decimal | None = None
    """What it adds to the denominator of a rate."""
    code: str = ""
    """Of the other figure."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """How many were left out, and why."""

    why: Sentence
    count: int


@dataclass(frozen=True, slots=True)
class Panel:
    """The firms that reported both years, and what they reported."""

    before: Decimal
    after: Decimal
    firms: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure taken apart. ``value`` is unrounded; None when nothing was there."""

    sources: tuple[Source, ...]
    value: Value | None
    excluded: tuple[Excluded, ...] = ()
    panel: Panel | None = None
    names: tuple[Sentence, ...] = field(default=())
    """What the numerator and the denominator are, for a rate."""

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.sources), Decimal(0))

    @property
    def below(self) -> Decimal | None:
        known = [one.below for one in self.sources if one.below is not None]
        return sum(known, Decimal(0)) if known else None


TWICE = Sentence(
    "같은 기업이 다른 과제로 다시 보고한 값(기업은 한 번만 셈)", "reported again by the same firm for another project"
)
CORRECTED = Sentence("나중에 정정되어 쓰지 않은 이전 값", "earlier values that were restated")
LATER = Sentence("수치를 고정한 뒤에 등록된 값", "values recorded after the figures were frozen")
PARTIAL = Sentence("특구 일부만을 대상으로 한 값(전체와 더하지 않음)", "values about a part of the zone")
NARROWER = Sentence("범위가 더 좁은 귀속의 값(가장 넓은 귀속만 씀)", "values of a narrower attribution")
OLDER = Sentence("같은 해의 더 이른 시점 값(기말값만 씀)", "earlier values of the same year; the last one counts")
ONE_PART = Sentence("두 값을 모두 보고하지 않은 기업의 값", "values of firms that did not report both parts")


def _listed(*pairs: tuple[Sentence, int]) -> tuple[Excluded, ...]:
    return tuple(Excluded(why, count) for why, count in pairs if count)


def codes_behind(indicator: Indicator) -> set[str]:
    """The indicators of the ledger a company or zone figure is read from."""
    if indicator.parts is not None and indicator.source == "derived":
        return {code for code in indicator.parts if code != SUPPORT}
    return {indicator.code.removesuffix(WIDE)}


def wide(code: str) -> Indicator | None:
    """An indicator by the code of its row; the row of a whole zone is one that zones enter."""
    known = all_indicators().get(code.removesuffix(WIDE))
    if known is None or not code.endswith(WIDE):
        return known
    return known.model_copy(update={"code": code, "source": "zone"}) if known.source == "company" else None


def of_firms(indicator: Indicator, rows: Sequence[Booked], year: int, at: datetime, *, nation: bool) -> Trace:
    """A company indicator: the newest value of every firm; the change on the year before over the same firms."""
    mine = [row for row in rows if row.indicator == indicator.code and row.organization_id is not None]
    this, last = (_firms(mine, when, at, nation=nation) for when in (year, year - 1))
    of_year = [row for row in mine if row.year == year]
    standing = [row for row in of_year if row.stood(at)]
    direct = [row for row in standing if row.scope == "" and row.attribution == "direct"]
    left_out = _listed(
        (TWICE, len(direct) - len(this)),
        (PARTIAL, sum(row.scope != "" for row in standing)),
        (NARROWER, sum(row.scope == "" and row.attribution != "direct" for row in standing)),
        *_other_editions(of_year, at),
    )
    total = sum((row.value for row in this), Decimal(0))
    return Trace(
        tuple(Source(MEASURES, row.id, row.value) for row in this),
        Value(total, len(this)) if this else None,
        left_out,
        _panel(last, this) if indicator.growth == "percent" and this and last else None,
    )


def _firms(rows: Iterable[Booked], year: int, at: datetime, *, nation: bool) -> list[Booked]:
    known = [row for row in rows if row.year == year and row.scope == "" and row.attribution == "direct"]
    return trails.newest_of_firms((row for row in known if row.stood(at)), nation=nation)


def _other_editions(rows: Iterable[Booked], at: datetime) -> list[tuple[Sentence, int]]:
    known = list(rows)
    later = sum(row.recorded_at > at for row in known)
    return [(CORRECTED, sum(not row.stood(at) for row in known) - later), (LATER, later)]


def _panel(before: Sequence[Booked], after: Sequence[Booked]) -> Panel:
    """Firms of two zones count once in each zone they reported for, and once in the nation."""
    first, second = ({(row.organization_id, row.zone_id): row.value for row in rows} for rows in (before, after))
    nation = len({row.zone_id for row in (*before, *after)}) > 1
    if nation:
        first, second = ({(firm, 0): value for (firm, _), value in known.items()} for known in (first, second))
    both = first.keys() & second.keys()
    return Panel(
        sum((first[key] for key in both), Decimal(0)),
        sum((second[key] for key in both), Decimal(0)),
        len(both),
        len(first.keys() ^ second.keys()),
    )


def entered(indicator: Indicator, rows: Sequence[Booked], year: int, at: datetime, *, nation: bool) -> Trace:
    """A figure zones enter: each zone's value by the rule of its kind; the nation adds up the zones, or their parts."""
    code = indicator.code.removesuffix(WIDE)
    of_year = [row for row in rows if row.indicator == code and row.organization_id is None and row.year == year]
    whole = [row for row in of_year if row.stood(at) and row.scope == ""]
    zones: dict[int, list[Booked]] = {}
    for row in whole:
        zones.setdefault(row.zone_id, []).append(row)
    used = [row for _, known in sorted(zones.items()) for row in that_count(indicator, known)]
    widest = {zone: {row.attribution for row in that_count(indicator, known)} for zone, known in zones.items()}
    narrower = sum(row.attribution not in widest[row.zone_id] for row in whole)
    left_out = _listed(
        (PARTIAL, sum(row.stood(at) and row.scope != "" for row in of_year)),
        (NARROWER, narrower),
        (OLDER, len(whole) - len(used) - narrower),
        *_other_editions(of_year, at),
    )
    values = [entered_value(indicator, known) for known in zones.values()]
    return Trace(
        tuple(Source(MEASURES, row.id, row.value, row.denominator if is_rate(indicator) else None) for row in used),
        _together(indicator, values) if nation else (values[0] if values else None),
        left_out,
    )


def _together(indicator: Indicator, values: Sequence[Value | None]) -> Value | None:
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    if not is_rate(indicator):
        return Value(sum((value.amount for value in known), Decimal(0)))
    parts = [value.parts for value in known if value.parts is not None]
    return rate(indicator, sum_of(parts)) if len(parts) == len(known) else None


def of_both(indicator: Indicator, rows: Sequence[Booked], year: int, at: datetime, *, nation: bool) -> Trace:
    """A quotient of two company indicators: over the firms that reported both."""
    first, second = indicator.parts or ("", "")
    one, other = (
        {
            (row.organization_id, None if nation else row.zone_id): row
            for row in _firms((row for row in rows if row.indicator == code), year, at, nation=nation)
        }
        for code in (first, second)
    )
    both = [key for key in one if key in other]
    sources = tuple(Source(MEASURES, one[key].id, one[key].value, other[key].value) for key in both)
    part = Part(sum((s.amount for s in sources), Decimal(0)), sum((s.below or Decimal(0) for s in sources), Decimal(0)))
    return Trace(
        sources,
        rate(indicator, part, len(both)) if both else None,
        _listed((ONE_PART, len(one.keys() ^ other.keys()))),
        names=names_of(indicator),
    )


def names_of(indicator: Indicator) -> tuple[Sentence, ...]:
    """What stands above and below the line of a quotient."""
    known = all_indicators()
    support = Sentence("지원금 지급액", "support paid")
    return tuple(
        Sentence(known[code].label.ko, known[code].label.en) if code in known else support
        for code in indicator.parts or ()
    )


def growth(panel: Panel) -> Decimal | None:
    return aggregation.percent_change(panel.before, panel.after)
