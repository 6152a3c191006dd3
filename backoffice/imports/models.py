"""The table of lines: every value a file holds, with its verdict, between the check and the booking."""

from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, BigKey, Document


class ImportLine(Base):
    """One value of one row of a file, and what the checks say about it. The check writes it, the booking reads it."""

    __tablename__ = "import_line"
    __table_args__ = (
        CheckConstraint("verdict IN ('ok','warning','error','same','total')", name="verdict"),
        Index("ix_import_line_row", "import_id", "row_number"),
        Index("ix_import_line_verdict", "import_id", "verdict"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    import_id: Mapped[int] = mapped_column(BigKey, ForeignKey("import.id"))
    row_number: Mapped[int]
    head: Mapped[str] = mapped_column(String(80), default="")
    """The head of the column the value stands in."""
    cell: Mapped[str] = mapped_column(String(120), default="")
    """What the cell says, word for word."""
    verdict: Mapped[str] = mapped_column(String(8))
    """``total`` is a row of sums that is not booked; ``same`` stands in the ledger already."""
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Document, default=list)
    """Each check that speaks: its code, and its sentence in both languages."""
    answer: Mapped[str] = mapped_column(Text, default="")
    zone_id: Mapped[int | None] = mapped_column(BigKey)
    organization_id: Mapped[int | None] = mapped_column(BigKey)
    business_number: Mapped[str] = mapped_column(String(10), default="")
    name: Mapped[str] = mapped_column(String(80), default="")
    """The organization as the file calls it."""
    indicator: Mapped[str] = mapped_column(String(24), default="")
    year: Mapped[int] = mapped_column(default=0)
    scope: Mapped[str] = mapped_column(String(80), default="")
    value: Mapped[Decimal | None]
    denominator: Mapped[Decimal | None]
    replaces_id: Mapped[int | None] = mapped_column(BigKey)
    """The measure that stood when the line was checked; booking gives it a new edition."""
    before: Mapped[Decimal | None]
    """That measure's value, or the target's."""
