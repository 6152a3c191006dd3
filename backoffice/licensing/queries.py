"""Reads of technology transfer: candidates, licenses, royalties, and the dates deadlines count from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from backoffice.cases.queries import ids
from backoffice.core.db import db
from backoffice.core.errors import Refused
from backoffice.core.periods import end_of_february
from backoffice.engine.values import Subject
from backoffice.licensing import royalty
from backoffice.licensing.models import CURRENT, LISTED, Candidate, License, RoyaltyPart
from backoffice.organizations.models import Organization

TRACKED_YEARS = 5
"""Decree 37(1)."""


def candidates(case_id: int) -> list[Candidate]:
    """In the order in which they are asked."""
    return list(db.session.scalars(select(Candidate).where(Candidate.case_id == case_id).order_by(Candidate.number)))


@cache
def _candidates_and_license() -> Select[*tuple[Any, ...]]:
    return (
        select(Candidate, Organization.name_ko, License)
        .join(Organization, Organization.id == Candidate.supplier_id)
        .outerjoin(License, License.case_id == Candidate.case_id)
        .where(Candidate.case_id == bindparam("case_id"))
        .order_by(Candidate.number)
    )


def candidates_and_license(case_id: int) -> tuple[list[tuple[Candidate, str]], License | None]:
    """The same with the names of the suppliers, and the license it came to."""
    rows = db.session.execute(_candidates_and_license(), {"case_id": case_id}).all()
    return [(row, name) for row, name, _ in rows], rows[0][2] if rows else None


def current_candidate(case_id: int) -> Candidate | None:
    return next((row for row in candidates(case_id) if row.status == CURRENT), None)


def license_of(case_id: int) -> License | None:
    return db.session.get(License, case_id)


def concluded_license(case_id: int) -> License:
    """Raises Refused while there is none."""
    found = license_of(case_id)
    if found is None:
        raise Refused.because("no_license", "체결된 기술이전 계약이 없습니다.", "There is no transfer contract yet.")
    return found


@cache
def _parts() -> Select[RoyaltyPart]:
    return select(RoyaltyPart).where(RoyaltyPart.case_id == bindparam("case_id")).order_by(RoyaltyPart.number)


def parts_of(case_id: int) -> list[RoyaltyPart]:
    """Everything owed for a license, by number."""
    return list(db.session.scalars(_parts(), {"case_id": case_id}))


def terms_of(row: License) -> royalty.Terms:
    return royalty.Terms(row.rate, row.minimum, row.starts_on, row.ends_on, row.free_until)


def as_part(row: RoyaltyPart) -> royalty.Part:
    return royalty.Part(row.kind, row.amount, row.due_on, row.paid, row.year)


@dataclass(frozen=True, slots=True)
class LicenseFacts:
    """What guards ask about the technology a case is about."""

    reserve: int = 0
    """Candidates that were not asked yet."""
    concluded: bool = False
    terms: royalty.Terms | None = None
    parts: tuple[royalty.Part, ...] = ()
    broker_fee: int = 0


def license_facts(subjects: Sequence[Subject]) -> dict[int, LicenseFacts]:
    """Case id -> candidates, license and royalties, in three queries for any number of cases."""
    wanted = ids(subjects)
    waiting: dict[int, int] = {}
    for case_id in db.session.scalars(
        select(Candidate.case_id).where(Candidate.case_id.in_(wanted), Candidate.status == LISTED)
    ):
        waiting[case_id] = waiting.get(case_id, 0) + 1
    licenses = {row.case_id: row for row in db.session.scalars(select(License).where(License.case_id.in_(wanted)))}
    parts: dict[int, list[royalty.Part]] = {}
    query = select(RoyaltyPart).where(RoyaltyPart.case_id.in_(wanted)).order_by(RoyaltyPart.number)
    for row in db.session.scalars(query):
        parts.setdefault(row.case_id, []).append(as_part(row))
    return {
        case_id: LicenseFacts(
            waiting.get(case_id, 0),
            case_id in licenses,
            terms_of(licenses[case_id]) if case_id in licenses else None,
            tuple(parts.get(case_id, ())),
            licenses[case_id].broker_fee if case_id in licenses else 0,
        )
        for case_id in wanted
    }


# ---- dates for deadlines


def royalty_due(subject: Subject) -> date | None:
    """The first day on which something is owed: a sum, or the report of a year's sales."""
    found = license_of(subject.id)
    return royalty.next_due(terms_of(found), [as_part(row) for row in parts_of(subject.id)]) if found else None


def transfer_tracked_until(subject: Subject) -> date | None:
    """The last day of February of the fifth year after the technology was handed over."""
    found = license_of(subject.id)
    day = found.delivered_on if found is not None else None
    return end_of_february(day.year + TRACKED_YEARS) if day is not None else None
