"""Tables of technology transfer: candidates for a demand, the license, and what is owed for it. All money in won."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey

LISTED, CURRENT, DROPPED, CHOSEN = "listed", "current", "dropped", "chosen"


class Candidate(Base):
    """A technology proposed for a demand, in the order in which the suppliers are asked: the first is current, the rest in reserve."""

    __tablename__ = "candidate"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("status IN ('listed','current','dropped','chosen')", name="status"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    number: Mapped[int]
    technology: Mapped[str] = mapped_column(String(160))
    supplier_id: Mapped[int] = mapped_column(BigKey, ForeignKey("organization.id"))
    status: Mapped[str] = mapped_column(String(8), default=LISTED)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    """Why it was dropped."""


class License(Base):
    """What was agreed: assignment, license or know-how, and on which terms."""

    __tablename__ = "license"
    __table_args__ = (
        CheckConstraint("upfront >= 0 AND minimum >= 0 AND rate >= 0 AND broker_fee >= 0", name="not_negative"),
        CheckConstraint("starts_on < ends_on", name="period"),
    )

    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    supplier_id: Mapped[int] = mapped_column(BigKey, ForeignKey("organization.id"))
    kind: Mapped[str] = mapped_column(String(20))
    technology: Mapped[str] = mapped_column(String(160), default="")
    upfront: Mapped[int]
    rate: Mapped[Decimal]
    """Percent of sales."""
    minimum: Mapped[int] = mapped_column(default=0)
    """The least royalty of a year."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    free_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    concluded_at: Mapped[datetime] = mapped_column(default=clock.now)
    delivered_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    """When it was terminated early."""
    broker_fee: Mapped[int] = mapped_column(default=0)
    broker_paid_on: Mapped[date | None]


class RoyaltyPart(Base):
    """One sum the licensee owes the supplier. The supplier confirms what came in."""

    __tablename__ = "royalty_part"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        Index("uq_royalty_part_year", "case_id", "year", unique=True),
        CheckConstraint("kind IN ('upfront','milestone','running')", name="kind"),
        CheckConstraint("amount >= 0 AND paid >= 0 AND paid <= amount", name="paid_within_amount"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(120), default="")
    year: Mapped[int | None]
    """For a running royalty: the year whose sales it is on."""
    sales: Mapped[int | None]
    amount: Mapped[int]
    due_on: Mapped[date]
    paid: Mapped[int] = mapped_column(default=0)
    paid_on: Mapped[date | None]
    """The day of the newest payment."""
