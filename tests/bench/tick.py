"""engine.tick: due deadlines the product's tick breaches per minute, on two cores."""

import multiprocessing
from functools import partial
from typing import Any

from sqlalchemy import func, select

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.chain import verify
from tests.bench.benchmark import Benchmark, duration
from tests.bench.ground import Ground, ground
from tests.crowd import make_cases

STATE = "correction"
PROCESSES = 2
LIMIT = 10_000


def benchmarks() -> tuple[Benchmark, ...]:
    return (
        Benchmark("engine.tick", LIMIT, "/min", "at least", partial(per_minute, "postgresql")),
        Benchmark("engine.tick.sqlite", LIMIT, "/min", "at least", partial(per_minute, "sqlite")),
    )


def per_minute(database: str, number: int = 10_000) -> float:
    """So many cases whose time for a correction is up; two workers tick until none is left.

    Each breach is the whole step: guards, history, hash chain, next deadline, and the mail that is asked for.
    """
    with ground(database) as place:
        cases = make_cases(place.crowd, number, state=STATE, due=clock.now())
        db.session.remove()
        db.engine.dispose()
        fork = multiprocessing.get_context("fork")
        gate = fork.Barrier(PROCESSES + 1, timeout=1800)
        runners = [fork.Process(target=_worker, args=(place, gate)) for _ in range(PROCESSES)]
        for runner in runners:
            runner.start()
        gate.wait()
        seconds = duration(gate.wait)
        for runner in runners:
            runner.join()
        _check(cases)
        return number / seconds * 60


def _worker(place: Ground, gate: Any) -> None:
    db.engine.dispose(close=False)
    gate.wait()
    while _left():
        place.engine.breach()
        db.session.remove()
    gate.wait()


def _left() -> int:
    query = select(func.count()).select_from(Case).where(Case.breach_action.is_not(None), Case.due_at < clock.now())
    try:
        return db.session.scalar(query) or 0
    finally:
        db.session.remove()


def _check(cases: list[int]) -> None:
    """Every case moved exactly once, with an unbroken chain."""
    moved = select(func.count()).select_from(Case).where(Case.revision == 2, Case.state != STATE)
    assert db.session.scalar(moved) == len(cases)
    assert verify(db.session) == (len(cases), [])
