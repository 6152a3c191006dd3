"""What every part of a report needs, read once: definitions, zones, councils, cases and the grid of indicators."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.organizations.models import Zone, ZoneEvent
from backoffice.organizations.queries import zones
from backoffice.reports import cooperation, grid, programs
from backoffice.reports.cells import Lens
from backoffice.reports.charter import Charter
from backoffice.reports.projects import Project, Story, find_projects, find_stories


class Gathering:
    """One year of the whole house as one edition may see it."""

    def __init__(self, year: int, edition: str) -> None:
        self.year, self.edition = year, edition
        self.charter = Charter()
        known = zones()
        self.zones = [zone for zone in known if operated(zone, year)]
        self.names = {zone.id: zone.name_ko for zone in known}
        self.councils = cooperation.councils(clock.today())
        self.events = _events()
        self.grid = grid.build(self.charter, year, self.zones)
        self.lens = Lens(self.grid, edition)
        self.cases = programs.Casebook(self.charter, year)

    @property
    def public(self) -> bool:
        return self.lens.public

    def projects(self, zone: Zone | None) -> list[Project]:
        return find_projects(self.charter, self.year, zone_id=zone.id if zone else None)

    def stories(self, zone: Zone | None) -> list[Story]:
        return find_stories(self.charter, self.year, zone_id=zone.id if zone else None)

    def name(self, zone_id: int) -> str:
        return self.names.get(zone_id, "-")

    def named(self, zone_ids: Iterable[int]) -> list[str]:
        return [self.name(zone_id) for zone_id in zone_ids]


def operated(zone: Zone, year: int) -> bool:
    """Whether a zone was designated on some day of the year."""
    begun = zone.designated_on is None or zone.designated_on <= date(year, 12, 31)
    return begun and (zone.dissolved_on is None or zone.dissolved_on > date(year, 1, 1))


def _events() -> dict[int, list[ZoneEvent]]:
    """Zone -> what has happened to it so far, oldest first."""
    query = select(ZoneEvent).where(ZoneEvent.happened_on <= clock.today())
    found: dict[int, list[ZoneEvent]] = {}
    for event in db.session.scalars(query.order_by(ZoneEvent.happened_on, ZoneEvent.id)):
        found.setdefault(event.zone_id, []).append(event)
    return found
