"""Verbs that end an agreement: the use of its money, the settlement, the recovery, and what goes back to the budget."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, update

from backoffice.core import clock
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Conflict, Invalid
from backoffice.core.i18n import Sentence
from backoffice.core.money import reading
from backoffice.funding import queries, settlement
from backoffice.funding.models import Agreement, BudgetLine, Expenditure, Settlement
from backoffice.funding.queries import Money


def book_expenditures(agreement: Agreement | None, rows: list[Mapping[str, Any]]) -> None:
    """Replace the reported use of money by these rows (won)."""
    agreement = queries.concluded(agreement)
    db.session.execute(delete(Expenditure).where(Expenditure.agreement_id == agreement.id))
    spent = [
        {
            "agreement_id": agreement.id,
            "category": row["category"],
            "spent_on": date.fromisoformat(row["spent_on"]),
            "payee": row["payee"],
            "amount": row["amount"],
        }
        for row in rows
    ]
    if spent:
        db.session.execute(insert(Expenditure).values(spent))


def calculate(money: Money, *, disallowed: int, budget: Mapping[str, int], user_id: int | None) -> Settlement:
    """Compute what is recognised and what goes back; a second time replaces the first."""
    agreement = queries.concluded(money.agreement)
    outcome = settlement.settle(
        settlement.Account(agreement.disbursed, budget, queries.spent_by_category(agreement.id), disallowed)
    )
    row = money.settlement
    if row is None:
        row = Settlement(agreement_id=agreement.id)
        db.session.add(row)
    row.disbursed, row.spent, row.disallowed = agreement.disbursed, outcome.spent, disallowed
    row.recognised, row.recovery, row.recovered = outcome.recognised, outcome.recovery, 0
    row.calculated_by, row.calculated_at = user_id, clock.now()
    db.session.flush()
    return row


def granted_by_category(grid: Any) -> dict[str, int]:
    """The granted part of a budget grid by category, in won."""
    budget: dict[str, int] = {}
    for line in grid if isinstance(grid, list) else ():
        if isinstance(line, dict) and isinstance(line.get("grant"), int):
            category = str(line.get("category"))
            budget[category] = budget.get(category, 0) + line["grant"]
    return budget


def book_recovery(row: Settlement | None, *, amount: int, paid_on: date) -> None:
    """Record money that came back. Raises Invalid unless it is exactly what is still owed."""
    owed = row.recovery - row.recovered if row is not None else 0
    if row is None or amount != owed:
        raise Invalid.field(
            "amount",
            f"납부할 금액은 {reading(owed)}입니다. 납부액을 확인해 주세요.",
            f"{owed:,} won are owed; check the amount.",
        )
    row.recovered += amount
    row.recovered_on = paid_on
    db.session.flush()


def close(money: Money) -> None:
    """Settle an agreement; what was never paid goes back to the budget."""
    agreement = queries.concluded(money.agreement)
    _release_unpaid(agreement, money.line)
    agreement.closed_at = clock.now()


def end_early(money: Money) -> None:
    """Terminate an agreement; nothing more is paid, so what is left goes back to the budget at once."""
    agreement = queries.concluded(money.agreement)
    _release_unpaid(agreement, money.line)
    agreement.ended_at = clock.now()


def _release_unpaid(agreement: Agreement, line: BudgetLine | None) -> None:
    left = agreement.amount - agreement.disbursed - agreement.released
    if left <= 0:
        return
    freed = rows_changed(
        update(BudgetLine)
        .where(BudgetLine.id == (line.id if line else None), BudgetLine.committed - left >= BudgetLine.disbursed)
        .values(committed=BudgetLine.committed - left)
    )
    if freed != 1:
        raise Conflict(
            "budget_moved", Sentence("예산이 바뀌었습니다. 다시 시도해 주세요.", "The budget changed; try again.")
        )
    agreement.released += left
