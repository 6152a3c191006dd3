"""The arithmetic of settlement (Decree 26(5)): what is recognised and what goes back. Pure, whole won."""

from collections.abc import Mapping
from dataclasses import dataclass

INDIRECT = "indirect"


@dataclass(frozen=True, slots=True)
class Account:
    """What a settlement is computed from, in won. ``budget`` and ``spent`` are by category."""

    disbursed: int
    budget: Mapping[str, int]
    spent: Mapping[str, int]
    disallowed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result, in won: ``recovery`` is what goes back, at most what was paid."""

    spent: int
    recognised: int
    unused: int
    indirect_excess: int
    recovery: int


def settle(account: Account) -> Outcome:
    """Unused money and disallowed spending go back; so does indirect cost beyond the share direct work justified."""
    spent = sum(account.spent.values())
    unused = max(0, account.disbursed - spent)
    excess = indirect_excess(account.budget, account.spent)
    disallowed = min(account.disallowed, min(spent, account.disbursed))
    recovery = min(account.disbursed, unused + disallowed + excess)
    return Outcome(spent, account.disbursed - recovery, unused, excess, recovery)


def indirect_excess(budget: Mapping[str, int], spent: Mapping[str, int]) -> int:
    """Indirect total x (indirect rate - direct rate) when at most half of the direct cost was spent; else 0."""
    direct_budget = sum(amount for category, amount in budget.items() if category != INDIRECT)
    direct_spent = sum(amount for category, amount in spent.items() if category != INDIRECT)
    indirect_budget, indirect_spent = budget.get(INDIRECT, 0), spent.get(INDIRECT, 0)
    if direct_budget == 0 or indirect_budget == 0 or direct_spent * 2 > direct_budget:
        return 0
    crossed = indirect_spent * direct_budget - direct_spent * indirect_budget
    return max(0, crossed // direct_budget)


def instalments(amount: int, first_percent: int) -> tuple[int, ...]:
    """The agreed amount in one or two parts, to the thousand won; the parts add up exactly."""
    first = amount * first_percent // 100 // 1_000 * 1_000
    if first <= 0 or first >= amount:
        return (amount,)
    return (first, amount - first)
