"""Eight processes at the same sixty cases at once: exactly one wins, and nobody is told twice."""

import multiprocessing
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backoffice.accounts.queries import actor
from backoffice.app import create_app
from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.core.errors import Conflict, Refused
from backoffice.core.outbox import Job
from backoffice.engine.chain import verify
from backoffice.engine.spine import History
from tests.crowd import cases_in_order, make_cases, make_crowd
from tests.machine import settings_for

CASES, PROCESSES = 60, 8


def step_of(case_id: int) -> tuple[str, Any, str]:
    """Half of the cases are taken back, which changes other tables; half are sent back, which is one statement."""
    if case_id % 2:
        return "withdraw", {"reason": "사정이 있습니다"}, "applicant"
    return "request_correction", {"items": [{"item": "사업비", "request": "산출 근거를 적어 주세요."}]}, "officer"


def racer(app: Flask, people: dict[str, int], *, shared_key: bool, gate: Any, answers: Any) -> None:
    """One process: take the step on every case, with a key of its own or the shared one."""
    with app.app_context():
        engine, rows = app.extensions["engine"], cases_in_order()
        actors = {name: actor(user_id) for name, user_id in people.items()}
        name = "the same" if shared_key else multiprocessing.current_process().name
        found: Counter[str] = Counter()
        gate.wait()
        for case_id, revision in rows:
            action, typed, who = step_of(case_id)
            key = f"{name}:{case_id}"
            try:
                done = engine.perform(case_id, action, actors[who], revision=revision, key=key, input=typed)
                found["replay" if done.replayed else "ok"] += 1
            except (Conflict, Refused):
                found["conflict"] += 1
        answers.put(found)


def enter(folder: str, database: str, *arguments: Any, **more: Any) -> None:
    """A process of its own opens the office by itself: nothing is shared with the others but the database."""
    racer(create_app(settings_for(Path(folder), database)), *arguments, **more)


def race(app: Flask, people: dict[str, int], *, shared_key: bool) -> Counter[str]:
    """What all processes together were answered."""
    settings = app.extensions["settings"]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["backoffice.app", "tests.make"])
    answers, gate = context.Queue(), context.Barrier(PROCESSES, timeout=120)
    runners = [
        context.Process(
            target=enter,
            name=f"process {number}",
            args=(str(settings.instance), settings.database_url, people),
            kwargs={"shared_key": shared_key, "gate": gate, "answers": answers},
        )
        for number in range(PROCESSES)
    ]
    for runner in runners:
        runner.start()
    found: Counter[str] = sum((answers.get(timeout=120) for _ in runners), Counter())
    for runner in runners:
        runner.join(timeout=60)
    return found


@pytest.fixture
def sixty(app: Flask) -> tuple[Flask, dict[str, int]]:
    """Sixty cases of one company under screening, the officer who screens them and the applicant. On both databases."""
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        make_cases(crowd, CASES, state="screening")
    return app, {"officer": crowd.officer.user_id or 0, "applicant": crowd.applicant.user_id or 0}


def check_sixty_changes(app: Flask) -> None:
    """Every case moved once, has one history row and one mail for it, and an unbroken chain."""
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case).where(Case.revision == 2)) == CASES
        assert db.session.scalar(select(func.count()).select_from(History).where(History.revision == 2)) == CASES
        assert db.session.scalar(select(func.count()).select_from(History)) == 2 * CASES
        assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "mail")) == CASES
        assert verify(db.session) == (CASES, [])
        db.session.remove()


def test_of_eight_officers_deciding_the_same_sixty_cases_one_wins_each_case(
    sixty: tuple[Flask, dict[str, int]],
) -> None:
    app, people = sixty
    assert race(app, people, shared_key=False) == {"ok": CASES, "conflict": 7 * CASES}
    check_sixty_changes(app)


def test_eight_browsers_sending_the_same_request_get_the_same_answer(sixty: tuple[Flask, dict[str, int]]) -> None:
    app, people = sixty
    assert race(app, people, shared_key=True) == {"ok": CASES, "replay": 7 * CASES}
    check_sixty_changes(app)
