"""The cases behind a figure as their histories stood at an instant: counted, or with the money they add."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from backoffice.cases.models import Case, CaseZone
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.i18n import Sentence
from backoffice.engine.spine import History
from backoffice.engine.standing import stands
from backoffice.funding.models import Agreement, AgreementVersion, Instalment
from backoffice.outcomes.aggregation import Part
from backoffice.outcomes.models import FollowOn
from backoffice.programs.models import Call
from backoffice.reports import casework
from backoffice.reports.charter import CONTRACTED, SUBMITTED, Charter
from backoffice.reports.cooperation import agreements_signed, councils
from backoffice.reports.facts import SPAN
from backoffice.reports.grid import Value, rate
from backoffice.reports.tracing import CASES, PACTS, Source, Trace, names_of
from workflows.indicators import Counted, Indicator

Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Moment:
    """What is asked for: a program year in a place (None: the nation) as it stood at an instant."""

    year: int
    place: int | None
    at: datetime
    until: int = 0
    """The newest of the years a report looks at, where that is not the year itself."""


def _submitted(year: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Case.year == year, Case.parent_id.is_(None), Case.submitted_at <= at)


def _here(query: Query, place: int | None) -> Query:
    if place is None:
        return query
    return query.where(Case.id.in_(select(CaseZone.case_id).where(CaseZone.zone_id == place)))


def reached(charter: Charter, wanted: Moment, workflow: str, tag: str) -> list[int]:
    """The cases of a program year that had come to a station by then, by reference."""
    query = _here(select(Case.id).where(*_submitted(wanted.year, wanted.at), Case.workflow == workflow), wanted.place)
    if tag != SUBMITTED:
        past = select(History.case_id).where(
            History.case_id == Case.id, stands(wanted.at), charter.rests_in(History.target, (tag,))
        )
        query = query.where(past.exists())
    return list(db.session.scalars(query.order_by(Case.reference)))


def counted(case_ids: Sequence[int]) -> Trace:
    return Trace(tuple(Source(CASES, key, Decimal(1)) for key in case_ids), Value(Decimal(len(case_ids))))


def of_rule(charter: Charter, indicator: Indicator, rule: Counted, wanted: Moment) -> Trace | None:
    """An indicator with a counting rule; None where nothing can be counted and what zones entered stands instead."""
    name = charter.with_code(rule.program) if rule.program else None
    if rule.program and name is None:
        return None
    if rule.counts == "cases" and name is not None:
        return counted(reached(charter, wanted, name, rule.tag or SUBMITTED)) if _ran(wanted, name) else None
    if rule.counts in {"main_projects", "main_project_money"} and name is not None:
        return _main_projects(wanted, name, money=rule.counts == "main_project_money")
    if rule.counts == "joint":
        return _joint(charter, wanted)
    return _paid_of_agreed(wanted, indicator)


def _ran(wanted: Moment, workflow: str) -> bool:
    """Whether the program had a call or a case in the year, anywhere."""
    called = select(Call.id).where(Call.year == wanted.year, Call.workflow == workflow, Call.published_at <= wanted.at)
    asked = select(Case.id).where(*_submitted(wanted.year, wanted.at), Case.workflow == workflow)
    return bool(db.session.scalar(select(or_(called.exists(), asked.exists()))))


def _main_projects(wanted: Moment, workflow: str, *, money: bool) -> Trace | None:
    """Main projects won, decided in the year, of cases of the program; from the first year it had calls or cases on."""
    newest = max(wanted.year, wanted.until)
    years = range(newest - SPAN + 1, newest + 1)
    asked = select(func.min(Case.year)).where(
        Case.year.in_(years), Case.parent_id.is_(None), Case.submitted_at <= wanted.at, Case.workflow == workflow
    )
    called = select(func.min(Call.year)).where(Call.workflow == workflow, Call.published_at <= wanted.at)
    begun = db.session.execute(select(asked.scalar_subquery(), called.scalar_subquery())).one()
    if all(first is None or wanted.year < first for first in begun):
        return None
    query: Query = (
        select(FollowOn.case_id, FollowOn.amount)
        .join(Case, Case.id == FollowOn.case_id)
        .where(
            Case.workflow == workflow,
            FollowOn.status == "won",
            FollowOn.decided_on.between(date(wanted.year, 1, 1), date(wanted.year, 12, 31)),
            FollowOn.recorded_at <= wanted.at,
        )
        .order_by(Case.reference, FollowOn.id)
    )
    rows = db.session.execute(_here(query, wanted.place)).all()
    sources = tuple(Source(CASES, case_id, Decimal(amount if money else 1)) for case_id, amount in rows)
    return Trace(sources, Value(sum((one.amount for one in sources), Decimal(0))))


def _joint(charter: Charter, wanted: Moment) -> Trace | None:
    """Projects of more than one zone, and agreements between zones signed in the year."""
    asked = select(Case.id).where(*_submitted(wanted.year, wanted.at)).exists()
    signed = [zones for when, zones in agreements_signed(councils(clock.today())) if when == wanted.year]
    if not signed and not db.session.scalar(select(asked)):
        return None
    past = select(History.case_id).where(
        History.case_id == Case.id, stands(wanted.at), charter.rests_in(History.target, (CONTRACTED,))
    )
    query = select(Case.id).where(*_submitted(wanted.year, wanted.at), past.exists(), Case.id.in_(casework.joint_ids()))
    found = list(db.session.scalars(_here(query, wanted.place).order_by(Case.reference)))
    together = sum(wanted.place is None or wanted.place in zones for zones in signed)
    pacts = [Source(PACTS, 0, Decimal(together))] if together else []
    return Trace((*(Source(CASES, key, Decimal(1)) for key in found), *pacts), Value(Decimal(len(found) + together)))


@dataclass(frozen=True, slots=True)
class CaseMoney:
    """Won of one case."""

    case_id: int
    requested: Decimal
    agreed: Decimal
    disbursed: Decimal

    def of(self, name: str) -> Decimal:
        """One of them by name."""
        return {"requested": self.requested, "agreed": self.agreed, "disbursed": self.disbursed}[name]


def money(wanted: Moment, workflow: str | None) -> list[CaseMoney]:
    """What the cases of a year asked for, were promised and were paid by then, each at its lead zone only."""
    leads = casework.lead_zones()
    version = (
        select(AgreementVersion.amount)
        .where(AgreementVersion.agreement_id == Agreement.id, AgreementVersion.at <= wanted.at)
        .order_by(AgreementVersion.version.desc())
        .limit(1)
        .correlate(Agreement)
        .scalar_subquery()
    )
    paid = (
        select(func.coalesce(func.sum(Instalment.amount), 0))
        .where(Instalment.agreement_id == Agreement.id, Instalment.paid_at <= wanted.at)
        .correlate(Agreement)
        .scalar_subquery()
    )
    query = (
        select(Case.id, Case.amount, func.coalesce(version, Agreement.amount), paid)
        .select_from(Case)
        .join(leads, leads.c.case_id == Case.id)
        .outerjoin(Agreement, (Agreement.case_id == Case.id) & (Agreement.concluded_at <= wanted.at))
        .where(*_submitted(wanted.year, wanted.at), leads.c.place == 1)
        .order_by(Case.reference)
    )
    if workflow is not None:
        query = query.where(Case.workflow == workflow)
    if wanted.place is not None:
        query = query.where(leads.c.zone_id == wanted.place)
    rows = db.session.execute(query)
    return [CaseMoney(key, *(Decimal(int(part or 0)) for part in parts)) for key, *parts in rows]


def _paid_of_agreed(wanted: Moment, indicator: Indicator) -> Trace | None:
    """Money paid over money agreed, at the lead zone."""
    sources = tuple(Source(CASES, one.case_id, one.disbursed, one.agreed) for one in money(wanted, None) if one.agreed)
    if not sources:
        return None
    below = sum((one.below or Decimal(0) for one in sources), Decimal(0))
    part = Part(sum((one.amount for one in sources), Decimal(0)), below)
    names = (Sentence("지급액", "Paid"), Sentence("협약액", "Agreed"))
    return Trace(sources, rate(indicator, part), names=names)


def with_support(trace: Trace, indicator: Indicator, reported: Collection[tuple[int, int]], at: datetime) -> Trace:
    """What firms reported, over the support that was paid to the projects (case, zone) they reported for."""
    paid = (
        select(Agreement.case_id, func.sum(Instalment.amount))
        .join(Instalment, Instalment.agreement_id == Agreement.id)
        .where(Agreement.case_id.in_(sorted({case_id for case_id, _ in reported})), Instalment.paid_at <= at)
        .group_by(Agreement.case_id)
    )
    sums = {case_id: Decimal(int(total)) for case_id, total in db.session.execute(paid)}
    support = [Source(CASES, case_id, Decimal(0), sums.get(case_id, Decimal(0))) for case_id, _ in sorted(reported)]
    below = sum((one.below or Decimal(0) for one in support), Decimal(0))
    firms = trace.value.firms if trace.value is not None else 0
    value = rate(indicator, Part(trace.total, below), firms) if below else None
    return Trace((*trace.sources, *support), value, trace.excluded, names=names_of(indicator))
