"""Restating a value: one proposes, another decides, and what was printed is warned of."""

import pytest

from backoffice.access.actors import Actor
from backoffice.core.db import db, transaction
from backoffice.core.errors import Conflict, Forbidden, Invalid, Refused
from backoffice.engine.perform import Engine
from backoffice.outcomes import restating
from backoffice.outcomes.models import Measure, RestatementProposal
from tests.make import MILLION, make_user
from tests.reports.worlds import finished_project, zone_says
from workflows.roles import Role


@pytest.fixture
def people(office: Engine) -> dict[str, Actor]:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    return {
        "zone": make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE"),
        "both": make_user(Role.HQ_STAFF, Role.APPROVER),
        "approver": make_user(Role.APPROVER),
    }


def standing() -> Measure:
    return db.session.query(Measure).filter_by(indicator="ST-CNT", superseded_at=None).one()


def propose(who: Actor, value: int = 23) -> int:
    with transaction():
        old = standing()
        return restating.propose(
            old, old.value + value - 21, denominator=None, reason="두 곳이 빠졌습니다", evidence="김해-124", actor_id=me(who)
        ).id  # fmt: skip


def me(who: Actor) -> int:
    return who.user_id or 0


def proposal(key: int) -> RestatementProposal:
    return db.session.get_one(RestatementProposal, key)


def test_a_value_changes_only_when_another_person_accepts(people: dict[str, Actor]) -> None:
    key = propose(people["both"])
    assert standing().value == 21
    with pytest.raises(Refused, match="정정을 요청한 사람은 결정할 수 없습니다"), transaction():
        restating.accept(proposal(key), actor_id=me(people["both"]))
    with transaction():
        restating.accept(proposal(key), actor_id=me(people["approver"]))
    new = standing()
    assert (new.value, new.edition, new.recorded_by, new.answer) == (
        23, 2, people["both"].user_id, "두 곳이 빠졌습니다 (김해-124)"
    )  # fmt: skip
    assert proposal(key).new_id == new.id


def test_what_is_decided_is_decided_once(people: dict[str, Actor]) -> None:
    key = propose(people["zone"])
    with transaction():
        restating.refuse(proposal(key), "증빙이 없습니다", actor_id=me(people["approver"]))
    with pytest.raises(Conflict, match="이미 결정된"), transaction():
        restating.accept(proposal(key), actor_id=me(people["both"]))
    assert (standing().value, standing().edition) == (21, 1)
    assert propose(people["zone"]) != key


def test_a_second_proposal_waits_until_the_first_is_decided(people: dict[str, Actor]) -> None:
    key = propose(people["zone"])
    with pytest.raises(Conflict, match="이미 있습니다"):
        propose(people["both"], 24)
    with pytest.raises(Forbidden), transaction():
        restating.withdraw(proposal(key), actor_id=me(people["both"]))
    with transaction():
        restating.withdraw(proposal(key), actor_id=me(people["zone"]))
    assert propose(people["both"], 24) != key


def test_a_refusal_says_why(people: dict[str, Actor]) -> None:
    key = propose(people["zone"])
    with pytest.raises(Invalid, match="5자 이상"), transaction():
        restating.refuse(proposal(key), "음", actor_id=me(people["approver"]))


def test_a_value_of_an_outcome_report_is_restated_in_that_report(office: Engine) -> None:
    story = finished_project(office, {"SALES": 10 * MILLION})
    row = db.session.query(Measure).filter_by(indicator="SALES").one()
    with pytest.raises(Refused, match="그 보고") as told, transaction():
        restating.propose(
            db.session.get_one(Measure, row.id), row.value * 2, denominator=None, reason="두 배입니다", evidence="",
            actor_id=me(story.zone_staff),
        )  # fmt: skip
    assert told.value.reasons[0].code == "through_report"
