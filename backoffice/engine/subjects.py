"""Reading cases for the engine: a handful of queries, whether for one case or a hundred."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Dialect, Select, bindparam, func, select, type_coerce

from backoffice.access.actors import CaseScope
from backoffice.core.db import Base, db
from backoffice.core.errors import NotFound
from backoffice.core.prepared import Prepared
from backoffice.engine.scopes import scope_columns, scope_of
from backoffice.engine.spine import History, Spine
from backoffice.engine.standing import standing
from backoffice.engine.values import Past, Registry, Subject


def _subjects(*more: ColumnElement[Any]) -> Select[Any]:
    """A case with what its call sets, and what else is asked for."""
    case, call = Base.metadata.tables["case"], Base.metadata.tables["call"]
    return select(
        case.c.id, case.c.reference, case.c.workflow, case.c.workflow_version, case.c.state, case.c.revision,
        case.c.state_since, case.c.due_at, case.c.call_id, case.c.parent_id, case.c.chain_head,
        call.c.deadline_settings, *more,
    ).select_from(case.outerjoin(call, call.c.id == case.c.call_id))  # fmt: skip


OWN = 12
"""How many columns of a row are the subject's own; the scope follows."""


@Prepared
def _one_subject(_dialect: Dialect) -> Select[Any]:
    return _subjects(*scope_columns()).where(Base.metadata.tables["case"].c.id == bindparam("case_id"))


@Prepared
def _subject_and_past(dialect: Dialect) -> Select[Any]:
    """One case with all that its next step is judged by, in one way to the database."""
    case = Base.metadata.tables["case"]
    postgresql = dialect.name == "postgresql"
    array, collect = ("json_build_array", "json_agg") if postgresql else ("json_array", "json_group_array")
    rows = getattr(func, collect)(getattr(func, array)(*_PAST))
    past = select(type_coerce(rows, JSON)).where(History.case_id == case.c.id).scalar_subquery()
    return _subjects(*scope_columns(), past).where(case.c.id == bindparam("case_id"))


_PAST = (
    History.revision, History.kind, History.action, History.source, History.target, History.actor_id, History.role,
    History.at,
)  # fmt: skip


def load_subject(case_id: int) -> Subject:
    """One case as it is now. Raises NotFound."""
    row = _one_subject.first(case_id=case_id)
    if row is None:
        raise NotFound
    return _subject(row[:OWN], scope_of(case_id, row[OWN:]))


def load_subject_and_past(case_id: int) -> tuple[Subject, list[Past]]:
    """One case as it is now, and its history in order as far as it stands, without inputs. Raises NotFound."""
    row = _subject_and_past.first(case_id=case_id)
    if row is None:
        raise NotFound
    past = standing(_past(first) for first in sorted(row[-1] or ()))
    return _subject(row[:OWN], scope_of(case_id, row[OWN:-1])), past


def _past(row: Any) -> Past:
    return Past(*(*row[:-1], _instant(row[-1])))


def _instant(text: str) -> datetime:
    """An instant inside of JSON, which has no type for it."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def subject_from(row: Spine, scope: CaseScope, settings: Mapping[str, str] | None) -> Subject:
    """A case that was read for a page, as the engine sees it."""
    return Subject(
        row.id, row.reference, row.workflow, row.workflow_version, row.state, row.revision, row.state_since, row.due_at,
        row.call_id, row.parent_id, row.chain_head, scope, settings or {},
    )  # fmt: skip


def load_subjects(registry: Registry, case_ids: Sequence[int]) -> list[Subject]:
    """The cases in the order asked for. Raises NotFound if one does not exist."""
    query = _subjects().where(Base.metadata.tables["case"].c.id.in_(case_ids))
    rows = {row[0]: row for row in db.session.execute(query)}
    scopes = registry.scopes(case_ids)
    if len(rows) < len(set(case_ids)):
        raise NotFound
    return [_subject(rows[case_id], scopes[case_id]) for case_id in case_ids]


def _subject(row: Any, scope: CaseScope) -> Subject:
    return Subject(*(*row[:-1], scope, row[-1] or {}))


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


def load_history(subjects: Sequence[Subject]) -> Mapping[int, list[Past]]:
    """Case id -> its history in order as far as it stands (what was undone is left out), without inputs."""
    query = (
        select(History.case_id, *_PAST)
        .where(History.case_id.in_([subject.id for subject in subjects]))
        .order_by(History.case_id, History.revision)
    )
    pasts: dict[int, list[Past]] = {subject.id: [] for subject in subjects}
    for row in db.session.execute(query):
        pasts[row.case_id].append(Past(*row[1:]))
    return {case_id: standing(history) for case_id, history in pasts.items()}
