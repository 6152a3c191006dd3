"""Reads of mails."""

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.notifications.models import Message


def sent_about(case_id: int) -> list[Message]:
    """The mails about a case that left the house, oldest first."""
    query = select(Message).where(Message.case_id == case_id, Message.sent_at.is_not(None))
    return list(db.session.scalars(query.order_by(Message.id)))
