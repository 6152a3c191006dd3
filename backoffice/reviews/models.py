"""Tables of panels, score sheets with their conflict declarations, and results."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey, Document


class Panel(Base):
    """The review panel of a call."""

    __tablename__ = "panel"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    call_id: Mapped[int] = mapped_column(BigKey, ForeignKey("call.id"), unique=True)
    chair_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user.id"))


class PanelMember(Base):
    """A reviewer in a panel."""

    __tablename__ = "panel_member"

    panel_id: Mapped[int] = mapped_column(BigKey, ForeignKey("panel.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user.id"), primary_key=True)


class Sheet(Base):
    """One reviewer's sheet for one case and round: first the conflict declaration, then the scores, then the seal."""

    __tablename__ = "sheet"
    __table_args__ = (
        UniqueConstraint("case_id", "round", "cycle", "reviewer_id"),
        Index("ix_sheet_reviewer", "reviewer_id"),
        CheckConstraint("conflict IN ('undeclared','none','declared')", name="conflict"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    task_id: Mapped[int] = mapped_column(BigKey, ForeignKey("task.id"), unique=True)
    round: Mapped[str] = mapped_column(String(48))
    cycle: Mapped[int]
    reviewer_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user.id"))
    conflict: Mapped[str] = mapped_column(String(12), default="undeclared")
    conflict_reason: Mapped[str] = mapped_column(String(500), default="")
    declared_at: Mapped[datetime | None]
    scores: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    """Criterion code -> points, whole numbers."""
    comment: Mapped[str] = mapped_column(Text, default="")
    total: Mapped[int | None]
    """Sum of the points, out of 100."""
    sealed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Result(Base):
    """What a round of review came to."""

    __tablename__ = "review_result"
    __table_args__ = (UniqueConstraint("case_id", "round", "cycle"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    round: Mapped[str] = mapped_column(String(48))
    cycle: Mapped[int]
    average: Mapped[Decimal]
    sheets: Mapped[int]
    trimmed: Mapped[bool]
    """Whether the highest and lowest total were left out."""
    stored_at: Mapped[datetime] = mapped_column(default=clock.now)
