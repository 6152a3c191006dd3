"""What is recognised and what goes back at settlement (Decree 26(5))."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.funding.settlement import Account, indirect_excess, instalments, settle

MILLION = 1_000_000


@pytest.mark.parametrize(
    ("disbursed", "spent", "disallowed", "recovery"),
    [
        (50, {"personnel": 50}, 0, 0),
        (50, {"personnel": 45}, 0, 5),
        (50, {"personnel": 50}, 3, 3),
        (50, {"personnel": 45}, 3, 8),
        (50, {}, 0, 50),
        (50, {"personnel": 60}, 0, 0),
        (50, {"personnel": 50}, 99, 50),
    ],
)
def test_unused_and_disallowed_money_goes_back(
    disbursed: int, spent: dict[str, int], disallowed: int, recovery: int
) -> None:
    account = Account(
        disbursed * MILLION,
        {"personnel": 50 * MILLION},
        {k: v * MILLION for k, v in spent.items()},
        disallowed * MILLION,
    )
    assert settle(account).recovery == recovery * MILLION


def test_indirect_cost_beyond_the_share_of_direct_work_goes_back() -> None:
    budget = {"personnel": 40 * MILLION, "indirect": 10 * MILLION}
    assert indirect_excess(budget, {"personnel": 20 * MILLION, "indirect": 10 * MILLION}) == 5 * MILLION
    assert indirect_excess(budget, {"personnel": 21 * MILLION, "indirect": 10 * MILLION}) == 0


@given(
    st.integers(0, 10**12),
    st.dictionaries(st.sampled_from(["personnel", "indirect"]), st.integers(0, 10**12)),
    st.integers(0, 10**12),
)
def test_nobody_ever_pays_back_more_than_was_paid(disbursed: int, spent: dict[str, int], disallowed: int) -> None:
    outcome = settle(Account(disbursed, {"personnel": 10**11, "indirect": 10**10}, spent, disallowed))
    assert 0 <= outcome.recovery <= disbursed
    assert outcome.recognised + outcome.recovery == disbursed


@given(st.integers(1_000, 10**11), st.integers(1, 100))
def test_instalments_add_up_to_the_agreed_amount(amount: int, percent: int) -> None:
    parts = instalments(amount, percent)
    assert sum(parts) == amount
    assert all(part > 0 for part in parts)
