"""Program results for figures: from call to settlement, per program, of one zone or of the nation."""

from decimal import Decimal
from typing import Any

from backoffice.outcomes.aggregation import PERCENT
from backoffice.outcomes.firm_figures import NATION
from backoffice.outcomes.numerals import half_up
from backoffice.reports.casework import STATIONS, Counts, Money, Pace, Paces
from backoffice.reports.cells import MISSING, NOT_APPLICABLE, Cell, blank, cell
from backoffice.reports.charter import AWARDED, BROKEN_OFF, SUBMITTED
from backoffice.reports.facts import Facts
from workflows.definition import Workflow


class Casebook:
    """The cases of a program year, counted once for every zone and the nation."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.charter, self.year = facts, facts.charter, facts.year

    def knows(self, place: int | None) -> bool:
        """Whether anything was submitted there."""
        return any(year == self.year and zone == place for year, _, zone in self.facts.counts)

    def months(self, place: int | None) -> list[int]:
        """Applications by month of the year."""
        found = (one.months.get(place, [0] * 12) for one in self.facts.paces.values())
        return [sum(numbers) for numbers in zip([0] * 12, *found, strict=True)]

    def programs(self, place: int | None) -> list[dict[str, Any]]:
        """One entry for each program that had a call or a case there, or has projects of earlier years, by code."""
        running = self.facts.running.get(place, frozenset())
        found = [self.entry(program, place) for program in self.charter.programs()]
        return [
            one
            for one in found
            if one["calls"] or one["program"] in running or one["stations"][SUBMITTED]["value"] != "0"
        ]

    def entry(self, program: Workflow, place: int | None) -> dict[str, Any]:
        name = program.workflow
        counts = self.facts.counts.get((self.year, name, place), Counts())
        money = self._money(name, place)
        paces = self.facts.paces.get((self.year, name), Paces())
        return {
            "program": name,
            "code": program.code,
            "title": program.title.ko,
            "summary": program.summary.ko,
            "calls": self.facts.calls.get((self.year, name), 0),
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
            "decision_days": _days(paces.decision.get(place, Pace())),
            "agreement_days": _days(paces.agreement.get(place, Pace())),
        }

    def _station(self, name: str, tag: str, counts: Counts) -> Cell:
        """How many came there; a program whose definition has no such station says so."""
        if tag != SUBMITTED and not self.charter.knows(name, tag):
            return blank(NOT_APPLICABLE)
        return cell(counts.reached[tag])

    def _money(self, name: str, place: int | None) -> Money:
        total = Money()
        for (year, workflow, zone), one in self.facts.money.items():
            if year == self.year and workflow == name and place in {NATION, zone}:
                total += one
        return total


def quotient(numerator: Decimal, denominator: int) -> Cell:
    """One decimal, half up; missing while there is nothing to divide by."""
    return cell(half_up(numerator / denominator, 1)) if denominator else blank(MISSING)


def _days(pace: Pace) -> Cell:
    return blank(MISSING) if pace.mean is None else cell(pace.mean) | {"cases": pace.n}
