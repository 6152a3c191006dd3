"""Tables of outcomes: measures, proposals to restate them, the files they came in, targets, main projects."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey, Document


class Import(Base):
    """A file of figures somebody delivered, from the upload to the booking, and back when it is undone."""

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint("subject IN ('measures','targets')", name="subject"),
        CheckConstraint("status IN ('uploaded','checking','checked','booking','booked','undone','failed')", name="status"),
        Index("ix_import_signature", "signature", "status"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    """Non-guessable, for addresses."""
    subject: Mapped[str] = mapped_column(String(8))
    """Whether its values are measures or targets."""
    status: Mapped[str] = mapped_column(String(8), default="uploaded")
    source: Mapped[str] = mapped_column(String(80), default="")
    """Who delivered it, as the uploader calls them."""
    name: Mapped[str] = mapped_column(String(130))
    kind: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("stored_file.sha256"), index=True)
    """The file itself: the evidence of every measure that came in it."""
    size: Mapped[int]
    zone_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("zone.id"))
    """The zone all of its rows belong to; empty for more than one."""
    signature: Mapped[str] = mapped_column(String(64), default="")
    """Fingerprint of its heads: the same heads get the same mapping the next time."""
    sheet: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    """What was seen in the file: names of sheets, and the first rows."""
    mapping: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    """Which column means what, as somebody confirmed it."""
    counts: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    """Numbers of the last check and of the booking."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was undone, or could not be read."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int | None] = mapped_column(BigKey)
    booked_at: Mapped[datetime | None]
    booked_by: Mapped[int | None] = mapped_column(BigKey)
    undone_at: Mapped[datetime | None]


REPORTED = text("superseded_at IS NULL AND scope = '' AND organization_id IS NOT NULL AND attribution = 'direct'")
"""The rows sums over firms are made of: an index of them alone answers without the table."""


class Measure(Base):
    """One value of one indicator for one entity, period and scope.

    ``value`` is in the indicator's unit (won for money). Ratios keep their parts: ``value`` over ``denominator``.
    A restatement writes a new edition and marks the old one superseded; nothing is overwritten.
    """

    __tablename__ = "measure"
    __table_args__ = (
        Index("ix_measure_zone", "zone_id", "year", "indicator"),
        Index("ix_measure_case", "case_id"),
        Index("ix_measure_organization", "organization_id", "indicator", "year"),
        Index("ix_measure_import", "import_id"),
        Index(
            "ix_measure_reported",
            "zone_id",
            "indicator",
            "organization_id",
            "year",
            "id",
            "value",
            postgresql_where=REPORTED,
            sqlite_where=REPORTED,
        ),
        CheckConstraint("attribution IN ('direct','member','zone')", name="attribution"),
        CheckConstraint("edition >= 1", name="edition"),
        CheckConstraint("period_from <= period_to", name="period"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    zone_id: Mapped[int] = mapped_column(BigKey, ForeignKey("zone.id"))
    organization_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("organization.id"))
    case_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("case.id"))
    """The project it came from; empty for zone-wide figures."""
    report_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("case.id"))
    """The outcome report that confirmed it."""
    indicator: Mapped[str] = mapped_column(String(24))
    scope: Mapped[str] = mapped_column(String(80), default="")
    year: Mapped[int]
    period_from: Mapped[date]
    period_to: Mapped[date]
    value: Mapped[Decimal]
    denominator: Mapped[Decimal | None]
    attribution: Mapped[str] = mapped_column(String(8), default="direct")
    panel: Mapped[str] = mapped_column(String(40), default="")
    """Which set of firms a growth may be computed over."""
    evidence_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("attachment.id"))
    edition: Mapped[int] = mapped_column(default=1)
    superseded_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by: Mapped[int | None] = mapped_column(BigKey)
    import_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("import.id"))
    """The file it came in; its content is the evidence."""
    row_number: Mapped[int | None]
    """The row of that file, as a spreadsheet counts."""
    answer: Mapped[str] = mapped_column(Text, default="")
    """What was answered to the checks it did not pass, or why it was restated."""


class RestatementProposal(Base):
    """One person's proposal to replace a confirmed value, and what a second person said to it."""

    __tablename__ = "restatement"
    __table_args__ = (
        # One proposal waits for each value; what was decided stays.
        Index(
            "uq_restatement_waiting",
            "measure_id",
            unique=True,
            sqlite_where=text("verdict = ''"),
            postgresql_where=text("verdict = ''"),
        ),
        Index("ix_restatement_verdict", "verdict"),
        CheckConstraint("verdict IN ('','accepted','refused','withdrawn')", name="verdict"),
        CheckConstraint("decided_by IS NULL OR verdict = 'withdrawn' OR decided_by <> proposed_by", name="four_eyes"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    measure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("measure.id"))
    """The edition that is to be replaced."""
    value: Mapped[Decimal]
    denominator: Mapped[Decimal | None]
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(String(200), default="")
    """The document that shows the new value, as the proposer names it."""
    proposed_by: Mapped[int] = mapped_column(BigKey)
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    verdict: Mapped[str] = mapped_column(String(10), default="")
    """Empty while it waits."""
    decided_by: Mapped[int | None] = mapped_column(BigKey)
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused."""
    new_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("measure.id"))
    """The edition that was written when it was accepted."""


class Target(Base):
    """What a zone set out to reach."""

    __tablename__ = "target"

    zone_id: Mapped[int] = mapped_column(BigKey, ForeignKey("zone.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(24), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[Decimal]
    import_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("import.id"))


class FollowOn(Base):
    """A main project that grew out of a planned one."""

    __tablename__ = "follow_on"
    __table_args__ = (CheckConstraint("status IN ('applied','won') AND amount >= 0", name="status"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    agency: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(8))
    amount: Mapped[int] = mapped_column(default=0)
    """Funding secured, in won."""
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
