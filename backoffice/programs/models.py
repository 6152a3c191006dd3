"""Tables of calls, their scoring criteria, published workflow versions and the drafts of new ones."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core import clock
from backoffice.core.db import Base, BigKey, Document


class PublishedWorkflow(Base):
    """One version of a definition as it was published: frozen, and found again by its digest."""

    __tablename__ = "published_workflow"
    __table_args__ = (UniqueConstraint("workflow", "version"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workflow: Mapped[str] = mapped_column(String(48))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(Text)
    """The YAML as published."""
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_by: Mapped[int | None] = mapped_column(BigKey)
    layout: Mapped[dict[str, Any] | None] = mapped_column(Document)
    """Where everything lies on its process map, by language; empty until it was laid out."""


UNDER_WAY = text("status IN ('open', 'requested')")


class WorkflowDraft(Base):
    """The next version of a definition while people work on it. Its text is the truth; one per workflow at a time."""

    __tablename__ = "workflow_draft"
    __table_args__ = (
        Index(
            "uq_workflow_draft_under_way",
            "workflow",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        CheckConstraint("status IN ('open', 'requested', 'published', 'discarded')", name="status"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workflow: Mapped[str] = mapped_column(String(48))
    base_version: Mapped[int]
    """The version in force it was copied from."""
    source: Mapped[str] = mapped_column(Text)
    """The YAML: always readable, and naming only what exists; other findings may stand until it is published."""
    revision: Mapped[int] = mapped_column(default=1)
    """Raised with every change, so that nobody overwrites what they did not see."""
    status: Mapped[str] = mapped_column(String(12), default="open")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class DraftAct(Base):
    """One act on a draft: who, when, what, why, and the text it was about. Never edited."""

    __tablename__ = "draft_act"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    draft_id: Mapped[int] = mapped_column(BigKey, ForeignKey("workflow_draft.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int] = mapped_column(BigKey)
    act: Mapped[str] = mapped_column(String(12))
    """start, edit, request, withdraw, reject, publish or discard."""
    note: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the text at that moment: who publishes knows what was asked for."""


class Call(Base):
    """A call for applications (공고): period, limits, and the workflow version its cases stay on."""

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="period"),
        CheckConstraint("max_amount >= 0 AND grace_minutes >= 0", name="limits"),
        CheckConstraint("min_score BETWEEN 0 AND 100", name="min_score"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    """``2026-RBD-01``."""
    workflow: Mapped[str] = mapped_column(String(48))
    workflow_version: Mapped[int]
    """The version in force when the call was published; its cases stay on it."""
    year: Mapped[int]
    title_ko: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160))
    summary_ko: Mapped[str] = mapped_column(Text, default="")
    summary_en: Mapped[str] = mapped_column(Text, default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    grace_minutes: Mapped[int] = mapped_column(default=0)
    """Minutes after closing in which a submission still counts; printed in the call."""
    max_amount: Mapped[int]
    """The ceiling of one grant, in won."""
    expected_awards: Mapped[int] = mapped_column(default=0)
    min_score: Mapped[int] = mapped_column(default=60)
    presentation: Mapped[bool] = mapped_column(default=True)
    deadline_settings: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    """Lengths of time that replace configurable ones of the definition, such as ``{"correction": "10d"}``."""
    contact: Mapped[str] = mapped_column(String(200), default="")
    host_case_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    """The case this call gathers others for, such as an event its guests: they become its children."""
    published_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(BigKey)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    criteria: Mapped[list["Criterion"]] = relationship(order_by="Criterion.position", lazy="raise")


class Criterion(Base):
    """One line of the score sheet of a call."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("call_id", "code"),
        CheckConstraint("max_points BETWEEN 1 AND 100", name="max_points"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    call_id: Mapped[int] = mapped_column(BigKey, ForeignKey("call.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(32))
    label_ko: Mapped[str] = mapped_column(String(80))
    label_en: Mapped[str] = mapped_column(String(120))
    hint_ko: Mapped[str] = mapped_column(String(300), default="")
    hint_en: Mapped[str] = mapped_column(String(300), default="")
    max_points: Mapped[int]


class CallChange(Base):
    """A change of a published call, such as a later closing time: who, when, why."""

    __tablename__ = "call_change"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    call_id: Mapped[int] = mapped_column(BigKey, ForeignKey("call.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(BigKey)
    what: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(200))
    after: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
