"""What figures are made of, read from the tables or kept from the last time they were read: one source for all pages."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from backoffice.outcomes.firm_figures import FirmFigure, PairFigure, Place
from backoffice.outcomes.queries import MainProject
from backoffice.reports import casework, kept, ledger, stamps, together
from backoffice.reports.casework import Key, Money, Paces
from backoffice.reports.charter import Charter
from backoffice.reports.ledger import National, Told
from backoffice.reports.stamps import Pair
from backoffice.reports.together import Together
from workflows.indicators import all_indicators

SPAN = 5
"""Years of a trend, the report's year included."""

SUPPORT = "SUPPORT"
"""The one part of a ratio that is no indicator: the support disbursed to the reporting projects."""

One = TypeVar("One")
Zone = TypeVar("Zone", bound=int | None)
Parts = dict[Pair, dict[tuple[int, str, Zone], One]]


class Facts:
    """The facts of a year and the four before it. What has changed since it was read last is read again."""

    def __init__(self, charter: Charter, year: int, zones: Iterable[int]) -> None:
        self.charter, self.year, self.zones = charter, year, tuple(zones)
        self.stamps = stamps.read(charter.digest)

    @property
    def years(self) -> range:
        return range(self.year - SPAN + 1, self.year + 1)

    @cached_property
    def ledger(self) -> dict[Place, Told]:
        """(zone, year) -> what the ledger says, the targets of the coming year included."""
        return ledger.of_zones(self.stamps, self.zones, range(self.years[0], self.year + 2))

    @cached_property
    def nation(self) -> dict[int, National]:
        """Year -> the sums over all firms, each once."""
        return ledger.of_nation(self.stamps, self.ledger, self.years)

    def firm_figures(self, year: int) -> Iterator[FirmFigure]:
        """What firms reported for a year, of every zone and of the nation."""
        yield from (one for zone in self.zones for one in self.ledger[zone, year].firms)
        yield from self.nation[year].firms

    def pair_figures(self, year: int) -> Iterator[PairFigure]:
        """Two indicators over the same firms, of every zone and of the nation."""
        yield from (one for zone in self.zones for one in self.ledger[zone, year].pairs)
        yield from self.nation[year].pairs

    @cached_property
    def support(self) -> dict[Place, dict[str, Decimal]]:
        """(zone, year) -> indicator -> won disbursed to the projects whose firms reported it."""
        wanted = {
            (zone, year): (self.stamps.ledger(zone, year), self.stamps.money)
            for year in self.years
            for zone in self.zones
        }
        return kept.units("support", wanted, _support)

    @cached_property
    def counts(self) -> dict[Key, casework.Counts]:
        """How far the cases of these program years came, in every zone and in the nation."""

        def compute(pairs: list[Pair]) -> dict[Pair, dict[Key, casework.Counts]]:
            return _by_pair(pairs, casework.counts(self.charter, casework.of_programs(pairs)))

        return _together(kept.units("counts", self._cases(self.years), compute).values())

    @cached_property
    def money(self) -> dict[tuple[int, str, int], Money]:
        """(program year, workflow, lead zone) -> won."""

        def compute(pairs: list[Pair]) -> dict[Pair, dict[tuple[int, str, int], Money]]:
            return _by_pair(pairs, casework.money(casework.of_programs(pairs)))

        wanted = {pair: (stamp, self.stamps.money) for pair, stamp in self._cases(self.years).items()}
        return _together(kept.units("money", wanted, compute).values())

    @cached_property
    def paces(self) -> dict[Pair, Paces]:
        """(the year, workflow) -> how long decisions took, and in which months applications came."""

        def compute(pairs: list[Pair]) -> dict[Pair, Paces]:
            return casework.paces(self.charter, pairs)

        return kept.units("paces", self._cases([self.year]), compute)

    @cached_property
    def together(self) -> Together:
        """The projects of the year by zones and technologies."""

        def compute(pairs: list[Pair]) -> dict[Pair, Together]:
            return together.together(self.charter, pairs)

        wanted = {pair: (stamp, self.stamps.money) for pair, stamp in self._cases([self.year]).items()}
        return together.sum_of(kept.units("together", wanted, compute).values())

    @cached_property
    def running(self) -> dict[int | None, frozenset[str]]:
        """Zone, or None for the nation -> the workflows with projects the year's report speaks of."""
        stamp = (self.stamps.money, self.stamps.places(), self.stamps.follow_ons)
        agreed = kept.units(
            "running", {self.year: stamp}, lambda years: {year: together.running(year) for year in years}
        )
        told = {(zone, self.year): (self.stamps.ledger(zone, self.year), *stamp) for zone in self.zones}
        with_outcomes = kept.units("with outcomes", told, together.with_outcomes)
        return together.united([agreed[self.year], *with_outcomes.values()])

    @cached_property
    def main_projects(self) -> list[tuple[MainProject, str, tuple[int, ...]]]:
        """Every main project with the workflow and the zones of the case it grew out of."""
        wanted = {"all": (self.stamps.places(), self.stamps.follow_ons)}
        return kept.units("main projects", wanted, lambda keys: dict.fromkeys(keys, together.grown()))["all"]

    @cached_property
    def calls(self) -> dict[Pair, int]:
        """(program year, workflow) -> calls published."""
        return casework.calls()

    def _cases(self, years: Iterable[int]) -> dict[Pair, object]:
        span = set(years)
        return {pair: self.stamps.case(pair) for pair in self.stamps.cases if pair[0] in span}


def _support(places: list[Place]) -> dict[Place, dict[str, Decimal]]:
    found: dict[Place, dict[str, Decimal]] = {place: {} for place in places}
    for one in all_indicators().values():
        if one.parts is not None and one.parts[1] == SUPPORT:
            for place, amount in casework.support(one.parts[0], places).items():
                found[place][one.parts[0]] = amount
    return found


def _by_pair(pairs: Iterable[Pair], found: Mapping[tuple[int, str, Zone], One]) -> Parts[Zone, One]:
    """Also those of which nothing was found, so that nobody asks again."""
    parts: Parts[Zone, One] = {pair: {} for pair in pairs}
    for (year, name, zone), one in found.items():
        parts[year, name][year, name, zone] = one
    return parts


def _together(parts: Iterable[Mapping[tuple[int, str, Zone], One]]) -> dict[tuple[int, str, Zone], One]:
    return {key: one for part in parts for key, one in part.items()}
