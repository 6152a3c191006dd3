"""The table of mails: what was said to whom, and whether it left."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey


class Message(Base):
    """One mail to one person about one event. ``message_id`` is unique: a repeated delivery is the same mail."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_case", "case_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    event: Mapped[str] = mapped_column(String(48))
    case_id: Mapped[int | None] = mapped_column(BigKey)
    user_id: Mapped[int] = mapped_column(BigKey)
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    withheld: Mapped[str | None] = mapped_column(String(80))
    """Why it was not sent: the recipient may no longer read the case."""
