"""Reads of panels, sheets and results."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from backoffice.accounts.models import RoleGrant, User
from backoffice.accounts.queries import holding
from backoffice.cases.models import Case, CaseOrganization
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.engine.definitions import Definitions
from backoffice.engine.spine import Task
from backoffice.engine.values import Subject
from backoffice.reviews.models import Panel, PanelMember, Result, Sheet


@dataclass(frozen=True, slots=True)
class PanelFacts:
    panel_id: int
    chair_id: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """The newest cycle of one round: totals of sealed sheets, and sheets that must not count."""

    totals: tuple[int, ...]
    undeclared: int


def panel_of_call(call_id: int) -> PanelFacts | None:
    return _panels({call_id}).get(call_id)


def panel_facts(subjects: Sequence[Subject]) -> dict[int, PanelFacts]:
    panels = _panels({subject.call_id for subject in subjects if subject.call_id is not None})
    return {subject.id: panels[subject.call_id] for subject in subjects if subject.call_id in panels}


def _panels(calls: Collection[int]) -> dict[int | None, PanelFacts]:
    """Call id -> its panel with its members in order, in one query."""
    query = (
        select(Panel, PanelMember.user_id)
        .outerjoin(PanelMember, PanelMember.panel_id == Panel.id)
        .where(Panel.call_id.in_(calls))
        .order_by(PanelMember.user_id)
    )
    members: dict[Panel, list[int]] = {}
    for row, user_id in db.session.execute(query):
        members.setdefault(row, []).extend([user_id] if user_id is not None else [])
    return {row.call_id: PanelFacts(row.id, row.chair_id, tuple(found)) for row, found in members.items()}


def round_facts(subjects: Sequence[Subject]) -> dict[int, Mapping[str, RoundFacts]]:
    """Case id -> round -> facts of its newest cycle."""
    found: dict[int, dict[str, list[Sheet]]] = {}
    for sheet, status in _newest_sheets([subject.id for subject in subjects]):
        if status != "excluded":
            found.setdefault(sheet.case_id, {}).setdefault(sheet.round, []).append(sheet)
    return {
        case_id: {
            name: RoundFacts(
                tuple(sheet.total for sheet in sheets if sheet.sealed_at is not None and sheet.total is not None),
                sum(1 for sheet in sheets if sheet.sealed_at is not None and sheet.conflict != "none"),
            )
            for name, sheets in rounds.items()
        }
        for case_id, rounds in found.items()
    }


def _newest_sheets(case_ids: Sequence[int]) -> list[tuple[Sheet, str]]:
    query = _newest().order_by(Sheet.id)
    return [(sheet, status) for sheet, status in db.session.execute(query, {"case_ids": case_ids})]


def _newest() -> Select[Sheet, str]:
    """The sheets of the newest cycle of each round, of the ``case_ids``."""
    newest = (
        select(Sheet.case_id, Sheet.round, func.max(Sheet.cycle).label("cycle"))
        .where(Sheet.case_id.in_(bindparam("case_ids", expanding=True)))
        .group_by(Sheet.case_id, Sheet.round)
        .subquery()
    )
    return (
        select(Sheet, Task.status)
        .join(
            newest,
            (Sheet.case_id == newest.c.case_id) & (Sheet.round == newest.c.round) & (Sheet.cycle == newest.c.cycle),
        )
        .join(Task, Task.id == Sheet.task_id)
    )


def result_facts(subjects: Sequence[Subject]) -> dict[int, Result]:
    """Case id -> its newest result."""
    query = select(Result).where(Result.case_id.in_([subject.id for subject in subjects])).order_by(Result.id)
    return {row.case_id: row for row in db.session.scalars(query)}


def averages_of_call(call_id: int) -> dict[int, Decimal]:
    """Case id -> newest average of every reviewed case of a call, for ranking."""
    query = (
        select(Result.case_id, Result.average)
        .join(Case, Case.id == Result.case_id)
        .where(Case.call_id == call_id)
        .order_by(Result.id)
    )
    return dict(db.session.execute(query).all())


def sheets_of_case(case_id: int) -> list[tuple[Sheet, str]]:
    """All sheets of the newest cycles with the status of their task."""
    return _newest_sheets([case_id])


@cache
def _sheets_and_results() -> Select[*tuple[Any, ...]]:
    sheets = _newest().subquery()
    sheet, result = aliased(Sheet, sheets), aliased(Result)
    return (
        select(sheet, sheets.c.status, result)
        .select_from(Case)
        .outerjoin(sheets, sheets.c.case_id == Case.id)
        .outerjoin(result, result.case_id == Case.id)
        .where(Case.id.in_(bindparam("case_ids", expanding=True)))
        .order_by(sheets.c.id, result.id)
    )


def sheets_and_results(case_id: int) -> tuple[list[tuple[Sheet, str]], list[Result]]:
    """The same with the results of the case, oldest first, in one query."""
    found: dict[int, tuple[Sheet, str]] = {}
    results: dict[int, Result] = {}
    for one, status, outcome in db.session.execute(_sheets_and_results(), {"case_ids": [case_id]}):
        if one is not None:
            found[one.id] = one, status
        if outcome is not None:
            results[outcome.id] = outcome
    return list(found.values()), list(results.values())


@dataclass(frozen=True, slots=True)
class Assigned:
    """One line of a reviewer's list."""

    sheet: Sheet
    case: Case
    status: str


