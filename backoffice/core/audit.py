"""The access log: who looked at or took whose data, when, from where, and why (PIPA safety standards, art. 8)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey, db


class AccessEvent(Base):
    """One look at, or one act on, something that belongs to people. Rows are never edited."""

    __tablename__ = "access_event"
    __table_args__ = (Index("ix_access_event_at", "at"), Index("ix_access_event_case", "case_id"))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    address: Mapped[str] = mapped_column(String(45), default="")
    act: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(200), default="")
    """Whose data: an organization, a person, a file."""
    case_id: Mapped[int | None] = mapped_column(BigKey)
    reason: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody acts: the address of a request, or the name of a command."""

    actor_id: int | None
    address: str


def record(visit: Visit, act: str, *, about: str = "", case_id: int | None = None, reason: str | None = None) -> None:
    """Write one access event in the present transaction."""
    db.session.add(
        AccessEvent(
            actor_id=visit.actor_id, address=visit.address, act=act, about=about[:200], case_id=case_id, reason=reason
        )
    )
