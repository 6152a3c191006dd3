"""The job table: work that leaves the house is a row written with the change that asked for it (decision 004)."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Dialect,
    Index,
    Insert,
    String,
    Text,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey, Document, after_commit, db, in_transaction, present_direct, rows_changed
from backoffice.core.prepared import Prepared

LEASE = timedelta(seconds=90)
MAX_ATTEMPTS = 6
PATIENCE = timedelta(minutes=2)
"""How long a job rests while something outside of the house, such as the mail server, is down."""
WAITING, RUNNING, DONE, DEAD, CANCELLED = "waiting", "running", "done", "dead", "cancelled"


class Job(Base):
    """One piece of work: at least once, with a lease, a fencing token and its progress."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("status IN ('waiting','running','done','dead','cancelled')", name="status"),
        Index("ix_job_due", "status", "run_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(160), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Document)
    status: Mapped[str] = mapped_column(String(12), default=WAITING)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run one job until the lease ends; ``token`` proves it at every later write."""

    job_id: int
    kind: str
    key: str
    payload: dict[str, Any]
    token: int
    attempts: int


class LostClaim(Exception):
    """The lease ran out and somebody else runs the job now; this run must stop writing."""


@dataclass(frozen=True, slots=True)
class Order:
    """A job to be written with a change. The same key is written once."""

    kind: str
    payload: dict[str, Any]
    key: str
    run_at: datetime | None = None
    """Not before; empty for at once."""


_kick: list[Callable[[int], None]] = []


def on_kick(kick: Callable[[int], None]) -> None:
    """Set what happens when a job became durable: the embedded worker wakes, or Celery carries the number."""
    _kick[:] = [kick]


def _kicked(job_id: int) -> None:
    for kick in _kick:
        kick(job_id)


def announce(job_id: int) -> None:
    """Have a job looked at: now if it is durable already, else as soon as the present transaction is."""
    if present_direct() is None and in_transaction():
        after_commit(partial(_kicked, job_id))
    else:
        _kicked(job_id)


TOGETHER = 100
"""How many jobs one statement writes: its text is kept for every number of jobs."""


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    parent: int | None = None,
) -> int:
    """Write a job row in the caller's transaction and answer its id. The same key is written once.

    Raises RuntimeError outside of a transaction: a job belongs to the change that asks for it.
    """
    if not in_transaction():
        raise RuntimeError("a job is enqueued inside the transaction of the change that asks for it")
    orders = [Order(kind, payload, key or uuid.uuid4().hex, run_at)]
    job_ids = enqueued(orders, clock.now(), parent)
    announce_all(orders, job_ids)
    return job_ids[0]


def enqueue_orders(orders: Sequence[Order]) -> None:
    """``enqueue`` for several jobs, a hundred in one statement."""
    if not in_transaction():
        raise RuntimeError("a job is enqueued inside the transaction of the change that asks for it")
    for first in range(0, len(orders), TOGETHER):
        batch = orders[first : first + TOGETHER]
        announce_all(batch, enqueued(batch, clock.now()))


def announce_all(orders: Sequence[Order], job_ids: Sequence[int]) -> None:
    """Have the jobs looked at that need not wait."""
    for order, job_id in zip(orders, job_ids, strict=True):
        if order.run_at is None:
            announce(job_id)


def enqueued(orders: Sequence[Order], now: datetime, parent: int | None = None) -> list[int]:
    """Write job rows, each with a key of its own, and answer their ids, without telling anybody yet."""
    if not orders:
        return []
    values = {
        f"j{number}_{name}": value
        for number, order in enumerate(orders)
        for name, value in {**job_row(order, now), "parent_id": parent}.items()
    }
    ids = {row[1]: int(row[0]) for row in _writing(len(orders)).rows(**values)}
    known = [order.key for order in orders if order.key not in ids]
    if known:
        ids.update((row.key, row.id) for row in db.session.execute(select(Job.key, Job.id).where(Job.key.in_(known))))
    return [ids[order.key] for order in orders]


def job_row(order: Order, now: datetime) -> dict[str, Any]:
    """What varies in a new job, as values of its columns."""
    return {
        "kind": order.kind,
        "key": order.key,
        "payload": order.payload,
        "run_at": order.run_at or now,
        "created_at": now,
    }


def job_columns(mark: Callable[[str], ColumnElement[Any]]) -> dict[str, ColumnElement[Any]]:
    """Column -> value of a new job: ``mark`` stands for what varies, the rest is the same for every new job."""
    fresh: dict[str, ColumnElement[Any]] = {
        name: literal_column("0") for name in ("attempts", "token", "done", "total")
    }
    return {**{name: mark(name) for name in VARYING}, "status": literal_column(f"'{WAITING}'"), **fresh}


VARYING = ("kind", "key", "payload", "run_at", "created_at")


@cache
def _writing(jobs: int) -> Prepared:
    """So many job rows, but those whose keys were written before."""

    def build(dialect: Dialect) -> Insert:
        table = Base.metadata.tables["job"]
        insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
        marks = [order_mark(number) for number in range(jobs)]
        rows = [{**job_columns(mark), "parent_id": mark("parent_id")} for mark in marks]
        return (
            insert(table).values(rows).on_conflict_do_nothing(index_elements=["key"]).returning(table.c.id, table.c.key)
        )

    return Prepared(build)


def order_mark(number: int) -> Callable[[str], ColumnElement[Any]]:
    """The mark for a column of the so-manieth of several jobs."""
    columns = Base.metadata.tables["job"].c
    return lambda name: bindparam(f"j{number}_{name}", type_=columns[name].type)


def enqueue_all(kind: str, wanted: Mapping[str, dict[str, Any]]) -> int:
    """Write many jobs of one kind (key -> payload) in a few statements; keys that exist are left alone: how many are new.

    The worker finds them at its next look at the table.
    """
    if not in_transaction():
        raise RuntimeError("a job is enqueued inside the transaction of the change that asks for it")
    keys, now = list(wanted), clock.now()
    known: set[str] = set()
    for start in range(0, len(keys), 500):
        known.update(db.session.scalars(select(Job.key).where(Job.key.in_(keys[start : start + 500]))))
    rows = [
        {"kind": kind, "key": key, "payload": wanted[key], "run_at": now, "created_at": now}
        for key in keys
        if key not in known
    ]
    if rows:
        db.session.execute(insert(Job), rows)
    return len(rows)


def cancel_waiting(prefix: str) -> int:
    """Cancel the jobs whose key begins like this and which nobody runs yet: how many of them could not be stopped."""
    named = Job.key.startswith(prefix, autoescape=True)
    rows_changed(
        update(Job)
        .where(named, Job.status == WAITING, Job.attempts == 0)
        .values(status=CANCELLED, finished_at=clock.now())
    )
    return db.session.scalar(select(func.count()).select_from(Job).where(named, Job.status != CANCELLED)) or 0


def _claimable(now: datetime) -> Any:
    return or_(
        and_(Job.status == WAITING, Job.run_at <= now),
        and_(Job.status == RUNNING, Job.lease_until < now),
    )


def due_ids(limit: int = 20) -> list[int]:
    """The jobs that may be claimed now, oldest first."""
    now = clock.now()
    return list(db.session.scalars(select(Job.id).where(_claimable(now)).order_by(Job.run_at, Job.id).limit(limit)))


def claim(job_id: int) -> Claim | None:
    """Take one job for LEASE; None if somebody else has it. Call inside a transaction."""
    now = clock.now()
    taken = db.session.execute(
        update(Job)
        .where(Job.id == job_id, _claimable(now))
        .values(status=RUNNING, lease_until=now + LEASE, token=Job.token + 1, attempts=Job.attempts + 1)
        .returning(Job.kind, Job.key, Job.payload, Job.token, Job.attempts)
    ).first()
    return None if taken is None else Claim(job_id, taken.kind, taken.key, taken.payload, taken.token, taken.attempts)


def _owned(claimed: Claim, **values: Any) -> None:
    changed = rows_changed(
        update(Job).where(Job.id == claimed.job_id, Job.token == claimed.token, Job.status == RUNNING).values(**values)
    )
    if changed != 1:
        raise LostClaim(claimed.key)


def heartbeat(claimed: Claim, *, done: int = 0, total: int = 0) -> None:
    """Extend the lease and report progress. Raises LostClaim."""
    _owned(claimed, lease_until=clock.now() + LEASE, done=done, total=total)


def finish(claimed: Claim) -> None:
    """Mark the job done. Raises LostClaim."""
    _owned(claimed, status=DONE, finished_at=clock.now(), lease_until=None, error=None)


def fail(claimed: Claim, error: str) -> None:
    """Put the job back with a growing pause, or declare it dead after MAX_ATTEMPTS. Raises LostClaim."""
    if claimed.attempts >= MAX_ATTEMPTS:
        _owned(claimed, status=DEAD, finished_at=clock.now(), lease_until=None, error=error[:2000])
        return
    pause = timedelta(seconds=10 * 3 ** (claimed.attempts - 1))
    _owned(claimed, status=WAITING, run_at=clock.now() + pause, lease_until=None, error=error[:2000])


def postpone(claimed: Claim, error: str) -> None:
    """Put the job back because something outside is down: it waits as long as that takes. Raises LostClaim."""
    _owned(
        claimed,
        status=WAITING,
        run_at=clock.now() + PATIENCE,
        lease_until=None,
        attempts=claimed.attempts - 1,
        error=error[:2000],
    )


def retry(job_id: int) -> bool:
    """Give a dead or cancelled job a fresh start; False if it is neither."""
    changed = rows_changed(
        update(Job)
        .where(Job.id == job_id, Job.status.in_((DEAD, CANCELLED)))
        .values(status=WAITING, attempts=0, run_at=clock.now(), error=None, finished_at=None)
    )
    return changed == 1


def retry_dead() -> int:
    """Give every job that gave up a fresh start: how many."""
    return rows_changed(
        update(Job)
        .where(Job.status == DEAD)
        .values(status=WAITING, attempts=0, run_at=clock.now(), error=None, finished_at=None)
    )


def cancel(job_id: int) -> bool:
    """Call off a job that waits; False if it runs, is over, or does not exist."""
    statement = update(Job).where(Job.id == job_id, Job.status == WAITING)
    return rows_changed(statement.values(status=CANCELLED, finished_at=clock.now())) == 1
