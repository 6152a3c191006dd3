"""Conformance: what the engine wrote replays without a fault, and whatever was bent is named by case and revision."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from backoffice.analytics.conformance import Replay, image_of, replay
from backoffice.cases.models import Case
from backoffice.core.db import db, transaction
from backoffice.engine.perform import Engine
from backoffice.engine.spine import APPROVAL, History
from tests.analytics.rows import START, Hand
from tests.story import Way, days_later
from workflows import catalogue
from workflows.definition import Migration

PLANNING = "joint_rbd_planning"


@pytest.fixture
def hand(office: Engine) -> Hand:
    return Hand(office)


def faults(found: Replay) -> list[tuple[str, int, str]]:
    return [(one.reference, one.revision, one.code) for one in found.deviations]


def terminated(office: Engine) -> Way:
    """A case whose agreement was terminated by two people."""
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running().paid()
        story.do("start_special_evaluation", story.approver, reason="사업비를 다른 곳에 썼습니다.")
        story.do("terminate", story.approver, reason="협약을 지키지 않았습니다.")
        story.do("terminate", story.hq_staff, reason="협약을 지키지 않았습니다.")
    return story


def bend(story: Way, action: str, **values: Any) -> None:
    with transaction():
        db.session.execute(
            update(History).where(History.case_id == story.case_id, History.action == action).values(**values)
        )


def revisions(story: Way, action: str) -> list[int]:
    query = select(History.revision).where(History.case_id == story.case_id, History.action == action)
    return list(db.session.scalars(query.order_by(History.revision)))


def test_what_the_engine_wrote_replays_without_a_fault(office: Engine) -> None:
    story = terminated(office)
    found = replay(office.definitions)
    assert faults(found) == []
    assert (found.cases, found.rows) == (1, story.case().revision)


def test_linked_cases_replay_with_the_step_that_opened_them(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running(days=180).paid()
    with days_later(11 + 181):
        office.breach()
        story.reported(35_000_000).settled()
    assert faults(replay(office.definitions)) == []
    with transaction():
        child = db.session.scalars(select(Case).where(Case.parent_id == story.case_id)).one()
        db.session.execute(update(History).where(History.case_id == child.id).values(key="somewhere else"))
    assert faults(replay(office.definitions)) == [
        (story.case().reference, revisions(story, "confirm_settlement")[0], "linked")
    ]


def test_a_step_taken_by_one_of_two_approvers_is_named(office: Engine) -> None:
    story = terminated(office)
    first, last = revisions(story, "terminate")
    with transaction():
        db.session.execute(
            update(History)
            .where(History.case_id == story.case_id, History.revision == first)
            .values(kind=APPROVAL, action="resume")
        )
    codes = {(revision, code) for _, revision, code in faults(replay(office.definitions))}
    assert (last, "approvals") in codes
    assert (first, "approvals") in codes


def test_the_same_person_approving_twice_is_named(office: Engine) -> None:
    story = terminated(office)
    bend(story, "terminate", actor_id=story.approver.user_id)
    assert faults(replay(office.definitions)) == [
        (story.case().reference, revisions(story, "terminate")[1], "approvals")
    ]


def test_a_decision_by_whoever_passed_the_screening_is_named(office: Engine) -> None:
    story = terminated(office)
    bend(story, "select", actor_id=story.hq_staff.user_id)
    assert faults(replay(office.definitions)) == [(story.case().reference, revisions(story, "select")[0], "separation")]


@pytest.mark.parametrize(
    ("revision", "change", "expected"),
    [
        (1, {"target": "filed"}, {(1, "creation"), (2, "source")}),
        (2, {"role": "approver"}, {(2, "role")}),
        (3, {"action": "dismiss"}, {(3, "step")}),
        (3, {"target": "correction"}, {(3, "target"), (4, "source")}),
        (3, {"digest": "f" * 64}, {(3, "unknown_version")}),
        (3, {"kind": "wish"}, {(3, "kind")}),
        (3, {"kind": "deadline"}, {(3, "target")}),
        (3, {"kind": "migration"}, {(3, "migration")}),
        (3, {"kind": "creation"}, {(3, "creation")}),
        (3, {"kind": "undo"}, {(3, "undo")}),
        (3, {"at": START}, {(3, "time")}),
    ],
    ids=[
        "another beginning",
        "another role",
        "no step from here",
        "another target",
        "unknown version",
        "no kind",
        "moved by a deadline",
        "no migration",
        "begun twice",
        "nothing to take back",
        "out of order",
    ],
)
def test_a_bent_row_is_named_by_case_and_revision(
    hand: Hand, revision: int, change: dict[str, Any], expected: set[tuple[int, str]]
) -> None:
    hand.case((1, "file"), (1, "accept"), (1, "request_correction"))
    bent = hand.case((1, "file"), (1, "accept"), (1, "withdraw"))
    hand.change(bent, revision, **change)
    found = faults(replay(hand.engine.definitions, "objection"))
    assert {one for one, *_ in found} == {bent}
    assert expected <= {(at, code) for _, at, code in found}


def test_a_lost_row_and_a_case_that_is_elsewhere_are_named(hand: Hand) -> None:
    lost, moved = (hand.case((1, "file"), (1, "accept"), (1, "withdraw")) for _ in range(2))
    with transaction():
        db.session.execute(delete(History).where(History.case_id == hand.id_of(lost), History.revision == 2))
        db.session.execute(update(Case).where(Case.id == hand.id_of(moved)).values(state="upheld", workflow_version=9))
    assert faults(replay(hand.engine.definitions)) == [(lost, 2, "gap"), (moved, 4, "end"), (moved, 4, "version")]


def test_one_program_is_replayed_without_the_others(hand: Hand) -> None:
    hand.case((1, "file"))
    assert replay(hand.engine.definitions, "objection").cases == 1
    assert replay(hand.engine.definitions, PLANNING).cases == 0


def test_many_histories_are_replayed_in_parts(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(7):
        hand.case((1, "file"), start=START + timedelta(days=1))
    monkeypatch.setattr("backoffice.analytics.conformance.AT_ONCE", 3)
    assert (replay(hand.engine.definitions).cases, replay(hand.engine.definitions).rows) == (7, 14)


def test_a_state_of_an_older_version_becomes_what_the_plan_says() -> None:
    older = catalogue.newest("objection").workflow
    plan = Migration.model_validate({"from": 1, "states": {"filed": "examining"}})
    newer = older.model_copy(update={"version": 2, "migrations": (plan,)})
    assert image_of(newer, 1, "filed") == "examining"
    assert image_of(newer, 1, "drafting") == "drafting"
