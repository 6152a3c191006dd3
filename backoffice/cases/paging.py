"""The queue in pieces for programs: each begins behind the row the last one ended with, whatever came in between."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Case
from backoffice.cases.queue import Filter, listed
from backoffice.core.db import db
from backoffice.core.errors import Invalid
from backoffice.organizations.models import Organization

MAX_LIMIT, LIMIT = 100, 50
"""The most rows of a piece, and how many it has unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows, each with the name of its lead organization, and where the next piece begins; None at the end."""

    rows: list[tuple[Case, str]]
    after: str | None


def piece(actor: Actor, wanted: Filter, *, after: str | None, limit: int = LIMIT) -> Piece:
    """The rows behind a mark, in the order of the filter. Raises Invalid for a mark that is not one of its own."""
    query = select(Case, Organization.name_ko).outerjoin(Organization, Organization.id == Case.lead_organization_id)
    if after is not None:
        query = query.where(_behind(wanted.sort, *_read(wanted.sort, after)))
    rows: Any = db.session.execute(listed(actor, wanted, query).limit(limit + 1))
    found = [(row, name or "") for row, name in rows]
    if len(found) <= limit:
        return Piece(found, None)
    return Piece(found[:limit], _mark(wanted.sort, found[limit - 1][0]))


def _key(sort: str, row: Case) -> Any:
    """What the rows are sorted by before their id."""
    if sort == "newest":
        return row.state_since.isoformat()
    if sort == "due":
        return row.due_at.isoformat() if row.due_at is not None else None
    return {"reference": row.reference, "amount": row.amount, "title": row.title}[sort]


def _mark(sort: str, row: Case) -> str:
    text = json.dumps([sort, _key(sort, row), row.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(sort: str, mark: str) -> tuple[Any, int]:
    """The key and the id in a mark. Raises Invalid."""
    try:
        text = base64.b64decode(mark + "=" * (-len(mark) % 4), altchars=b"-_", validate=True)
        name, key, row_id = json.loads(text)
        if name != sort or type(row_id) is not int or not 0 < row_id < 2**63:
            raise ValueError(mark)
        return _typed(sort, key), row_id
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise Invalid.field(
            "after",
            "'next'에 있는 값을 그대로, 같은 정렬로 보내 주세요.",
            "Send the value from 'next' as it is, with the same sort.",
        ) from error


def _typed(sort: str, key: Any) -> Any:
    """Raises ValueError for a key this order does not have."""
    if sort == "due" and key is None:
        return None
    if sort in {"due", "newest"}:
        at = datetime.fromisoformat(key)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    fits = type(key) is int and abs(key) < 2**63 if sort == "amount" else isinstance(key, str) and "\0" not in key
    if not fits:
        raise ValueError(sort)
    if isinstance(key, str):
        key.encode()
    return key


def _behind(sort: str, key: Any, row_id: int) -> ColumnElement[bool]:
    """The rows that come later in the order of ``queue`` than the one a mark names."""
    if sort == "newest":
        return or_(Case.state_since < key, and_(Case.state_since == key, Case.id < row_id))
    if sort == "amount":
        return or_(Case.amount < key, and_(Case.amount == key, Case.id < row_id))
    if sort == "reference":
        return and_(Case.reference > key)
    if sort == "title":
        return or_(Case.title > key, and_(Case.title == key, Case.id > row_id))
    if key is None:
        return and_(Case.due_at.is_(None), Case.id > row_id)
    return or_(Case.due_at.is_(None), Case.due_at > key, and_(Case.due_at == key, Case.id > row_id))
