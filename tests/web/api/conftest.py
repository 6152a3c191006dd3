"""Who uses the API in the tests of this folder: programs around one application."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from backoffice.core.db import db
from backoffice.programs.models import Call
from tests.story import Way, days_later
from tests.web.api.client import Program, program_of


@dataclass
class Office:
    """One submitted application and the programs of everybody around it."""

    app: Flask
    story: Way
    reference: str
    call: str
    zone: Program
    hq: Program
    company: Program

    def revision(self) -> int:
        with self.app.app_context():
            found = self.story.case().revision
            db.session.remove()
        return found


@pytest.fixture
def submitted(app: Flask) -> Iterator[Office]:
    """An application after its call has closed: it waits for the zone to begin its screening."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        reference, call = story.case().reference, db.session.get_one(Call, story.case().call_id).code
        db.session.remove()
    people = (story.zone_staff, story.hq_staff, story.applicant)
    with days_later(11):
        yield Office(app, story, reference, call, *(program_of(app, person) for person in people))
