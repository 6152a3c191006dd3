"""From which state of the tables a figure comes: cheap to read, and different after every change (decision 021).

The ledger says it by marks, which whoever writes it renews. Cases say it themselves: no case changes without its
revision, no agreement without its version or its payments, and nothing of them is ever taken back or deleted unseen.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, literal, select, union_all

from backoffice.cases.models import Case
from backoffice.core import marks
from backoffice.core.db import db
from backoffice.funding.models import Agreement, Settlement
from backoffice.outcomes.models import FollowOn

Pair = tuple[int, str]
"""A program year and a workflow."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """The stamps of one moment, read before the figures."""

    charter: Hashable
    marks: Mapping[str, int]
    cases: Mapping[Pair, Hashable]
    money: Hashable
    follow_ons: Hashable

    def all(self) -> Hashable:
        """Of everything at once."""
        told = (frozenset(self.marks.items()), frozenset(self.cases.items()))
        return (self.charter, *told, self.money, self.follow_ons)

    def ledger(self, zone_id: int, year: int) -> Hashable:
        """Of the measures and targets of a zone and year; growth speaks of the year before, too."""
        subjects = (f"ledger/{zone_id}/{year - 1}", f"ledger/{zone_id}/{year}", marks.OFFICE)
        return tuple(map(self.marks.get, subjects))

    def case(self, pair: Pair) -> Hashable:
        """Of the cases of one program year: how far they came, where they belong, what they asked for."""
        year, name = pair
        moved = (self.marks.get(f"cases/{year}/{name}"), self.marks.get(marks.OFFICE))
        return (self.charter, self.cases.get(pair), moved)

    def places(self) -> Hashable:
        """Of everything that was said about zones and amounts of cases without a step."""
        return (self.marks.get(marks.OFFICE), *sorted(one for one in self.marks.items() if one[0].startswith("cases/")))


def read(charter: Hashable) -> Stamps:
    """Three questions, however large the tables; ``charter`` says which definitions are published."""
    known = marks.present()
    count, revisions = func.count(), func.sum(Case.revision)
    groups = select(Case.year, Case.workflow, count, revisions).group_by(Case.year, Case.workflow)
    cases = {(year, name): (number, int(steps)) for year, name, number, steps in db.session.execute(groups)}
    # What came back is weighed by its row, so that a recovery here and one taken back there do not look like nothing.
    back = Settlement.recovered * (Settlement.agreement_id % 8191 + 1)
    sums = union_all(
        select(
            literal(0), func.count(Agreement.id), func.count(Agreement.concluded_at), func.sum(Agreement.version),
            func.sum(Agreement.disbursed),
        ),
        select(literal(1), func.count(Settlement.id), func.sum(Settlement.recovered), func.sum(back), literal(0)),
        select(literal(2), func.count(FollowOn.id), func.max(FollowOn.id), literal(0), literal(0)),
    )  # fmt: skip
    by_kind = {kind: tuple(map(int, (one or 0 for one in told))) for kind, *told in db.session.execute(sums)}
    return Stamps(charter, known, cases, (by_kind[0], by_kind[1]), by_kind[2])
