"""Tables of report snapshots and the documents made from them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey


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
