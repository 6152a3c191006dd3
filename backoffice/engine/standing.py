"""The part of a history that still holds: a step that was taken back left no trace for rules, only for readers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased

from backoffice.engine.spine import UNDO, History
from backoffice.engine.values import Past


def standing(history: Iterable[Past]) -> list[Past]:
    """The history without undone steps and without the rows that undid them: an undo follows its step at once."""
    held: list[Past] = []
    for past in history:
        if past.kind == UNDO:
            held.pop()
        else:
            held.append(past)
    return held


def past_of(rows: Iterable[History]) -> list[Past]:
    """The standing history from rows that were read whole."""
    return standing(
        Past(row.revision, row.kind, row.action, row.source, row.target, row.actor_id, row.role, row.at) for row in rows
    )


def stands(until: datetime | None = None) -> ColumnElement[bool]:
    """The same for SQL over ``History``: neither an undo nor what it undid; with ``until``, as it stood at that instant."""
    after = aliased(History)
    undone = exists().where(
        after.case_id == History.case_id, after.revision == History.revision + 1, after.kind == UNDO
    )
    if until is None:
        return and_(History.kind != UNDO, ~undone)
    return and_(History.at <= until, History.kind != UNDO, ~undone.where(after.at <= until))


@dataclass(frozen=True, slots=True)
class Stay:
    """A time a case rested in a state; it ends where the next one begins."""

    state: str
    since: datetime


def stays(history: Sequence[Past], state: str, since: datetime) -> list[Stay]:
    """Every stay up to the one that began in ``state`` at ``since``, which the history may not know yet."""
    found: list[Stay] = []
    for past in history:
        if past.source == past.target:
            continue
        if past.at > since:
            break
        found.append(Stay(past.target, past.at))
    last = Stay(state, since)
    return found if found and found[-1] == last else [*found, last]
