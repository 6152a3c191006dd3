"""The value of every indicator for every zone, the nation and five years, out of the facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, TypeVar

from backoffice.organizations.models import Zone
from backoffice.outcomes import aggregation
from backoffice.outcomes.aggregation import PERCENT, Part
from backoffice.outcomes.firm_figures import NATION, FirmPair
from backoffice.outcomes.queries import ZoneValue
from backoffice.reports import casework
from backoffice.reports.charter import SUBMITTED
from backoffice.reports.cooperation import Membership, agreements_signed
from backoffice.reports.facts import SPAN, SUPPORT, Facts
from workflows.indicators import Counted, Indicator, all_indicators, counted
from workflows.values import Label

WIDE = "@zone"
"""Behind a company indicator's code: the same measured over the whole zone (guide 5.1, 5)."""

_WIDEST_FIRST = ("zone", "member", "direct")


@dataclass(frozen=True, slots=True)
class Value:
    """One figure: in the indicator's unit, rates in percent, unrounded. ``firms`` says how many firms it is made of."""

    amount: Decimal
    firms: int = 0
    parts: Part | None = None


@dataclass(slots=True)
class Grid:
    """Values by indicator and year, then by zone; the zone None is the nation."""

    year: int
    zones: tuple[Zone, ...]
    """The zones that operated in the year."""
    former: tuple[Zone, ...] = ()
    """The zones that were dissolved before."""
    values: dict[tuple[str, int], dict[int | None, Value]] = field(default_factory=dict)
    targets: Mapping[tuple[str, int, int], Decimal] = field(default_factory=dict)
    panels: Mapping[tuple[str, int | None], FirmPair] = field(default_factory=dict)
    entered: list[ZoneValue] = field(default_factory=list)
    counted: set[str] = field(default_factory=set)
    """The indicators that were counted from cases and not entered."""
    wide: list[Indicator] = field(default_factory=list)
    """Company indicators that zones also entered for the zone as a whole: rows of their own, never mixed with firms."""

    @property
    def indicators(self) -> list[Indicator]:
        """Everything that has a value of its own, in the order of the charter; achievement is a column of the others."""
        wide = {one.code: one for one in self.wide}
        rows = [one for one in all_indicators().values() if one.source != "derived" or one.parts is not None]
        return [each for one in rows for each in (one, wide.get(one.code + WIDE)) if each is not None]

    @property
    def years(self) -> range:
        return range(self.year - SPAN + 1, self.year + 1)

    def get(self, code: str, year: int, zone_id: int | None) -> Value | None:
        return self.values.get((code, year), {}).get(zone_id)

    def put(self, code: str, year: int, zone_id: int | None, value: Value) -> None:
        self.values.setdefault((code, year), {})[zone_id] = value

    def by_zone(self, code: str, year: int) -> dict[int, Value]:
        return {zone: value for zone, value in self.values.get((code, year), {}).items() if zone is not None}

    def hidden(self, code: str, year: int) -> frozenset[int]:
        """The zones whose figure the public edition hides."""
        return aggregation.hidden({zone: value.firms for zone, value in self.by_zone(code, year).items()})

    def average(self, indicator: Indicator, year: int) -> Decimal | None:
        """The zone average: the nation's sum over the zones that operated, or the nation's rate."""
        nation = self.get(indicator.code, year, NATION)
        if nation is None or not self.zones:
            return None
        return nation.amount if is_rate(indicator) else nation.amount / len(self.zones)


def is_rate(indicator: Indicator) -> bool:
    """Whether values are rates or means, which are never added up."""
    return indicator.in_zone in {"ratio", "weighted"}


def build(facts: Facts, zones: Iterable[Zone], councils: Iterable[Membership], former: Iterable[Zone] = ()) -> Grid:
    """Everything the indicator tables of a year need, for all zones: averages and rankings compare with the others."""
    grid = Grid(facts.year, tuple(zones), tuple(former))
    grid.targets = {
        (code, year, zone): aim for (zone, year), told in facts.ledger.items() for code, aim in told.targets.items()
    }
    grid.panels = {(one.indicator, one.zone_id): one.same for one in facts.firm_figures(facts.year) if one.same.firms}
    _firms(grid, facts)
    _entered(grid, facts)
    _counted(grid, facts, councils)
    _derived(grid, facts)
    return grid


def _scale(indicator: Indicator) -> Decimal:
    return PERCENT if indicator.unit == "percent" else Decimal(1)


def rate(indicator: Indicator, part: Part, firms: int = 0) -> Value | None:
    quotient = aggregation.ratio([part])
    return None if quotient is None else Value(quotient * _scale(indicator), firms, part)


# ---- what firms reported


def _firms(grid: Grid, facts: Facts) -> None:
    """Sums over firms; the nation counts a firm of two zones once."""
    for year in grid.years:
        for one in facts.firm_figures(year):
            indicator = all_indicators().get(one.indicator)
            if indicator is not None and indicator.source == "company":
                grid.put(one.indicator, year, one.zone_id, Value(one.total, one.firms))


