"""What is not confirmed yet about a year: outcome reports, corrections under way, files that are not booked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, not_, select, union_all

from backoffice.cases.models import Case, CaseZone
from backoffice.core.db import db
from backoffice.core.i18n import Sentence
from backoffice.outcomes.models import Import, Measure, RestatementProposal
from backoffice.reports.charter import REPORTED, Charter

OUTCOME_REPORTS, REOPENED, RESTATEMENTS, IMPORTS = "outcome_reports", "reopened", "restatements", "imports"

WORDS = {
    OUTCOME_REPORTS: Sentence("확정되지 않은 성과활용보고 {n}건", "{n} outcome reports not confirmed"),
    REOPENED: Sentence("정정심사 중인 성과활용보고 {n}건", "{n} outcome reports being restated"),
    RESTATEMENTS: Sentence("결정을 기다리는 정정 요청 {n}건", "{n} restatements waiting for a decision"),
    IMPORTS: Sentence("대장에 올리지 않은 가져오기 {n}건", "{n} imports not booked"),
}

_UNFINISHED = ("uploaded", "checking", "checked", "booking")


@dataclass(frozen=True, slots=True)
class Gap:
    """One kind of thing that is not confirmed, and how many of it."""

    kind: str
    count: int

    @property
    def sentence(self) -> Sentence:
        words = WORDS[self.kind]
        return Sentence(words.ko.format(n=self.count), words.en.format(n=self.count))


def stored(found: Iterable[Gap]) -> list[dict[str, Any]]:
    """As an issue keeps them."""
    return [{"kind": one.kind, "count": one.count} for one in found]


def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Gap, ...]:
    """Out of what an issue keeps."""
    return tuple(Gap(one["kind"], one["count"]) for one in kept)


def told(found: Iterable[Gap]) -> Sentence:
    """All of them in one breath."""
    sentences = [one.sentence for one in found]
    return Sentence(", ".join(one.ko for one in sentences), ", ".join(one.en for one in sentences))


def of(zone_id: int | None, year: int) -> tuple[Gap, ...]:
    """What is missing before a zone's (None: the nation's) year is confirmed; nothing when all is."""
    return many([zone_id], year)[zone_id]


def many(places: Sequence[int | None], year: int) -> dict[int | None, tuple[Gap, ...]]:
    """The same for several places at once: as many queries for any number of them."""
    counted = _reports(year) | _waiting(year)
    return {
        place: tuple(Gap(kind, counts[place]) for kind, counts in counted.items() if counts.get(place))
        for place in places
    }


def _reports(year: int) -> dict[str, dict[int | None, int]]:
    """By lead zone, and None for all: reports that are not settled, and settled ones that somebody is changing."""
    charter = Charter()
    reporting = [one.workflow for one in charter.programs() if one.tagged(REPORTED)]
    settled = charter.rests_in(Case.state, (REPORTED,))
    open_ = case((and_(not_(settled), Case.final.is_(None)), 1), else_=0)
    reopened = case((and_(settled, _being_changed(charter)), 1), else_=0)
    query = (
        select(CaseZone.zone_id, func.sum(open_), func.sum(reopened))
        .join(Case, Case.id == CaseZone.case_id)
        .where(Case.workflow.in_(reporting), Case.year == year, CaseZone.lead)
        .group_by(CaseZone.zone_id)
    )
    rows = db.session.execute(query).all()
    return {
        OUTCOME_REPORTS: _with_total((zone_id, int(count)) for zone_id, count, _ in rows),
        REOPENED: _with_total((zone_id, int(count)) for zone_id, _, count in rows),
    }


def _being_changed(charter: Charter) -> ColumnElement[bool]:
    """Whether a case rests in a settled state in which a form may be written: a restatement under review."""
    return charter.rests_where(lambda state: bool(state.edit) and REPORTED in state.tags)


def _waiting(year: int) -> dict[str, dict[int | None, int]]:
    """Corrections that wait for a decision, and files that wait to be booked.

    A year's figures come in during the year after; a file of many zones counts for the nation only.
    """
    begun, over = (datetime(when, 1, 1, tzinfo=UTC) for when in (year + 1, year + 2))
    restatements = (
        select(literal(RESTATEMENTS).label("kind"), Measure.zone_id.label("zone_id"), func.count().label("n"))
        .join(RestatementProposal, RestatementProposal.measure_id == Measure.id)
        .where(RestatementProposal.verdict == "", Measure.year == year)
        .group_by(Measure.zone_id)
    )
    imports = (
        select(literal(IMPORTS), Import.zone_id, func.count())
        .where(Import.status.in_(_UNFINISHED), Import.created_at >= begun, Import.created_at < over)
        .group_by(Import.zone_id)
    )
    rows: Sequence[Any] = db.session.execute(union_all(restatements, imports)).all()
    return {
        kind: _with_total((zone_id, count) for known, zone_id, count in rows if known == kind)
        for kind in (RESTATEMENTS, IMPORTS)
    }


def _with_total(rows: Iterable[Any]) -> dict[int | None, int]:
    found: dict[int | None, int] = {}
    for place, count in rows:
        if place is not None:
            found[place] = count
        found[None] = found.get(None, 0) + count
    return found
