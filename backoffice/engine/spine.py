"""The columns of a case that belong to the engine: only engine.perform and engine.start write them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey

CREATION, TRANSITION, APPROVAL, DEADLINE, MIGRATION = "creation", "transition", "approval", "deadline", "migration"
UNDO = "undo"
"""Kinds of history rows."""

UNDONE = text("kind = 'undo'")
"""The few rows every figure asks about, in an index of their own."""


class Spine:
    """What the engine keeps on every case: where it rests, since when, whose turn it is, and its chain head."""

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    workflow: Mapped[str] = mapped_column(String(48))
    workflow_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(48))
    stage: Mapped[str] = mapped_column(String(48))
    final: Mapped[str | None] = mapped_column(String(12))
    waiting_for: Mapped[str | None] = mapped_column(String(20))
    """The role whose turn it is; empty at the end."""
    revision: Mapped[int] = mapped_column(default=0)
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    breach_action: Mapped[str | None] = mapped_column(String(48))
    """What the system does when ``due_at`` passes; empty when nothing happens by itself."""
    call_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("call.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("case.id"), index=True)
    chain_head: Mapped[str] = mapped_column(String(64), default="")
    """The hash of the newest history row: it lies outside the history, so a cut tail is seen."""


class History(Base):
    """One change of one case. Never edited, never deleted; each row carries the hash of the row before."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_history_actor", "actor_id"),
        Index("ix_history_at", "at"),
        Index("ix_history_undo", "case_id", "revision", postgresql_where=UNDONE, sqlite_where=UNDONE),
    )

    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    action: Mapped[str] = mapped_column(String(48))
    source: Mapped[str] = mapped_column(String(48))
    target: Mapped[str] = mapped_column(String(48))
    actor_id: Mapped[int | None] = mapped_column(BigKey)
    """Empty when the system acted."""
    role: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    input: Mapped[str]
    """What was typed, as canonical JSON: the bytes the hash covers."""
    digest: Mapped[str] = mapped_column(String(64))
    """The digest of the definition the step was taken under."""
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(160))


class PassedDeadline(Base):
    """The deadline under which a step led a case out of a state. For figures only: rules and the chain never read it."""

    __tablename__ = "passed_deadline"

    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    """The history row of the step."""
    due_at: Mapped[datetime]


class Appointment(Base):
    """A person named for one case in a role, such as a reviewer; the role ends with the appointment."""

    __tablename__ = "appointment"
    __table_args__ = (
        UniqueConstraint("case_id", "user_id", "role"),
        Index("ix_appointment_user", "user_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    user_id: Mapped[int] = mapped_column(BigKey)
    role: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]


class Task(Base):
    """Parallel work in a state: one sheet or one signature, for one person or one organization."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("case_id", "name", "cycle", "user_id", "organization_id"),
        Index("ix_task_case", "case_id", "name"),
        Index("ix_task_user", "user_id", "status"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    name: Mapped[str] = mapped_column(String(48))
    cycle: Mapped[int]
    """The revision of the step that opened it: a second round has tasks of its own."""
    user_id: Mapped[int | None] = mapped_column(BigKey)
    organization_id: Mapped[int | None] = mapped_column(BigKey)
    status: Mapped[str] = mapped_column(String(12), default="open")
    """open, done or excluded."""
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(BigKey)
