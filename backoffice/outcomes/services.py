"""Verbs about outcomes: book measures from a confirmed report, restate them, record main projects, set targets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update

from backoffice.cases.models import Case
from backoffice.cases.queries import zones_of
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
    db.session.execute(
        select(Zone.id).where(Zone.id.in_(sorted(zones))).order_by(Zone.id).with_for_update(key_share=True)
    )


def ledger_changed(places: Collection[tuple[int, int]]) -> None:
    """Say of these (zone, year) that their measures or targets are not what they were: what was computed is void."""
    marks.renew({f"ledger/{zone_id}/{year}" for zone_id, year in places})


def record(new: NewMeasure, actor_id: int | None) -> Measure:
    """Record a measure. The same entity, indicator, year and scope gets a new edition; the old one is kept."""
    row = _write(new, actor_id)
    ledger_changed([(new.zone_id, new.year)])
    return row


def _write(new: NewMeasure, actor_id: int | None) -> Measure:
    lock_ledger([new.zone_id])
    same = (
        Measure.zone_id == new.zone_id,
        Measure.organization_id.is_(None) if new.organization_id is None else Measure.organization_id == new.organization_id,
        Measure.case_id.is_(None) if new.case_id is None else Measure.case_id == new.case_id,
        Measure.indicator == new.indicator,
        Measure.year == new.year,
        Measure.scope == new.scope,
        Measure.attribution == new.attribution,
    )  # fmt: skip
    newest = db.session.scalar(select(func.max(Measure.edition)).where(*same)) or 0
    db.session.execute(update(Measure).where(*same, Measure.superseded_at.is_(None)).values(superseded_at=clock.now()))
    row = Measure(
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
        edition=newest + 1,
        recorded_by=actor_id,
        answer=new.answer,
    )
    db.session.add(row)
    db.session.flush()
    return row


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


def book_report(
    report: Case,
    values: Mapping[str, Any],
    *,
    evidence_id: int | None,
    actor_id: int | None,
    answers: Mapping[str, str] | None = None,
) -> int:
    """Record every reported value that changed, for the lead zone and the lead company: how many.

    ``answers`` holds, by indicator, what was said to the entry checks.
    """
    zone_id = zones_of([report.id])[report.id][0]
    standing = {
        row.indicator: row
        for row in db.session.scalars(
            select(Measure).where(Measure.report_id == report.id, Measure.superseded_at.is_(None))
        )
    }
    booked = 0
    for code, typed in values.items():
        value = Decimal(str(typed))
        if code in standing and standing[code].value == value:
            continue
        _write(
            NewMeasure(
                zone_id=zone_id,
                indicator=code,
                year=report.year,
                value=value,
                organization_id=report.lead_organization_id,
                case_id=report.parent_id,
                report_id=report.id,
                panel=str(report.call_id or ""),
                evidence_id=evidence_id,
                answer=(answers or {}).get(code, ""),
            ),
            actor_id,
        )
        booked += 1
    if booked:
        ledger_changed([(zone_id, report.year)])
    return booked


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
