"""How outcomes add up and compare: the published rules as arithmetic on decimals (guide 5.1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backoffice.outcomes.numerals import half_up, plain

SMALLEST = 3
"""A figure made of fewer firms would tell about single firms; the public edition does not print it (guide 5.1, 6)."""

MISSING, NOT_APPLICABLE, SUPPRESSED = "-", "해당없음", "비공개"
"""Nobody reported it; it cannot exist here; it may not be shown. None of them is the number 0."""

PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Part:
    """A numerator over its denominator, before anything is divided."""

    numerator: Decimal
    denominator: Decimal


@dataclass(frozen=True, slots=True)
class Weighted:
    """A mean and the number of answers it stands on."""

    value: Decimal
    n: Decimal


@dataclass(frozen=True, slots=True)
class PanelGrowth:
    """Growth over the firms that reported both years."""

    before: Decimal
    after: Decimal
    n: int
    excluded: int
    """Firms with only one of the two years."""

    @property
    def percent(self) -> Decimal | None:
        return percent_change(self.before, self.after)


def flow(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what was reported; None when nothing was, which is not 0."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def stock(by_date: Mapping[str, Decimal]) -> Decimal | None:
    """The value at the end of the period, by ISO date; earlier ones are not added to it."""
    return by_date[max(by_date)] if by_date else None


def ratio(parts: Iterable[Part]) -> Decimal | None:
    """Sum of numerators over sum of denominators, unrounded; never a mean of ratios."""
    known = list(parts)
    below = sum((part.denominator for part in known), Decimal(0))
    return sum((part.numerator for part in known), Decimal(0)) / below if below else None


def weighted(means: Iterable[Weighted]) -> Weighted | None:
    """The mean of means, each by its number of answers."""
    known = list(means)
    n = sum((mean.n for mean in known), Decimal(0))
    return Weighted(sum((mean.value * mean.n for mean in known), Decimal(0)) / n, n) if n else None


def distinct(groups: Iterable[Iterable[int]]) -> int:
    """How many different firms, contracts or projects there are in all groups together."""
    return len({one for group in groups for one in group})


def overlap(groups: Sequence[Iterable[int]]) -> int:
    """By how much the groups' own counts exceed the distinct count: a joint project counts once in each zone."""
    sets = [set(group) for group in groups]
    return sum(map(len, sets)) - distinct(sets)


def percent_change(before: Decimal | None, after: Decimal | None, digits: int = 1) -> Decimal | None:
    """``687 -> 1179`` is 71.6; None without a positive base to grow from."""
    if before is None or after is None or before <= 0:
        return None
    return half_up((after - before) * PERCENT / before, digits)


def points_change(before: Decimal | None, after: Decimal | None, digits: int = 1) -> Decimal | None:
    """The difference of two rates in %p; both are rounded first, so that the printed numbers add up."""
    if before is None or after is None:
        return None
    return half_up(after, digits) - half_up(before, digits)


def multiple(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """``454 -> 1878`` is 4.1 times."""
    if before is None or after is None or before <= 0:
        return None
    return half_up(after / before, 1)


def panel_growth(before: Mapping[int, Decimal], after: Mapping[int, Decimal]) -> PanelGrowth:
    """Growth of the same firms: organizations that miss a year are left out and counted."""
    both = before.keys() & after.keys()
    return PanelGrowth(
        sum((before[firm] for firm in both), Decimal(0)),
        sum((after[firm] for firm in both), Decimal(0)),
        len(both),
        len(before.keys() ^ after.keys()),
    )


def achieved(value: Decimal | None, target: Decimal | None) -> Decimal | None:
    """Value over target in percent, one decimal; None without a positive target."""
    if value is None or target is None or target <= 0:
        return None
    return half_up(value * PERCENT / target, 1)


def n_of_m(numerator: int, denominator: int, unit: str) -> str:
    """``23건 중 16건``. Raises ValueError when the part is larger than the whole."""
    if not 0 <= numerator <= denominator:
        raise ValueError(f"{numerator} of {denominator}")
    return f"{denominator:,}{unit} 중 {numerator:,}{unit}"


def hidden(firms: Mapping[int, int]) -> frozenset[int]:
    """The zones whose figure the public edition hides, given how many firms each figure is made of.

    A zone of one or two firms is hidden; and as long as the hidden ones together could be told apart by subtracting
    the others from the national sum, the next smallest is hidden with them.
    """
    secret = {zone for zone, n in firms.items() if 0 < n < SMALLEST}
    if not secret:
        return frozenset()
    waiting = sorted((n, zone) for zone, n in firms.items() if n >= SMALLEST)
    while waiting and (len(secret) < 2 or sum(firms[zone] for zone in secret) < SMALLEST):
        secret.add(waiting.pop(0)[1])
    return frozenset(secret)


def jo_eok(won: Decimal) -> str:
    """Won as headlines print it: ``2조5,639억원``, ``12.3억원``, half up."""
    eok = half_up(abs(won) / 10**8)
    sign = "△" if won < 0 else ""
    if eok >= 10_000:
        jo, rest = divmod(int(eok), 10_000)
        return f"{sign}{jo:,}조{rest:,}억원" if rest else f"{sign}{jo:,}조원"
    return f"{sign}{plain(half_up(abs(won) / 10**8, 1))}억원"
