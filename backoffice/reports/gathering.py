"""What every part of a report needs, read once: definitions, zones, councils, cases and the grid of indicators."""

from collections.abc import Hashable, Iterable
from copy import copy
from dataclasses import replace
from datetime import date
from functools import cached_property

from sqlalchemy import select

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.organizations.models import Zone, ZoneEvent
from backoffice.organizations.queries import INNOVATION, zone_names
from backoffice.outcomes.queries import Restatement, restatements
from backoffice.reports import cooperation, grid, kept, programs
from backoffice.reports.cells import INTERNAL, Lens
from backoffice.reports.charter import Charter
from backoffice.reports.cooperation import Membership
from backoffice.reports.facts import Facts
from backoffice.reports.grid import Grid
from backoffice.reports.indicators import Entry, entries
from backoffice.reports.projects import Project, Story, find_projects, find_stories


class Gathering:
    """One year of the whole house as one edition may see it."""

    def __init__(self, year: int, edition: str) -> None:
        self.year, self.edition = year, edition
        self.charter = Charter()
        every = zone_names()
        known = sorted(
            (zone for zone in every.values() if zone.stratum == INNOVATION),
            key=lambda zone: (zone.cohort or 0, zone.code),
        )
        self.zones = [zone for zone in known if operated(zone, year)]
        self.former = [zone for zone in known if ended(zone, year) and zone not in self.zones]
        """Dissolved before the year. Their firms report on for years, and the nation counts them."""
        self.names = {zone.id: zone.name_ko for zone in known}
        self.facts = Facts(self.charter, year, every)
        known_councils = cooperation.councils(clock.today())
        self.councils = cooperation.standing(known_councils, clock.today())
        self._stamp = self._state(tuple(known_councils))
        self.grid = self._grid(tuple(known_councils))
        self.lens = Lens(self.grid, edition)
        self.cases = programs.Casebook(self.facts)
        self._projects: dict[int | None, list[Project]] = {}
        self._stories: dict[int | None, list[Story]] = {}
        self._restatements: dict[int | None, list[Restatement]] = {}

    def seen_by(self, edition: str) -> "Gathering":
        """The same readings as another edition may see them: nothing is read twice."""
        other = copy(self)
        other.edition, other.lens = edition, Lens(self.grid, edition)
        return other

    def _state(self, councils: tuple[Membership, ...]) -> Hashable:
        """What the values of the year are made of, in one stamp."""
        zones = tuple((zone.id, zone in self.former) for zone in (*self.zones, *self.former))
        return (self.facts.stamps.all(), frozenset(self.facts.calls.items()), councils, zones)

    def _grid(self, councils: tuple[Membership, ...]) -> Grid:
        """The values of the year, kept while nothing they are made of has changed."""
        kind, wanted = "grid", {self.year: self._stamp}
        built = kept.units(kind, wanted, lambda years: dict.fromkeys(years, self._built(councils)))[self.year]
        return replace(built, zones=tuple(self.zones), former=tuple(self.former))

    def _built(self, councils: tuple[Membership, ...]) -> Grid:
        return grid.build(self.facts, self.zones, councils, self.former)

    def entries(self, place: int | None) -> list[Entry]:
        """The indicator table of a zone, or of the nation; kept like the values, so nobody may change it."""

        def compute(keys: list[tuple[int, str, int | None]]) -> dict[tuple[int, str, int | None], list[Entry]]:
            return {key: entries(self.lens, key[2]) for key in keys}

        key = (self.year, self.edition, place)
        return kept.units("entries", {key: self._stamp}, compute)[key]

    @cached_property
    def events(self) -> dict[int, list[ZoneEvent]]:
        """What has happened to each zone so far, oldest first."""
        return _events()

    @property
    def public(self) -> bool:
        return self.lens.public

    def projects(self, zone: Zone | None) -> list[Project]:
        place = zone.id if zone else None
        if place not in self._projects:
            self._projects[place] = find_projects(self.charter, self.year, zone_id=place)
        return self._projects[place]

    def stories(self, zone: Zone | None) -> list[Story]:
        place = zone.id if zone else None
        if place not in self._stories:
            self._stories[place] = find_stories(self.charter, self.year, zone_id=place)
        return self._stories[place]

    def restatements(self, zone_id: int | None) -> list[Restatement]:
        """Corrected values of the year and the year before."""
        if zone_id not in self._restatements:
            self._restatements[zone_id] = restatements((self.year - 1, self.year), zone_id)
        return self._restatements[zone_id]

    def name(self, zone_id: int) -> str:
        return self.names.get(zone_id, "-")

    def named(self, zone_ids: Iterable[int]) -> list[str]:
        return [self.name(zone_id) for zone_id in zone_ids]


def read_ahead(year: int, place: int | None) -> None:
    """Have what the boards of a zone, or of the nation, and a year are made of ready in this process (decision 021)."""
    gathering = Gathering(year, INTERNAL)
    gathering.entries(place)
    gathering.cases.programs(place)
    gathering.cases.months(place)


def operated(zone: Zone, year: int) -> bool:
    """Whether a zone was designated on some day of the year."""
    begun = zone.designated_on is None or zone.designated_on <= date(year, 12, 31)
    return begun and (zone.dissolved_on is None or zone.dissolved_on > date(year, 1, 1))


def ended(zone: Zone, year: int) -> bool:
    """Whether a zone was dissolved by the end of the year."""
    return zone.dissolved_on is not None and zone.dissolved_on <= date(year, 12, 31)


def _events() -> dict[int, list[ZoneEvent]]:
    """Zone -> what has happened to it so far, oldest first."""
    query = select(ZoneEvent).where(ZoneEvent.happened_on <= clock.today())
    found: dict[int, list[ZoneEvent]] = {}
    for event in db.session.scalars(query.order_by(ZoneEvent.happened_on, ZoneEvent.id)):
        found.setdefault(event.zone_id, []).append(event)
    return found
