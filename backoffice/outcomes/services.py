"""Verbs about outcomes: book measures from a confirmed report, restate them, record main projects, set targets."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select, update

from backoffice.cases.models import CaseZone
from backoffice.core import clock, marks
from backoffice.core.db import db
from backoffice.core.errors import Refused
from backoffice.organizations.models import Zone
from backoffice.outcomes.models import FollowOn, Measure, Target


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """One value to record, in the indicator's unit (won for money); ratios give both parts."""

    zone_id: int
    indicator: str
    year: int
    value: Decimal
    denominator: Decimal | None = None
    organization_id: int | None = None
    case_id: int | None = None
    report_id: int | None = None
    scope: str = ""
    attribution: str = "direct"
    panel: str = ""
    evidence_id: int | None = None
    answer: str = ""
    """What was answered to the entry checks, or why it was restated."""


def lock_ledger(zones: Collection[int]) -> None:
    """Hold the ledgers of these zones until the transaction ends: two people never write the same edition.

    SQLite has one writer at a time anyway.
    """
    db.session.execute(_held(Zone.id.in_(sorted(zones))))


def _held(which: ColumnElement[bool]) -> Select[int]:
    return select(Zone.id).where(which).order_by(Zone.id).with_for_update(key_share=True)


def ledger_changed(places: Collection[tuple[int, int]]) -> None:
    """Say of these (zone, year) that their measures or targets are not what they were: what was computed is void."""
    marks.renew({f"ledger/{zone_id}/{year}" for zone_id, year in places})


def record(new: NewMeasure, actor_id: int | None) -> Measure:
    """Record a measure. The same entity, indicator, year and scope gets a new edition; the old one is kept."""
    lock_ledger([new.zone_id])
    (row,) = _write([new], _editions([new]), actor_id)
    ledger_changed([(new.zone_id, new.year)])
    return row


class _Edition(NamedTuple):
    """A value of the ledger as it was written at one time."""

    indicator: str
    id: int
    edition: int
    report_id: int | None
    value: Decimal
    superseded_at: datetime | None


def _editions(values: Sequence[NewMeasure]) -> list[_Edition]:
    """All that the ledger holds in the places of these values: one entity, year and scope, an indicator each."""
    new = values[0]
    columns = (
        Measure.indicator, Measure.id, Measure.edition, Measure.report_id, Measure.value, Measure.superseded_at,
    )  # fmt: skip
    query = select(*columns).where(
        Measure.zone_id == new.zone_id,
        Measure.organization_id.is_(None) if new.organization_id is None else Measure.organization_id == new.organization_id,
        Measure.case_id.is_(None) if new.case_id is None else Measure.case_id == new.case_id,
        Measure.indicator.in_([one.indicator for one in values]),
        Measure.year == new.year,
        Measure.scope == new.scope,
        Measure.attribution == new.attribution,
    )  # fmt: skip
    return [_Edition(*row) for row in db.session.execute(query)]


def _write(values: Sequence[NewMeasure], editions: Sequence[_Edition], actor_id: int | None) -> list[Measure]:
    """Each value as the newest edition in its place: two statements, however many. The ledger is locked."""
    written = {new.indicator for new in values}
    replaced = [one.id for one in editions if one.superseded_at is None and one.indicator in written]
    if replaced:
        db.session.execute(update(Measure).where(Measure.id.in_(replaced)).values(superseded_at=clock.now()))
    newest: dict[str, int] = {}
    for one in editions:
        newest[one.indicator] = max(one.edition, newest.get(one.indicator, 0))
    rows = [_measure(new, newest.get(new.indicator, 0) + 1, actor_id) for new in values]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _measure(new: NewMeasure, edition: int, actor_id: int | None) -> Measure:
    return Measure(
        zone_id=new.zone_id,
        organization_id=new.organization_id,
        case_id=new.case_id,
        report_id=new.report_id,
        indicator=new.indicator,
        scope=new.scope,
        year=new.year,
        period_from=date(new.year, 1, 1),
        period_to=date(new.year, 12, 31),
        value=new.value,
        denominator=new.denominator,
        attribution=new.attribution,
        panel=new.panel,
        evidence_id=new.evidence_id,
        edition=edition,
        recorded_by=actor_id,
        answer=new.answer,
    )


