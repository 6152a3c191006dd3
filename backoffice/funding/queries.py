"""Reads of money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, bindparam, func, select, true

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission, zones_with
from backoffice.cases.models import Case
from backoffice.cases.sight import in_zones, visible_to
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Refused
from backoffice.core.periods import end_of_february
from backoffice.engine.values import Subject
from backoffice.funding.models import (
    Agreement,
    AgreementVersion,
    BudgetLine,
    Expenditure,
    Instalment,
    Reservation,
    Settlement,
)


@dataclass(frozen=True, slots=True)
class FundingFacts:
    """Everything guards ask about the money of one case, in won."""

    budget_left: int | None = None
    reserved: int = 0
    held: int = 0
    """What is still reserved: neither given back nor under agreement."""
    agreed: int = 0
    ends_on: date | None = None
    open_instalment: int | None = None
    """Number of the next instalment that is neither ordered nor paid."""
    ordered_instalment: int | None = None
    recovery: int | None = None
    """What a calculated settlement says must go back."""
    recovered: int = 0
    money: "Money | None" = None
    """The rows these figures were read from."""


@dataclass(frozen=True, slots=True)
class Money:
    """The money of one case as pages and letters show it, in won."""

    line: BudgetLine | None
    """The budget of the call it came by."""
    reservation: Reservation | None
    """The newest, held or not."""
    agreement: Agreement | None
    settlement: Settlement | None
    instalments: Sequence[Instalment] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """Every row of money of one case, for whoever takes its file along."""

    money: Money
    reservations: Sequence[Reservation]
    """Those given back, too, in the order they were made."""
    versions: Sequence[AgreementVersion]
    expenditures: Sequence[Expenditure]

    @property
    def people(self) -> list[int]:
        """Who concluded, ordered, paid and calculated."""
        agreement, settlement = self.money.agreement, self.money.settlement
        found = [agreement.concluded_by if agreement else None, settlement.calculated_by if settlement else None]
        found += [person for part in self.money.instalments for person in (part.ordered_by, part.paid_by)]
        return [one for one in found if one is not None]


BEGINNINGS = ("reserve_budget", "draft_agreement")
"""The effects by which a case comes to money: a definition without them has cases without any."""
NO_MONEY = Money(None, None, None, None)


def funding_facts(subjects: Sequence[Subject]) -> dict[int, FundingFacts]:
    """Case id -> its money, in one query for any number of cases."""
    return {case_id: facts_of(money) for case_id, money in _moneys([subject.id for subject in subjects]).items()}


def facts_of(money: Money) -> FundingFacts:
    """What guards ask about the money of a case."""
    line, reservation, agreement, settlement = money.line, money.reservation, money.agreement, money.settlement
    own = money.instalments
    return FundingFacts(
        budget_left=line.total - line.reserved - line.committed if line else None,
        reserved=reservation.amount if reservation else 0,
        held=reservation.amount if reservation and reservation.released_at is None else 0,
        agreed=agreement.amount if agreement else 0,
        ends_on=agreement.ends_on if agreement else None,
        open_instalment=next((part.number for part in own if part.ordered_at is None), None),
        ordered_instalment=next((part.number for part in own if part.ordered_at and part.paid_at is None), None),
        recovery=settlement.recovery if settlement else None,
        recovered=settlement.recovered if settlement else 0,
        money=money,
    )


def money_of(case_id: int) -> Money:
    """In one query."""
    return _moneys([case_id])[case_id]


@cache
def _money() -> Select[*tuple[Any, ...]]:
    newest = select(func.max(Reservation.id)).where(Reservation.case_id == Case.id).correlate(Case).scalar_subquery()
    return (
        select(Case.id, BudgetLine, Reservation, Agreement, Settlement, Instalment)
        .outerjoin(BudgetLine, BudgetLine.call_id == Case.call_id)
        .outerjoin(Reservation, Reservation.id == newest)
        .outerjoin(Agreement, Agreement.case_id == Case.id)
        .outerjoin(Settlement, Settlement.agreement_id == Agreement.id)
        .outerjoin(Instalment, Instalment.agreement_id == Agreement.id)
        .where(Case.id.in_(bindparam("case_ids", expanding=True)))
        .order_by(Case.id, Instalment.number)
    )


def _moneys(case_ids: Sequence[int]) -> dict[int, Money]:
    rows = db.session.execute(_money(), {"case_ids": case_ids})
    return {
        case_id: Money(first[1], first[2], first[3], first[4], [row[5] for row in (first, *more) if row[5] is not None])
        for case_id, (first, *more) in groupby(rows, key=itemgetter(0))
    }


def instalments_of(agreement_ids: Sequence[int]) -> Mapping[int, list[Instalment]]:
    """Agreement id -> its instalments in order."""
    found: dict[int, list[Instalment]] = {}
    if not agreement_ids:
        return found
    query = select(Instalment).where(Instalment.agreement_id.in_(agreement_ids)).order_by(Instalment.number)
    for row in db.session.scalars(query):
        found.setdefault(row.agreement_id, []).append(row)
    return found


def agreement_of(case_id: int) -> Agreement | None:
    return db.session.scalar(select(Agreement).where(Agreement.case_id == case_id))


def concluded(agreement: Agreement | None) -> Agreement:
    """The agreement of a case. Raises Refused while there is none in force."""
    if agreement is None or agreement.concluded_at is None:
        raise Refused.because("no_agreement", "체결된 협약이 없습니다.", "There is no concluded agreement.")
    return agreement


def agreements_of_organization(organization_id: int, actor: Actor, *, limit: int = 50) -> list[tuple[Agreement, Case]]:
    """The concluded agreements of the cases an organization leads, newest first.

    Only of cases the actor may see, in zones whose money the actor may read.
    """
    zones = zones_with(actor, Permission.FUNDING_READ)
    query = (
        select(Agreement, Case)
        .join(Case, Case.id == Agreement.case_id)
        .where(Case.lead_organization_id == organization_id, Agreement.concluded_at.is_not(None), visible_to(actor))
        .where(true() if zones is None else in_zones(zones))
        .order_by(Agreement.concluded_at.desc(), Agreement.id.desc())
    )
    return [(agreement, row) for agreement, row in db.session.execute(query.limit(limit))]


def reservation_of(case_id: int) -> Reservation | None:
    """The newest reservation of a case, held or not."""
    query = select(Reservation).where(Reservation.case_id == case_id).order_by(Reservation.id.desc()).limit(1)
    return db.session.scalar(query)


def account_of(case_id: int, money: Money) -> Account | None:
    """All the money of a case beside what its page shows; None for a case that never came to any."""
    if money.reservation is None and money.agreement is None:
        return None
    reserved = select(Reservation).where(Reservation.case_id == case_id).order_by(Reservation.id)
    agreement = money.agreement
    return Account(
        money,
        list(db.session.scalars(reserved)),
        versions_of(agreement.id) if agreement else (),
        expenditures(agreement.id) if agreement else (),
    )


def settlement_of(agreement_id: int) -> Settlement | None:
    return db.session.scalar(select(Settlement).where(Settlement.agreement_id == agreement_id))


def versions_of(agreement_id: int) -> list[AgreementVersion]:
    query = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement_id)
    return list(db.session.scalars(query.order_by(AgreementVersion.version)))


def budget_line(call_id: int) -> BudgetLine | None:
    return db.session.scalar(select(BudgetLine).where(BudgetLine.call_id == call_id))


def spent_by_category(agreement_id: int) -> dict[str, int]:
    query = select(Expenditure.category, func.sum(Expenditure.amount)).where(Expenditure.agreement_id == agreement_id)
    return {category: int(amount) for category, amount in db.session.execute(query.group_by(Expenditure.category))}


def expenditures(agreement_id: int) -> list[Expenditure]:
    query = select(Expenditure).where(Expenditure.agreement_id == agreement_id)
    return list(db.session.scalars(query.order_by(Expenditure.spent_on, Expenditure.id)))


# ---- dates for deadlines


def agreement_end(subject: Subject) -> date | None:
    """The last day of the agreement, or the day it was terminated; for a linked case that of its parent."""
    agreement = agreement_of(subject.parent_id or subject.id)
    if agreement is None or agreement.ends_on is None or agreement.ended_at is None:
        return agreement.ends_on if agreement else None
    return min(agreement.ends_on, clock.in_seoul(agreement.ended_at).date())


def notified_on(subject: Subject) -> date | None:
    """The day the selection was decided and told (Decree 13(2))."""
    reservation = reservation_of(subject.id)
    return clock.in_seoul(reservation.reserved_at).date() if reservation else None


TRACKED_YEARS = 5
"""Decree 37(1)."""


def tracking_end(subject: Subject) -> date | None:
    """The last day of February of the fifth year after the end of the agreement."""
    end = agreement_end(subject)
    return end_of_february(end.year + TRACKED_YEARS) if end else None


def report_due(subject: Subject) -> date | None:
    """The last day of February after the year an outcome report is about."""
    return end_of_february(subject.year + 1)
