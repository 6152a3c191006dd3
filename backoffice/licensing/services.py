"""Verbs about technology transfer: propose and drop candidates, conclude and change a license, bill and book royalties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import update

from backoffice.cases.feeds import refresh_search_text, write_zones
from backoffice.cases.models import CaseOrganization
from backoffice.cases.queries import case_by_id
from backoffice.core import clock, money, periods
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Invalid, Refused
from backoffice.licensing import queries, royalty
from backoffice.licensing.models import CHOSEN, CURRENT, DROPPED, LISTED, Candidate, License, RoyaltyPart
from backoffice.organizations.models import Organization

PAYMENT_DAYS = timedelta(days=30)
"""How long after a year's sales were reported their royalty is due."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A technology and the organization that owns it."""

    technology: str
    supplier_id: int


def propose(case_id: int, proposals: Sequence[Proposal]) -> None:
    """Put technologies behind those that were proposed before; what was dropped stays in the record. Raises Invalid."""
    row = case_by_id(case_id)
    if any(one.supplier_id == row.lead_organization_id for one in proposals):
        raise Invalid.field(
            "candidates",
            "수요기업 자신을 공급기관으로 제안할 수 없습니다.",
            "The company in demand cannot be its own supplier.",
        )
    known = queries.candidates(case_id)
    for number, one in enumerate(proposals, start=len(known) + 1):
        db.session.add(
            Candidate(case_id=case_id, number=number, technology=one.technology, supplier_id=one.supplier_id)
        )
    db.session.flush()


def invite_next(case_id: int) -> Candidate:
    """Ask the next supplier: it becomes part of the case, and the one before it no longer is. Raises Refused."""
    following = next((row for row in queries.candidates(case_id) if row.status == LISTED), None)
    if following is None:
        raise Refused.because(
            "no_candidate", "제안할 후보기술이 없습니다.", "No candidate is left to propose.", unblocks="zone_staff"
        )
    following.status = CURRENT
    supplier = db.session.get_one(Organization, following.supplier_id)
    kind = supplier.kind if supplier.kind in {"company", "anchor"} else "institute"
    if db.session.get(CaseOrganization, (case_id, supplier.id)) is None:
        db.session.add(
            CaseOrganization(case_id=case_id, organization_id=supplier.id, kind=kind, zone_id=supplier.zone_id)
        )
    _refresh(case_id)
    return following


def drop_current(case_id: int, reason: str) -> None:
    """The supplier asked last takes no part any more: it does not see the case from now on."""
    row = queries.current_candidate(case_id)
    if row is None:
        return
    row.status, row.reason = DROPPED, reason[:1000]
    member = db.session.get(CaseOrganization, (case_id, row.supplier_id))
    if member is not None and member.part != "lead":
        db.session.delete(member)
    _refresh(case_id)


def _refresh(case_id: int) -> None:
    row = case_by_id(case_id)
    db.session.flush()
    write_zones(row)
    refresh_search_text(row)
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Contract:
    """The terms both sides agreed on, in won."""

    kind: str
    upfront: int
    upfront_due: date
    terms: royalty.Terms
    milestones: tuple[tuple[str, date, int], ...] = ()


def conclude(case_id: int, contract: Contract) -> License:
    """Write down the license and what is owed for it. Raises Refused without a supplier, or twice."""
    chosen = queries.current_candidate(case_id)
    if chosen is None or queries.license_of(case_id) is not None:
        raise Refused.because(
            "no_supplier",
            "계약할 공급기관이 정해지지 않았거나 이미 계약했습니다.",
            "No supplier is chosen, or the contract exists already.",
        )
    chosen.status = CHOSEN
    terms = contract.terms
    row = License(
        case_id=case_id,
        supplier_id=chosen.supplier_id,
        kind=contract.kind,
        technology=chosen.technology,
        upfront=contract.upfront,
        rate=terms.rate,
        minimum=terms.minimum,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        free_until=terms.free_until,
        concluded_at=clock.now(),
    )
    db.session.add(row)
    labels = {(day, amount): label for label, day, amount in contract.milestones}
    owed = royalty.schedule(
        contract.upfront, contract.upfront_due, [(day, amount) for _, day, amount in contract.milestones]
    )
    for number, part in enumerate(owed, start=1):
        label = labels.get((part.due_on, part.amount), "") if part.kind == royalty.MILESTONE else ""
        _owe(case_id, number, part, label=label)
    db.session.flush()
    return row


