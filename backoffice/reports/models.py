"""Tables of report issues: the frozen figures of a year in both editions, who decided on them, and their documents."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey, Document

DRAFT, IN_REVIEW, APPROVED, PUBLISHED, RETURNED, SUPERSEDED = (
    "draft", "in_review", "approved", "published", "returned", "superseded",
)  # fmt: skip
"""Where an issue stands; only ``issuing`` changes it."""


_MARKS = {"internal": "I", "public": "P"}


class ReportIssue(Base):
    """One freezing of a zone's (or the nation's) year: the internal and the public edition of the same moment."""

    __tablename__ = "report_issue"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("internal_id"),
        UniqueConstraint("public_id"),
        Index("ix_report_issue_zone", "zone_id", "year"),
        Index("ix_report_issue_state", "state"),
        CheckConstraint("state IN ('draft','in_review','approved','published','returned','superseded')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    """``2025-GS-GIMHAE-03``; its editions carry ``-I-`` or ``-P-`` before the same place."""
    zone_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("zone.id"))
    """Empty for the nation."""
    year: Mapped[int]
    place: Mapped[int]
    """1, 2, … among the issues of the same report."""
    state: Mapped[str] = mapped_column(String(12), default=DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    base_date: Mapped[date]
    internal_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("snapshot.id"))
    public_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("snapshot.id"))
    """Its editions. Only an issue of before decision 019 can lack one of them."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the hashes of its editions."""
    gaps: Mapped[list[dict[str, Any]]] = mapped_column(Document, default=list)
    """What was not confirmed when it was frozen, or when somebody approved it in spite of that: see ``gaps``."""
    waiver: Mapped[str] = mapped_column(Text, default="")
    """Why it was approved in spite of its gaps; printed in its notes."""
    compared_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("report_issue.id"))
    """The issue its corrections are told against."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int | None] = mapped_column(BigKey)
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    def number_of(self, edition: str) -> str:
        """The number on an edition's cover: ``2025-GS-GIMHAE-I-03``."""
        stem, _, place = self.number.rpartition("-")
        return f"{stem}-{_MARKS[edition]}-{place}"


class IssueAct(Base):
    """One thing done to an issue; rows are never edited."""

    __tablename__ = "report_issue_act"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    issue_id: Mapped[int] = mapped_column(BigKey, ForeignKey("report_issue.id"), index=True)
    act: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    """Where the issue stood afterwards."""
    actor_id: Mapped[int | None] = mapped_column(BigKey)
    """Empty for a command."""
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Snapshot(Base):
    """One edition of an issue: its figures, frozen. Every page and PDF is made from one of these."""

    __tablename__ = "snapshot"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_snapshot_zone", "zone_id", "year"),
        CheckConstraint("edition IN ('public','internal')", name="edition"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    """The issue number printed on the cover: ``2025-GS-GIMHAE-I-03``."""
    zone_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("zone.id"))
    """Empty for the nation."""
    year: Mapped[int]
    edition: Mapped[str] = mapped_column(String(8))
    base_date: Mapped[date]
    content: Mapped[str] = mapped_column(Text)
    """Canonical JSON: the bytes the hash is of."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int | None] = mapped_column(BigKey)


FULL, SUMMARY, PRESS = "full", "summary", "press"
"""The papers of an issue: the report, its summary on one page, its table for the press."""

PDF, XLSX, HWPX = "pdf", "xlsx", "hwpx"
"""The kinds of files they come in."""


class ReportFile(Base):
    """A document made from a snapshot, in the file store."""

    __tablename__ = "report_file"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(BigKey, ForeignKey("snapshot.id"), index=True)
    cache_key: Mapped[str] = mapped_column(String(64), unique=True)
    paper: Mapped[str] = mapped_column(String(8), default=FULL)
    kind: Mapped[str] = mapped_column(String(4), default=PDF)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    pages: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


WAITING, FREEZING, PRINTING, DONE, FAILED, CANCELLED = "waiting", "freezing", "printing", "done", "failed", "cancelled"
"""Where one report of a batch stands."""


class ReportBatch(Base):
    """The reports of a year, of every zone and the nation, asked for at once."""

    __tablename__ = "report_batch"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    """The key of the attempt: asked for twice by one click, it is one batch."""
    year: Mapped[int]
    edition: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int] = mapped_column(BigKey)


class ReportBatchRow(Base):
    """One report of a batch. Each is made by a job of its own, so that one that fails stops no other."""

    __tablename__ = "report_batch_row"
    __table_args__ = (
        CheckConstraint("status IN ('waiting','freezing','printing','done','failed','cancelled')", name="status"),
    )

    batch_id: Mapped[int] = mapped_column(BigKey, ForeignKey("report_batch.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """1, 2, … in the order of the list."""
    zone_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("zone.id"))
    """Empty for the nation."""
    status: Mapped[str] = mapped_column(String(12), default=WAITING)
    attempt: Mapped[int] = mapped_column(default=1)
    """Raised when it is taken up again, so that it gets a new job."""
    reason: Mapped[dict[str, str] | None] = mapped_column(Document)
    """Why it failed, a sentence in both languages."""
    snapshot_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("snapshot.id"))
    finished_at: Mapped[datetime | None]
