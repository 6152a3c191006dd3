"""Verbs about notes and messages: write once however often a form is sent, withdraw, mark as read, have a mail sent."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from backoffice.access.actors import Actor, CaseScope, roles_on
from backoffice.accounts import queries as accounts
from backoffice.cases.models import Case
from backoffice.cases.queries import scopes
from backoffice.core import clock, outbox
from backoffice.core.db import db
from backoffice.core.errors import Forbidden, Invalid
from backoffice.core.i18n import Sentence
from backoffice.core.identifiers import find_resident_number
from backoffice.correspondence import queries
from backoffice.correspondence.models import CaseMessage, CaseNote
from workflows.roles import Role

LONGEST = 4_000


def read_text(typed: str, field: str) -> str:
    """A text as it was typed; a browser sends its line breaks in pairs, which count once. Raises Invalid."""
    text = typed.replace("\r\n", "\n")
    if not text.strip():
        raise Invalid.field(field, "내용을 적어 주세요.", "Write something first.")
    if len(text) > LONGEST:
        raise Invalid.field(
            field,
            f"{LONGEST:,}자까지 적을 수 있습니다. 지금 {len(text):,}자이니 줄이거나 나누어 적어 주세요.",
            f"At most {LONGEST:,} characters; this has {len(text):,}. Shorten it, or write it in parts.",
        )
    if "\x00" in text:
        raise Invalid.field(
            field,
            "저장할 수 없는 문자가 섞여 있습니다. 붙여 넣은 부분을 다시 적어 주세요.",
            "The text holds a character that cannot be stored; type what was pasted again.",
        )
    if find_resident_number(text):
        raise Invalid.field(
            field,
            "주민등록번호로 보이는 번호가 있습니다. 지운 뒤 다시 시도해 주세요.",
            "The text seems to hold a resident registration number; remove it and try again.",
        )
    return text


def write_note(row: Case, author: Actor, text: str, *, key: str) -> None:
    """Note something on a case for the office."""
    _write_once(CaseNote, row, author, text, key=key)


def withdraw_note(row: Case, note_id: int, author: Actor) -> None:
    """Take one's own note back: that there was one, whose and when, stays. Raises NotFound, Forbidden."""
    note = queries.note(row.id, note_id)
    if note.author_id != author.user_id:
        raise Forbidden(Sentence("자기가 남긴 메모만 철회할 수 있습니다.", "Only its author may withdraw a note."))
    if note.withdrawn_at is None:
        note.withdrawn_at = clock.now()
        db.session.flush()


def write_to_company(row: Case, author: Actor, text: str, *, key: str) -> None:
    """Write to the companies of a case; they get a mail that says so, not what."""
    message_id = _write_once(CaseMessage, row, author, text, key=key)
    if message_id is not None:
        _order_mail(message_id, {"event": "message_to_company", "case": row.id})


def write_to_office(row: Case, author: Actor, text: str, *, key: str) -> None:
    """Write to the office for one's organization; the handler gets a mail, or the zone's staff if there is none."""
    scope = scopes([row.id])[row.id]
    message_id = _write_once(CaseMessage, row, author, text, key=key, organization_id=_own(author, scope))
    if message_id is not None:
        _order_mail(message_id, {"event": "message_to_office", "case": row.id, **_at_the_office(row, scope)})


def mark_read(message_ids: Sequence[int], reader: Actor) -> None:
    """Somebody of the other side has these before their eyes."""
    unread = CaseMessage.id.in_(message_ids), CaseMessage.read_at.is_(None)
    db.session.execute(update(CaseMessage).where(*unread).values(read_at=clock.now(), read_by=reader.user_id))


def _write_once(model: type[Any], row: Case, author: Actor, text: str, *, key: str, **more: Any) -> int | None:
    """The new row's id, or None when the same form was sent before.

    The text is part of what makes it the same: whoever goes back and writes something else has written something else.
    """
    token = hashlib.sha256(f"{row.id}:{author.user_id}:{key}:{text}".encode()).hexdigest()
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"case_id": row.id, "author_id": author.user_id, "text": text, "token": token, "written_at": clock.now()}
    written: int | None = db.session.scalar(
        insert(model)
        .values(**values, **more)
        .on_conflict_do_nothing(index_elements=["token"])
        .returning(model.__table__.c.id)
    )
    return written


def _order_mail(message_id: int, payload: dict[str, Any]) -> None:
    outbox.enqueue("mail", payload, key=f"message:{message_id}:mail")


def _own(author: Actor, scope: CaseScope) -> int:
    """The organization somebody writes for: the lead one if it is theirs. Raises Forbidden."""
    own = author.organizations & scope.organizations
    if not own:
        raise Forbidden
    return scope.lead_organization if scope.lead_organization in own else min(own)


def _at_the_office(row: Case, scope: CaseScope) -> dict[str, Any]:
    """Whom at the office a mail is for; headquarters where a zone has nobody."""
    handler = accounts.actor(row.handler_id) if row.handler_id is not None else None
    if handler is not None and roles_on(handler, scope):
        return {"user": handler.user_id}
    there = accounts.holders(Role.ZONE_STAFF, zones=scope.zones)
    return {"roles": [Role.ZONE_STAFF if there else Role.HQ_STAFF]}
