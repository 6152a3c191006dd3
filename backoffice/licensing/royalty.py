"""The arithmetic of royalties: the schedule of a license, running royalties, arrears. Pure, whole won."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

UPFRONT, MILESTONE, RUNNING = "upfront", "milestone", "running"

PERCENT = Decimal(100)
REPORTED_BY = (6, 30)
"""Sales of a year are reported by 30 June of the next (Decree 39(1))."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sum a licensee owes."""

    kind: str
    amount: int
    due_on: date
    paid: int = 0
    year: int | None = None

    @property
    def open(self) -> int:
        return self.amount - self.paid


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides about running royalties. ``rate`` is percent of sales; ``free_until`` the last day without any."""

    rate: Decimal
    minimum: int
    starts_on: date
    ends_on: date
    free_until: date | None = None


def schedule(upfront: int, due_on: date, milestones: Iterable[tuple[date, int]]) -> tuple[Part, ...]:
    """What is owed whatever is sold: the upfront payment and the milestones, by due date."""
    parts = [Part(UPFRONT, upfront, due_on)] if upfront else []
    parts += [Part(MILESTONE, amount, day) for day, amount in milestones if amount]
    return tuple(sorted(parts, key=lambda part: (part.due_on, part.kind != UPFRONT)))


def running(sales: int, terms: Terms) -> int:
    """The royalty on a year's sales: the rate, rounded half up, and never less than the minimum agreed."""
    share = (sales * terms.rate / PERCENT).quantize(Decimal(1), ROUND_HALF_UP)
    return max(int(share), terms.minimum)


def charged_years(terms: Terms) -> range:
    """The calendar years whose sales count: those of the license, without the years that are free throughout."""
    if terms.rate == 0 and terms.minimum == 0:
        return range(0)
    first = terms.starts_on.year
    if terms.free_until is not None and terms.free_until >= date(terms.free_until.year, 12, 31):
        first = max(first, terms.free_until.year + 1)
    elif terms.free_until is not None:
        first = max(first, terms.free_until.year)
    return range(first, terms.ends_on.year + 1)


def unreported(terms: Terms, parts: Sequence[Part]) -> list[int]:
    """The years that have no running royalty yet, oldest first."""
    known = {part.year for part in parts if part.kind == RUNNING}
    return [year for year in charged_years(terms) if year not in known]


def next_due(terms: Terms, parts: Sequence[Part]) -> date | None:
    """The first day on which something is due: an unpaid sum, or the report of a year's sales."""
    days = [part.due_on for part in parts if part.open > 0]
    days += [date(year + 1, *REPORTED_BY) for year in unreported(terms, parts)[:1]]
    return min(days, default=None)


def open_amount(parts: Sequence[Part], kind: str | None = None) -> int:
    """What is still owed, of one kind or of all."""
    return sum(part.open for part in parts if kind in {None, part.kind})


def overdue_amount(parts: Sequence[Part], day: date) -> int:
    """What should have been paid before a day."""
    return sum(part.open for part in parts if part.due_on < day)
