"""The spine: one table for every kind of case, and what every case can carry."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey, Document
from backoffice.engine.spine import Spine


class Case(Spine, Base):
    """One case of any program. What is special to a domain hangs off it by key."""

    __tablename__ = "case"
    __table_args__ = (
        Index(
            "ix_case_counted", "final", "private", "waiting_for", "due_at", "breach_action", "handler_id", "workflow",
            "stage", "year", "call_id", "id", "state", "workflow_version",
        ),
        Index("ix_case_by_due", text("(due_at IS NULL)"), "due_at", "id", "private"),
        Index("ix_case_by_time", "state_since", "id", "private"),
        Index("ix_case_by_amount", "amount", "id", "private"),
        Index("ix_case_by_title", "title", "id", "private"),
        Index("ix_case_workflow", "workflow", "state"),
        Index("ix_case_year", "year", "workflow", "revision"),
        Index(
            "ix_case_private", "id", postgresql_where=text("private IS true"), sqlite_where=text("private IS 1"),
        ),
        CheckConstraint("amount >= 0", name="amount"),
    )  # fmt: skip

    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    """The program year; for an outcome report the year it reports on."""
    title: Mapped[str] = mapped_column(String(160), default="")
    amount: Mapped[int] = mapped_column(default=0)
    """The headline amount in won: what was requested."""
    lead_organization_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("organization.id"), index=True)
    handler_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    """The member of staff who handles it."""
    draft_reference: Mapped[str | None] = mapped_column(String(40), unique=True)
    """The reference it had before it was numbered; old links still find it."""
    search_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int | None] = mapped_column(BigKey)
    submitted_at: Mapped[datetime | None]
    private: Mapped[bool] = mapped_column(default=False)
    """Started by a company and not submitted yet: nobody at the foundation sees it."""


class CaseZone(Base):
    """A zone a case belongs to; the lead zone handles it."""

    __tablename__ = "case_zone"
    __table_args__ = (Index("ix_case_zone_zone", "zone_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    zone_id: Mapped[int] = mapped_column(BigKey, ForeignKey("zone.id"), primary_key=True)
    lead: Mapped[bool] = mapped_column(default=False)


class CaseOrganization(Base):
    """An organization in a case and the part it plays."""

    __tablename__ = "case_organization"
    __table_args__ = (
        Index("ix_case_organization_org", "organization_id", "case_id"),
        CheckConstraint("part IN ('lead','member')", name="part"),
    )

    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(BigKey, ForeignKey("organization.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(12), default="member")
    kind: Mapped[str] = mapped_column(String(12), default="company")
    """As what it takes part: company, anchor or institute."""
    zone_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("zone.id"))


class Answer(Base):
    """What was typed into one field. ``revision`` lets an autosave see that somebody else was faster."""

    __tablename__ = "answer"

    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    form: Mapped[str] = mapped_column(String(48), primary_key=True)
    field: Mapped[str] = mapped_column(String(48), primary_key=True)
    value: Mapped[Any] = mapped_column(Document)
    """Typed: won as whole numbers, dates as ISO text, groups as lists of rows."""
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    saved_by: Mapped[int | None] = mapped_column(BigKey)


class CorrectionAnswer(Base):
    """What a company says about one item of a request to correct something."""

    __tablename__ = "correction_answer"

    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    request: Mapped[int] = mapped_column(primary_key=True)
    """The history row, by its revision, with which the items were asked for."""
    number: Mapped[int] = mapped_column(primary_key=True)
    """1, 2, … among the items of the request."""
    text: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    saved_by: Mapped[int | None] = mapped_column(BigKey)


class StoredFile(Base):
    """A content in the file store, once however often it is attached."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(default=clock.now)


class Attachment(Base):
    """A file somebody put into a case. Removing hides it; what was submitted stays for good."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_case", "case_id", "document"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    """Non-guessable, for addresses."""
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    form: Mapped[str] = mapped_column(String(48))
    field: Mapped[str] = mapped_column(String(48))
    document: Mapped[str] = mapped_column(String(48))
    name: Mapped[str] = mapped_column(String(130))
    kind: Mapped[str] = mapped_column(String(8))
    """The type its bytes show: a key of core.filetypes.MEDIA_TYPES."""
    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("stored_file.sha256"), index=True)
    size: Mapped[int]
    uploaded_at: Mapped[datetime] = mapped_column(default=clock.now)
    uploaded_by: Mapped[int | None] = mapped_column(BigKey)
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(BigKey)


class Submission(Base):
    """What was submitted, word for word, with the receipt for it. Immutable."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    number: Mapped[int]
    """1, 2, … within the case."""
    form: Mapped[str] = mapped_column(String(48))
    content: Mapped[str] = mapped_column(Text)
    """Canonical JSON of answers and attachments: the exact bytes the hash is of."""
    sha256: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[str] = mapped_column(String(32), unique=True)
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[int | None] = mapped_column(BigKey)
    receipt_file: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the receipt PDF once it was made."""


class Counter(Base):
    """The last number given out under a name, such as the cases of a call."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class BulkRun(Base):
    """One step a person took on many cases at once. ``token`` is the key of the attempt: sent twice, it is one run."""

    __tablename__ = "bulk_run"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    actor_id: Mapped[int] = mapped_column(BigKey, index=True)
    workflow: Mapped[str] = mapped_column(String(48))
    action: Mapped[str] = mapped_column(String(48))
    input: Mapped[dict[str, Any] | None] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]


class BulkRow(Base):
    """One case of a bulk run: what the person saw, and what became of it."""

    __tablename__ = "bulk_row"
    __table_args__ = (CheckConstraint("outcome IN ('waiting','done','refused','undone','kept')", name="outcome"),)

    run_id: Mapped[int] = mapped_column(BigKey, ForeignKey("bulk_run.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"), primary_key=True)
    revision: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(8), default="waiting")
    """``kept``: done, and could not be taken back."""
    reasons: Mapped[list[dict[str, str]]] = mapped_column(Document, default=list)
    """Each a sentence in both languages: ``{"ko": …, "en": …}``."""
