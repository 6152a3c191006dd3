"""Tables of subscriptions and of what was sent to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core import clock
from backoffice.core.db import Base, BigKey, Document


class WebhookSubscription(Base):
    """A system that wants to be told of steps of cases."""

    __tablename__ = "webhook_subscription"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(500))
    zones: Mapped[list[int]] = mapped_column(Document, default=list)
    """Only cases of these zones; empty for all."""
    workflows: Mapped[list[str]] = mapped_column(Document, default=list)
    """Only cases of these programs; empty for all."""
    salt: Mapped[str] = mapped_column(String(64))
    """With the office's key it makes the secret, which is therefore in no backup of the database."""
    old_salt: Mapped[str | None] = mapped_column(String(64))
    old_until: Mapped[datetime | None]
    """Until then what is sent is signed with the old secret too."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[int | None] = mapped_column(BigKey)
    told_until: Mapped[datetime]
    """Every step before this has its delivery."""


class WebhookDelivery(Base):
    """One step told to one subscription, once; the body is what is signed and sent, to the byte."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("subscription_id", "case_id", "revision"),
        CheckConstraint("status IN ('waiting','sent','failed')", name="status"),
        Index("ix_webhook_delivery_subscription", "subscription_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(BigKey, ForeignKey("webhook_subscription.id"))
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("case.id"))
    revision: Mapped[int]
    reference: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(32), unique=True)
    """Its name for the receiver, who may get it twice."""
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(8), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    answer: Mapped[int | None]
    """The status the receiver answered last."""
    error: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    tried_at: Mapped[datetime | None]
