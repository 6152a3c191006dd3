"""Linked cases: opened only where the link allows it, and acting on their parent only as their definition declares."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backoffice.access.actors import SYSTEM
from backoffice.cases.models import Case
from backoffice.cases.services import open_linked
from backoffice.core.db import db, transaction
from backoffice.core.errors import Refused
from backoffice.engine.perform import Engine
from backoffice.engine.values import Happening
from tests.engine.charter import altered
from tests.story import BAD, Way, days_later
from workflows.definition import Link
from workflows.roles import Role

GROUNDS = "제출한 시장 분석 자료가 평가에서 빠졌습니다. 첨부 3의 비교표를 다시 보아 주시기 바랍니다."
REASON = "비교표가 평가자료에서 누락된 사실을 확인하였습니다."


def rejected(engine: Engine) -> Way:
    story = Way(engine).submitted()
    with days_later(11):
        story.screened().reviewed(BAD)
        story.do("reject", story.approver, feedback="다음에는 시장 분석을 보완해 주세요.")
    return story


def opened(story: Way, *, role: Role = Role.APPLICANT, link: Link | None = None, parent_id: int | None = None) -> int:
    chosen = link or story.definition(story.case()).links["objection"]
    with transaction():
        parent = db.session.get_one(Case, parent_id or story.case_id)
        person = SYSTEM if role is Role.SYSTEM else story.applicant
        key = f"open {parent.id} {chosen.workflow} {db.session.scalar(select(func.count()).select_from(Case))}"
        return open_linked(story.engine, parent, chosen, person, role=role, year=parent.year, key=key).id


def refused(story: Way, **how: Any) -> list[str]:
    with pytest.raises(Refused) as refusal:
        opened(story, **how)
    return [reason.code for reason in refusal.value.reasons]


def examined(story: Way) -> int:
    """An objection on the approver's desk."""
    child = opened(story)
    story.fill(
        "objection", story.applicant,
        {"applicant_name": "김대표", "address": "김해시", "notified_on": "2026-11-01", "notified_result": "미선정",
         "grounds": GROUNDS},
        case_id=child,
    )  # fmt: skip
    story.do("file", story.applicant, case_id=child)
    story.do("accept", story.hq_staff, case_id=child)
    return child


def test_an_objection_is_opened_only_after_a_refusal(office: Engine) -> None:
    story = Way(office).submitted()
    assert refused(story) == ["link_not_from_here"]


def test_only_the_people_a_link_names_open_it(office: Engine) -> None:
    story = rejected(office)
    with days_later(11):
        assert refused(story, role=Role.PARTNER) == ["wrong_role"]
        assert refused(story, role=Role.SYSTEM) == ["wrong_role"]


def test_a_second_objection_is_refused_at_the_limit(office: Engine) -> None:
    story = rejected(office)
    with days_later(11):
        opened(story)
        assert refused(story) == ["link_limit"]


def test_an_objection_comes_too_late_after_the_days_the_law_gives(office: Engine) -> None:
    story = rejected(office)
    with days_later(26):
        assert refused(story) == ["link_too_late"]


def test_an_objection_is_never_opened_below_an_objection(office: Engine) -> None:
    story = rejected(office)
    with days_later(11):
        child = opened(story)
        endless = Link(workflow="objection", label=story.definition(story.case()).links["objection"].label, limit=5)
        assert refused(story, link=endless, parent_id=child) == ["link_circle"]


def test_a_decision_takes_the_declared_step_of_its_parent_in_the_same_moment(office: Engine) -> None:
    story = rejected(office)
    with days_later(11):
        child = examined(story)
        story.do("uphold", story.approver, case_id=child, reason=REASON)
    assert "deliberated" in story.definition(story.case()).state(story.case().state).tags
    assert story.case(child).final == "success"


def test_an_upheld_objection_reinstates_once_and_not_after_the_next_refusal(office: Engine) -> None:
    story = rejected(office)
    with days_later(11):
        child = examined(story)
        story.do("uphold", story.approver, case_id=child, reason=REASON)
    with days_later(12):
        story.do("reject", story.approver, feedback="다시 심의했으나 시장 분석이 여전히 부족합니다.")
        with pytest.raises(Refused) as refusal:
            story.do("reinstate", story.approver)
    assert [reason.code for reason in refusal.value.reasons] == ["no_objection_upheld"]


def test_a_child_cannot_reach_a_step_of_its_parent_that_it_does_not_declare(office: Engine) -> None:
    def reaches(happening: Happening, _: Any) -> None:
        happening.perform_on(happening.subject.parent_id or 0, "confirm_reject")

    effects = {**office.registry.effects, "mail": reaches}
    story = rejected(office)
    with days_later(11):
        child = examined(story)
        story.engine = Engine(replace(office.registry, effects=effects, outside={}), office.definitions)
        with pytest.raises(RuntimeError, match="does not declare"):
            story.do("dismiss", story.approver, case_id=child, reason=REASON)
        assert (story.case().final, story.case(child).final) == (None, None)


def test_a_child_cannot_act_on_a_case_that_is_not_its_parent(office: Engine) -> None:
    stranger = Way(office)

    def reaches(happening: Happening, _: Any) -> None:
        happening.perform_on(stranger.case_id, "reinstate")

    story = rejected(office)
    with days_later(11):
        child = examined(story)
        effects = {**office.registry.effects, "mail": reaches}
        story.engine = Engine(replace(office.registry, effects=effects, outside={}), office.definitions)
        with pytest.raises(RuntimeError, match="does not declare"):
            story.do("uphold", story.approver, case_id=child, reason=REASON)
    assert story.case(child).final is None


def test_a_child_acts_only_with_the_rights_of_the_person_who_decides(office: Engine) -> None:
    here = "    to: deliberation\n    by: [{role}]\n    requires: [objection_upheld]"
    engine = altered(office, (here.format(role="approver"), here.format(role="finance")))
    story = rejected(engine)
    with days_later(11):
        child = examined(story)
        with pytest.raises(Refused) as refusal:
            story.do("uphold", story.approver, case_id=child, reason=REASON)
    assert [reason.code for reason in refusal.value.reasons] == ["wrong_role"]
    assert story.case(child).final is None


def test_a_decision_about_a_parent_that_moved_on_is_refused(office: Engine) -> None:
    story = rejected(office)
    with days_later(11):
        child = examined(story)
        with transaction():
            db.session.execute(update(Case).where(Case.id == story.case_id).values(state="rejected", final="failure"))
        with pytest.raises(Refused) as refusal:
            story.do("uphold", story.approver, case_id=child, reason=REASON)
    assert [reason.code for reason in refusal.value.reasons] == ["parent_moved_on"]
