"""Reads of calls and published workflows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from backoffice.core import clock
from backoffice.core.db import Base, db
from backoffice.core.errors import NotFound
from backoffice.engine.values import CallTerms, Subject
from backoffice.programs.models import Call, CallChange, PublishedWorkflow
from workflows.definition import Workflow
from workflows.loader import load_bytes


def open_calls() -> list[Call]:
    """Published calls that take applications now, the next to close first."""
    now = clock.now()
    query = (
        select(Call)
        .where(Call.published_at.is_not(None), Call.published_at <= now, Call.opens_at <= now, Call.closes_at > now)
        .order_by(Call.closes_at, Call.code)
    )
    return list(db.session.scalars(query))


def coming_calls() -> list[Call]:
    """Published calls that have not opened yet."""
    now = clock.now()
    query = select(Call).where(Call.published_at <= now, Call.opens_at > now).order_by(Call.opens_at, Call.code)
    return list(db.session.scalars(query))


def published_calls() -> list[Call]:
    """Every call the public may see, newest first."""
    query = select(Call).where(Call.published_at.is_not(None), Call.published_at <= clock.now())
    return list(db.session.scalars(query.order_by(Call.opens_at.desc(), Call.code.desc())))


def all_calls() -> list[Call]:
    """Every call, newest first."""
    return list(db.session.scalars(select(Call).order_by(Call.year.desc(), Call.code.desc())))


@dataclass(frozen=True, slots=True)
class CallName:
    """A call as a choice of a filter."""

    id: int
    code: str
    workflow: str
    year: int
    title_ko: str
    title_en: str


def call_names(*, hidden: bool) -> list[CallName]:
    """Every call by name, newest first; those not yet published only for who may see them."""
    query = select(Call.id, Call.code, Call.workflow, Call.year, Call.title_ko, Call.title_en)
    if not hidden:
        query = query.where(Call.published_at <= clock.now())
    return [CallName(*row) for row in db.session.execute(query.order_by(Call.year.desc(), Call.code.desc()))]


def call(code: str) -> Call:
    """One call with its criteria, published or not. Raises NotFound."""
    query = select(Call).where(Call.code == code).options(selectinload(Call.criteria))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def published_call(code: str) -> Call:
    """One call the public may see. Raises NotFound."""
    found = call(code)
    if found.published_at is None or found.published_at > clock.now():
        raise NotFound
    return found


def call_by_id(call_id: int) -> Call:
    """Raises NotFound."""
    found = db.session.scalar(select(Call).where(Call.id == call_id).options(selectinload(Call.criteria)))
    if found is None:
        raise NotFound
    return found


def calls_taking_applications(name: str, version: int) -> list[str]:
    """The codes of published calls on this version that have not closed."""
    query = select(Call.code).where(
        Call.workflow == name,
        Call.workflow_version == version,
        Call.published_at.is_not(None),
        Call.closes_at > clock.now(),
    )
    return list(db.session.scalars(query.order_by(Call.code)))


def open_case_ids(call_id: int) -> list[int]:
    """The cases of a call that have not ended."""
    case = Base.metadata.tables["case"]
    return list(db.session.scalars(select(case.c.id).where(case.c.call_id == call_id, case.c.final.is_(None))))


def draft_ids(call_id: int) -> list[int]:
    """The applications to a call that were begun and not submitted yet."""
    case = Base.metadata.tables["case"]
    query = select(case.c.id).where(case.c.call_id == call_id, case.c.private.is_(True), case.c.final.is_(None))
    return list(db.session.scalars(query.order_by(case.c.id)))


def changes(call_id: int) -> list[CallChange]:
    return list(db.session.scalars(select(CallChange).where(CallChange.call_id == call_id).order_by(CallChange.at)))


def terms(subjects: Sequence[Subject]) -> dict[int, CallTerms]:
    """Case id -> the terms of its call; cases without a call are left out."""
    return {subject.id: subject.call for subject in subjects if subject.call is not None}


def find_workflow(name: str, version: int) -> tuple[Workflow, str]:
    """A published definition and its digest. Raises KeyError."""
    row = db.session.scalar(
        select(PublishedWorkflow).where(PublishedWorkflow.workflow == name, PublishedWorkflow.version == version)
    )
    if row is None:
        raise KeyError((name, version))
    loaded = load_bytes(row.source.encode(), f"{name}@{version}")
    if loaded.digest != row.digest:
        raise ValueError(f"the published definition {name}@{version} no longer matches its digest")
    return loaded.workflow, loaded.digest


def version_of(name: str, digest: str) -> int:
    """The version of a workflow that was published with this digest. Raises KeyError."""
    found = db.session.scalar(
        select(PublishedWorkflow.version).where(PublishedWorkflow.workflow == name, PublishedWorkflow.digest == digest)
    )
    if found is None:
        raise KeyError((name, digest))
    return found


def published(name: str, version: int) -> PublishedWorkflow:
    """One version as it was published. Raises NotFound."""
    row = db.session.scalar(
        select(PublishedWorkflow).where(PublishedWorkflow.workflow == name, PublishedWorkflow.version == version)
    )
    if row is None:
        raise NotFound
    return row


def published_digests() -> dict[tuple[str, int], str]:
    """(workflow, version) -> digest of everything published."""
    query = select(PublishedWorkflow.workflow, PublishedWorkflow.version, PublishedWorkflow.digest)
    return {(name, version): digest for name, version, digest in db.session.execute(query)}


def newest_versions() -> dict[str, int]:
    """Every published workflow -> its newest version."""
    newest: dict[str, int] = {}
    for name, version in published_digests():
        newest[name] = max(version, newest.get(name, 0))
    return newest


def newest_version(name: str) -> int:
    """The newest published version. Raises NotFound."""
    versions = [version for known, version in published_digests() if known == name]
    if not versions:
        raise NotFound
    return max(versions)