# ---- what zones entered


def _entered(grid: Grid, facts: Facts) -> None:
    """Zone figures. Those of indicators that are counted from cases stand only where nothing can be counted."""
    grid.entered = [one for (_, year), told in facts.ledger.items() if year in grid.years for one in told.entered]
    groups: dict[tuple[str, int, int], list[ZoneValue]] = {}
    for one in grid.entered:
        if one.scope == "":
            groups.setdefault((one.indicator, one.year, one.zone_id), []).append(one)
    for (code, year, zone_id), rows in sorted(groups.items()):
        indicator = all_indicators().get(code)
        if indicator is not None and indicator.source == "company":
            indicator = _whole_zone(grid, indicator)
        value = entered_value(indicator, rows) if indicator and indicator.source in {"zone", "cases"} else None
        if indicator is not None and value is not None:
            grid.put(indicator.code, year, zone_id, value)
    for indicator in (*all_indicators().values(), *grid.wide):
        if indicator.source in {"zone", "cases"}:
            for year in grid.years:
                _add_up(grid, indicator, year)
    codes = {one.code for one in grid.wide}
    grid.targets = {(_aimed_at(code, codes), year, zone): aim for (code, year, zone), aim in grid.targets.items()}


def _whole_zone(grid: Grid, indicator: Indicator) -> Indicator:
    """The row for a company indicator over the whole zone, made when the first zone entered one."""
    code = indicator.code + WIDE
    known = next((one for one in grid.wide if one.code == code), None)
    if known is None:
        label = Label(ko=f"{indicator.label.ko}(특구 전체)", en=f"{indicator.label.en} (whole zone)")
        known = indicator.model_copy(update={"code": code, "label": label, "source": "zone"})
        grid.wide.append(known)
    return known


def _aimed_at(code: str, wide: set[str]) -> str:
    """A zone's target is about the whole zone where there is such a figure."""
    return code + WIDE if code + WIDE in wide else code


class Entered(Protocol):
    """What a zone entered, as far as its value goes."""

    @property
    def value(self) -> Decimal: ...
    @property
    def denominator(self) -> Decimal | None: ...
    @property
    def attribution(self) -> str: ...


E = TypeVar("E", bound=Entered)


def that_count(indicator: Indicator, rows: Sequence[E]) -> list[E]:
    """The rows that make the value, of the widest attribution: all of a flow, the newest of a stock, parts of a rate.

    ``rows`` come oldest first.
    """
    widest = next(name for name in _WIDEST_FIRST if any(row.attribution == name for row in rows))
    mine = [row for row in rows if row.attribution == widest]
    if is_rate(indicator):
        return [row for row in mine if row.denominator is not None] or mine[-1:]
    return mine if indicator.kind == "flow" else mine[-1:]


def entered_value(indicator: Indicator, rows: Sequence[E]) -> Value | None:
    """One value out of everything a zone entered: flows add up, stocks take the newest, rates keep their parts."""
    mine = that_count(indicator, rows)
    if is_rate(indicator):
        parts = [Part(row.value, row.denominator) for row in mine if row.denominator is not None]
        return rate(indicator, sum_of(parts)) if parts else Value(mine[-1].value)
    return Value(aggregation.flow(row.value for row in mine) or Decimal(0))


def sum_of(parts: Iterable[Part]) -> Part:
    known = list(parts)
    return Part(
        sum((part.numerator for part in known), Decimal(0)), sum((part.denominator for part in known), Decimal(0))
    )


def _add_up(grid: Grid, indicator: Indicator, year: int) -> None:
    """The nation out of its zones: sums, or the sum of parts; a rate without parts cannot be added up."""
    zones = grid.by_zone(indicator.code, year)
    if not zones:
        return
    if not is_rate(indicator):
        total = sum((value.amount for value in zones.values()), Decimal(0))
        grid.put(indicator.code, year, NATION, Value(total))
        return
    parts = [value.parts for value in zones.values()]
    if all(part is not None for part in parts):
        value = rate(indicator, sum_of(part for part in parts if part is not None))
        if value is not None:
            grid.put(indicator.code, year, NATION, value)


# ---- what is counted from cases


def _counted(grid: Grid, facts: Facts, councils: Iterable[Membership]) -> None:
    """Indicators with a counting rule: computed where the program had a call or a case, never typed there."""
    signed = agreements_signed(councils)
    for code, rule in counted().items():
        name = facts.charter.with_code(rule.program) if rule.program else None
        if rule.program and name is None:
            continue
        grid.counted.add(code)
        if rule.counts == "cases" and name is not None:
            _count_cases(grid, code, rule.tag or SUBMITTED, name, facts)
        elif rule.counts in {"main_projects", "main_project_money"} and name is not None:
            _count_projects(grid, code, rule, name, facts)
        elif rule.counts == "joint":
            _count_joint(grid, code, facts, signed)
        elif rule.counts == "paid_of_agreed":
            _count_execution(grid, code, facts)


