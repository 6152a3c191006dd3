"""What a benchmark is, how its line reads, and how two ways of doing the same are compared on a busy machine."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One number with a limit. ``measure`` sets up what it needs and takes it away again."""

    name: str
    limit: float
    unit: str
    wanted: Literal["at least", "at most"]
    measure: Callable[[], float]

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.wanted == "at least" else value <= self.limit

    def line(self, value: float) -> str:
        return f"{self.name} {value:.4g} {self.limit:g} {'ok' if self.holds(value) else 'FALLS SHORT'}"


def duration(block: Callable[[], object]) -> float:
    """The seconds a block takes."""
    begin = time.perf_counter()
    block()
    return time.perf_counter() - begin


QUIET = 5
"""One round in so many is believed."""


def throughput_ratio(rounds: list[tuple[float, float]]) -> float:
    """Ours ÷ theirs, where each round is (seconds of ours, seconds of theirs) for the same number of steps.

    Other people use the machine too, and whoever computes more suffers more from them. The two sides of a round are
    measured right after each other, so both meet the same neighbors; only the quietest fifth of the rounds counts (by
    the time both sides took together, which favors neither); the median of those decides.
    """
    quiet = sorted(rounds, key=sum)[: max(1, len(rounds) // QUIET)]
    return statistics.median(theirs / ours for ours, theirs in quiet)
