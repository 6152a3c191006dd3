"""Reads of the access log: who came in when, and who looked at whose data."""

from sqlalchemy import select

from backoffice.core.audit import AccessEvent
from backoffice.core.db import db

SIGN_IN = "sign-in"


def sign_ins(user_id: int, limit: int = 10) -> list[AccessEvent]:
    """The last times a person came in, newest first; ``reason`` says with which factor."""
    query = select(AccessEvent).where(AccessEvent.actor_id == user_id, AccessEvent.act == SIGN_IN)
    return list(db.session.scalars(query.order_by(AccessEvent.id.desc()).limit(limit)))
