"""Tables of people, the roles they hold and the tokens they gave out."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey


class User(Base):
    """A person who can sign in."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(2), default="ko")
    password_hash: Mapped[str] = mapped_column(String(200))
    organization_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    """Where the person works; reviewers of the same organization are excluded."""
    active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    """Raised to end every session of this person at once."""
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    failed_factors: Mapped[int] = mapped_column(default=0)
    """Wrong second factors since the last right one."""
    factor_locked_until: Mapped[datetime | None]
    shortcuts: Mapped[bool] = mapped_column(default=True)
    """Whether the keyboard shortcuts of staff pages are on."""
    reminders: Mapped[bool] = mapped_column(default=True)
    """Whether reminders of deadlines are mailed."""
    news: Mapped[bool] = mapped_column(default=True)
    """Whether mails that only keep somebody up to date are sent."""
    last_sign_in: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class RoleGrant(Base):
    """A role a person holds: for a zone or all, for an organization or none, in a period."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("ix_role_grant_user", "user_id"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="period"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user.id"))
    role: Mapped[str] = mapped_column(String(20))
    zone_id: Mapped[int | None] = mapped_column(BigKey)
    organization_id: Mapped[int | None] = mapped_column(BigKey)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(BigKey)
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(BigKey)
    source_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    """The grant that is delegated; empty for a role held in one's own right."""
    delegated_by: Mapped[int | None] = mapped_column(BigKey, index=True)
    """In whose place the holder acts."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was delegated."""


class ApiToken(Base):
    """What a program shows to act as a person. Only a hash of it is kept."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_user", "user_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(80))
    """What the person calls it, such as the program that uses it."""
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))
    """Words of access.scopes.Scope, with blanks between them."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    """To within a few minutes."""
    revoked_at: Mapped[datetime | None]
