"""How many statements a step and a page cost: a handful, whether one row is shown or sixty."""

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.engine.perform import Engine
from backoffice.engine.spine import History
from backoffice.engine.values import Performed
from tests.browse import Person
from tests.crowd import make_cases, make_crowd
from tests.make import MILLION
from tests.queries import counted
from tests.story import Way, days_later

STEP, QUEUE, CASE = 12, 12, 15
"""The most statements of one step with all that it changes elsewhere, and of a page."""

IN_TURN = {"sqlite": 3, "postgresql": 0}
"""PostgreSQL writes a step with its history, the deadline it kept and its jobs in one statement; SQLite needs one for each."""


class CountedWay(Way):
    """A story that notes what each step sends, with the steps of other cases it takes or begins within."""

    def __init__(self, engine: Engine) -> None:
        self.sent: dict[str, list[str]] = {}
        self.within: dict[str, int] = {}
        super().__init__(engine)

    def do(
        self, action: str, actor: Actor, *, case_id: int | None = None, key: str | None = None, **typed: Any
    ) -> Performed:
        row = self.case(case_id)
        wanted, revision, before = row.id, row.revision, self._steps()
        with counted() as sent:
            done = self.engine.perform(
                wanted, action, actor, revision=revision, key=key or uuid.uuid4().hex, input=typed or None
            )
        self.sent[action], self.within[action] = sent, self._steps() - before
        return done

    def _steps(self) -> int:
        return db.session.scalar(select(func.count()).select_from(History)) or 0


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


def test_a_step_with_all_that_it_changes_costs_at_most_twelve_statements(walked: CountedWay) -> None:
    """A step that opens a case is two steps: ``confirm_settlement`` also begins the first outcome report."""
    most = STEP + IN_TURN[db.engine.dialect.name]
    assert len(walked.sent) >= 13
    assert {action for action, steps in walked.within.items() if steps > 1} == {"confirm_settlement"}
    assert {action: sent for action, sent in walked.sent.items() if len(sent) > most * walked.within[action]} == {}


@pytest.mark.parametrize("rows", [1, 60])
def test_a_queue_costs_the_same_for_one_row_and_for_sixty(app: Flask, rows: int) -> None:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        make_cases(crowd, rows, state="screening")
        person = Person(app, crowd.officer.email)
        person.get("/staff/")
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
        person.get(f"/staff/cases/{reference}")
        with counted() as sent:
            page = person.get(f"/staff/cases/{reference}")
    assert page.status == 200
    assert len(sent) <= CASE, sent


def test_a_case_with_reviews_an_agreement_payments_and_reports_costs_no_more(app: Flask, walked: CountedWay) -> None:
    with app.app_context():
        address = f"/staff/cases/{walked.case().reference}"
        person = Person(app, walked.hq_staff.email)
        person.get(address)
        with counted() as sent:
            page = person.get(address)
    assert page.status == 200
    assert len(sent) <= CASE, sent