def _places(grid: Grid) -> list[int | None]:
    return [NATION, *(zone.id for zone in grid.zones)]


def _count_cases(grid: Grid, code: str, tag: str, name: str, facts: Facts) -> None:
    for year in grid.years:
        if (year, name) not in facts.calls and (year, name, NATION) not in facts.counts:
            continue
        for place in _places(grid):
            one = facts.counts.get((year, name, place))
            grid.put(code, year, place, Value(Decimal(one.reached[tag] if one else 0)))


def _count_projects(grid: Grid, code: str, rule: Counted, name: str, facts: Facts) -> None:
    """Main projects won, by the year of the decision; a joint one counts in each of its zones and once in the nation.

    None is 0 from the first year of the program on, however long ago that is, so that every report says the same.
    """
    active = {(year, known) for year, known, _ in facts.counts} | set(facts.calls)
    begun = min((year for year, known in active if known == name), default=None)
    if begun is None:
        return
    for year in grid.years:
        if year < begun:
            continue
        sums = dict.fromkeys(_places(grid), Decimal(0))
        for project, workflow, zones in facts.main_projects:
            if workflow == name and project.status == "won" and project.decided_on.year == year:
                worth = Decimal(1 if rule.counts == "main_projects" else project.amount)
                for place in (NATION, *zones):
                    sums[place] = sums.get(place, Decimal(0)) + worth
        for place, total in sums.items():
            grid.put(code, year, place, Value(total))


def _count_joint(grid: Grid, code: str, facts: Facts, signed: Iterable[tuple[int, tuple[int, ...]]]) -> None:
    """Joint projects of the program year, and agreements between zones signed in it."""
    for year in grid.years:
        sums = dict.fromkeys(_places(grid), 0)
        known = [(place, one.joint) for (when, _, place), one in facts.counts.items() if when == year]
        known += [(place, 1) for when, zones in signed if when == year for place in (NATION, *zones)]
        for place, number in known:
            sums[place] = sums.get(place, 0) + number
        if known:
            for place, total in sums.items():
                grid.put(code, year, place, Value(Decimal(total)))


def _count_execution(grid: Grid, code: str, facts: Facts) -> None:
    """Money paid over money agreed, at the lead zone."""
    indicator = all_indicators()[code]
    for year in grid.years:
        sums: dict[int | None, casework.Money] = {}
        for (when, _, zone_id), one in facts.money.items():
            if when == year:
                for place in (NATION, zone_id):
                    sums[place] = sums.get(place, casework.Money()) + one
        for place, total in sums.items():
            value = rate(indicator, Part(Decimal(total.disbursed), Decimal(total.agreed)))
            if value is not None:
                grid.put(code, year, place, value)


# ---- what follows from other indicators


def _derived(grid: Grid, facts: Facts) -> None:
    for indicator in all_indicators().values():
        if indicator.source != "derived" or indicator.parts is None:
            continue
        first, second = indicator.parts
        if second == SUPPORT:
            _over_support(grid, indicator, first, facts)
        elif all_indicators()[first].source == all_indicators()[second].source == "company":
            _over_same_firms(grid, indicator, facts)
        else:
            _over_values(grid, indicator, first, second)


def _over_same_firms(grid: Grid, indicator: Indicator, facts: Facts) -> None:
    """Over the firms that reported both parts."""
    for year in grid.years:
        for one in facts.pair_figures(year):
            if (one.first, one.second) == indicator.parts:
                value = rate(indicator, Part(one.sums.first, one.sums.second), one.sums.firms)
                if value is not None:
                    grid.put(indicator.code, year, one.zone_id, value)


def _over_values(grid: Grid, indicator: Indicator, first: str, second: str) -> None:
    for year in grid.years:
        for place, numerator in grid.values.get((first, year), {}).items():
            denominator = grid.get(second, year, place)
            value = rate(indicator, Part(numerator.amount, denominator.amount)) if denominator else None
            if value is not None:
                grid.put(indicator.code, year, place, value)


def _over_support(grid: Grid, indicator: Indicator, first: str, facts: Facts) -> None:
    """What supported firms reported, over the support their projects were paid."""
    totals: dict[tuple[int, int | None], Decimal] = {}
    for (zone_id, year), told in facts.support.items():
        for place in (NATION, zone_id) if first in told else ():
            totals[year, place] = totals.get((year, place), Decimal(0)) + told[first]
    for (year, place), support in totals.items():
        reported = grid.get(first, year, place)
        value = rate(indicator, Part(reported.amount, support), reported.firms) if reported else None
        if value is not None:
            grid.put(indicator.code, year, place, value)
