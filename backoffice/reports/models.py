"""Tables of report snapshots and the documents made from them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey, Document


class Snapshot(Base):
    """The figures of one zone (or the nation) and year, frozen. Every page and PDF is made from one of these."""

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


class ReportFile(Base):
    """A document made from a snapshot, in the file store."""

    __tablename__ = "report_file"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(BigKey, ForeignKey("snapshot.id"), index=True)
    cache_key: Mapped[str] = mapped_column(String(64), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
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
