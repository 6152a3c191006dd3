"""How outcomes add up and compare, held against the published pairs."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.outcomes import aggregation as rules
from backoffice.outcomes.aggregation import Part, Weighted
from backoffice.outcomes.numerals import read_amount

COUNTS = st.integers(0, 10**9).map(Decimal)
FIRMS = st.dictionaries(st.integers(1, 40), COUNTS, max_size=20)
PARTS = st.lists(st.tuples(COUNTS, st.integers(1, 10**9).map(Decimal)).map(lambda pair: Part(*pair)), max_size=12)


@pytest.mark.parametrize(
    ("before", "after", "times"),
    [("454", "1878", "4.1"), ("1000", "3949", "3.9"), ("10000", "18625", "1.9"), ("67", "194", "2.9")],
)
def test_multiples_are_those_that_were_published(before: str, after: str, times: str) -> None:
    assert rules.multiple(Decimal(before), Decimal(after)) == Decimal(times)


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        ("687", "1179", "71.6"),
        ("2조5,639억", "17조6,843억", "589.7"),
        ("6,236", "9,055", "45.2"),
        ("524", "1,103", "110.5"),
    ],
)
def test_growth_is_what_was_published(before: str, after: str, percent: str) -> None:
    assert rules.percent_change(read_amount(before), read_amount(after)) == Decimal(percent)


def test_growth_without_decimals_is_what_was_published() -> None:
    assert rules.percent_change(Decimal(114), Decimal(178), 0) == 56


def test_rates_change_in_points() -> None:
    assert rules.points_change(Decimal("4.4"), Decimal("9.7")) == Decimal("5.3")


def test_nothing_grows_from_nothing() -> None:
    assert rules.percent_change(Decimal(0), Decimal(5)) is None
    assert rules.multiple(Decimal(0), Decimal(5)) is None
    assert rules.achieved(Decimal(5), Decimal(0)) is None


def test_nothing_reported_is_not_zero() -> None:
    assert rules.flow([None, None]) is None
    assert rules.flow([Decimal(0), None]) == 0
    assert rules.ratio([]) is None


def test_a_stock_is_its_value_at_the_end() -> None:
    assert rules.stock({"2025-03-31": Decimal(9), "2025-12-31": Decimal(7), "2024-12-31": Decimal(5)}) == 7


def test_a_ratio_is_never_the_mean_of_ratios() -> None:
    parts = [Part(Decimal(1), Decimal(2)), Part(Decimal(0), Decimal(98))]
    assert rules.ratio(parts) == Decimal("0.01")


def test_a_mean_is_weighted_by_its_answers() -> None:
    assert rules.weighted([Weighted(Decimal(5), Decimal(1)), Weighted(Decimal(3), Decimal(3))]) == Weighted(
        Decimal("3.5"), Decimal(4)
    )


def test_a_joint_project_counts_in_each_zone_and_once_in_the_nation() -> None:
    zones = [[1, 2, 3], [3, 4], [3]]
    assert rules.distinct(zones) == 4
    assert rules.overlap(zones) == 2


def test_a_figure_of_two_firms_is_hidden_together_with_one_that_would_give_it_away() -> None:
    assert rules.hidden({1: 2, 2: 9, 3: 4}) == {1, 3}
    assert rules.hidden({1: 3, 2: 9}) == frozenset()
    assert rules.hidden({1: 1, 2: 1, 3: 5, 4: 9}) == {1, 2, 3}
    assert rules.hidden({1: 0, 2: 0}) == frozenset()


def test_only_firms_with_both_years_grow() -> None:
    growth = rules.panel_growth({1: Decimal(100), 2: Decimal(50)}, {1: Decimal(120), 3: Decimal(900)})
    assert (growth.percent, growth.n, growth.excluded) == (20, 1, 2)


@given(st.lists(COUNTS, min_size=1), st.randoms(use_true_random=False))
def test_the_order_of_reports_changes_no_sum(values: list[Decimal], dice: random.Random) -> None:
    shuffled = list(values)
    dice.shuffle(shuffled)
    assert rules.flow(shuffled) == rules.flow(values)


@given(FIRMS, st.sets(st.integers(1, 40)))
def test_splitting_a_panel_never_changes_its_sum(firms: dict[int, Decimal], chosen: set[int]) -> None:
    one = rules.flow(value for firm, value in firms.items() if firm in chosen)
    other = rules.flow(value for firm, value in firms.items() if firm not in chosen)
    assert rules.flow([one, other]) == rules.flow(firms.values())


@given(PARTS, PARTS)
def test_a_ratio_of_two_groups_lies_between_theirs(first: list[Part], second: list[Part]) -> None:
    def exact(parts: list[Part]) -> Fraction | None:
        below = sum(Fraction(part.denominator) for part in parts)
        return sum(Fraction(part.numerator) for part in parts) / below if below else None

    sides = [one for one in (exact(first), exact(second)) if one is not None]
    whole = exact(first + second)
    assert (rules.ratio(first + second) is None) == (whole is None)
    assert whole is None or min(sides) <= whole <= max(sides)
    found = rules.ratio(first + second)
    assert found is None or whole is None or abs(Fraction(found) - whole) < Fraction(1, 10**12)


@given(FIRMS, FIRMS)
def test_every_firm_is_either_in_the_panel_or_counted_as_left_out(
    before: dict[int, Decimal], after: dict[int, Decimal]
) -> None:
    growth = rules.panel_growth(before, after)
    assert 2 * growth.n + growth.excluded == len(before) + len(after)
    assert growth.n == len(set(before) & set(after))


@given(st.dictionaries(st.integers(1, 20), st.integers(0, 12), max_size=14))
def test_hidden_zones_cannot_be_found_by_subtraction(firms: dict[int, int]) -> None:
    hidden = rules.hidden(firms)
    secret = {zone for zone, n in firms.items() if 0 < n < rules.SMALLEST}
    assert secret <= hidden
    everything = {zone for zone, n in firms.items() if n}
    if hidden and hidden != everything:
        assert len(hidden) >= 2
        assert sum(firms[zone] for zone in hidden) >= rules.SMALLEST


@given(PARTS, st.randoms(use_true_random=False))
def test_the_order_of_parts_changes_no_ratio_and_no_mean(parts: list[Part], dice: random.Random) -> None:
    shuffled = list(parts)
    dice.shuffle(shuffled)
    assert rules.ratio(shuffled) == rules.ratio(parts)
    means = [Weighted(part.numerator, part.denominator) for part in parts]
    assert rules.weighted([Weighted(part.numerator, part.denominator) for part in shuffled]) == rules.weighted(means)


@given(FIRMS, FIRMS, st.randoms(use_true_random=False))
def test_the_order_of_firms_changes_no_growth(
    before: dict[int, Decimal], after: dict[int, Decimal], dice: random.Random
) -> None:
    def shuffled(firms: dict[int, Decimal]) -> dict[int, Decimal]:
        pairs = list(firms.items())
        dice.shuffle(pairs)
        return dict(pairs)

    assert rules.panel_growth(shuffled(before), shuffled(after)) == rules.panel_growth(before, after)


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 10**12)), min_size=2, max_size=20))
def test_a_ratio_never_becomes_the_mean_of_ratios(pairs: list[tuple[int, int]]) -> None:
    found = rules.ratio([Part(Decimal(above), Decimal(below)) for above, below in pairs])
    exact = Fraction(sum(above for above, _ in pairs), sum(below for _, below in pairs))
    mean = sum(Fraction(above, below) for above, below in pairs) / len(pairs)
    assert found is not None
    assert abs(Fraction(found) - exact) <= Fraction(1, 10**20) * max(exact, Fraction(1))
    if abs(exact - mean) > Fraction(1, 10**9) * max(exact, Fraction(1)):
        assert abs(Fraction(found) - mean) > Fraction(1, 10**10) * max(exact, Fraction(1))
