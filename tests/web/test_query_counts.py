"""How many statements a step and a page cost: a handful, whether one row is shown or sixty."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from backoffice.access.actors import Actor
from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.engine.perform import Engine
from backoffice.engine.values import Effect, Happening, Performed
from tests.browse import Person
from tests.crowd import make_cases, make_crowd
from tests.make import MILLION
from tests.queries import counted
from tests.story import Way, days_later

STEP, INNER, QUEUE, CASE = 12, 34, 12, 27
"""The most statements of the engine for a step, of a step with all that it changes elsewhere, of a page."""


class CountedWay(Way):
    """A story that notes what each step sends, in all and by the engine alone."""

    def __init__(self, engine: Engine) -> None:
        self.sent: list[str] = []
        self.by_effects = 0
        effects = {name: self._noting(effect) for name, effect in engine.registry.effects.items()}
        self.steps: dict[str, tuple[int, int]] = {}
        super().__init__(Engine(replace(engine.registry, effects=effects), engine.definitions))

    def _noting(self, effect: Effect) -> Effect:
        def noted(happening: Happening, argument: Any) -> None:
            before = len(self.sent)
            effect(happening, argument)
            db.session.flush()
            self.by_effects += len(self.sent) - before

        return noted

    def do(
        self, action: str, actor: Actor, *, case_id: int | None = None, key: str | None = None, **typed: Any
    ) -> Performed:
        row = self.case(case_id)
        wanted, revision, self.by_effects = row.id, row.revision, 0
        with counted() as self.sent:
            done = self.engine.perform(
                wanted, action, actor, revision=revision, key=key or uuid.uuid4().hex, input=typed or None
            )
        self.steps[action] = (len(self.sent), len(self.sent) - self.by_effects)
        return done


@pytest.fixture
def walked(office: Engine) -> CountedWay:
    """A case taken from its draft to the outcome reports."""
    story = CountedWay(office)
    story.submitted()
    with days_later(11):
        story.screened().reviewed().selected().running(days=180).paid()
    with days_later(11 + 181):
        office.breach()
        story.reported(35 * MILLION).settled()
    return story


def test_the_engine_sends_at_most_twelve_statements_for_any_step(walked: CountedWay) -> None:
    assert len(walked.steps) >= 13
    assert {action: own for action, (_, own) in walked.steps.items() if own > STEP} == {}


def test_no_step_loops_over_queries(walked: CountedWay) -> None:
    assert {action: total for action, (total, _) in walked.steps.items() if total > INNER} == {}


@pytest.mark.parametrize("rows", [1, 60])
def test_a_queue_costs_the_same_for_one_row_and_for_sixty(app: Flask, rows: int) -> None:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        make_cases(crowd, rows, state="screening")
        person = Person(app, crowd.officer.email)
        with counted() as sent:
            page = person.get("/staff/?box=all")
    assert page.status == 200
    assert page.text.count("나노입자 바이오센서 공동 기획") >= min(rows, 50)
    assert len(sent) <= QUEUE, sent


@pytest.mark.parametrize("rows", [1, 60])
def test_a_case_costs_the_same_whether_little_or_much_has_happened(app: Flask, rows: int) -> None:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        case_id = make_cases(crowd, rows, state="active")[0]
        for revision in range(1, rows):
            crowd.engine.perform(
                case_id, "notify_minor_change", crowd.applicant, revision=revision, key=f"notice {revision}",
                input={"change": "연락처", "detail": "담당자의 연락처가 바뀌었습니다."},
            )  # fmt: skip
        reference = db.session.get_one(Case, case_id).reference
        person = Person(app, crowd.officer.email)
        with counted() as sent:
            page = person.get(f"/staff/cases/{reference}")
    assert page.status == 200
    assert len(sent) <= CASE, sent
