"""The SQL of a transition: one conditional update of the case, one history row. Nothing else writes these columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Dialect,
    Insert,
    Update,
    bindparam,
    insert,
    select,
    union_all,
    update,
)

from backoffice.core import outbox
from backoffice.core.db import Base, at_once, db
from backoffice.core.outbox import Order
from backoffice.core.prepared import Prepared
from backoffice.engine.chain import GENESIS, canonical, row_hash
from backoffice.engine.spine import History
from backoffice.engine.values import Subject
from workflows.definition import Workflow


@dataclass(frozen=True, slots=True)
class Change:
    """One row of history to be, and where the case rests afterwards."""

    kind: str
    action: str
    target: str
    actor_id: int | None
    role: str
    at: datetime
    input: Mapping[str, Any]
    digest: str
    key: str


def history_row(subject: Subject, change: Change, source: str) -> dict[str, Any]:
    """The complete history row that follows the case's chain head."""
    row: dict[str, Any] = {
        "case_id": subject.id,
        "revision": subject.revision + 1,
        "kind": change.kind,
        "action": change.action,
        "source": source,
        "target": change.target,
        "actor_id": change.actor_id,
        "role": change.role,
        "at": change.at,
        "input": canonical(change.input),
        "digest": change.digest,
        "key": change.key,
    }
    previous = subject.chain_head or GENESIS
    return {**row, "previous_hash": previous, "hash": row_hash(previous, row)}


MOVED = {
    "state": "h_target", "stage": "stage_now", "final": "final_now", "waiting_for": "owner", "revision": "h_revision",
    "state_since": "since", "due_at": "due", "breach_action": "breach", "chain_head": "h_hash",
}  # fmt: skip
"""The columns of a case that a step writes, and the parameters they come from: ``h_`` is the history row."""

KEPT = {"case_id": "h_case_id", "revision": "h_revision", "due_at": "was_due"}
"""The deadline under which a case leaves its state, kept beside the history: the next state overwrites it."""


def _moving() -> Update:
    """The case goes on, if it still is where it was seen."""
    case = Base.metadata.tables["case"]
    return (
        update(case)
        .where(
            case.c.id == bindparam("h_case_id", type_=case.c.id.type),
            case.c.state == bindparam("seen_state"),
            case.c.revision == bindparam("seen_revision"),
        )
        .values({case.c[column]: bindparam(name, type_=case.c[column].type) for column, name in MOVED.items()})
    )


@Prepared
def _update(_dialect: Dialect) -> Update:
    return _moving()


@Prepared
def _write_history(_dialect: Dialect) -> Insert:
    history = Base.metadata.tables["history"]
    return insert(history).values({column: bindparam(f"h_{column.name}") for column in history.c})


@Prepared
def _keep_deadline(_dialect: Dialect) -> Insert:
    kept = Base.metadata.tables["passed_deadline"]
    return insert(kept).values({kept.c[column]: bindparam(name) for column, name in KEPT.items()})


@cache
def _whole_step(jobs: int, *, keeping: bool) -> Prepared:
    """PostgreSQL takes the whole step in one statement: one way to the server, and a transaction of its own."""

    def build(_dialect: Dialect) -> Insert:
        case, history, job = (Base.metadata.tables[name] for name in ("case", "history", "job"))
        moved = _moving().returning(case.c.id).cte("moved")
        past = select(moved.c.id, *(bindparam(f"h_{column.name}", type_=column.type) for column in list(history.c)[1:]))
        written = insert(history).from_select(list(history.c), past)
        if keeping:
            kept = Base.metadata.tables["passed_deadline"]
            marks = (bindparam(name, type_=kept.c[column].type) for column, name in KEPT.items())
            written = written.add_cte(
                insert(kept).from_select(list(KEPT), select(*marks).select_from(moved)).cte("kept")
            )
        if not jobs:
            return written.returning(history.c.case_id)
        asked = [outbox.job_columns(outbox.order_mark(number)) for number in range(jobs)]
        rows = [select(*values.values()).select_from(moved) for values in asked]
        orders = union_all(*rows) if jobs > 1 else rows[0]
        return insert(job).from_select(list(asked[0]), orders).add_cte(written.cte("written")).returning(job.c.id)

    return Prepared(build)


def move(
    subject: Subject,
    definition: Workflow,
    row: Mapping[str, Any],
    *,
    since: datetime,
    due: datetime | None,
    orders: Sequence[Order] = (),
) -> bool:
    """Move the case if it still is where ``subject`` says, with its history and jobs. False: somebody was faster."""
    state = definition.state(row["target"])
    values = {f"h_{name}": value for name, value in row.items()}
    values.update(
        seen_state=subject.state,
        seen_revision=subject.revision,
        stage_now=state.stage,
        final_now=state.final,
        owner=state.owner,
        since=since,
        due=due,
        breach=state.deadline.on_breach if state.deadline else None,
    )
    if subject.due_at is not None and row["target"] != subject.state:
        values["was_due"] = subject.due_at
    with at_once() as database:
        jobs = _in_one(values, orders, row["at"]) if database == "postgresql" else _in_turn(values, orders, row["at"])
    if jobs is None:
        return False
    outbox.announce_all(orders, jobs)
    return True


def _in_one(values: dict[str, Any], orders: Sequence[Order], now: datetime) -> list[int] | None:
    """The ids of the jobs; None when the case had moved on."""
    for number, order in enumerate(orders):
        values.update((f"j{number}_{name}", value) for name, value in outbox.job_row(order, now).items())
    written = _whole_step(len(orders), keeping="was_due" in values).rows(**values)
    if not written:
        return None
    return [row[0] for row in written] if orders else []


def _in_turn(values: dict[str, Any], orders: Sequence[Order], now: datetime) -> list[int] | None:
    """The same, statement by statement: SQLite knows no writing CTE, and needs no way to a server."""
    if _update.change(**values) != 1:
        return None
    _write_history.change(**values)
    if "was_due" in values:
        _keep_deadline.change(**values)
    return outbox.enqueued(orders, now)


def set_due(case_id: int, state: str, due: datetime | None) -> None:
    """Write the due date of a state, which could only be known after the effects ran, unless they led on from there."""
    case = Base.metadata.tables["case"]
    db.session.execute(update(case).where(case.c.id == case_id, case.c.state == state).values(due_at=due))


def set_dues(found: Sequence[tuple[Subject, datetime | None]]) -> None:
    """``set_due`` for cases where they rest, sent together."""
    if not found:
        return
    case = Base.metadata.tables["case"]
    moving = update(case).where(case.c.id == bindparam("moved"), case.c.state == bindparam("resting"))
    dues = [{"moved": subject.id, "resting": subject.state, "due": due} for subject, due in found]
    db.session.connection().execute(moving.values(due_at=bindparam("due", type_=case.c.due_at.type)), dues)


def history_by_key(key: str) -> Any | None:
    """The history row a key stands for, with the case's reference."""
    case = Base.metadata.tables["case"]
    query = (
        select(
            History.case_id, case.c.reference, History.action, History.source, History.target, History.revision,
            History.at, History.actor_id,
        )
        .join(case, case.c.id == History.case_id)
        .where(History.key == key)
    )  # fmt: skip
    return db.session.execute(query).first()


def newest_of(case_id: int) -> Any:
    """Who moved the case last, and where to. Every case has at least the row it was created with."""
    query = (
        select(History.target, History.actor_id, History.role, History.at)
        .where(History.case_id == case_id)
        .order_by(History.revision.desc())
        .limit(1)
    )
    return db.session.execute(query).one()
