"""Tables of correspondence: notes and messages lie apart, so that no query for a company can reach a note."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey


class CaseNote(Base):
    """What somebody of the office noted on a case. Never edited; its author may withdraw it."""

    __tablename__ = "case_note"
    __table_args__ = (Index("ix_case_note_case", "case_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    author_id: Mapped[int] = mapped_column(BigKey)
    text: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """The same form sent twice has the same one: it is written once."""
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]


class CaseMessage(Base):
    """What the office wrote to the companies of a case, or one of them to the office. Never edited."""

    __tablename__ = "case_message"
    __table_args__ = (Index("ix_case_message_case", "case_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    author_id: Mapped[int] = mapped_column(BigKey)
    organization_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("organization.id"))
    """For which organization it was written; empty for the office."""
    text: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """The same form sent twice has the same one: it is written once."""
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    """When somebody of the other side first opened the case with it."""
    read_by: Mapped[int | None] = mapped_column(BigKey)
