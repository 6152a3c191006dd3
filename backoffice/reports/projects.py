"""Projects for figures: who they are, what was agreed and paid, what they led to, and the stories firms told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from backoffice.cases.models import Answer, Case, CaseOrganization, CaseZone
from backoffice.core.db import db
from backoffice.engine.spine import History
from backoffice.forms.readers import is_unread
from backoffice.funding.models import Agreement
from backoffice.organizations.models import Organization
from backoffice.outcomes import queries
from backoffice.outcomes.models import FollowOn
from backoffice.outcomes.queries import MainProject
from backoffice.reports.casework import workflow_and_zones
from backoffice.reports.charter import REPORTED, Charter

GRADE = "grade"
"""The charter's name for the field in which a review states its grade."""


@dataclass(frozen=True, slots=True)
class Project:
    """A case under agreement, with what came of it in the report's year. Money in won."""

    case_id: int
    number: str
    workflow: str
    title: str
    company: str
    lead_company_id: int | None
    members: int
    zones: tuple[int, ...]
    """The lead zone first."""
    year: int
    agreed: int
    disbursed: int
    starts_on: date | None
    ends_on: date | None
    state: str
    public_state: str
    grade: str
    main_projects: tuple[MainProject, ...]
    outcomes: tuple[tuple[str, Decimal], ...]


def find_projects(charter: Charter, year: int, *, zone_id: int | None) -> list[Project]:
    """The projects a year's report speaks of: of that program year, running in it, or with outcomes in it."""
    linked: dict[int, list[MainProject]] = {}
    for one in queries.main_projects(date(year, 1, 1), date(year, 12, 31)):
        linked.setdefault(one.case_id, []).append(one)
    rows = _rows(year, zone_id)
    ids = [row.Case.id for row in rows]
    places, outcomes = workflow_and_zones(ids), queries.measures_of(ids, year)
    grades, members = _grades(charter, [row.Case for row in rows]), _members(ids)
    return [
        _project(
            charter,
            row,
            zones=tuple(places[row.Case.id][1]),
            members=members.get(row.Case.id, 0),
            grade=grades.get(row.Case.id, ""),
            main_projects=tuple(linked.get(row.Case.id, ())),
            outcomes=tuple(outcomes.get(row.Case.id, ())),
        )
        for row in rows
    ]


def _spoken_of(year: int) -> tuple[ColumnElement[bool], ...]:
    """The cases under agreement that a year's report speaks of; joined with their agreements."""
    return (Agreement.concluded_at.is_not(None), or_(under_way(year), Case.id.in_(queries.measured_cases(year))))


