"""Reads of the ledger for people: filtered pages of measures, the editions of one, and everything as rows to take out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import load_only

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.hangul import search_key
from backoffice.core.paging import Paged, page_within
from backoffice.organizations.models import Organization, Zone
from backoffice.outcomes.models import Import, Measure
from workflows.indicators import all_indicators

PAGE = 50
Zones = frozenset[int] | None
"""The zones somebody may read; None for all."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address of a ledger page says. Empty means everything the reader may see."""

    zone: int | None = None
    year: int | None = None
    indicator: str = ""
    text: str = ""
    """Part of an organization's name, or its business number."""
    editions: str = ""
    """``all`` shows replaced values, too."""
    import_id: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One measure with the names around it."""

    measure: Measure
    zone: Zone
    organization: Organization | None
    file: Import | None


def page(zones: Zones, wanted: Filter) -> Paged[Line]:
    """The measures of one page and their total: two queries."""
    conditions = _conditions(zones, wanted)
    total = db.session.scalar(
        select(func.count()).select_from(Measure).outerjoin(Organization, _own()).where(*conditions)
    )
    number = page_within(wanted.page, total or 0, PAGE)
    rows = db.session.execute(_joined().where(*conditions).order_by(*_ORDER).limit(PAGE).offset((number - 1) * PAGE))
    return Paged([Line(*row) for row in rows], total or 0, number, PAGE)


def count(zones: Zones, wanted: Filter) -> int:
    query = select(func.count()).select_from(Measure).outerjoin(Organization, _own())
    return db.session.scalar(query.where(*_conditions(zones, wanted))) or 0


def one(measure_id: int, zones: Zones) -> Line:
    """Raises NotFound, also for a measure of somebody else's zone."""
    row = db.session.execute(_joined().where(Measure.id == measure_id, _readable(zones))).first()
    if row is None:
        raise NotFound
    return Line(*row)


def editions(measure: Measure) -> list[Line]:
    """Every edition of the same value, the newest first."""
    same = and_(
        Measure.zone_id == measure.zone_id,
        _equal(Measure.organization_id, measure.organization_id),
        _equal(Measure.case_id, measure.case_id),
        Measure.indicator == measure.indicator,
        Measure.year == measure.year,
        Measure.scope == measure.scope,
        Measure.attribution == measure.attribution,
    )
    return [Line(*row) for row in db.session.execute(_joined().where(same).order_by(Measure.edition.desc()))]


def years(zones: Zones) -> list[int]:
    """The years the ledger knows, the newest first."""
    return list(
        db.session.scalars(select(Measure.year).where(_readable(zones)).distinct().order_by(Measure.year.desc()))
    )


HEADS = (
    "특구코드", "특구 이름", "사업자등록번호", "기업·기관", "지표코드", "지표 이름", "연도", "값", "분모", "단위",
    "범위", "귀속", "판", "상태", "등록 일시(UTC)", "답변·사유", "가져온 파일", "파일의 행",
)  # fmt: skip
"""What an export says of each measure. The import reads it back by the same heads."""
NUMERIC = frozenset({6, 7, 8, 12, 17})
"""The places of numbers among them."""
YEARS = frozenset({6})
"""The place of the year, which carries no thousands separator."""
ATTRIBUTIONS = {"direct": "직접지원", "member": "참여", "zone": "특구 전체"}


_TAKEN_OUT = (
    Zone.code, Zone.name_ko, Organization.business_number, Organization.name_ko, Measure.indicator, Measure.year,
    Measure.value, Measure.denominator, Measure.scope, Measure.attribution, Measure.edition, Measure.superseded_at,
    Measure.recorded_at, Measure.answer, Import.name, Measure.row_number,
)  # fmt: skip


def export(zones: Zones, wanted: Filter) -> Iterator[tuple[Any, ...]]:
    """Every measure of a filter as a row under HEADS, read as it is taken out."""
    query = _around(select(*_TAKEN_OUT)).where(*_conditions(zones, wanted)).order_by(*_ORDER)
    known = all_indicators()
    for row in db.session.execute(query.execution_options(yield_per=1000)):
        code, name, number, firm, indicator, year, value, below, scope, attribution, edition, old, at, *rest = row
        item = known.get(indicator)
        yield (
            code, name, number or "", firm or "", indicator, item.label.ko if item else "", year, value, below,
            item.unit_label.ko if item else "", scope, ATTRIBUTIONS[attribution], edition,
            "현재" if old is None else "정정됨", f"{at:%Y-%m-%d %H:%M:%S}", rest[0], rest[1] or "", rest[2],
        )  # fmt: skip


_ORDER = (Measure.year.desc(), Measure.zone_id, Measure.organization_id, Measure.indicator, Measure.scope,
          Measure.edition.desc(), Measure.id)  # fmt: skip


def _own() -> ColumnElement[bool]:
    return Organization.id == Measure.organization_id


def _joined() -> Any:
    file = load_only(Import.name, Import.token, Import.zone_id)
    return _around(select(Measure, Zone, Organization, Import).options(file))


def _around(query: Any) -> Any:
    """A query about measures with everything that stands around them."""
    return (
        query.select_from(Measure)
        .join(Zone, Zone.id == Measure.zone_id)
        .outerjoin(Organization, _own())
        .outerjoin(Import, Import.id == Measure.import_id)
    )


def _equal(column: Any, value: int | None) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.is_(None) if value is None else column == value
    return found


def _readable(zones: Zones) -> ColumnElement[bool]:
    return true() if zones is None else Measure.zone_id.in_(sorted(zones))


def _conditions(zones: Zones, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [_readable(zones)]
    if wanted.editions != "all":
        conditions.append(Measure.superseded_at.is_(None))
    if wanted.zone is not None:
        conditions.append(Measure.zone_id == wanted.zone)
    if wanted.year is not None:
        conditions.append(Measure.year == wanted.year)
    if wanted.indicator:
        conditions.append(Measure.indicator == wanted.indicator)
    if wanted.import_id is not None:
        conditions.append(Measure.import_id == wanted.import_id)
    key = search_key(wanted.text)
    if key:
        found = Organization.search_text.contains(key, autoescape=True)
        digits = "".join(ch for ch in wanted.text if ch.isdigit())
        if len(digits) >= 3:
            found = or_(found, Organization.business_number.contains(digits))
        conditions.append(found)
    return conditions
