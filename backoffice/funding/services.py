"""Verbs about money. Every limit is a conditional update of its own row: never read first and written later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, update

from backoffice.cases.models import CaseOrganization
from backoffice.cases.services import next_number
from backoffice.core import clock
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from backoffice.core.i18n import Sentence
from backoffice.core.money import reading
from backoffice.engine import tasks
from backoffice.engine.spine import Task
from backoffice.funding import queries, settlement
from backoffice.funding.models import (
    Agreement,
    AgreementVersion,
    BudgetLine,
    Instalment,
    Reservation,
)
from backoffice.funding.queries import Money


def set_budget(call_id: int, total: int) -> BudgetLine:
    """Give a call its money, or change it. Raises Invalid below what is already promised."""
    line = queries.budget_line(call_id)
    if line is None:
        line = BudgetLine(call_id=call_id, total=total)
        db.session.add(line)
    promised = (line.reserved or 0) + (line.committed or 0)
    if total < promised:
        raise Invalid.field(
            "budget",
            f"이미 {reading(promised)}이 배정되어 그보다 줄일 수 없습니다.",
            f"{promised:,} won are promised already; the budget cannot be smaller.",
        )
    line.total = total
    db.session.flush()
    return line


def reserve(case_id: int, call_id: int | None, amount: int, resolution: str) -> Reservation:
    """Hold an amount of the call's budget for a selected case. Raises Refused when it is not there any more."""
    changed = db.session.execute(
        update(BudgetLine)
        .where(BudgetLine.call_id == call_id, BudgetLine.reserved + BudgetLine.committed + amount <= BudgetLine.total)
        .values(reserved=BudgetLine.reserved + amount)
        .returning(BudgetLine.id)
    ).scalar()
    if changed is None:
        raise Refused.because(
            "budget_short",
            f"예산 잔액이 부족하여 {reading(amount)}을 배정할 수 없습니다.",
            f"The budget left does not cover {amount:,} won.",
            unblocks="hq_staff",
            link="budget",
        )
    reservation = Reservation(
        case_id=case_id, budget_line_id=changed, amount=amount, resolution=resolution, reserved_at=clock.now()
    )
    db.session.add(reservation)
    db.session.flush()
    return reservation


def release(reservation: Reservation | None) -> None:
    """Give a reservation back to the budget; a second time changes nothing."""
    if reservation is None or reservation.released_at is not None:
        return
    db.session.execute(
        update(BudgetLine)
        .where(BudgetLine.id == reservation.budget_line_id)
        .values(reserved=BudgetLine.reserved - reservation.amount)
    )
    reservation.released_at = clock.now()


def draft_agreement(case_id: int, money: Money) -> Agreement:
    """Prepare the agreement over the reserved amount. Raises Refused without a reservation."""
    if money.agreement is not None:
        return money.agreement
    reservation = money.reservation
    if reservation is None or reservation.released_at is not None:
        raise Refused.because("not_reserved", "배정된 예산이 없습니다.", "No budget is reserved.", link="budget")
    agreement = Agreement(case_id=case_id, amount=reservation.amount)
    db.session.add(agreement)
    db.session.flush()
    return agreement


def drop_agreement(agreement: Agreement | None) -> None:
    """Throw away a draft that was never concluded."""
    if agreement is not None and agreement.concluded_at is None:
        db.session.delete(agreement)
        db.session.flush()


def open_signatures(case_id: int, name: str, cycle: int) -> None:
    """Ask every organization of the case to sign."""
    query = select(CaseOrganization.organization_id).where(CaseOrganization.case_id == case_id)
    organizations = db.session.scalars(query.order_by(CaseOrganization.organization_id)).all()
    tasks.open_tasks(case_id, name, cycle, organization_ids=organizations)


