"""The projects of program years as zones share them and technologies divide them; what ran, and what grew out of what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, select

from backoffice.cases.models import Answer, Case, CaseZone
from backoffice.core.db import db
from backoffice.funding.models import Agreement
from backoffice.outcomes import queries
from backoffice.outcomes.queries import MainProject
from backoffice.reports.casework import of_programs, workflow_and_zones
from backoffice.reports.charter import Charter
from backoffice.reports.cooperation import shared
from backoffice.reports.projects import under_way
from backoffice.reports.stamps import Pair

TECHNOLOGY = "technology"
"""The charter's name for the field in which an application names its strategic technology."""

Query = Select[*tuple[Any, ...]]

EARLIEST, LATEST = date(1970, 1, 1), date(9999, 12, 31)


@dataclass(slots=True)
class Together:
    """Projects under agreement: how many two zones share, and how many belong to a technology."""

    shared: dict[tuple[int, int], int] = field(default_factory=dict)
    """Pair of zones (smaller id first) -> projects of both."""
    joint: dict[int | None, int] = field(default_factory=dict)
    """Zone, or None for the nation -> projects of more than one zone."""
    technologies: dict[str, dict[int | None, int]] = field(default_factory=dict)
    """Label of a strategic technology -> zone, or None for the nation -> projects."""

    def add(self, other: "Together") -> None:
        for mine, theirs in ((self.shared, other.shared), (self.joint, other.joint)):
            _count(mine, theirs)
        for label, zones in other.technologies.items():
            _count(self.technologies.setdefault(label, {}), zones)


def _count(mine: dict[Any, int], theirs: dict[Any, int]) -> None:
    for key, number in theirs.items():
        mine[key] = mine.get(key, 0) + number


def sum_of(parts: Iterable[Together]) -> Together:
    whole = Together()
    for part in parts:
        whole.add(part)
    return whole


def together(charter: Charter, pairs: Collection[Pair]) -> dict[Pair, Together]:
    """Each program year by itself. Two queries."""
    found = {pair: Together() for pair in pairs}
    projects: dict[int, tuple[Pair, list[int]]] = {}
    query = _of(pairs, select(Case.id, Case.year, Case.workflow, CaseZone.zone_id)).join(
        CaseZone, CaseZone.case_id == Case.id
    )
    for case_id, year, name, zone_id in db.session.execute(query):
        projects.setdefault(case_id, ((year, name), []))[1].append(zone_id)
    for case_id, label in _technologies(charter, pairs).items():
        pair, zones = projects.get(case_id, (None, []))
        if pair is not None:
            _count(found[pair].technologies.setdefault(label, {}), dict.fromkeys([None, *zones], 1))
    for pair, zones in projects.values():
        if len(zones) > 1:
            _count(found[pair].shared, dict(shared([zones])))
            _count(found[pair].joint, dict.fromkeys([None, *zones], 1))
    return found


def _of(pairs: Collection[Pair], query: Query) -> Query:
    """What a query over cases says of those of these program years that are under agreement."""
    return query.join(Agreement, Agreement.case_id == Case.id).where(
        of_programs(pairs), Agreement.concluded_at.is_not(None)
    )


def _technologies(charter: Charter, pairs: Collection[Pair]) -> dict[int, str]:
    """Case id -> the label of the strategic technology its application names."""
    query = _of(pairs, select(Answer.case_id, Answer.form, Answer.value, Case.workflow, Case.workflow_version))
    query = query.join(Answer, Answer.case_id == Case.id).where(Answer.field == TECHNOLOGY)
    found: dict[int, str] = {}
    for case_id, form, value, name, version in db.session.execute(query):
        field_ = charter.definition(name, version).forms[form].field(TECHNOLOGY)
        labels = {option.code: option.label.ko for option in field_.options} if field_ else {}
        if isinstance(value, str) and value in labels:
            found[case_id] = labels[value]
    return found


Running = dict[int | None, frozenset[str]]
"""Zone, or None for the nation -> the workflows with projects a year's report speaks of."""


def running(year: int) -> Running:
    """Those with projects of the year, running in it, or with a main project decided in it."""
    query = select(Case.workflow, CaseZone.zone_id).join(Agreement, Agreement.case_id == Case.id)
    query = query.outerjoin(CaseZone, CaseZone.case_id == Case.id)
    return _by_place(query.where(Agreement.concluded_at.is_not(None), under_way(year)).distinct())


def with_outcomes(places: Collection[tuple[int, int]]) -> dict[tuple[int, int], Running]:
    """(zone, year) of outcomes -> the workflows of the projects they are of, in all zones of those projects."""
    told = queries.measured_cases_of(places).subquery()
    query = (
        select(told.c.zone_id, told.c.year, Case.workflow, CaseZone.zone_id)
        .join(Case, Case.id == told.c.case_id)
        .join(Agreement, and_(Agreement.case_id == Case.id, Agreement.concluded_at.is_not(None)))
        .outerjoin(CaseZone, CaseZone.case_id == Case.id)
        .distinct()
    )
    found: dict[tuple[int, int], list[tuple[str, int | None]]] = {place: [] for place in places}
    for zone, year, name, of in db.session.execute(query):
        if (zone, year) in found:
            found[zone, year].append((name, of))
    return {place: _named(rows) for place, rows in found.items()}


def _by_place(query: Query) -> Running:
    return _named([(name, zone_id) for name, zone_id in db.session.execute(query)])


def _named(rows: Iterable[tuple[str, int | None]]) -> Running:
    found: dict[int | None, set[str]] = {None: set()}
    for name, zone_id in rows:
        for place in (None, zone_id):
            found.setdefault(place, set()).add(name)
    return {place: frozenset(names) for place, names in found.items()}


def united(parts: Iterable[Running]) -> Running:
    found: Running = {}
    for part in parts:
        for place, names in part.items():
            found[place] = found.get(place, frozenset()) | names
    return found


def grown() -> list[tuple[MainProject, str, tuple[int, ...]]]:
    """Every main project, by the day of its decision, with the workflow and zones of the case it grew out of."""
    found = queries.main_projects(EARLIEST, LATEST)
    places = workflow_and_zones({one.case_id for one in found})
    return [(one, *_place(places.get(one.case_id, ("", [])))) for one in found]


def _place(known: tuple[str, list[int]]) -> tuple[str, tuple[int, ...]]:
    return known[0], tuple(known[1])
