"""The arithmetic of scores: totals, trimmed averages, ranks. Pure."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

TRIM_FROM = 5
"""From so many sheets on the highest and the lowest total are left out."""


def total(points: Mapping[str, int], ceilings: Mapping[str, int]) -> int | None:
    """The sum of all points, or None while a criterion is missing or over its ceiling."""
    if set(points) < set(ceilings):
        return None
    if any(not 0 <= points[code] <= ceiling for code, ceiling in ceilings.items()):
        return None
    return sum(points[code] for code in ceilings)


def average(totals: Sequence[int]) -> tuple[Decimal, bool]:
    """(mean to two decimals, half up; whether it was trimmed). Raises ValueError for no totals."""
    if not totals:
        raise ValueError("an average needs at least one total")
    trimmed = len(totals) >= TRIM_FROM
    counted = sorted(totals)[1:-1] if trimmed else list(totals)
    mean = Decimal(sum(counted)) / Decimal(len(counted))
    return mean.quantize(Decimal("0.01"), ROUND_HALF_UP), trimmed


def ranks(averages: Mapping[int, Decimal]) -> dict[int, int]:
    """Case id -> rank; equal averages share a rank and the next one is skipped (1, 2, 2, 4)."""
    ordered = sorted(averages.values(), reverse=True)
    return {case_id: ordered.index(value) + 1 for case_id, value in averages.items()}
