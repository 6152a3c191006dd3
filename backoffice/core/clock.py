"""The only source of "now": aware UTC instants, dates in Seoul, and a way to travel for tests and demo data."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")

_travelled: ContextVar[datetime | None] = ContextVar("travelled", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _travelled.get() or datetime.now(UTC)


def today() -> date:
    """The date in Seoul."""
    return now().astimezone(SEOUL).date()


def in_seoul(instant: datetime) -> datetime:
    return instant.astimezone(SEOUL)


def seoul(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A Seoul wall-clock time as a UTC instant."""
    return datetime(year, month, day, hour, minute, tzinfo=SEOUL).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last microsecond of a day in Seoul, as a UTC instant: a date that is due counts in full."""
    return datetime.combine(day + timedelta(days=1), time(), SEOUL).astimezone(UTC) - timedelta(microseconds=1)


@contextmanager
def travelling(to: datetime) -> Iterator[None]:
    """Within the block ``now()`` answers ``to``. For tests and for demo data, never for the running product."""
    token = _travelled.set(to.astimezone(UTC))
    try:
        yield
    finally:
        _travelled.reset(token)
