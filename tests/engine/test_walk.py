"""One case walked through the engine from draft to tracking."""

from backoffice.core.db import db
from backoffice.engine.chain import verify
from backoffice.engine.perform import Engine
from backoffice.funding import queries as funding
from tests.make import MILLION
from tests.story import Way, days_later


def test_a_joint_planning_case_can_be_walked_from_draft_to_outcome_tracking(office: Engine) -> None:
    story = Way(office).submitted()
    assert story.case().reference.endswith("-0001")
    with days_later(11):
        story.screened().reviewed().selected().running(days=180).paid()
    agreement = funding.agreement_of(story.case_id)
    assert agreement is not None
    assert agreement.disbursed == 35 * MILLION
    with days_later(11 + 181):
        assert office.breach() == 1
        story.reported(35 * MILLION).settled()
    assert "tracked" in story.definition(story.case()).state(story.case().state).tags
    assert verify(db.session) == (2, [])
