"""Mails about an account itself: links that work once, and notices of what changed. What the link carries is never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from backoffice.accounts import reset
from backoffice.accounts.factors import EMAIL, INVITATION, RESET
from backoffice.accounts.models import User
from backoffice.core import clock, outbox
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.i18n import Language
from backoffice.notifications import texts
from backoffice.notifications.delivery import Envelope
from backoffice.notifications.models import Message
from backoffice.notifications.services import message_id

KIND = "account_mail"
LINKS = {RESET: "reset", INVITATION: "reset", EMAIL: "email"}
"""Mails that carry a link, and the page it leads to."""
NOTICES = frozenset({"password_changed", "email_changing", "factor_added", "factor_removed", "factor_reset"})
LEFT_OUT = "(주소는 보관하지 않습니다)"


@dataclass(frozen=True, slots=True)
class AccountLetter:
    """What the text of such a mail may name. No name, no role: a mail that went astray tells nobody anything."""

    home: str
    link: str
    at: datetime


def order(user_id: int | None, event: str, *, key: str, email: str = "") -> None:
    """Have a mail written. For nobody the same job is written and does nothing: both cost the same time."""
    if event not in NOTICES | LINKS.keys():
        raise KeyError(event)
    payload: dict[str, Any] = {"user": user_id or 0, "event": event}
    if email:
        payload["email"] = email
    outbox.enqueue(KIND, payload, key=f"{KIND}:{event}:{key}")


def compose(payload: Mapping[str, Any], key: str, base_url: str) -> tuple[int, Envelope] | None:
    """Write the row of the mail and what is to be sent: with a fresh link each time, the row without it. None for nobody."""
    person = db.session.get(User, payload["user"])
    if person is None or not person.active:
        return None
    identifier = message_id(key, person.id, base_url)
    row = db.session.scalar(select(Message).where(Message.message_id == identifier))
    if row is not None and row.sent_at is not None:
        return None
    event, home = str(payload["event"]), base_url.rstrip("/")
    to = str(payload.get("email") or person.email)
    link = ""
    if event in LINKS:
        try:
            made = reset.make_link(person.id, event, email=to if event == EMAIL else "")
        except NotFound:
            return None
        link = f"{home}/account/{LINKS[event]}/{made.token}"
    language: Language = "en" if person.language == "en" else "ko"
    subject, body = texts.render(f"account/{event}", AccountLetter(home, link, clock.now()), language)
    if row is None:
        row = Message(
            message_id=identifier, event=event, user_id=person.id, email=to, language=language, subject=subject, body=""
        )
        db.session.add(row)
    row.body = body.replace(link, LEFT_OUT) if link else body
    db.session.flush()
    return row.id, Envelope(identifier, to, subject, body, language, row.created_at)
