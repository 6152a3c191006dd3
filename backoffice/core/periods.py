"""Calendar arithmetic: Korean business days, months, roll-over on holidays, the end of February."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

import holidays

from workflows.durations import Length, Unit


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    """Public holidays of Korea with substitutes (관공서의 공휴일에 관한 규정)."""
    return frozenset(holidays.country_holidays("KR", years=year))


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def add(start: date, length: Length) -> date:
    """``start`` plus a length. The first day is not counted (Civil Act, art. 157)."""
    if length.unit is Unit.DAYS:
        return start + timedelta(days=length.count)
    if length.unit is Unit.MONTHS:
        return add_months(start, length.count)
    step = timedelta(days=1 if length.count >= 0 else -1)
    day = start
    for _ in range(abs(length.count)):
        day += step
        while not is_business_day(day):
            day += step
    return day


def add_months(start: date, count: int) -> date:
    """The same day so many months later, or the last day of a shorter month (Civil Act, art. 160)."""
    month = start.month - 1 + count
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def roll_forward(day: date) -> date:
    """The day itself, or the next business day when it is a holiday or weekend (Civil Act, art. 161)."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def roll_back(day: date) -> date:
    """The day itself, or the business day before when it is a holiday or weekend."""
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def end_of_february(year: int) -> date:
    return date(year, 2, monthrange(year, 2)[1])


@lru_cache(maxsize=4_096)
def business_days_between(start: date, end: date) -> int:
    """Business days after ``start`` up to and including ``end``; negative when ``end`` lies before."""
    if end < start:
        return -business_days_between(end, start)
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    return sum(1 for day in days if is_business_day(day))