def must_differ(old: Measure, value: Decimal, denominator: Decimal | None) -> None:
    """Raises Refused for a value that stands no longer, or that is the same already."""
    if old.superseded_at is not None:
        raise Refused.because("superseded", "이미 정정된 값입니다. 새 값을 보고 다시 정정해 주세요.",
                              "It was restated already; look at the new value first.")  # fmt: skip
    if old.value == value and old.denominator == denominator:
        raise Refused.because("unchanged", "지금 값과 같습니다. 바꿀 값을 적어 주세요.",
                              "It equals the present value; write the new one.")  # fmt: skip


def restate(old: Measure, value: Decimal, *, denominator: Decimal | None, reason: str, actor_id: int | None) -> Measure:
    """A new edition of one value with the reason; the old one stays. Raises Refused when it stands no longer."""
    lock_ledger([old.zone_id])
    db.session.refresh(old)
    must_differ(old, value, denominator)
    return record(
        NewMeasure(
            zone_id=old.zone_id,
            indicator=old.indicator,
            year=old.year,
            value=value,
            denominator=denominator,
            organization_id=old.organization_id,
            case_id=old.case_id,
            report_id=old.report_id,
            scope=old.scope,
            attribution=old.attribution,
            panel=old.panel,
            evidence_id=old.evidence_id,
            answer=reason,
        ),
        actor_id,
    )


@dataclass(frozen=True, slots=True)
class Reported:
    """A confirmed report: what a company says of a year of a project."""

    id: int
    zone_id: int
    """The lead zone, whose ledger is locked."""
    year: int
    organization_id: int | None
    project_id: int | None
    panel: str
    evidence_id: int | None


def book_report(
    report: Reported, values: Mapping[str, Any], *, actor_id: int | None, answers: Mapping[str, str]
) -> None:
    """Record every reported value that changed. ``answers`` holds, by indicator, what was said to the entry checks."""
    news = [
        NewMeasure(
            zone_id=report.zone_id,
            indicator=code,
            year=report.year,
            value=Decimal(str(typed)),
            organization_id=report.organization_id,
            case_id=report.project_id,
            report_id=report.id,
            panel=report.panel,
            evidence_id=report.evidence_id,
            answer=answers.get(code, ""),
        )
        for code, typed in values.items()
    ]
    editions = _editions(news) if news else []
    told = {one.indicator: one.value for one in editions if one.superseded_at is None and one.report_id == report.id}
    changed = [new for new in news if told.get(new.indicator) != new.value]
    if changed:
        _write(changed, editions, actor_id)
        ledger_changed([(report.zone_id, report.year)])


def lock_lead_zone(case_id: int) -> int:
    """The lead zone of a case; its ledger is held until the transaction ends."""
    first = select(CaseZone.zone_id).where(CaseZone.case_id == case_id)
    first = first.order_by(CaseZone.lead.desc(), CaseZone.zone_id).limit(1)
    found: int = db.session.execute(_held(Zone.id == first.scalar_subquery())).scalar_one()
    return found


def record_follow_on(case_id: int, typed: Mapping[str, Any]) -> FollowOn:
    """Record a main project that grew out of this case (amount in won)."""
    row = FollowOn(
        case_id=case_id,
        name=typed["name"],
        agency=typed["agency"],
        status=typed["status"],
        amount=int(typed.get("amount") or 0),
        decided_on=date.fromisoformat(typed["decided_on"]),
    )
    db.session.add(row)
    db.session.flush()
    return row


def set_target(zone_id: int, indicator: str, year: int, value: Decimal) -> None:
    """Set or change a zone's target, in the indicator's unit."""
    row = db.session.get(Target, (zone_id, indicator, year))
    if row is None:
        db.session.add(Target(zone_id=zone_id, indicator=indicator, year=year, value=value))
    else:
        row.value = value
    ledger_changed([(zone_id, year)])
    db.session.flush()
