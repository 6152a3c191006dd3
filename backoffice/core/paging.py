"""Lists in pages, numbered from 1. An empty list has one page, so that there is always one to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Line = TypeVar("Line")


def pages_of(total: int, size: int) -> int:
    """How many pages so many rows make."""
    return max(1, -(-total // size))


def page_within(wanted: int, total: int, size: int) -> int:
    """The page asked for, or the nearest one there is."""
    return min(max(1, wanted), pages_of(total, size))


@dataclass(frozen=True, slots=True)
class Paged(Generic[Line]):
    """One page of a list of ``total`` lines, ``size`` to a page."""

    lines: Sequence[Line]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return pages_of(self.total, self.size)
