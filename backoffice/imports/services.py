"""Verbs about imports before the booking: take a file in, say what its columns mean, answer findings."""

import io
import uuid
from dataclasses import replace

from sqlalchemy import select, update

from backoffice.access.actors import Actor
from backoffice.cases.models import StoredFile
from backoffice.core import clock
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Invalid, Refused
from backoffice.core.files import FileStore
from backoffice.imports import heads, queries
from backoffice.imports import mapping as mappings
from backoffice.imports.intake import Taken
from backoffice.imports.mapping import Mapping
from backoffice.imports.models import ImportLine
from backoffice.imports.reading import Peek, Row
from backoffice.outcomes.entry_checks import is_answer
from backoffice.outcomes.models import Import

SHOWN_ROWS = 15
AT_ONCE = 3_000
"""Files of up to so many rows are checked while the page waits; longer ones by a job."""


def create(taken: Taken, actor: Actor, *, subject: str, source: str, files: FileStore) -> Import:
    """Keep a file and propose what its columns mean: what was confirmed for the same heads before, else a guess."""
    stored = files.put(io.BytesIO(taken.content))
    if db.session.get(StoredFile, stored.sha256) is None:
        db.session.add(StoredFile(sha256=stored.sha256, size=stored.size))
        db.session.flush()
    row = Import(
        token=uuid.uuid4().hex,
        subject=subject if subject in {"measures", "targets"} else "measures",
        source=" ".join(source.split())[:80],
        name=taken.name,
        kind=taken.kind,
        sha256=stored.sha256,
        size=stored.size,
        created_by=actor.user_id,
    )
    _look(row, taken.peek, actor)
    db.session.add(row)
    db.session.flush()
    return row


def _look(row: Import, peek: Peek, actor: Actor) -> None:
    """Remember what was seen of a sheet, and propose a mapping for it."""
    proposed = heads.propose(peek.rows, peek.sheet.name)
    row.signature = heads.signature(proposed.columns)
    known = queries.remembered(row.signature, row.source, actor)
    if known is not None:
        proposed = mappings.same_heads(proposed, mappings.from_json(known))
    elif row.subject == "targets" and not proposed.year:
        proposed = replace(proposed, year=clock.today().year)
    row.sheet = {
        "names": list(peek.sheet.names),
        "hidden": peek.sheet.hidden_rows,
        "total": peek.total,
        "remembered": known is not None,
        "rows": [[item.number, list(item.cells)] for item in peek.rows],
    }
    row.mapping = proposed.as_json()


def look_again(row: Import, peek: Peek, actor: Actor) -> None:
    """Another sheet of the same file was chosen."""
    _refuse_done(row)
    _look(row, peek, actor)
    row.status = "uploaded"


def first_rows(row: Import) -> list[Row]:
    """The rows that were seen at the upload."""
    return [Row(number, False, tuple(cells)) for number, cells in row.sheet["rows"]]


def set_mapping(row: Import, mapping: Mapping) -> None:
    """Say what the columns mean. Raises Invalid with everything that is missing, and keeps nothing then."""
    _refuse_done(row)
    found = mappings.problems(mapping)
    if found:
        raise Invalid(found)
    row.mapping = mapping.as_json()
    row.signature = heads.signature(mapping.columns)
    row.status, row.reason, row.counts = "checking", "", {}
    db.session.flush()


def with_head(row: Import, mapping: Mapping, head_from: int, head_to: int) -> Mapping:
    """The mapping for other head rows: what its columns mean is proposed anew."""
    names = heads.composed(first_rows(row), head_from, head_to)
    columns = heads.with_dated_values(tuple(heads.column_of(name) for name in names))
    return replace(mapping, head_from=head_from, head_to=head_to, columns=columns)


def _refuse_done(row: Import) -> None:
    if row.status in {"booking", "booked", "undone"}:
        raise Refused.because(
            "booked", "이미 가져온 자료입니다. 고치려면 되돌린 뒤 다시 올려 주세요.",
            "It was imported already; undo it and upload again.",
        )  # fmt: skip


def answer_line(row: Import, line_id: int, text: str) -> None:
    """Answer the findings of one line; an empty text takes the answer back. Raises Invalid."""
    _refuse_done(row)
    _refuse_short(text, f"answer-{line_id}")
    db.session.execute(
        update(ImportLine)
        .where(ImportLine.id == line_id, ImportLine.import_id == row.id, ImportLine.verdict == "warning")
        .values(answer=text.strip()[:1000])
    )


def answer_check(row: Import, code: str, text: str) -> int:
    """Answer every unanswered line about which only this check speaks or is left: how many. Raises Invalid."""
    _refuse_done(row)
    _refuse_short(text, f"check-{code}")
    waiting = select(ImportLine.id, ImportLine.findings).where(
        ImportLine.import_id == row.id, ImportLine.verdict == "warning", ImportLine.answer == ""
    )
    ids = [
        line_id
        for line_id, findings in db.session.execute(waiting.execution_options(yield_per=1000))
        if any(finding["code"] == code for finding in findings)
    ]
    return sum(
        rows_changed(
            update(ImportLine).where(ImportLine.id.in_(ids[first : first + 500])).values(answer=text.strip()[:1000])
        )
        for first in range(0, len(ids), 500)
    )


def _refuse_short(text: str, field: str) -> None:
    if text.strip() and not is_answer(text):
        raise Invalid.field(field, "답을 5자 이상 적어 주세요.", "Write an answer of five letters or more.")


def start_booking(row: Import) -> None:
    """Mark that a job books it."""
    row.status = "booking"


def stop_booking(row: Import, why: str) -> None:
    """A booking that could not be done: what stands in the way is kept to be read."""
    row.status, row.reason = "checked", why
