"""Reading cases for the engine: a handful of queries, whether for one case or a hundred."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import JSON, ColumnElement, Dialect, Select, bindparam, func, select, type_coerce

from backoffice.core.db import Base, db
from backoffice.core.errors import NotFound
from backoffice.core.prepared import Prepared
from backoffice.engine.scopes import members_of, scope_columns, scope_of
from backoffice.engine.spine import History
from backoffice.engine.standing import standing
from backoffice.engine.values import CallTerms, Past, Registry, Subject


def _subjects(*more: ColumnElement[Any]) -> Select[Any]:
    """A case with the terms of its call and who belongs to it, and what else is asked for."""
    case, call = Base.metadata.tables["case"], Base.metadata.tables["call"]
    own = (case.c[name] for name in OWN)
    return select(*own, *terms_columns(), *scope_columns(), *more).select_from(
        case.outerjoin(call, call.c.id == case.c.call_id)
    )


OWN = (
    "id", "reference", "workflow", "workflow_version", "state", "revision", "state_since", "due_at", "call_id",
    "parent_id", "chain_head", "year", "title", "amount",
)  # fmt: skip
"""The columns of a case that a subject repeats, in its order."""
TERMS = (
    "code", "opens_at", "closes_at", "grace_minutes", "max_amount", "min_score", "presentation", "deadline_settings",
)  # fmt: skip
"""The columns of a call that its terms repeat, in their order."""
_SCOPE, _MORE = len(OWN) + len(TERMS), len(OWN) + len(TERMS) + 4
"""Where in a row the scope begins, and what else was asked for."""


def terms_columns() -> list[ColumnElement[Any]]:
    """The columns of ``call`` that ``subject_from`` reads, before those of the scope."""
    call = Base.metadata.tables["call"]
    return [call.c[name] for name in TERMS]


@Prepared
def _one_subject(_dialect: Dialect) -> Select[Any]:
    return _subjects().where(Base.metadata.tables["case"].c.id == bindparam("case_id"))


@Prepared
def _subject_and_past(dialect: Dialect) -> Select[Any]:
    """One case with all that its next step is judged by, in one way to the database."""
    case = Base.metadata.tables["case"]
    postgresql = dialect.name == "postgresql"
    array, collect = ("json_build_array", "json_agg") if postgresql else ("json_array", "json_group_array")
    rows = getattr(func, collect)(getattr(func, array)(*_PAST))
    past = select(type_coerce(rows, JSON)).where(History.case_id == case.c.id).scalar_subquery()
    return _subjects(past).where(case.c.id == bindparam("case_id"))


_PAST = (
    History.revision, History.kind, History.action, History.source, History.target, History.actor_id, History.role,
    History.at,
)  # fmt: skip


@cache
def _several_subjects() -> Select[Any]:
    return _subjects().where(Base.metadata.tables["case"].c.id.in_(bindparam("case_ids", expanding=True)))


def load_subject(case_id: int) -> Subject:
    """One case as it is now. Raises NotFound."""
    row = _one_subject.first(case_id=case_id)
    if row is None:
        raise NotFound
    return _subject(row)


def load_subject_and_past(case_id: int) -> tuple[Subject, list[Past]]:
    """One case as it is now, and its history in order as far as it stands, without inputs. Raises NotFound."""
    row = _subject_and_past.first(case_id=case_id)
    if row is None:
        raise NotFound
    past = standing(_past(first) for first in sorted(row[_MORE] or ()))
    return _subject(row), past


def _past(row: Any) -> Past:
    return Past(*(*row[:-1], _instant(row[-1])))


def _instant(text: str) -> datetime:
    """An instant inside of JSON, which has no type for it."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def subject_from(row: Any, columns: Sequence[Any]) -> Subject:
    """A case that was read for a page with ``terms_columns`` and ``scope_columns``, as the engine sees it."""
    return _subject((*(getattr(row, name) for name in OWN), *columns))


def load_subjects(case_ids: Sequence[int]) -> list[Subject]:
    """The cases in the order asked for. Raises NotFound if one does not exist."""
    rows = {row[0]: row for row in db.session.execute(_several_subjects(), {"case_ids": list(case_ids)})}
    if len(rows) < len(set(case_ids)):
        raise NotFound
    return [_subject(rows[case_id]) for case_id in case_ids]


def _subject(row: Sequence[Any]) -> Subject:
    own, terms, scope = row[: len(OWN)], row[len(OWN) : _SCOPE], row[_SCOPE:_MORE]
    call = CallTerms(*terms) if terms[0] is not None else None
    return Subject(*(*own, scope_of(row[0], scope), members_of(scope), call))


def load_facts(
    registry: Registry,
    families: Sequence[str],
    subjects: Sequence[Subject],
    known: Mapping[str, Mapping[int, Any]] | None = None,
) -> dict[int, dict[str, Any]]:
    """Case id -> family -> fact; each family is asked once for all cases, unless it is ``known`` already."""
    facts: dict[int, dict[str, Any]] = {subject.id: {} for subject in subjects}
    for family in families:
        found = known[family] if known and family in known else registry.facts[family](subjects)
        for subject in subjects:
            facts[subject.id][family] = found.get(subject.id)
    return facts


@cache
def _pasts() -> Select[*tuple[Any, ...]]:
    wanted = History.case_id.in_(bindparam("case_ids", expanding=True))
    return select(History.case_id, *_PAST).where(wanted).order_by(History.case_id, History.revision)


def load_history(subjects: Sequence[Subject]) -> Mapping[int, list[Past]]:
    """Case id -> its history in order as far as it stands (what was undone is left out), without inputs."""
    pasts: dict[int, list[Past]] = {subject.id: [] for subject in subjects}
    for row in db.session.execute(_pasts(), {"case_ids": list(pasts)}):
        pasts[row.case_id].append(Past(*row[1:]))
    return {case_id: standing(history) for case_id, history in pasts.items()}