def sign(task_id: int, *, user_id: int, organizations: frozenset[int]) -> None:
    """Sign for one's organization. Raises NotFound or Forbidden; signing twice changes nothing."""
    task = db.session.get(Task, task_id)
    if task is None or task.organization_id is None:
        raise NotFound
    if task.organization_id not in organizations:
        raise Forbidden(Sentence("소속 기관의 서명만 할 수 있습니다.", "You can sign only for your own organization."))
    if task.status == tasks.OPEN:
        tasks.complete(task, user_id)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement is concluded on."""

    starts_on: date
    ends_on: date
    first_percent: int


def conclude(money: Money, terms: Terms, *, user_id: int | None) -> Agreement:
    """Turn the reservation into a commitment and plan the instalments. Raises Refused, Conflict."""
    agreement, reservation = money.agreement, money.reservation
    if agreement is None or reservation is None or reservation.released_at is not None:
        raise Refused.because("no_agreement", "협약 초안이 없습니다.", "There is no agreement draft.", link="agreement")
    moved = rows_changed(
        update(BudgetLine)
        .where(BudgetLine.id == reservation.budget_line_id, BudgetLine.reserved >= reservation.amount)
        .values(reserved=BudgetLine.reserved - reservation.amount, committed=BudgetLine.committed + agreement.amount)
    )
    if moved != 1:
        raise Conflict(
            "budget_moved", Sentence("예산이 바뀌었습니다. 다시 시도해 주세요.", "The budget changed; try again.")
        )
    reservation.released_at = clock.now()
    agreement.starts_on, agreement.ends_on = terms.starts_on, terms.ends_on
    agreement.concluded_at, agreement.concluded_by = clock.now(), user_id
    db.session.add(
        AgreementVersion(
            agreement_id=agreement.id,
            version=1,
            amount=agreement.amount,
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
            at=clock.now(),
        )
    )
    halfway = terms.starts_on + (terms.ends_on - terms.starts_on) / 2
    parts = [
        {
            "agreement_id": agreement.id,
            "number": number,
            "amount": amount,
            "due_on": terms.starts_on if number == 1 else halfway,
        }
        for number, amount in enumerate(settlement.instalments(agreement.amount, terms.first_percent), start=1)
    ]
    with db.session.no_autoflush:  # the agreement waits for its number
        db.session.execute(insert(Instalment).values(parts))
    return agreement


def number_project(agreement: Agreement | None, year: int, program_code: str) -> None:
    """Give the project its number: ``GS26-RBD-0003``."""
    if agreement is None or agreement.project_number is not None:
        return
    name = f"GS{year % 100:02d}-{program_code}"
    agreement.project_number = f"{name}-{next_number(f'project:{name}'):04d}"


def amend(money: Money, *, amount: int | None, ends_on: date | None) -> None:
    """A new version of the agreement. A larger amount needs budget, a smaller one gives it back. Raises Refused."""
    agreement = queries.concluded(money.agreement)
    if amount is not None and amount != agreement.amount:
        _change_commitment(money, agreement, amount)
    if ends_on is not None:
        agreement.ends_on = ends_on
    agreement.version += 1
    assert agreement.starts_on is not None  # noqa: S101  # a concluded agreement has its period
    assert agreement.ends_on is not None  # noqa: S101  # a concluded agreement has its period
    db.session.add(
        AgreementVersion(
            agreement_id=agreement.id,
            version=agreement.version,
            amount=agreement.amount,
            starts_on=agreement.starts_on,
            ends_on=agreement.ends_on,
            at=clock.now(),
        )
    )
    db.session.flush()


def _change_commitment(money: Money, agreement: Agreement, amount: int) -> None:
    difference = amount - agreement.amount
    line_id = money.line.id if money.line else None
    fits = BudgetLine.reserved + BudgetLine.committed + difference <= BudgetLine.total
    changed = rows_changed(
        update(BudgetLine)
        .where(BudgetLine.id == line_id, fits, BudgetLine.committed + difference >= BudgetLine.disbursed)
        .values(committed=BudgetLine.committed + difference)
    )
    if changed != 1 or amount < agreement.disbursed:
        raise Refused.because(
            "change_too_large",
            "변경 사업비가 예산 잔액을 넘거나 이미 지급한 금액보다 적습니다.",
            "The new amount exceeds the budget left or lies below what was paid.",
            link="budget",
        )
    agreement.amount = amount
    left = amount - sum(part.amount for part in money.instalments if part.ordered_at is not None)
    _spread(agreement, money.instalments, left)


def _spread(agreement: Agreement, parts: Sequence[Instalment], left: int) -> None:
    """Put what is left into the last open instalment; drop the others, or open a new one."""
    unpaid = [part for part in parts if part.ordered_at is None]
    for part in unpaid[:-1] if left > 0 else unpaid:
        db.session.delete(part)
    if left <= 0:
        return
    if unpaid:
        unpaid[-1].amount = left
        return
    last = max((part.number for part in parts), default=0)
    db.session.add(Instalment(agreement_id=agreement.id, number=last + 1, amount=left, due_on=clock.today()))


def order_payment(money: Money, *, user_id: int | None, key: str) -> Instalment:
    """Order the next instalment. Raises Refused when none is open."""
    queries.concluded(money.agreement)
    part = next((row for row in money.instalments if row.ordered_at is None), None)
    if part is None:
        raise Refused.because("no_instalment", "지급할 회차가 없습니다.", "No instalment is left to pay.")
    changed = rows_changed(
        update(Instalment)
        .where(Instalment.id == part.id, Instalment.ordered_at.is_(None))
        .values(ordered_at=clock.now(), ordered_by=user_id, order_key=key)
    )
    if changed != 1:
        raise Conflict("ordered", Sentence("이미 지급 요청되었습니다.", "The payment is ordered already."))
    db.session.expire(part)
    return part


def recall_payment(money: Money) -> None:
    """Take back an order that was not paid yet."""
    part = _ordered(money)
    part.ordered_at = part.ordered_by = part.order_key = None


def _ordered(money: Money) -> Instalment:
    queries.concluded(money.agreement)
    part = next((row for row in money.instalments if row.ordered_at is not None and row.paid_at is None), None)
    if part is None:
        raise Refused.because("no_order", "지급 요청된 회차가 없습니다.", "No payment is ordered.")
    return part


def pay(money: Money, *, user_id: int | None) -> Instalment:
    """Pay what was ordered: instalment, agreement and budget line move together or not at all. Raises Refused."""
    part = _ordered(money)
    if part.ordered_by == user_id:
        raise Refused.because(
            "same_person",
            "지급을 요청한 사람은 지급할 수 없습니다. 다른 재무 담당자가 처리해야 합니다.",
            "Whoever ordered the payment may not pay it; somebody else must.",
            unblocks="finance",
        )
    amount, agreement_id = part.amount, part.agreement_id
    paid = rows_changed(
        update(Instalment)
        .where(Instalment.id == part.id, Instalment.paid_at.is_(None), Instalment.ordered_at.is_not(None))
        .values(paid_at=clock.now(), paid_by=user_id)
    )
    booked = rows_changed(
        update(Agreement)
        .where(Agreement.id == agreement_id, Agreement.disbursed + amount <= Agreement.amount)
        .values(disbursed=Agreement.disbursed + amount)
    )
    charged = rows_changed(
        update(BudgetLine)
        .where(
            BudgetLine.id == (money.line.id if money.line else None),
            BudgetLine.disbursed + amount <= BudgetLine.committed,
        )
        .values(disbursed=BudgetLine.disbursed + amount)
    )
    if (paid, booked, charged) != (1, 1, 1):
        raise Conflict("paid", Sentence("이미 지급되었거나 한도를 넘습니다.", "Paid already, or over the limit."))
    return part
