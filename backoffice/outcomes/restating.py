"""Restating a value by two people: one proposes with a reason, another accepts or refuses; the old value is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, select, true, update

from backoffice.accounts.queries import linked_by_delegation
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.adding import add_once
from backoffice.core.db import Base, db, rows_changed
from backoffice.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from backoffice.core.i18n import Sentence
from backoffice.organizations.models import Organization, Zone
from backoffice.outcomes import services
from backoffice.outcomes.entry_checks import is_answer
from backoffice.outcomes.ledger import Zones
from backoffice.outcomes.models import Measure, RestatementProposal

ACCEPTED, REFUSED, WITHDRAWN = "accepted", "refused", "withdrawn"

MAX_REASON = 1_000
PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal with the value it is about and the names around it."""

    proposal: RestatementProposal
    measure: Measure
    zone: Zone
    organization: Organization | None


def propose(
    old: Measure, value: Decimal, *, denominator: Decimal | None, reason: str, evidence: str, actor_id: int
) -> RestatementProposal:
    """Ask a second person to replace a value. Nothing changes yet.

    Raises Refused for a value that stands no longer, is the same, waits already, or belongs to a report that can be
    reopened itself.
    """
    services.lock_ledger([old.zone_id])
    db.session.refresh(old)
    services.must_differ(old, value, denominator)
    report = open_report(old)
    if report is not None:
        raise Refused.because(
            "through_report",
            f"성과활용보고에서 온 값입니다. 그 보고({report.reference})에서 정정을 요청해 주세요.",
            f"It came from an outcome report; ask for the restatement there ({report.reference}).",
        )
    row = RestatementProposal(
        measure_id=old.id,
        value=value,
        denominator=denominator,
        reason=reason.strip()[:MAX_REASON],
        evidence=evidence.strip()[:200],
        proposed_by=actor_id,
    )
    ko = "이 값에는 결정을 기다리는 정정 요청이 이미 있습니다."
    add_once([row], Conflict("waiting", Sentence(ko, "A restatement of this value waits for its decision already.")))
    return row


def open_report(measure: Measure) -> Case | None:
    """The outcome report a value was confirmed in, while that report can still be reopened (its own two people decide)."""
    if measure.report_id is None:
        return None
    return db.session.scalar(select(Case).where(Case.id == measure.report_id, Case.final.is_(None)))


def accept(row: RestatementProposal, *, actor_id: int) -> Measure:
    """Write the new edition. Raises Refused for the proposer, or where the value stands no longer; Conflict when decided."""
    _must_be_somebody_else(row, actor_id)
    _decide(row, ACCEPTED, actor_id, "")
    old = db.session.get_one(Measure, row.measure_id)
    reason = f"{row.reason} ({row.evidence})" if row.evidence else row.reason
    new = services.restate(old, row.value, denominator=row.denominator, reason=reason, actor_id=row.proposed_by)
    row.new_id = new.id
    db.session.flush()
    return new


def refuse(row: RestatementProposal, answer: str, *, actor_id: int) -> None:
    """Keep the value. Raises Invalid without a reason, Refused for the proposer, Conflict when decided."""
    _must_be_somebody_else(row, actor_id)
    if not is_answer(answer):
        raise Invalid.field("answer", "불승인 사유를 5자 이상 적어 주세요.", "Give the reason in five letters or more.")
    _decide(row, REFUSED, actor_id, answer.strip()[:MAX_REASON])


def withdraw(row: RestatementProposal, *, actor_id: int) -> None:
    """Take one's own proposal back. Raises Forbidden for anybody else, Conflict when decided."""
    if row.proposed_by != actor_id:
        raise Forbidden
    _decide(row, WITHDRAWN, actor_id, "")


def may_decide(row: RestatementProposal, actor_id: int) -> bool:
    """Whether somebody is another person than the proposer, and not one who acts or acted in their place."""
    same = {actor_id} | linked_by_delegation(actor_id, clock.in_seoul(row.proposed_at).date())
    return row.proposed_by not in same


def _must_be_somebody_else(row: RestatementProposal, actor_id: int) -> None:
    if not may_decide(row, actor_id):
        raise Refused.because(
            "same_person",
            "정정을 요청한 사람은 결정할 수 없습니다. 다른 승인권자가 처리해야 합니다.",
            "Whoever proposed it may not decide on it; another approver must.",
        )


def _decide(row: RestatementProposal, verdict: str, actor_id: int, answer: str) -> None:
    """One conditional update: of several people exactly one decides."""
    table = Base.metadata.tables["restatement"]
    statement = update(table).where(table.c.id == row.id, table.c.verdict == "")
    said = {"verdict": verdict, "decided_by": actor_id, "decided_at": clock.now(), "answer": answer}
    if rows_changed(statement.values(**said)) != 1:
        ko = "이미 결정된 정정 요청입니다. 화면을 다시 열어 확인해 주세요."
        raise Conflict("decided", Sentence(ko, "It was decided already; open the page again."))
    db.session.refresh(row)


def one(proposal_id: int, zones: Zones) -> Line:
    """Raises NotFound, also for a value of somebody else's zone."""
    found = _lines(zones, RestatementProposal.id == proposal_id)
    if not found:
        raise NotFound
    return found[0]


def of_measures(measure_ids: Sequence[int], zones: Zones) -> list[Line]:
    """Everything ever proposed for these editions, the newest first."""
    return _lines(zones, RestatementProposal.measure_id.in_(measure_ids))


def waiting(zones: Zones) -> list[Line]:
    """What waits for a decision, the newest first."""
    return _lines(zones, RestatementProposal.verdict == "")


def _lines(zones: Zones, condition: ColumnElement[bool]) -> list[Line]:
    query = (
        select(RestatementProposal, Measure, Zone, Organization)
        .join(Measure, Measure.id == RestatementProposal.measure_id)
        .join(Zone, Zone.id == Measure.zone_id)
        .outerjoin(Organization, Organization.id == Measure.organization_id)
        .where(condition, true() if zones is None else Measure.zone_id.in_(sorted(zones)))
        .order_by(RestatementProposal.id.desc())
        .limit(PAGE)
    )
    return [Line(*row) for row in db.session.execute(query)]
