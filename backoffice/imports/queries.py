"""Reads of imports: who may see which, their lines by page, what stands in the ledger already."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import defer

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission, zones_with
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.paging import page_within, pages_of
from backoffice.imports.models import ImportLine
from backoffice.outcomes.models import Import, Measure, Target

PAGE = 50
BOOKABLE = ("ok", "warning")

Key = tuple[int, int, str, int, str]
"""Zone, organization or 0, indicator, year, scope."""


def writable_zones(actor: Actor) -> frozenset[int] | None:
    """The zones whose outcomes somebody may enter; None means all."""
    return zones_with(actor, Permission.OUTCOME_IMPORT)


def visible_to(actor: Actor, permission: Permission = Permission.OUTCOME_IMPORT) -> ColumnElement[bool]:
    """One's own uploads, and those that are all about one's zones."""
    zones = zones_with(actor, permission)
    if zones is None:
        return true()
    return or_(Import.created_by == actor.user_id, Import.zone_id.in_(sorted(zones)))


def one(token: str, actor: Actor) -> Import:
    """An import somebody may see. Raises NotFound."""
    found = db.session.scalar(select(Import).where(Import.token == token, visible_to(actor)))
    if found is None:
        raise NotFound
    return found


def evidence(token: str, actor: Actor) -> Import:
    """An import whose file somebody may read as evidence. Raises NotFound."""
    found = db.session.scalar(select(Import).where(Import.token == token, visible_to(actor, Permission.OUTCOME_READ)))
    if found is None:
        raise NotFound
    return found


def visible_files(import_ids: Collection[int], actor: Actor) -> frozenset[int]:
    """Which of these imports' files somebody may read: one that holds several zones shows more than one's own."""
    readable = visible_to(actor, Permission.OUTCOME_READ)
    return frozenset(db.session.scalars(select(Import.id).where(Import.id.in_(sorted(import_ids)), readable)))


def newest(actor: Actor, limit: int = 50) -> list[Import]:
    query = select(Import).where(visible_to(actor)).order_by(Import.id.desc()).limit(limit)
    return list(db.session.scalars(query.options(defer(Import.sheet), defer(Import.mapping))))


def remembered(signature: str, source: str, actor: Actor) -> Mapping[str, Any] | None:
    """The mapping of the last booked file with the same heads: of the same source if there is one."""
    query = (
        select(Import.mapping)
        .where(Import.signature == signature, Import.status == "booked", visible_to(actor))
        .order_by((Import.source == source).desc(), Import.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ledger says about a key now."""

    id: int | None
    value: Decimal
    report_id: int | None = None
    """The outcome report that confirmed it."""


def standing_measures(
    organizations: Collection[int], zones: Collection[int], years: Collection[int]
) -> dict[Key, Standing]:
    """The newest current measure of each key: of these organizations, and of these zones themselves."""
    query = (
        select(
            Measure.zone_id, Measure.organization_id, Measure.indicator, Measure.year, Measure.scope, Measure.id,
            Measure.value, Measure.report_id,
        )
        .where(
            Measure.superseded_at.is_(None),
            Measure.year.in_(sorted(years)),
            Measure.zone_id.in_(sorted(zones)),
            or_(
                (Measure.organization_id.in_(sorted(organizations))) & (Measure.attribution == "direct"),
                Measure.organization_id.is_(None) & (Measure.attribution == "zone"),
            ),
        )
        .order_by(Measure.id)
    )  # fmt: skip
    return {
        (zone_id, organization_id or 0, indicator, year, scope): Standing(measure_id, value, report_id)
        for zone_id, organization_id, indicator, year, scope, measure_id, value, report_id in db.session.execute(query)
    }


def standing_targets(zones: Collection[int], years: Collection[int]) -> dict[Key, Standing]:
    query = select(Target).where(Target.zone_id.in_(sorted(zones)), Target.year.in_(sorted(years)))
    return {
        (row.zone_id, 0, row.indicator, row.year, ""): Standing(None, row.value) for row in db.session.scalars(query)
    }


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of lines of one verdict."""

    lines: Sequence[ImportLine]
    number: int
    pages: int
    total: int


def lines(import_id: int, verdict: str, number: int) -> LinePage:
    """The lines of a verdict by row; every verdict when it is empty."""
    query = select(ImportLine).where(ImportLine.import_id == import_id)
    if verdict:
        query = query.where(ImportLine.verdict == verdict)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages, number = pages_of(total, PAGE), page_within(number, total, PAGE)
    rows = db.session.scalars(
        query.order_by(ImportLine.row_number, ImportLine.id).limit(PAGE).offset((number - 1) * PAGE)
    )
    return LinePage(list(rows), number, pages, total)


def every_line(import_id: int, verdict: str) -> Iterator[ImportLine]:
    """All lines of a verdict by row, read as they are looked at."""
    query = select(ImportLine).where(ImportLine.import_id == import_id, ImportLine.verdict == verdict)
    yield from db.session.scalars(
        query.order_by(ImportLine.row_number, ImportLine.id).execution_options(yield_per=1000)
    )


def verdicts(import_id: int) -> dict[str, int]:
    """Verdict -> how many lines."""
    query = (
        select(ImportLine.verdict, func.count())
        .where(ImportLine.import_id == import_id)
        .group_by(ImportLine.verdict)
    )  # fmt: skip
    return dict(db.session.execute(query).all())


def unanswered(import_id: int) -> int:
    """How many lines wait for an answer."""
    query = select(func.count()).where(
        ImportLine.import_id == import_id, ImportLine.verdict == "warning", ImportLine.answer == ""
    )
    return db.session.scalar(query) or 0
