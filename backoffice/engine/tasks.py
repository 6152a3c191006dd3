"""Parallel work inside a state: opening tasks, closing them, and counting them for quorums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.spine import Appointment, Task
from backoffice.engine.values import Subject
from workflows.roles import Role

OPEN, DONE, EXCLUDED = "open", "done", "excluded"


@dataclass(frozen=True, slots=True)
class Count:
    """How many tasks of one name stand where, in their newest cycle."""

    open: int = 0
    done: int = 0
    excluded: int = 0


def open_tasks(
    case_id: int, name: str, cycle: int, *, user_ids: Sequence[int] = (), organization_ids: Sequence[int] = ()
) -> list[Task]:
    """Give several people or organizations a task of this cycle, in one statement."""
    given = [*((user_id, None) for user_id in user_ids), *((None, one) for one in organization_ids)]
    rows = [
        {"case_id": case_id, "name": name, "cycle": cycle, "user_id": user_id, "organization_id": one}
        for user_id, one in given
    ]
    return list(db.session.scalars(insert(Task).values(rows).returning(Task))) if rows else []


def complete(task: Task, user_id: int | None) -> None:
    task.status, task.done_at, task.done_by = DONE, clock.now(), user_id


def reopen(task: Task) -> None:
    task.status, task.done_at, task.done_by = OPEN, None, None


def exclude(task: Task) -> None:
    task.status, task.done_at = EXCLUDED, clock.now()


def counts(subjects: Sequence[Subject]) -> dict[int, Mapping[str, Count]]:
    """Case id -> task name -> how its newest cycle stands."""
    ids = [subject.id for subject in subjects]
    newest = (
        select(Task.case_id, Task.name, func.max(Task.cycle).label("cycle"))
        .where(Task.case_id.in_(ids))
        .group_by(Task.case_id, Task.name)
        .subquery()
    )
    query = (
        select(Task.case_id, Task.name, Task.status, func.count())
        .join(
            newest, (Task.case_id == newest.c.case_id) & (Task.name == newest.c.name) & (Task.cycle == newest.c.cycle)
        )
        .group_by(Task.case_id, Task.name, Task.status)
    )
    found: dict[int, dict[str, dict[str, int]]] = {}
    for case_id, name, status, number in db.session.execute(query):
        found.setdefault(case_id, {}).setdefault(name, {})[status] = number
    return {
        case_id: {name: Count(**by_status) for name, by_status in names.items()} for case_id, names in found.items()
    }


def finished_since(case_id: int, since: datetime) -> bool:
    """Whether anybody did, signed or gave back a task of a case after an instant."""
    query = select(Task.id).where(Task.case_id == case_id, Task.done_at > since).limit(1)
    return db.session.scalar(query) is not None


def appoint(case_id: int, user_id: int, role: Role) -> None:
    """Give a person a role on this one case; a second time changes nothing."""
    appoint_all(case_id, [(user_id, role)])


def withdraw(case_id: int, name: str, cycle: int, *, since: datetime) -> None:
    """Take back the tasks of a cycle nobody worked on, and every appointment made for it."""
    db.session.execute(delete(Task).where(Task.case_id == case_id, Task.name == name, Task.cycle == cycle))
    made = (Appointment.case_id == case_id, Appointment.since >= since, Appointment.ended_at.is_(None))
    db.session.execute(update(Appointment).where(*made).values(ended_at=clock.now()))


def appoint_all(case_id: int, people: Sequence[tuple[int, Role]]) -> None:
    """Give several people roles on this one case, in one statement; who holds one already keeps it as it is."""
    table: Any = Appointment.__table__
    upsert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"case_id": case_id, "user_id": user_id, "role": role, "since": clock.now(), "ended_at": None}
        for user_id, role in people
    ]
    fresh = upsert(table).values(rows)
    since = case((table.c.ended_at.is_(None), table.c.since), else_=fresh.excluded.since)
    db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=["case_id", "user_id", "role"], set_={"since": since, "ended_at": None}
        )
    )


def dismiss(case_id: int, role: Role, user_id: int | None = None) -> None:
    """End the appointments of a role on a case, or of one person."""
    query = update(Appointment).where(
        Appointment.case_id == case_id, Appointment.role == role, Appointment.ended_at.is_(None)
    )
    if user_id is not None:
        query = query.where(Appointment.user_id == user_id)
    db.session.execute(query.values(ended_at=clock.now()))
