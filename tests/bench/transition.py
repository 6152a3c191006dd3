"""engine.transition.*: a real step through the engine against bare driver SQL that does the same durable writes.

The step is 보완 요청 of the joint planning program: a person's role in a zone, a guard over the history, what was typed,
a deadline whose length the call may set, and one mail to be sent. Ours is ``Engine.perform``: it reads the case with its
scope, call and history, asks roles, guards and separation, decides the target on the compiled machine, counts the
deadline in business days, and writes. The other side is told all decisions (``bare.Known``) and only reads the case,
moves it with the same condition, hashes and writes the same history row and job, and commits. Both run on the same
database with the durability of production. Afterwards every row of both sides is compared, and both hash chains are
verified: a comparison that wrote less would be found out.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.outbox import Job
from backoffice.engine.chain import verify
from backoffice.engine.spine import History, PassedDeadline
from tests.bench.bare import Bare, Known
from tests.bench.benchmark import Benchmark, duration, throughput_ratio
from tests.bench.ground import Ground, ground
from tests.crowd import make_cases

STATE, ACTION = "screening", "request_correction"
TYPED = {"items": [{"item": "사업비", "request": "간접비의 산출 근거를 보완해 주세요."}]}
STEPS = 10
"""Steps of one side in a row."""
LIMIT = 0.80
DUE = clock.now() + timedelta(days=5)
"""Until when the cases may rest in their state: leaving it keeps this date beside the history, on both sides."""


def benchmarks() -> tuple[Benchmark, ...]:
    return (
        Benchmark("engine.transition.sqlite", LIMIT, "×", "at least", partial(alone, "sqlite")),
        Benchmark("engine.transition.postgresql", LIMIT, "×", "at least", partial(alone, "postgresql")),
        Benchmark("engine.transition.postgresql.16", LIMIT, "×", "at least", partial(together, "postgresql", 16)),
    )


def alone(database: str, rounds: int = 150) -> float:
    """One client, block after block."""
    with ground(database) as place:
        cases = make_cases(place.crowd, 2 * STEPS * (rounds + 1), state=STATE, due=DUE)
        known = _known(place)
        bare = Bare(place.address)
        measured = []
        for number, (ours, theirs) in enumerate(_blocks(cases)):
            us, them = partial(_ours, place, ours), partial(_theirs, bare, known, theirs)
            measured.append(_one_after_the_other(us, them, swapped=number % 2))
        bare.close()
        _check_same_writes(cases)
        return throughput_ratio(measured[1:])


def together(database: str, clients: int, rounds: int = 25) -> float:
    """So many processes at once; all of them do a block of ours, then all a block of theirs, or the other way round."""
    with ground(database) as place:
        each = 2 * STEPS * (rounds + 1)
        cases = make_cases(place.crowd, clients * each, state=STATE, due=DUE)
        known = _known(place)
        db.session.remove()
        db.engine.dispose()
        gate = multiprocessing.get_context("fork").Barrier(clients + 1, timeout=120)
        runners = [
            multiprocessing.get_context("fork").Process(
                target=_client, args=(place, cases[number * each : (number + 1) * each], known, gate)
            )
            for number in range(clients)
        ]
        for runner in runners:
            runner.start()
        gate.wait()
        measured = []
        for number in range(rounds + 1):
            pair = (_until(gate), _until(gate))
            measured.append(pair[::-1] if number % 2 else pair)
        for runner in runners:
            runner.join()
        _check_same_writes(cases)
        return throughput_ratio(measured[1:])


def _client(place: Ground, cases: list[int], known: Known, gate: Any) -> None:
    db.engine.dispose(close=False)
    bare = Bare(place.address)
    gate.wait()
    for number, (ours, theirs) in enumerate(_blocks(cases)):
        sides = [partial(_ours, place, ours), partial(_theirs, bare, known, theirs)]
        for side in reversed(sides) if number % 2 else sides:
            side()
            gate.wait()
    bare.close()
    db.session.remove()


def _until(gate: Any) -> float:
    return duration(gate.wait)


def _one_after_the_other(ours: Callable[[], None], theirs: Callable[[], None], *, swapped: int) -> tuple[float, float]:
    if swapped:
        seconds = duration(theirs)
        return duration(ours), seconds
    return duration(ours), duration(theirs)


def _blocks(cases: list[int]) -> list[tuple[list[int], list[int]]]:
    pairs = [cases[start : start + 2 * STEPS] for start in range(0, len(cases), 2 * STEPS)]
    return [(pair[:STEPS], pair[STEPS:]) for pair in pairs]


def _ours(place: Ground, cases: Sequence[int]) -> None:
    for case_id in cases:
        place.engine.perform(case_id, ACTION, place.crowd.officer, revision=1, key=f"ours:{case_id}", input=TYPED)


def _theirs(bare: Bare, known: Known, cases: Sequence[int]) -> None:
    for case_id in cases:
        bare.step(case_id, known, TYPED)


def _known(place: Ground) -> Known:
    """What the engine decides about such a case today."""
    (case_id,) = make_cases(place.crowd, 1, state=STATE, due=DUE)
    place.engine.perform(case_id, ACTION, place.crowd.officer, revision=1, key="the first", input=TYPED)
    row = db.session.get_one(Case, case_id)
    past = db.session.get_one(History, (case_id, 2))
    due, waiting_for, breach = row.due_at, row.waiting_for, row.breach_action
    assert due is not None
    assert waiting_for is not None
    assert breach is not None
    return Known(
        ACTION, STATE, row.state, row.stage, waiting_for, breach, due, past.digest, past.actor_id or 0, past.role,
        "correction_requested",
    )  # fmt: skip


def _check_same_writes(cases: list[int]) -> None:
    """Both sides left the same rows, but for ids, hashes and times; raises AssertionError otherwise."""
    db.session.remove()
    columns = (Case.state, Case.stage, Case.final, Case.waiting_for, Case.revision, Case.due_at, Case.breach_action)
    assert len(set(db.session.execute(select(*columns).where(Case.id.in_(cases))).all())) == 1
    written = select(
        History.kind, History.action, History.source, History.target, History.actor_id, History.role, History.input,
        History.digest,
    ).where(History.revision == 2)  # fmt: skip
    assert len(set(db.session.execute(written).all())) == 1
    jobs = db.session.execute(select(Job.kind, Job.status, Job.payload).where(Job.kind == "mail")).all()
    assert {(kind, status, payload["event"]) for kind, status, payload in jobs} == {
        ("mail", "waiting", "correction_requested")
    }
    assert len(jobs) == len(cases) + 1
    kept = db.session.execute(select(PassedDeadline.case_id, PassedDeadline.revision)).all()
    assert sorted(kept) == sorted((row.case_id, 2) for row in db.session.execute(select(History.case_id).distinct()))
    assert verify(db.session) == (len(cases) + 1, [])
