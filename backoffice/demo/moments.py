"""When things happen in the demo: offsets in the storyboard become Korean office hours before the build day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from backoffice.core import clock, periods
from workflows.durations import Length, Unit

_WHEN = re.compile(
    r"^(?P<anchor>ago|due|opens|closes|begin|end|event|newyear)?\s*"
    r"(?P<sign>[+-]?)(?P<least>\d+)(?:\.\.(?P<most>\d+))?(?P<unit>h|bd|d|m)$"
)
FORMS = "3bd, 2..5d, 4h, ago 5d, due-3d, opens+2d, closes-10..2d, begin+40d, end+20d, event+1d, newyear+3d"
OFFICE, HOME = (9, 18), (9, 22)
"""The hours in which the foundation works, and in which companies sit at their forms."""


@dataclass(frozen=True, slots=True)
class World:
    """The time the demo lives in. Everything follows from the build day; nothing in it happens on or after that day."""

    day: date

    @property
    def last(self) -> datetime:
        """The end of the day before: the latest instant anything can have happened."""
        return clock.end_of_day(self.day - timedelta(days=1))

    @property
    def reported_year(self) -> int:
        """The newest year whose outcome reports were due at least four months ago."""
        return self.day.year - (1 if (self.day.month, self.day.day) > (6, 30) else 2)

    @property
    def upcoming_year(self) -> int:
        """The year whose outcome reports are due next, on the last day of February after it."""
        return self.day.year - (1 if self.day <= periods.end_of_february(self.day.year) else 0)


@dataclass(frozen=True, slots=True)
class When:
    """An offset: from an anchor, or from the step before when it names none. ``most`` makes it a range."""

    anchor: str
    least: int
    most: int
    unit: str


def read_when(text: str) -> When:
    """``"closes-10..2d"`` -> an offset. Raises ValueError that shows the accepted forms."""
    match = _WHEN.match(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a moment; write for example {FORMS}")
    sign = -1 if match["sign"] == "-" else 1
    least, most = sorted((sign * int(match["least"]), sign * int(match["most"] or match["least"])))
    return When(match["anchor"] or "", least, most, match["unit"])


def moment(
    when: When,
    anchors: Mapping[str, date],
    previous: datetime,
    *,
    world: World,
    rng: Random,
    hours: tuple[int, int],
) -> datetime:
    """The instant of a step: after the one before it, on a working day where the calendar allows, before the build day."""
    count = rng.randint(when.least, when.most)
    if when.unit == "h":
        wanted = previous + timedelta(minutes=60 * count - rng.randint(7, 50))
    else:
        wanted = _on(_day(when, count, anchors, previous=previous, world=world), rng, hours)
    if wanted <= previous:
        wanted = previous + timedelta(minutes=rng.randint(8, 45))
    if wanted > world.last:
        wanted = previous + (world.last - previous) / 2
    return wanted


def _day(when: When, count: int, anchors: Mapping[str, date], *, previous: datetime, world: World) -> date:
    if when.anchor == "ago":
        return roll_back(min(world.day - timedelta(days=count), world.day - timedelta(days=1)))
    before = clock.in_seoul(previous).date()
    starts = {**anchors, "": before, "newyear": date(before.year + 1, 1, 1)}
    day = periods.add(starts[when.anchor], Length(count, Unit(when.unit)))
    return roll_back(day) if count < 0 else periods.roll_forward(day)


def between(start: datetime, end: datetime, part: float) -> datetime:
    """An instant so far (0 to 1) between two, moved out of the night and off the weekend where there is room."""
    exact = start + (end - start) * part
    local = clock.in_seoul(exact)
    awake = local if HOME[0] <= local.hour < HOME[1] else local.replace(hour=10 + local.minute % 9)
    days = (roll_back(local.date()), roll_back(local.date() - timedelta(days=1)), periods.roll_forward(local.date()))
    moved = (datetime.combine(day, awake.timetz()) for day in days)
    return next((one for one in (*moved, awake) if start < one < end), exact)


def roll_back(day: date) -> date:
    """The day itself, or the last working day before it."""
    while not periods.is_business_day(day):
        day -= timedelta(days=1)
    return day


def _on(day: date, rng: Random, hours: tuple[int, int]) -> datetime:
    minutes = rng.randint(hours[0] * 60 + 5, hours[1] * 60 - 10)
    return clock.seoul(day.year, day.month, day.day, minutes // 60, minutes % 60) + timedelta(
        seconds=rng.randint(0, 59)
    )
