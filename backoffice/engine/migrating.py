"""Moving a case to another version of its workflow: one conditional update and one history row, nothing rewritten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from backoffice.core import clock
from backoffice.core.db import Base, db, rows_changed, transaction
from backoffice.engine import deadlines, statements, tasks
from backoffice.engine.perform import Engine
from backoffice.engine.spine import APPROVAL, MIGRATION, History, Task
from backoffice.engine.values import Subject
from workflows.migration import Plan
from workflows.roles import Role

MIGRATE = "migrate"
"""The action of a migration's history row."""


def due_after(engine: Engine, plan: Plan, subject: Subject, target: str) -> datetime | None:
    """When the case falls due under the new version; a deadline that did not change keeps its date, moved or not."""
    if plan.old.state(subject.state).deadline == plan.new.state(target).deadline:
        return subject.due_at
    return deadlines.due_at(engine.registry, plan.new, subject, target, subject.state_since)


def half_approved(*conditions: ColumnElement[bool]) -> frozenset[int]:
    """Open cases that wait for a further approval: what was approved so far was the old text."""
    case = Base.metadata.tables["case"]
    last = (
        select(func.max(History.revision))
        .where(History.case_id == case.c.id, History.kind != APPROVAL)
        .correlate(case)
        .scalar_subquery()
    )
    query = (
        select(case.c.id)
        .join(History, History.case_id == case.c.id)
        .where(*conditions, case.c.final.is_(None))
        .where(History.kind == APPROVAL, History.revision > last)
    )
    return frozenset(db.session.scalars(query))


def migrate_case(engine: Engine, plan: Plan, case_id: int, *, reason: str = "") -> bool:
    """Move one open case as the plan says, in a transaction of its own.

    False when there is nothing to do: it moved already, has no image, or moved on meanwhile. A second run therefore
    changes nothing. Tasks the new state does not know are closed.
    """
    with transaction():
        subject = engine.subject(case_id)
        target = plan.image(subject.state)
        if (subject.workflow, subject.version) != (plan.old.workflow, plan.old.version) or target is None:
            return False
        if half_approved(Base.metadata.tables["case"].c.id == case_id):
            return False
        compiled = engine.definitions.get(plan.new.workflow, plan.new.version)
        typed = {"from": plan.old.version, "to": plan.new.version, "reason": reason}
        if subject.state in plan.given:
            typed["given"] = target
        key = f"{MIGRATE}:{case_id}:{subject.revision}:{plan.new.version}"
        change = statements.Change(
            MIGRATION, MIGRATE, target, None, Role.SYSTEM, clock.now(), typed, compiled.digest, key
        )
        row = statements.history_row(subject, change, subject.state)
        if not _move(plan, subject, row, due=due_after(engine, plan, subject, target)):
            return False
        _close_lost_tasks(plan, subject, target)
        return True


def _move(plan: Plan, subject: Subject, row: Mapping[str, Any], *, due: datetime | None) -> bool:
    """The conditional update, and the history row if it changed the case. How long it is in its state counts on."""
    case = Base.metadata.tables["case"]
    state = plan.new.state(row["target"])
    moved = rows_changed(
        update(case)
        .where(case.c.id == subject.id, case.c.state == subject.state, case.c.revision == subject.revision)
        .values(
            workflow_version=plan.new.version,
            state=row["target"],
            stage=state.stage,
            waiting_for=state.owner,
            revision=row["revision"],
            due_at=due,
            breach_action=state.deadline.on_breach if state.deadline else None,
            chain_head=row["hash"],
        )
    )
    if moved != 1:
        return False
    db.session.execute(insert(History).values(**row))
    return True


def _close_lost_tasks(plan: Plan, subject: Subject, target: str) -> None:
    known = list(plan.new.state(target).tasks)
    query = select(Task).where(Task.case_id == subject.id, Task.status == tasks.OPEN, Task.name.not_in(known))
    for task in db.session.scalars(query):
        tasks.exclude(task)
