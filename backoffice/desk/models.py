"""Tables of the desk: saved views of the queue, each person's first one, and the addresses of calendars."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey

MINE, ZONE, ALL = "mine", "zone", "all"
"""Who else sees a view: nobody, the colleagues of one zone, all colleagues."""


class SavedView(Base):
    """A filter of the queue under a name. What it finds depends on who looks: it holds an address, never cases."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        CheckConstraint("audience IN ('mine','zone','all')", name="audience"),
        CheckConstraint("(audience = 'zone') = (zone_id IS NOT NULL)", name="zone"),
        Index("ix_saved_view_audience", "audience", "zone_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    owner_id: Mapped[int] = mapped_column(BigKey)
    name: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(Text)
    """The query of the queue's address without its page."""
    audience: Mapped[str] = mapped_column(String(4), default=MINE)
    zone_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("zone.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class StartView(Base):
    """The view a person's queue opens with."""

    __tablename__ = "start_view"

    user_id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    view_id: Mapped[int] = mapped_column(BigKey, ForeignKey("saved_view.id", ondelete="CASCADE"), index=True)


class CalendarFeed(Base):
    """A private address under which a calendar program fetches a person's deadlines and meetings.

    Only the digest of its token is kept: who reads the table cannot subscribe.
    """

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(Text)
    """The filter of the queue whose deadlines it carries."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    fetched_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