def under_way(year: int) -> ColumnElement[bool]:
    """Of that program year, running in it, or with a main project decided in it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    running = and_(Agreement.starts_on <= last, Agreement.ends_on >= first)
    led_to = select(FollowOn.case_id).where(FollowOn.decided_on.between(first, last))
    return or_(Case.year == year, running, Case.id.in_(led_to))


def _rows(year: int, zone_id: int | None) -> Sequence[Any]:
    query = (
        select(Case, Agreement, Organization.name_ko)
        .join(Agreement, Agreement.case_id == Case.id)
        .outerjoin(Organization, Organization.id == Case.lead_organization_id)
        .where(*_spoken_of(year))
        .order_by(Agreement.project_number, Case.reference)
    )
    if zone_id is not None:
        query = query.where(Case.id.in_(select(CaseZone.case_id).where(CaseZone.zone_id == zone_id)))
    return db.session.execute(query).all()


def _project(charter: Charter, row: Any, **more: Any) -> Project:
    case, agreement = row.Case, row.Agreement
    state = charter.state(case.workflow, case.workflow_version, case.state)
    return Project(
        case_id=case.id,
        number=agreement.project_number or case.reference,
        workflow=case.workflow,
        title=case.title,
        company=row.name_ko or "",
        lead_company_id=case.lead_organization_id,
        year=case.year,
        agreed=agreement.amount,
        disbursed=agreement.disbursed,
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
        state=state.label.ko,
        public_state=state.shown.ko,
        **more,
    )


def _members(case_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for case_id in db.session.scalars(select(CaseOrganization.case_id).where(CaseOrganization.case_id.in_(case_ids))):
        found[case_id] = found.get(case_id, 0) + 1
    return found


def _grades(charter: Charter, cases: Sequence[Case]) -> dict[int, str]:
    """Case id -> the label of the newest grade a review gave it."""
    known = {case.id: case for case in cases}
    query = select(History.case_id, History.action, History.digest, History.input).where(
        History.case_id.in_(list(known)), History.input.contains(f'"{GRADE}"')
    )
    found: dict[int, str] = {}
    for case_id, action, digest, typed in db.session.execute(query.order_by(History.case_id, History.revision)):
        definition = charter.written_under(known[case_id].workflow, digest)
        if definition is None:
            continue
        for form in {step.input for step in definition.transitions if step.action == action and step.input}:
            field = definition.forms[form].field(GRADE)
            labels = {option.code: option.label.ko for option in field.options} if field else {}
            found[case_id] = labels.get(str(json.loads(typed).get(GRADE)), found.get(case_id, ""))
    return found


@dataclass(frozen=True, slots=True)
class Story:
    """What a firm told about its outcomes in a confirmed report."""

    company: str
    project: str
    number: str
    zones: tuple[int, ...]
    text: str
    outcomes: tuple[tuple[str, Decimal], ...]


def find_stories(charter: Charter, year: int, *, zone_id: int | None) -> list[Story]:
    """The stories in confirmed outcome reports about a year, those with the most outcomes first."""
    settled = charter.rests_in(Case.state, (REPORTED,))
    query = (
        select(Case.id, Case.parent_id, Case.workflow, Case.workflow_version, Organization.name_ko)
        .outerjoin(Organization, Organization.id == Case.lead_organization_id)
        .where(Case.year == year, Case.parent_id.is_not(None), settled)
        .where(or_(Case.final.is_(None), Case.final != "cancelled"))
        .order_by(Case.id)
    )
    if zone_id is not None:
        query = query.where(Case.id.in_(select(CaseZone.case_id).where(CaseZone.zone_id == zone_id)))
    reports = db.session.execute(query).all()
    texts = _texts(charter, [(row.id, row.workflow, row.workflow_version) for row in reports])
    told = [row for row in reports if row.id in texts]
    parents = {project.id: project for project in _parents([row.parent_id for row in told])}
    outcomes = queries.measures_of([row.parent_id for row in told], year)
    zones = workflow_and_zones([row.id for row in told])
    found = [
        Story(
            row.name_ko or "",
            parents[row.parent_id].title,
            parents[row.parent_id].number,
            tuple(zones[row.id][1]) if row.id in zones else (),
            texts[row.id],
            tuple(outcomes.get(row.parent_id, ())),
        )
        for row in told
    ]
    return sorted(found, key=lambda story: (-len(story.outcomes), story.number))


def _parents(case_ids: Sequence[int]) -> Sequence[Any]:
    number = Agreement.project_number.label("number")
    query = select(Case.id, Case.title, number).outerjoin(Agreement, Agreement.case_id == Case.id)
    return db.session.execute(query.where(Case.id.in_(case_ids))).all()


def _texts(charter: Charter, reports: Sequence[tuple[int, str, int]]) -> dict[int, str]:
    """Report -> its story: the long text that stands in the same form as the indicators."""
    asked: dict[tuple[str, int], set[tuple[str, str]]] = {}
    for _, name, version in reports:
        forms = charter.definition(name, version).forms
        asked[name, version] = {
            (form_name, field.name)
            for form_name, form in forms.items()
            if any(field.type == "indicators" for field in form.fields)
            for field in form.fields
            if field.type == "long_text"
        }
    query = select(Answer.case_id, Answer.form, Answer.field, Answer.value).where(
        Answer.case_id.in_([case_id for case_id, _, _ in reports])
    )
    wanted = {case_id: asked[name, version] for case_id, name, version in reports}
    return {
        case_id: str(value).strip()
        for case_id, form, field, value in db.session.execute(query)
        if (form, field) in wanted[case_id] and value and not is_unread(value) and str(value).strip()
    }