def _owe(case_id: int, number: int, part: royalty.Part, *, label: str = "", sales: int | None = None) -> None:
    db.session.add(
        RoyaltyPart(
            case_id=case_id, number=number, kind=part.kind, label=label, year=part.year, sales=sales,
            amount=part.amount, due_on=part.due_on,
        )
    )  # fmt: skip


def amend(case_id: int, *, ends_on: date | None, rate: Decimal | None, minimum: int | None) -> None:
    """A new version of the license. What was billed before stays as it was. Raises Invalid."""
    row = queries.concluded_license(case_id)
    if ends_on is not None and ends_on <= row.starts_on:
        raise Invalid.field(
            "new_ends_on", "계약 종료일은 시작일보다 뒤여야 합니다.", "The end must lie after the start of the license."
        )
    row.ends_on = ends_on or row.ends_on
    row.rate = row.rate if rate is None else rate
    row.minimum = row.minimum if minimum is None else minimum
    row.version += 1
    db.session.flush()


def bill_year(case_id: int, year: int, sales: int) -> RoyaltyPart:
    """The running royalty on a year's sales; reported again, it replaces what is not paid yet. Raises Invalid."""
    terms = queries.terms_of(queries.concluded_license(case_id))
    if year not in royalty.charged_years(terms) or year > clock.today().year:
        raise Invalid.field(
            "year",
            f"경상기술료가 있는 연도가 아닙니다. {terms.starts_on.year}년부터 {terms.ends_on.year}년 사이에서 지난 연도를 적어 주세요.",
            f"No running royalty is owed for this year; write one between {terms.starts_on.year} and {terms.ends_on.year}.",
        )
    rows = queries.parts_of(case_id)
    known = next((row for row in rows if row.year == year), None)
    amount = royalty.running(sales, terms)
    if known is None:
        due_on = periods.roll_forward(clock.today() + PAYMENT_DAYS)
        number = max((row.number for row in rows), default=0) + 1
        _owe(case_id, number, royalty.Part(royalty.RUNNING, amount, due_on, year=year), sales=sales)
        db.session.flush()
        return queries.parts_of(case_id)[-1]
    if known.paid > 0:
        raise Invalid.field(
            "year",
            f"{year}년 기술료는 이미 납부되어 매출을 바꿀 수 없습니다. 담당자에게 문의해 주세요.",
            f"The royalty of {year} is paid already; ask the office to correct the sales.",
        )
    known.sales, known.amount = sales, amount
    db.session.flush()
    return known


def book_payment(case_id: int, number: int, amount: int, *, paid_on: date) -> None:
    """Record money the supplier received. Raises Invalid for an unknown part or more than is owed."""
    part = next((row for row in queries.parts_of(case_id) if row.number == number), None)
    owed = part.amount - part.paid if part is not None else 0
    if part is None or owed <= 0:
        raise Invalid.field(
            "number",
            f"{number}회차에는 납부할 금액이 없습니다. 회차를 확인해 주세요.",
            f"Nothing is owed for part {number}.",
        )
    changed = rows_changed(
        update(RoyaltyPart)
        .where(RoyaltyPart.id == part.id, RoyaltyPart.paid + amount <= RoyaltyPart.amount)
        .values(paid=RoyaltyPart.paid + amount, paid_on=paid_on)
    )
    if amount <= 0 or changed != 1:
        raise Invalid.field(
            "amount",
            f"{number}회차에 남은 금액은 {money.reading(owed)}입니다. 납부액을 확인해 주세요.",
            f"{owed:,} won are owed for part {number}; check the amount.",
        )
    db.session.expire(part)


def note_delivery(case_id: int, day: date) -> None:
    """The technology was handed over: its outcomes are followed from this year on."""
    queries.concluded_license(case_id).delivered_on = day


def note_broker_fee(case_id: int, amount: int, paid_on: date) -> None:
    row = queries.concluded_license(case_id)
    row.broker_fee, row.broker_paid_on = amount, paid_on


def end_early(case_id: int) -> None:
    """Terminate a license: what is not due yet is not owed any more."""
    row = queries.concluded_license(case_id)
    row.ended_at = clock.now()
    for part in queries.parts_of(case_id):
        if part.due_on >= clock.today() and part.paid == 0:
            db.session.delete(part)
    db.session.flush()
