"""Work that comes back by the clock: a unique ``name:slot`` row per turn, so that every node may tick."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from sqlalchemy.exc import IntegrityError

from backoffice.core import clock, outbox
from backoffice.core.db import db, transaction


@dataclass(frozen=True, slots=True)
class Periodic:
    """A kind of job and the slot a Seoul time falls into; no slot, no job."""

    kind: str
    slot: Callable[[datetime], str | None]


def every_minute(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M}"


def every_day(moment: datetime) -> str:
    return f"{moment:%Y%m%d}"


def daily_in_january(moment: datetime) -> str | None:
    """Every day, because one January day without a running office must not cost a year's reports."""
    return every_day(moment) if moment.month == 1 else None


PERIODIC = (
    Periodic("deadlines", every_minute),
    Periodic("webhooks", every_minute),
    Periodic("open_reports", daily_in_january),
    Periodic("tidy", every_day),
)


def due_keys() -> dict[str, str]:
    """Job key -> kind of everything whose slot is now."""
    moment = clock.in_seoul(clock.now())
    slots = ((item.kind, item.slot(moment)) for item in PERIODIC)
    return {f"{kind}:{slot}": kind for kind, slot in slots if slot is not None}


class Ticker:
    """Writes the rows of new slots. Remembers what it wrote, so that an idle second costs no transaction."""

    def __init__(self) -> None:
        self._written: frozenset[str] = frozenset()

    def tick(self, app: Flask) -> None:
        """Enqueue what is due now; what another node wrote already, or writes at this very moment, is left alone."""
        wanted = due_keys()
        fresh = wanted.keys() - self._written
        if fresh:
            with app.app_context():
                try:
                    with transaction():
                        for key in sorted(fresh):
                            outbox.enqueue(wanted[key], {}, key=key)
                except IntegrityError:
                    return
                finally:
                    db.session.remove()
        self._written = frozenset(wanted)
