"""What the pages of real cases cost the database, in every state a case of the demo rests in."""

import pytest
from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.core.db import db
from tests.browse import Person
from tests.demo.conftest import Built
from tests.queries import counted

CASE = 15
"""The most statements of a case page."""


@pytest.mark.parametrize("role", ["hq_staff.hq", "approver.hq", "auditor.hq"])
def test_a_case_costs_the_same_few_statements_in_every_state(standing: Built, role: str) -> None:
    app = standing.app
    person = Person(app, f"{role}@demo.example", "ieum-demo")
    person.get("/staff/")
    found = {}
    with app.app_context():
        rows = select(Case.workflow, Case.state, Case.reference).where(Case.private.is_(False)).order_by(Case.revision)
        longest = {(workflow, state): reference for workflow, state, reference in db.session.execute(rows)}
        for place, reference in longest.items():
            with counted() as sent:
                page = person.get(f"/staff/cases/{reference}")
            assert page.status == 200
            found[place] = len(sent)
    assert len(found) >= 60
    assert {place: number for place, number in found.items() if number > CASE} == {}
