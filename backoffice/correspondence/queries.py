"""Reads of notes and messages, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Row,
    Select,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from backoffice.accounts.models import User
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.correspondence.models import CaseMessage, CaseNote
from backoffice.organizations.models import Organization

NOTE, MESSAGE = "note", "message"


@dataclass(frozen=True, slots=True)
class Line:
    """A note or a message with the names of whoever wrote it."""

    id: int
    author_id: int
    author: str
    organization: str | None
    """For which organization it was written; None for the office."""
    text: str
    at: datetime
    withdrawn_at: datetime | None
    read_at: datetime | None

    @property
    def from_office(self) -> bool:
        return self.organization is None


def of_office(case_id: int) -> Mapping[str, list[Line]]:
    """The notes and the messages of a case, in one statement: for the office only."""
    found: dict[str, list[Line]] = {NOTE: [], MESSAGE: []}
    for row in db.session.execute(_both(), {"case_id": case_id}):
        found[row.kind].append(_line(row))
    return {kind: _newest_first(lines) for kind, lines in found.items()}


def conversation(case_id: int) -> list[Line]:
    """The messages of a case; notes are in another table and cannot be among them."""
    return _newest_first([_line(row) for row in db.session.execute(_messages(), {"case_id": case_id})])


def unread_by_office(case_ids: Sequence[int]) -> Mapping[int, int]:
    """Case id -> how many messages of its companies nobody of the office has opened; only cases that have some."""
    return _unread(case_ids, _unopened(companies=True))


def unread_by_companies(case_ids: Sequence[int]) -> Mapping[int, int]:
    """Case id -> how many messages of the office no company has opened; only cases that have some."""
    return _unread(case_ids, _unopened(companies=False))


def _unread(case_ids: Sequence[int], query: Select[int, int]) -> Mapping[int, int]:
    return dict(db.session.execute(query, {"case_ids": case_ids}).all())


@cache
def _unopened(*, companies: bool) -> Select[int, int]:
    """What companies wrote, or the office, and the other side has not opened."""
    organization = CaseMessage.organization_id
    return (
        select(CaseMessage.case_id, func.count())
        .where(CaseMessage.case_id.in_(bindparam("case_ids", expanding=True)), CaseMessage.read_at.is_(None))
        .where(organization.is_not(None) if companies else organization.is_(None))
        .group_by(CaseMessage.case_id)
    )


def note(case_id: int, note_id: int) -> CaseNote:
    """One note of a case. Raises NotFound."""
    found = db.session.get(CaseNote, note_id)
    if found is None or found.case_id != case_id:
        raise NotFound
    return found


@cache
def _both() -> CompoundSelect[Any]:
    return union_all(_messages(), _notes())


@cache
def _messages() -> Select[Any]:
    return (
        select(
            literal(MESSAGE).label("kind"),
            CaseMessage.id,
            CaseMessage.author_id,
            User.name.label("author"),
            Organization.name_ko.label("organization"),
            CaseMessage.text,
            CaseMessage.written_at,
            CaseMessage.read_at,
            cast(null(), CaseNote.withdrawn_at.type).label("withdrawn_at"),
        )
        .join(User, User.id == CaseMessage.author_id)
        .outerjoin(Organization, Organization.id == CaseMessage.organization_id)
        .where(CaseMessage.case_id == bindparam("case_id"))
    )


def _notes() -> Select[Any]:
    return (
        select(
            literal(NOTE).label("kind"),
            CaseNote.id,
            CaseNote.author_id,
            User.name.label("author"),
            cast(null(), Organization.name_ko.type).label("organization"),
            CaseNote.text,
            CaseNote.written_at,
            cast(null(), CaseMessage.read_at.type).label("read_at"),
            CaseNote.withdrawn_at,
        )
        .join(User, User.id == CaseNote.author_id)
        .where(CaseNote.case_id == bindparam("case_id"))
    )


def _line(row: Row[Any]) -> Line:
    return Line(
        row.id, row.author_id, row.author, row.organization, row.text, row.written_at, row.withdrawn_at, row.read_at
    )


def _newest_first(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.at, line.id), reverse=True)
