"""boards.*: what the slowest board costs the server among 100,000 cases and 1,000,000 measures.

Milliseconds until the answer is complete, for somebody of headquarters, in a process that has answered before.
``boards.changed`` is the same right after a firm's value of the year was restated: what the change touched is read again.
"""

import functools
import time
from collections.abc import Callable
from functools import partial

from flask.testing import FlaskClient
from sqlalchemy import select

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.outcomes.models import Measure
from backoffice.outcomes.services import restate
from tests.bench.archive import Archive
from tests.bench.benchmark import Benchmark
from tests.bench.pages import PASSWORD, PEOPLE, median_of
from tests.bench.yearbook import yearbook
from tests.browse import Person

PAGES = ("nation", "zone", "program", "councils", "technologies", "network", "trends")
LIMITS = {"postgresql": 150, "sqlite": 400}
ROUNDS = 15
CHANGED = 2_000
"""A board right after a change has no limit of its own in the plan; this one keeps it from growing unseen."""


def benchmarks() -> tuple[Benchmark, ...]:
    return tuple(
        Benchmark(f"boards.{name}{database}", limit, "ms", "at most", partial(_number, database, name))
        for database, warm in LIMITS.items()
        for name, limit in (("", warm), ("changed.", CHANGED))
    )


def _number(database: str, name: str) -> float:
    warm, changed = measured(database)
    return changed if name else warm


@functools.cache
def measured(database: str) -> tuple[float, float]:
    """Milliseconds of the slowest board: when nothing has changed, and right after a change."""
    with yearbook(database) as place:
        client = Person(place.app, PEOPLE[0], PASSWORD).client
        asks = {page: partial(_ask, client, f"/reports/boards/{page}") for page in PAGES}
        warm = {page: median_of(ask, rounds=ROUNDS) for page, ask in asks.items()}
        return max(warm.values()), max(_after_a_change(place, ask) for ask in asks.values())


def _after_a_change(place: Archive, ask: Callable[[], None]) -> float:
    with place.app.app_context():
        year = clock.today().year - 1
        with transaction():
            query = select(Measure).where(
                Measure.year == year, Measure.superseded_at.is_(None), Measure.organization_id.is_not(None)
            )
            old = db.session.scalars(query.limit(1)).one()
            restate(old, old.value + 1, denominator=None, reason="bench", actor_id=None)
        db.session.remove()
    begin = time.perf_counter()
    ask()
    return (time.perf_counter() - begin) * 1_000


def _ask(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
