"""Tables of money: budget lines, reservations, agreements, instalments, expenditures, settlements. All in won."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey


class BudgetLine(Base):
    """The money of a call. The checks hold at every commit, whoever writes."""

    __tablename__ = "budget_line"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND committed >= 0 AND disbursed >= 0", name="not_negative"),
        CheckConstraint("reserved + committed <= total", name="within_total"),
        CheckConstraint("disbursed <= committed", name="paid_within_committed"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    call_id: Mapped[int] = mapped_column(BigKey, ForeignKey("call.id"), unique=True)
    total: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0)
    """Selected, not yet under agreement."""
    committed: Mapped[int] = mapped_column(default=0)
    """Under agreement."""
    disbursed: Mapped[int] = mapped_column(default=0)


class Reservation(Base):
    """What a selected case was promised."""

    __tablename__ = "reservation"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"), Index("ix_reservation_case", "case_id"))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    budget_line_id: Mapped[int] = mapped_column(BigKey, ForeignKey("budget_line.id"))
    amount: Mapped[int]
    resolution: Mapped[str] = mapped_column(String(120), default="")
    reserved_at: Mapped[datetime] = mapped_column(default=clock.now)
    released_at: Mapped[datetime | None]


class Agreement(Base):
    """The agreement of a case; ``version`` rises with every approved change."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("disbursed >= 0 AND disbursed <= amount", name="paid_within_agreement"),
        CheckConstraint("released >= 0 AND released + disbursed <= amount", name="released_within_agreement"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR starts_on < ends_on", name="period"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), unique=True)
    project_number: Mapped[str | None] = mapped_column(String(24), unique=True)
    """``GS26-RBD-0003``."""
    version: Mapped[int] = mapped_column(default=1)
    amount: Mapped[int]
    disbursed: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)
    """What will never be paid and went back to the budget when the agreement ended."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    drafted_at: Mapped[datetime] = mapped_column(default=clock.now)
    concluded_at: Mapped[datetime | None]
    concluded_by: Mapped[int | None] = mapped_column(BigKey)
    ended_at: Mapped[datetime | None]
    """When it was terminated early."""
    closed_at: Mapped[datetime | None]
    """When it was settled."""


class AgreementVersion(Base):
    """What an agreement said at one version; older versions stay readable."""

    __tablename__ = "agreement_version"
    __table_args__ = (UniqueConstraint("agreement_id", "version"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agreement.id"))
    version: Mapped[int]
    amount: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Instalment(Base):
    """One part of the agreed amount: ordered by one person, paid by another."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("paid_by IS NULL OR paid_by <> ordered_by", name="two_people"),
        CheckConstraint("paid_at IS NULL OR ordered_at IS NOT NULL", name="ordered_before_paid"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agreement.id"))
    number: Mapped[int]
    amount: Mapped[int]
    due_on: Mapped[date]
    ordered_at: Mapped[datetime | None]
    ordered_by: Mapped[int | None] = mapped_column(BigKey)
    order_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    paid_at: Mapped[datetime | None]
    paid_by: Mapped[int | None] = mapped_column(BigKey)


class Expenditure(Base):
    """One line of how the money was used, as the company reported it."""

    __tablename__ = "expenditure"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agreement.id"), index=True)
    category: Mapped[str] = mapped_column(String(32))
    spent_on: Mapped[date]
    payee: Mapped[str] = mapped_column(String(80))
    amount: Mapped[int]


class Settlement(Base):
    """The account of an agreement: what was paid, spent, recognised, and what goes back."""

    __tablename__ = "settlement"
    __table_args__ = (
        CheckConstraint("spent >= 0 AND disallowed >= 0 AND recovery >= 0 AND recovered >= 0", name="not_negative"),
        CheckConstraint("recovery <= disbursed AND recovered <= recovery", name="within_paid"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agreement.id"), unique=True)
    disbursed: Mapped[int]
    spent: Mapped[int]
    disallowed: Mapped[int]
    recognised: Mapped[int]
    recovery: Mapped[int]
    recovered: Mapped[int] = mapped_column(default=0)
    calculated_by: Mapped[int | None] = mapped_column(BigKey)
    calculated_at: Mapped[datetime] = mapped_column(default=clock.now)
    recovered_on: Mapped[date | None]
