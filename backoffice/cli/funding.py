"""``backoffice funding``: hold every sum against the rows it is the sum of."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from backoffice.cases.models import Case
from backoffice.cli.output import Noun, say, say_and_fail
from backoffice.core.db import db
from backoffice.funding.models import Agreement, BudgetLine, Instalment, Reservation
from backoffice.programs.models import Call

group = Noun("funding", help="Money.")


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum that does not equal its rows, in won."""

    where: str
    what: str
    booked: int
    counted: int

    def __str__(self) -> str:
        return f"{self.where}: {self.what} is {self.booked:,} won, but its rows add up to {self.counted:,} won"


@group.command()
def reconcile() -> None:
    """Check that payments add up to agreements, and agreements and reservations to budgets."""
    found = [*agreements(), *budgets()]
    count = db.session.scalar(select(func.count()).select_from(BudgetLine)) or 0
    lines = [str(one) for one in found] or [f"{count} budgets and their agreements add up"]
    answer = say_and_fail if found else say
    answer({"budgets": count, "differences": [asdict(one) for one in found]}, lines)


def _sum(column: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.coalesce(func.sum(column), 0)).where(*where).scalar_subquery()


def agreements() -> Iterator[Difference]:
    """What was paid of each agreement, and what its instalments plan."""
    own = Instalment.agreement_id == Agreement.id
    paid = _sum(Instalment.amount, own, Instalment.paid_at.is_not(None))
    query = (
        select(Case.reference, Agreement.disbursed, paid, Agreement.amount, _sum(Instalment.amount, own))
        .join(Case, Case.id == Agreement.case_id)
        .where(Agreement.concluded_at.is_not(None))
        .order_by(Case.reference)
    )
    for reference, disbursed, paid_sum, amount, planned in db.session.execute(query):
        if disbursed != paid_sum:
            yield Difference(f"agreement of {reference}", "what was paid", disbursed, int(paid_sum))
        if amount != planned:
            yield Difference(f"agreement of {reference}", "the agreed amount", amount, int(planned))


def budgets() -> Iterator[Difference]:
    """What each budget line says is reserved, committed and paid."""
    held = (Reservation.budget_line_id == BudgetLine.id, Reservation.released_at.is_(None))
    concluded = (
        Agreement.case_id == Case.id,
        Case.call_id == BudgetLine.call_id,
        Agreement.concluded_at.is_not(None),
    )
    query = (
        select(
            Call.code, BudgetLine.reserved, _sum(Reservation.amount, *held), BudgetLine.committed,
            _sum(Agreement.amount, *concluded) - _sum(Agreement.released, *concluded), BudgetLine.disbursed, _sum(Agreement.disbursed, *concluded),
        )
        .join(Call, Call.id == BudgetLine.call_id)
        .order_by(Call.code)
    )  # fmt: skip
    for code, reserved, reserved_sum, committed, committed_sum, disbursed, disbursed_sum in db.session.execute(query):
        pairs = (
            ("what is reserved", reserved, reserved_sum),
            ("what is under agreement", committed, committed_sum),
            ("what was paid", disbursed, disbursed_sum),
        )
        for what, booked, counted in pairs:
            if booked != counted:
                yield Difference(f"budget of {code}", what, booked, int(counted))
