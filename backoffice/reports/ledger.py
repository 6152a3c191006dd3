"""What the ledger says, zone by zone and year by year, and the nation out of its zones: each firm once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from backoffice.outcomes import queries
from backoffice.outcomes.firm_figures import (
    NATION,
    FirmFigure,
    FirmPair,
    PairFigure,
    Place,
    figures_of_firms,
    pairs_of_firms,
    reporting_firms,
    zone_figures,
    zone_pairs,
)
from backoffice.outcomes.queries import ZoneValue
from backoffice.reports import kept
from backoffice.reports.stamps import Stamps
from workflows.indicators import all_indicators


@dataclass(frozen=True, slots=True)
class Told:
    """What the ledger says about one zone and year."""

    firms: tuple[FirmFigure, ...]
    pairs: tuple[PairFigure, ...]
    names: frozenset[int]
    """The firms that reported for the year or the year before."""
    entered: tuple[ZoneValue, ...]
    targets: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class National:
    """The sums of a year over all firms, each counted once."""

    firms: tuple[FirmFigure, ...]
    pairs: tuple[PairFigure, ...]


def of_zones(stamps: Stamps, zones: Collection[int], years: Iterable[int]) -> dict[Place, Told]:
    """The ledger of these zones and years."""
    return kept.units("ledger", {(zone, year): stamps.ledger(zone, year) for year in years for zone in zones}, _read)


def of_nation(stamps: Stamps, told: Mapping[Place, Told], years: Iterable[int]) -> dict[int, National]:
    """The nation of these years, out of its zones.

    A firm that reported in one zone only adds to the nation what it adds to its zone. For the few others the database is
    asked twice: what they add to their zones, which is taken away, and what they add to the nation, which is put there.
    """
    zones = sorted({zone for zone, _ in told})
    wanted = {year: tuple(stamps.ledger(zone, year) for zone in zones) for year in years}
    return kept.units("nation", wanted, lambda stale: _add_up(told, stale))


def _read(places: list[Place]) -> dict[Place, Told]:
    figures, names, pairs = zone_figures(places), reporting_firms(places), zone_pairs(firm_ratios(), places)
    zones, years = {zone for zone, _ in places}, {year for _, year in places}
    entered, targets = queries.zone_values(years, zones), queries.targets(years, zones)
    firms, two, own = _by_place(figures), _by_place(pairs), _by_place(entered)
    aims: dict[Place, dict[str, Decimal]] = {}
    for (code, year, zone), aim in targets.items():
        aims.setdefault((zone, year), {})[code] = aim
    return {
        place: Told(
            tuple(firms.get(place, ())), tuple(two.get(place, ())), names[place], tuple(own.get(place, ())), aims.get(place, {})
        )
        for place in places
    }  # fmt: skip


class Placed(Protocol):
    """What was said about a zone and year."""

    @property
    def zone_id(self) -> int | None: ...
    @property
    def year(self) -> int: ...


P = TypeVar("P", bound=Placed)


def _by_place(rows: Iterable[P]) -> dict[Place, list[P]]:
    found: dict[Place, list[P]] = {}
    for one in rows:
        found.setdefault((one.zone_id or 0, one.year), []).append(one)
    return found


def firm_ratios() -> list[tuple[str, str]]:
    """The derived ratios of two things firms report: over the firms that reported both."""
    known = all_indicators()
    of_firms = {code for code, one in known.items() if one.source == "company"}
    return [one.parts for one in known.values() if one.parts is not None and set(one.parts) <= of_firms]


def _add_up(told: Mapping[Place, Told], years: list[int]) -> dict[int, National]:
    several = {firm for year in years for firm in _in_several(told, year)}
    figures = [(1, one) for (_, year), place in told.items() if year in years for one in place.firms]
    pairs = [(1, one) for (_, year), place in told.items() if year in years for one in place.pairs]
    if several:
        for sign, nation in ((-1, False), (1, True)):
            figures += [(sign, one) for one in figures_of_firms(several, years, nation=nation)]
            pairs += [(sign, one) for one in pairs_of_firms(firm_ratios(), several, years, nation=nation)]
    return {year: National(_figures(figures, year), _pairs(pairs, year)) for year in years}


def _in_several(told: Mapping[Place, Told], year: int) -> set[int]:
    """The firms that reported in more than one zone, this year and the year before taken together."""
    seen: set[int] = set()
    twice: set[int] = set()
    for (_, when), place in told.items():
        if when == year:
            twice |= seen & place.names
            seen |= place.names
    return twice


def _figures(parts: Iterable[tuple[int, FirmFigure]], year: int) -> tuple[FirmFigure, ...]:
    sums: dict[str, tuple[Decimal, int, FirmPair]] = {}
    for sign, one in parts:
        if one.year == year:
            total, firms, same = sums.get(one.indicator, (Decimal(0), 0, FirmPair(Decimal(0), Decimal(0), 0)))
            sums[one.indicator] = (total + sign * one.total, firms + sign * one.firms, _plus(same, one.same, sign))
    return tuple(FirmFigure(code, year, NATION, *told) for code, told in sums.items() if told[1])


def _pairs(parts: Iterable[tuple[int, PairFigure]], year: int) -> tuple[PairFigure, ...]:
    sums: dict[tuple[str, str], FirmPair] = {}
    for sign, one in parts:
        if one.year == year:
            known = sums.get((one.first, one.second), FirmPair(Decimal(0), Decimal(0), 0))
            sums[one.first, one.second] = _plus(known, one.sums, sign)
    return tuple(PairFigure(*key, year, NATION, told) for key, told in sums.items() if told.firms)


def _plus(known: FirmPair, more: FirmPair, sign: int) -> FirmPair:
    return FirmPair(known.first + sign * more.first, known.second + sign * more.second, known.firms + sign * more.firms)
