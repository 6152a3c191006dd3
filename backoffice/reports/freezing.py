"""Freezing a year: one moment of the ledger becomes a numbered issue with its internal and its public edition."""

import hashlib
import json
from typing import Any

from backoffice.core import clock
from backoffice.core.adding import add_once
from backoffice.core.errors import Conflict
from backoffice.core.i18n import Sentence
from backoffice.engine.chain import canonical
from backoffice.organizations.models import Zone
from backoffice.reports import gaps, issuing, queries
from backoffice.reports.cells import INTERNAL, PUBLIC
from backoffice.reports.errata import errata
from backoffice.reports.figures import contents
from backoffice.reports.models import RETURNED, ReportIssue, Snapshot

NATION_CODE = "GS-ALL"

Content = dict[str, Any]


def freeze(zone: Zone | None, year: int, actor_id: int | None) -> ReportIssue:
    """The newest issue of a report: the standing one while its figures have not changed, otherwise a new number.

    Both editions come from the same readings, and carry what differs from the issue in force, or while there is none
    from the one before (정오표). Call it in a ``steady_transaction``: then the readings are of one moment, too.
    Raises Refused when there is nothing about the year, Conflict when somebody froze the same year at the same time.
    """
    found = contents(zone, year)
    known = queries.issues(zone.id if zone else None, year)
    missing = gaps.of(zone.id if zone else None, year)
    if known and known[-1].state != RETURNED and _same(_frozen(known[-1]), found):
        issuing.note_gaps(known[-1], missing)
        return known[-1]
    place = known[-1].place + 1 if known else 1
    against = next((one for one in reversed(known) if one.published_at is not None), known[-1] if known else None)
    row = ReportIssue(
        number=f"{year}-{zone.code if zone else NATION_CODE}-{place:02d}",
        zone_id=zone.id if zone else None,
        year=year,
        place=place,
        base_date=clock.today(),
        gaps=gaps.stored(missing),
        compared_id=against.id if against else None,
        created_by=actor_id,
    )
    editions = _editions(row, found, against)
    _added(list(editions.values()))
    row.internal_id, row.public_id = editions[INTERNAL].id, editions[PUBLIC].id
    row.digest = digest_of(editions)
    _added([row])
    issuing.begin(row, known, actor_id)
    return row


def _frozen(issue: ReportIssue) -> dict[str, Content]:
    """Edition -> the figures an issue holds."""
    return {edition: json.loads(row.content)["figures"] for edition, row in queries.editions_of(issue).items()}


def _same(old: dict[str, Content], new: dict[str, Content]) -> bool:
    return old.keys() == new.keys() and all(canonical(old[one]) == canonical(new[one]) for one in new)


def _editions(row: ReportIssue, found: dict[str, Content], against: ReportIssue | None) -> dict[str, Snapshot]:
    before, made = queries.editions_of(against) if against else {}, {}
    for edition, figures in found.items():
        old = before.get(edition)
        content = canonical(
            {
                "figures": figures,
                "errata": errata(json.loads(old.content)["figures"], figures) if old else [],
                "compared_to": old.number if old else "",
            }
        )
        made[edition] = Snapshot(
            number=row.number_of(edition),
            zone_id=row.zone_id,
            year=row.year,
            edition=edition,
            base_date=row.base_date,
            content=content,
            sha256=hashlib.sha256(content.encode()).hexdigest(),
            created_by=row.created_by,
        )
    return made


def _added(rows: list[Any]) -> None:
    """The number is unique: of two who freeze at the same time one is told to look again."""
    ko = "같은 보고서를 다른 사람이 동시에 고정했습니다. 목록을 다시 열어 확인해 주세요."
    en = "Somebody froze the same report at the same time; open the list again."
    add_once(rows, Conflict("frozen_meanwhile", Sentence(ko, en)))


def digest_of(editions: dict[str, Snapshot]) -> str:
    """SHA-256 over one line ``edition sha256`` for each edition, by name: one number for the whole freezing."""
    lines = "\n".join(f"{edition} {row.sha256}" for edition, row in sorted(editions.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
