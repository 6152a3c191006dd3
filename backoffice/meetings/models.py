"""Tables of exchange events: the event, its guests, what they wish for, and who talks with whom. Each hangs off its case."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey

MATCHING, SEMINAR = "matching", "seminar"
"""What an event is: one with 1:1 talks, or one where people listen."""

TALK, AGAIN = "talk", "again"
"""What a wish is for: a talk at the event, or another meeting after it."""


class Event(Base):
    """When, where and for how many an event takes place. Its first slot begins when the event does."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("kind IN ('matching','seminar')", name="kind"),
        CheckConstraint("capacity > 0 AND slots > 0 AND tables > 0 AND slot_minutes > 0", name="sizes"),
    )

    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(160))
    capacity: Mapped[int]
    """How many organizations may take part."""
    slots: Mapped[int]
    slot_minutes: Mapped[int]
    tables: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Guest(Base):
    """An organization's participation in an event, beside its own case."""

    __tablename__ = "guest"

    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(BigKey, ForeignKey("event.case_id"), index=True)
    organization_id: Mapped[int] = mapped_column(BigKey, ForeignKey("organization.id"), index=True)
    people: Mapped[int] = mapped_column(default=1)
    offers: Mapped[str] = mapped_column(Text, default="")
    needs: Mapped[str] = mapped_column(Text, default="")
    arrived_at: Mapped[datetime | None]
    satisfaction: Mapped[int | None]
    """1 to 5, from the survey."""


class Wish(Base):
    """Whom an organization wants to meet, the most wanted first."""

    __tablename__ = "wish"
    __table_args__ = (
        CheckConstraint("purpose IN ('talk','again')", name="purpose"),
        CheckConstraint("who_id <> whom_id AND rank > 0", name="sense"),
    )

    event_id: Mapped[int] = mapped_column(BigKey, ForeignKey("event.case_id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8), primary_key=True)
    who_id: Mapped[int] = mapped_column(BigKey, ForeignKey("organization.id"), primary_key=True)
    whom_id: Mapped[int] = mapped_column(BigKey, ForeignKey("organization.id"), primary_key=True)
    rank: Mapped[int]


class PlannedTalk(Base):
    """A talk in the timetable. Those that staff fixed stay when the timetable is made again."""

    __tablename__ = "talk"
    __table_args__ = (UniqueConstraint("event_id", "slot", "table_number"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    event_id: Mapped[int] = mapped_column(BigKey, ForeignKey("event.case_id"))
    slot: Mapped[int]
    table_number: Mapped[int]
    first_id: Mapped[int] = mapped_column(BigKey, ForeignKey("organization.id"))
    second_id: Mapped[int] = mapped_column(BigKey, ForeignKey("organization.id"))
    fixed: Mapped[bool] = mapped_column(default=False)


class TalkSeat(Base):
    """One organization in one slot: the key makes sure that nobody sits at two tables at once."""

    __tablename__ = "talk_seat"
    __table_args__ = (Index("ix_talk_seat_talk", "talk_id"),)

    event_id: Mapped[int] = mapped_column(BigKey, ForeignKey("event.case_id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(BigKey, ForeignKey("organization.id"), primary_key=True)
    talk_id: Mapped[int] = mapped_column(BigKey, ForeignKey("talk.id", ondelete="CASCADE"))
