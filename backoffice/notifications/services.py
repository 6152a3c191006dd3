"""Verbs about mails: compose one row per recipient, look again before sending, mark sent or withheld."""

import hashlib
import logging
from urllib.parse import urlparse

from sqlalchemy import select

from backoffice.accounts import queries as accounts
from backoffice.cases.queries import scopes
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.i18n import Language
from backoffice.engine.perform import Engine
from backoffice.notifications import letters, texts
from backoffice.notifications.delivery import Envelope
from backoffice.notifications.models import Message
from backoffice.notifications.orders import Order
from backoffice.notifications.recipients import NOT_WANTED, Recipient, recipients, wants, why_withheld

log = logging.getLogger(__name__)


def compose(engine: Engine, order: Order, base_url: str) -> list[int]:
    """Write the mails of an order, once each however often the job runs; answer the ids of those that wait to be sent.

    Raises NotFound when the case is gone.
    """
    matter = letters.find_matter(engine, order)
    if order.since is not None and _is_moot(order.since, matter):
        return []
    scope = scopes([order.case_id])[order.case_id]
    addressed = recipients(order, scope, at=matter.at, handler_id=matter.row.handler_id)
    if not addressed:
        log.warning("mail %s of %s reaches nobody", order.event, matter.row.reference)
    written: dict[Language, letters.Letter] = {}
    ids = [message_id(order.key, one.user.id, base_url) for one in addressed]
    known = set(db.session.scalars(select(Message.message_id).where(Message.message_id.in_(ids))))
    for identifier, one in zip(ids, addressed, strict=True):
        if identifier not in known:
            language: Language = "en" if one.user.language == "en" else "ko"
            if language not in written:
                written[language] = letters.write(engine, order, matter, language)
            letter = letters.address(written[language], one, base_url)
            db.session.add(_message(order, identifier, one, letter=letter, language=language))
    db.session.flush()
    return _waiting(ids)


def _is_moot(since: str, matter: letters.Matter) -> bool:
    """Whether a reminder came too late: the case moved on, or nothing falls due any more."""
    return matter.subject.due_at is None or matter.subject.state_since.isoformat() != since


def message_id(key: str, user_id: int, base_url: str) -> str:
    """The Message-ID of one mail: the same job and recipient always give the same one."""
    digest = hashlib.sha256(f"{key}:{user_id}".encode()).hexdigest()[:40]
    return f"<{digest}@{urlparse(base_url).hostname or 'localhost'}>"


def _message(order: Order, identifier: str, to: Recipient, *, letter: letters.Letter, language: Language) -> Message:
    """A withheld mail keeps no text: what must not be read is not written down either."""
    subject, body = ("", "") if to.withheld else texts.render(order.event, letter, language)
    return Message(
        message_id=identifier,
        event=order.event,
        case_id=order.case_id,
        user_id=to.user.id,
        email=to.user.email,
        language=language,
        subject=subject,
        body=body,
        created_at=clock.now(),
        withheld=to.withheld,
    )


def _waiting(identifiers: list[str]) -> list[int]:
    query = select(Message.id).where(
        Message.message_id.in_(identifiers), Message.sent_at.is_(None), Message.withheld.is_(None)
    )
    return list(db.session.scalars(query.order_by(Message.id)))


def envelope(row_id: int) -> Envelope | None:
    """What is to be sent, if the recipient may still read the case; otherwise the row says why not."""
    row = db.session.get_one(Message, row_id)
    person = accounts.user(row.user_id)
    if person is not None:
        row.email = person.email
    if row.case_id is not None:
        row.withheld = why_withheld(row.user_id, scopes([row.case_id])[row.case_id])
        if row.withheld is None and person is not None and not wants(person, row.event):
            row.withheld = NOT_WANTED
    if row.withheld is not None:
        row.body = ""
        return None
    return Envelope(row.message_id, row.email, row.subject, row.body, row.language, row.created_at)


def mark_sent(row_id: int) -> None:
    db.session.get_one(Message, row_id).sent_at = clock.now()


def withhold(row_id: int, reason: str) -> None:
    """Give up on one mail, such as one to an address the mail server refuses for good."""
    db.session.get_one(Message, row_id).withheld = reason
