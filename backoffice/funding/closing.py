"""Verbs that end an agreement: the use of its money, the settlement, the recovery, and what goes back to the budget."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import update

from backoffice.cases.queries import case_by_id
from backoffice.core import clock, money
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Conflict, Invalid
from backoffice.core.i18n import Sentence
from backoffice.funding import queries, settlement
from backoffice.funding.models import Agreement, BudgetLine, Expenditure, Settlement


def book_expenditures(case_id: int, rows: list[Mapping[str, Any]]) -> None:
    """Replace the reported use of money by these rows (won)."""
    agreement = queries.concluded_agreement(case_id)
    for old in queries.expenditures(agreement.id):
        db.session.delete(old)
    for row in rows:
        db.session.add(
            Expenditure(
                agreement_id=agreement.id,
                category=row["category"],
                spent_on=date.fromisoformat(row["spent_on"]),
                payee=row["payee"],
                amount=row["amount"],
            )
        )
    db.session.flush()


def calculate(case_id: int, *, disallowed: int, budget: Mapping[str, int], user_id: int | None) -> Settlement:
    """Compute what is recognised and what goes back; a second time replaces the first."""
    agreement = queries.concluded_agreement(case_id)
    outcome = settlement.settle(
        settlement.Account(agreement.disbursed, budget, queries.spent_by_category(agreement.id), disallowed)
    )
    row = queries.settlement_of(agreement.id)
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


def book_recovery(case_id: int, *, amount: int, paid_on: date) -> None:
    """Record money that came back. Raises Invalid unless it is exactly what is still owed."""
    agreement = queries.concluded_agreement(case_id)
    row = queries.settlement_of(agreement.id)
    owed = row.recovery - row.recovered if row is not None else 0
    if row is None or amount != owed:
        raise Invalid.field(
            "amount",
            f"납부할 금액은 {money.reading(owed)}입니다. 납부액을 확인해 주세요.",
            f"{owed:,} won are owed; check the amount.",
        )
    row.recovered += amount
    row.recovered_on = paid_on
    db.session.flush()


def close(case_id: int) -> None:
    """Settle an agreement; what was never paid goes back to the budget."""
    agreement = queries.concluded_agreement(case_id)
    agreement.closed_at = clock.now()
    _release_unpaid(agreement, case_by_id(case_id).call_id)


def end_early(case_id: int) -> None:
    """Terminate an agreement; nothing more is paid, so what is left goes back to the budget at once."""
    agreement = queries.concluded_agreement(case_id)
    agreement.ended_at = clock.now()
    _release_unpaid(agreement, case_by_id(case_id).call_id)


def _release_unpaid(agreement: Agreement, call_id: int | None) -> None:
    left = agreement.amount - agreement.disbursed - agreement.released
    if left <= 0:
        return
    freed = rows_changed(
        update(BudgetLine)
        .where(BudgetLine.call_id == call_id, BudgetLine.committed - left >= BudgetLine.disbursed)
        .values(committed=BudgetLine.committed - left)
    )
    if freed != 1:
        raise Conflict(
            "budget_moved", Sentence("예산이 바뀌었습니다. 다시 시도해 주세요.", "The budget changed; try again.")
        )
    agreement.released += left
    db.session.flush()
