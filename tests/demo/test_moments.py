"""Moments of the storyboard fall on working days, in order, and never on the build day."""

from datetime import date
from random import Random

import pytest

from backoffice.core import clock, periods
from backoffice.demo.moments import OFFICE, World, between, moment, read_when

WORLD = World(date(2026, 11, 23))
BEFORE = clock.seoul(2026, 9, 22, 15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3d", date(2026, 9, 28)),  # Chuseok, 24 to 26 September, lies between
        ("2bd", date(2026, 9, 28)),
        ("closes+2d", date(2026, 10, 6)),
        ("closes-1d", date(2026, 10, 2)),
        ("ago 3d", date(2026, 11, 20)),
        ("ago 0d", date(2026, 11, 20)),
        ("newyear+3d", date(2027, 1, 4)),
    ],
)
def test_a_step_happens_on_a_working_day(text: str, expected: date) -> None:
    world = WORLD if not text.startswith("newyear") else World(date(2027, 6, 1))
    anchors = {"closes": date(2026, 10, 4)}
    found = moment(read_when(text), anchors, BEFORE, world=world, rng=Random(1), hours=OFFICE)
    assert clock.in_seoul(found).date() == expected
    assert periods.is_business_day(expected)


def test_a_step_never_comes_before_the_last_one_or_after_the_end_of_the_world() -> None:
    late = clock.seoul(2026, 11, 22, 20)
    for text in ("ago 9d", "closes-3d", "10bd", "2h"):
        found = moment(read_when(text), {"closes": date(2026, 10, 5)}, late, world=WORLD, rng=Random(2), hours=OFFICE)
        assert late < found <= WORLD.last


@pytest.mark.parametrize("text", ["soon", "3", "3w", "ago", "due+d", "closes+1..d"])
def test_a_moment_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a moment"):
        read_when(text)


@pytest.mark.parametrize(
    ("day", "reported", "upcoming"),
    [
        (date(2026, 11, 22), 2025, 2026),
        (date(2027, 1, 4), 2025, 2026),
        (date(2027, 3, 2), 2025, 2027),
        (date(2027, 7, 1), 2026, 2027),
    ],
)
def test_the_reported_year_is_one_whose_reports_were_due_long_ago(day: date, reported: int, upcoming: int) -> None:
    assert (World(day).reported_year, World(day).upcoming_year) == (reported, upcoming)


def test_nobody_signs_in_the_night() -> None:
    start, end = clock.seoul(2026, 11, 2, 9), clock.seoul(2026, 11, 9, 9)
    hours = {clock.in_seoul(between(start, end, part / 20)).hour for part in range(1, 20)}
    assert hours <= set(range(9, 22))