def assigned_to(user_id: int) -> list[Assigned]:
    """The sheets of one reviewer, open ones first, the next due on top."""
    query = (
        select(Sheet, Case, Task.status)
        .join(Case, Case.id == Sheet.case_id)
        .join(Task, Task.id == Sheet.task_id)
        .where(Sheet.reviewer_id == user_id, Task.status != "excluded")
        .order_by(Sheet.sealed_at.is_not(None), Case.due_at, Sheet.id)
    )
    return [Assigned(sheet, case, status) for sheet, case, status in db.session.execute(query)]


def to_score(definitions: Definitions, user_id: int) -> list[Case]:
    """The cases that wait, in the state they are in now, for a sheet of this reviewer."""
    return [
        item.case
        for item in assigned_to(user_id)
        if item.sheet.sealed_at is None and item.case.final is None
        for state in [definitions.get(item.case.workflow, item.case.workflow_version).workflow.state(item.case.state)]
        if item.sheet.round in state.tasks
    ]


def own_sheet(user_id: int, case_id: int) -> Sheet:
    """The reviewer's own newest sheet of a case. Raises NotFound."""
    query = (
        select(Sheet)
        .join(Task, Task.id == Sheet.task_id)
        .where(Sheet.case_id == case_id, Sheet.reviewer_id == user_id, Task.status != "excluded")
        .order_by(Sheet.cycle.desc(), Sheet.id.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def eligible(case_id: int, user_ids: Sequence[int]) -> dict[int, str]:
    """Those of some people who belong to no organization of a case, with their names, the least busy first."""
    return _eligible(case_id, User.id.in_(user_ids)) if user_ids else {}


def eligible_of_panel(case_id: int, call_id: int) -> dict[int, str]:
    """The same of the members of a call's panel."""
    members = select(PanelMember.user_id).join(Panel, Panel.id == PanelMember.panel_id).where(Panel.call_id == call_id)
    return _eligible(case_id, User.id.in_(members))


def _eligible(case_id: int, among: ColumnElement[bool]) -> dict[int, str]:
    of_case = select(CaseOrganization.organization_id).where(CaseOrganization.case_id == case_id)
    acts_for = exists().where(
        RoleGrant.user_id == User.id, RoleGrant.organization_id.in_(of_case), *holding(clock.today())
    )
    busy = select(func.count()).where(Task.user_id == User.id, Task.status == "open").scalar_subquery()
    query = select(User.id, User.name).where(
        among, or_(User.organization_id.is_(None), User.organization_id.not_in(of_case)), ~acts_for
    )
    return dict(db.session.execute(query.order_by(busy, User.id)).all())


def begun_since(case_id: int, since: datetime) -> bool:
    """Whether a reviewer declared or scored anything on a case after an instant."""
    written = or_(Sheet.declared_at > since, and_(Sheet.created_at >= since, Sheet.revision > 1))
    return db.session.scalar(select(Sheet.id).where(Sheet.case_id == case_id, written).limit(1)) is not None
