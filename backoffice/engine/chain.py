"""The hash chain of histories: what a row's hash covers, and how a whole database is verified."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.core.db import Base
from backoffice.engine.spine import History

GENESIS = "0" * 64
COVERED = (
    "case_id", "revision", "kind", "action", "source", "target", "actor_id", "role", "at", "input", "digest", "key",
)  # fmt: skip
"""Every column of a history row but the two hashes; ``previous_hash`` goes in first."""


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same meaning has the same bytes."""
    return _ENCODER.encode(value)


def row_hash(previous_hash: str, row: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and every covered column."""
    values = [row[name].isoformat() if isinstance(row[name], datetime) else row[name] for name in COVERED]
    return hashlib.sha256(f"{previous_hash}\n{canonical(values)}".encode()).hexdigest()


def lines(session: Session, case_id: int) -> Iterator[str]:
    """A history as JSON lines, oldest first: what the hashes cover and both hashes, so that anybody can verify it."""
    query = select(History).where(History.case_id == case_id).order_by(History.revision)
    for row in session.scalars(query):
        values = {name: getattr(row, name) for name in (*COVERED, "previous_hash", "hash")}
        yield json.dumps(values | {"at": row.at.isoformat()}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Break:
    """The first revision of a case where its history stops being true, and what is wrong there."""

    reference: str
    revision: int
    what: str


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What a case row says about its history."""

    case_id: int
    reference: str
    state: str
    revision: int
    chain_head: str


def verify(session: Session, reference: str | None = None) -> tuple[int, list[Break]]:
    """Check every history (or one): how many were checked, and the first break of each that is broken."""
    case = Base.metadata.tables["case"]
    query = select(case.c.id, case.c.reference, case.c.state, case.c.revision, case.c.chain_head).order_by(case.c.id)
    if reference is not None:
        query = query.where(case.c.reference == reference)
    heads = [CaseHead(*row) for row in session.execute(query)]
    breaks = []
    for start in range(0, len(heads), 500):
        part = heads[start : start + 500]
        breaks += _check_part(session, part)
    return len(heads), breaks


def _check_part(session: Session, heads: list[CaseHead]) -> list[Break]:
    """The breaks of some cases; a value the driver cannot even read is a break of the case that holds it."""
    try:
        rows = _rows_of(session, heads)
    except (ValueError, TypeError):
        session.rollback()
        if len(heads) > 1:
            return [found for head in heads for found in _check_part(session, [head])]
        return [Break(heads[0].reference, _unreadable(session, heads[0]), "its content cannot be read")]
    return [found for head in heads if (found := check_case(head, rows.get(head.case_id, []))) is not None]


def _unreadable(session: Session, head: CaseHead) -> int:
    """The first revision whose row cannot be read."""
    for revision in range(1, head.revision + 1):
        try:
            session.get(History, (head.case_id, revision), populate_existing=True)
        except (ValueError, TypeError):
            session.rollback()
            return revision
    return head.revision


def _rows_of(session: Session, heads: Iterable[CaseHead]) -> dict[int, list[History]]:
    ids = [head.case_id for head in heads]
    query = select(History).where(History.case_id.in_(ids)).order_by(History.case_id, History.revision)
    rows: dict[int, list[History]] = {}
    for row in session.scalars(query):
        rows.setdefault(row.case_id, []).append(row)
    return rows


def check_case(head: CaseHead, rows: list[History]) -> Break | None:
    """The first break in one case's history, or None when it is whole."""
    for revision, what in _breaks(head, rows):
        return Break(head.reference, revision, what)
    return None


def _breaks(head: CaseHead, rows: list[History]) -> Iterator[tuple[int, str]]:
    previous, state = GENESIS, ""
    for expected, row in enumerate(rows, start=1):
        if row.revision != expected:
            yield expected, "the row is missing"
            return
        if row.previous_hash != previous:
            yield expected, "it does not follow the row before"
        if row_hash(row.previous_hash, {name: getattr(row, name) for name in COVERED}) != row.hash:
            yield expected, "its content was changed"
        if row.source != state:
            yield expected, f"it starts in '{row.source}', but the case was in '{state}'"
        previous, state = row.hash, row.target
    if len(rows) != head.revision:
        yield min(len(rows), head.revision) + 1, f"{len(rows)} rows, but the case is at revision {head.revision}"
    elif previous != head.chain_head and rows:
        yield len(rows), "the newest row is not the one the case remembers"
    elif state != head.state:
        yield max(len(rows), 1), f"it ends in '{state}', but the case is in '{head.state}'"
