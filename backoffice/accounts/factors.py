"""Tables of what proves who somebody is beyond the password: second factors, recovery codes, links that work once."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey

TOTP, KEY = "totp", "webauthn"
"""Kinds of second factors: an authenticator app, and a security key or passkey."""

RESET, INVITATION, EMAIL, CHALLENGE = "reset", "invitation", "email", "challenge"
"""What a one-time token is for."""


class SecondFactor(Base):
    """One thing a person has. A factor that was not confirmed yet opens nothing."""

    __tablename__ = "second_factor"
    __table_args__ = (
        CheckConstraint("kind IN ('totp','webauthn')", name="kind"),
        Index("ix_second_factor_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    secret: Mapped[str] = mapped_column(Text)
    """Sealed (accounts/sealing.py): the secret of an app, or the public key of a security key."""
    credential: Mapped[str | None] = mapped_column(String(1400), unique=True)
    """What a security key calls itself; empty for an app."""
    counter: Mapped[int] = mapped_column(default=0)
    """The last time step of an app, or the last signature count of a key: nothing older is taken again."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes that open once when every factor is lost."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Keyed hash; the code itself is shown once and kept nowhere."""
    used_at: Mapped[datetime | None]


class OneTimeToken(Base):
    """A link that was mailed, or a challenge that was answered: each works once."""

    __tablename__ = "one_time_token"
    __table_args__ = (
        CheckConstraint("purpose IN ('reset','invitation','email','challenge')", name="purpose"),
        Index("ix_one_time_token_user", "user_id", "purpose"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user.id"))
    purpose: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Hash of what the link carries; empty until the mail is written."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """The new address, when the link proves one."""
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
