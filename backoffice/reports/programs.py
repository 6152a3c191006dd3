"""Program results for figures: from call to settlement, per program, of one zone or of the nation."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from backoffice.outcomes.aggregation import PERCENT
from backoffice.outcomes.numerals import half_up
from backoffice.outcomes.queries import NATION
from backoffice.reports import casework
from backoffice.reports.casework import STATIONS, Counts, Money, Passage
from backoffice.reports.cells import MISSING, NOT_APPLICABLE, Cell, blank, cell
from backoffice.reports.charter import AWARDED, BROKEN_OFF, SUBMITTED, Charter
from workflows.definition import Workflow


class Casebook:
    """The cases of a program year, counted once for every zone and the nation."""

    def __init__(self, charter: Charter, year: int) -> None:
        self.charter, self.year = charter, year
        self.counts = casework.counts(charter, [year])
        self.money = casework.money([year])
        self.passages = casework.passages(charter, year)
        self.calls = casework.calls(year)

    def knows(self, place: int | None) -> bool:
        """Whether anything was submitted there."""
        return any(zone == place for _, _, zone in self.counts)

    def months(self, place: int | None) -> list[int]:
        """Applications by month of the year."""
        return casework.by_month((one.submitted_at for one in self._passages(place)), self.year)

    def programs(self, place: int | None, *, running: Collection[str]) -> list[dict[str, Any]]:
        """One entry for each program that had a call or a case there, or has projects of earlier years, by code."""
        found = [self._entry(program, place) for program in self.charter.programs()]
        return [
            one
            for one in found
            if one["calls"] or one["program"] in running or one["stations"][SUBMITTED]["value"] != "0"
        ]

    def _passages(self, place: int | None, workflow: str | None = None) -> list[Passage]:
        return [
            one for one in self.passages if (place is NATION or place in one.zones) and workflow in {None, one.workflow}
        ]

    def _entry(self, program: Workflow, place: int | None) -> dict[str, Any]:
        name = program.workflow
        counts = self.counts.get((self.year, name, place), Counts())
        money = self._money(name, place)
        passages = self._passages(place, name)
        decision = casework.pace((one.submitted_at, one.decided_at) for one in passages)
        agreement = casework.pace((one.decided_at, one.contracted_at) for one in passages if one.contracted_at)
        return {
            "program": name,
            "code": program.code,
            "title": program.title.ko,
            "summary": program.summary.ko,
            "calls": self.calls.get(name, 0),
            "stations": {tag: self._station(name, tag, counts) for tag in STATIONS},
            "refused": counts.refused,
            "withdrawn": counts.withdrawn,
            "broken_off": counts.reached[BROKEN_OFF],
            "joint": counts.joint,
            "requested": money.requested,
            "agreed": money.agreed,
            "disbursed": money.disbursed,
            "recovered": money.recovered,
            "execution": quotient(money.disbursed * PERCENT, money.agreed),
            "competition": quotient(Decimal(counts.reached[SUBMITTED]), counts.reached[AWARDED]),
            "decision_days": _days(decision),
            "agreement_days": _days(agreement),
        }

    def _station(self, name: str, tag: str, counts: Counts) -> Cell:
        """How many came there; a program whose definition has no such station says so."""
        if tag != SUBMITTED and not self.charter.knows(name, tag):
            return blank(NOT_APPLICABLE)
        return cell(counts.reached[tag])

    def _money(self, name: str, place: int | None) -> Money:
        total = Money()
        for (year, workflow, zone), one in self.money.items():
            if year == self.year and workflow == name and place in {NATION, zone}:
                total += one
        return total


def quotient(numerator: Decimal, denominator: int) -> Cell:
    """One decimal, half up; missing while there is nothing to divide by."""
    return cell(half_up(numerator / denominator, 1)) if denominator else blank(MISSING)


def _days(pace: casework.Pace) -> Cell:
    return blank(MISSING) if pace.days is None else cell(pace.days) | {"cases": pace.n}
