"""Reads of panels, sheets and results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, func, or_, select

from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.core.errors import NotFound
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
    row = db.session.scalar(select(Panel).where(Panel.call_id == call_id))
    if row is None:
        return None
    query = select(PanelMember.user_id).where(PanelMember.panel_id == row.id).order_by(PanelMember.user_id)
    return PanelFacts(row.id, row.chair_id, tuple(db.session.scalars(query)))


def panel_facts(subjects: Sequence[Subject]) -> dict[int, PanelFacts]:
    calls = {subject.call_id for subject in subjects if subject.call_id is not None}
    panels = {row.call_id: row for row in db.session.scalars(select(Panel).where(Panel.call_id.in_(calls)))}
    members: dict[int, list[int]] = {}
    query = select(PanelMember.panel_id, PanelMember.user_id).where(
        PanelMember.panel_id.in_([row.id for row in panels.values()])
    )
    for panel_id, user_id in db.session.execute(query.order_by(PanelMember.user_id)):
        members.setdefault(panel_id, []).append(user_id)
    return {
        subject.id: PanelFacts(row.id, row.chair_id, tuple(members.get(row.id, ())))
        for subject in subjects
        if (row := panels.get(subject.call_id or 0)) is not None
    }


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
    newest = (
        select(Sheet.case_id, Sheet.round, func.max(Sheet.cycle).label("cycle"))
        .where(Sheet.case_id.in_(case_ids))
        .group_by(Sheet.case_id, Sheet.round)
        .subquery()
    )
    query = (
        select(Sheet, Task.status)
        .join(
            newest,
            (Sheet.case_id == newest.c.case_id) & (Sheet.round == newest.c.round) & (Sheet.cycle == newest.c.cycle),
        )
        .join(Task, Task.id == Sheet.task_id)
        .order_by(Sheet.id)
    )
    return [(sheet, status) for sheet, status in db.session.execute(query)]


def result_facts(subjects: Sequence[Subject]) -> dict[int, Result]:
    """Case id -> its newest result."""
    query = select(Result).where(Result.case_id.in_([subject.id for subject in subjects])).order_by(Result.id)
    return {row.case_id: row for row in db.session.scalars(query)}


def results_of_case(case_id: int) -> list[Result]:
    return list(db.session.scalars(select(Result).where(Result.case_id == case_id).order_by(Result.id)))


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


def workloads(user_ids: Sequence[int]) -> dict[int, int]:
    """Reviewer -> number of open sheets."""
    query = (
        select(Task.user_id, func.count())
        .where(Task.user_id.in_(user_ids), Task.status == "open")
        .group_by(Task.user_id)
    )
    return {user_id: count for user_id, count in db.session.execute(query) if user_id is not None}


def begun_since(case_id: int, since: datetime) -> bool:
    """Whether a reviewer declared or scored anything on a case after an instant."""
    written = or_(Sheet.declared_at > since, and_(Sheet.created_at >= since, Sheet.revision > 1))
    return db.session.scalar(select(Sheet.id).where(Sheet.case_id == case_id, written).limit(1)) is not None
