"""Approvals, separation of duties and quorums: who may not, whatever roles they hold or held."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from backoffice.access.actors import Actor
from backoffice.accounts.models import RoleGrant
from backoffice.accounts.queries import actor
from backoffice.accounts.services import grant, revoke
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Refused
from backoffice.engine import tasks
from backoffice.engine.extending import move_deadline
from backoffice.engine.perform import Engine
from backoffice.engine.spine import Task
from backoffice.reviews.queries import sheets_of_case
from backoffice.reviews.services import declare_conflict
from tests.engine.charter import altered
from tests.make import make_user
from tests.story import CHECKS, GOOD, Way, days_later
from workflows.roles import Role

WHY = "수행이 불가능하다고 판단합니다"


def codes(story: Way, action: str, person: Actor, **typed: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        story.do(action, person, **typed)
    return [reason.code for reason in refused.value.reasons]


def says(story: Way, action: str, person: Actor) -> list[str] | None:
    """What the list of actions says about a step: no reasons when it is open, None when it is not listed."""
    for verdict in story.engine.actions([story.case_id], person)[story.case_id]:
        if verdict.action == action:
            return [reason.code for reason in verdict.reasons]
    return None


def also(person: Actor, role: Role, **period: date) -> Actor:
    """The same person with one more role."""
    with transaction():
        grant(person.user_id or 0, role, **period)
    found = actor(person.user_id or 0)
    assert found is not None
    return found


def without(person: Actor) -> Actor:
    """The same person after every role ended."""
    with transaction():
        for grant_id in db.session.scalars(select(RoleGrant.id).where(RoleGrant.user_id == person.user_id)).all():
            revoke(grant_id)
    found = actor(person.user_id or 0)
    assert found is not None
    return found


@pytest.fixture
def suspended(office: Engine) -> Way:
    """A project under special evaluation: ending it needs two people, an approver and headquarters."""
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running()
        story.do("start_special_evaluation", story.approver, reason="환경 변화로 수행이 어렵습니다")
    return story


def test_one_person_with_both_roles_gives_one_approval_only(suspended: Way) -> None:
    both = also(suspended.approver, Role.HQ_STAFF)
    done = suspended.do("terminate", both, reason=WHY)
    assert done.target == done.source
    assert codes(suspended, "terminate", both, reason=WHY) == ["already_approved"]
    assert suspended.do("terminate", suspended.hq_staff, reason=WHY).target != done.source


def test_somebody_with_both_roles_approves_in_the_one_that_is_missing(suspended: Way) -> None:
    suspended.do("terminate", suspended.approver, reason=WHY)
    other = also(make_user(Role.APPROVER), Role.HQ_STAFF)
    assert says(suspended, "terminate", other) == []
    suspended.do("terminate", other, reason=WHY)
    assert "broken_off" in suspended.definition(suspended.case()).state(suspended.case().state).tags


def test_an_approver_whose_role_ended_before_the_second_approval_cannot_give_it(suspended: Way) -> None:
    suspended.do("terminate", suspended.approver, reason=WHY)
    assert codes(suspended, "terminate", without(suspended.hq_staff), reason=WHY) == ["wrong_role"]


def test_an_approval_stays_given_when_its_role_ended_and_its_giver_cannot_add_the_other(suspended: Way) -> None:
    suspended.do("terminate", suspended.approver, reason=WHY)
    changed = also(without(suspended.approver), Role.HQ_STAFF)
    assert says(suspended, "terminate", changed) == ["already_approved"]
    assert codes(suspended, "terminate", changed, reason=WHY) == ["already_approved"]
    assert suspended.do("terminate", suspended.hq_staff, reason=WHY).target != "suspended"


def test_approvals_of_an_earlier_evaluation_do_not_count_in_the_next(suspended: Way) -> None:
    suspended.do("terminate", suspended.approver, reason=WHY)
    suspended.do("resume", suspended.approver, opinion="계속 수행하기로 합니다.")
    suspended.do("start_special_evaluation", suspended.approver, reason="다시 어려워졌습니다")
    done = suspended.do("terminate", suspended.hq_staff, reason=WHY)
    assert done.target == done.source
    assert suspended.do("terminate", suspended.approver, reason=WHY).target != done.source


def test_a_moved_deadline_between_two_approvals_takes_none_of_them_away(office: Engine) -> None:
    engine = altered(office, ("escalate_to: hq_staff, basis: Act 15(1)}\n    tags", "escalate_to: hq_staff}\n    tags"))
    story = Way(engine).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running()
        story.do("start_special_evaluation", story.approver, reason="환경 변화로 수행이 어렵습니다")
        story.do("terminate", story.approver, reason=WHY)
        later = clock.today() + timedelta(days=45)
        move_deadline(
            engine, story.case_id, story.hq_staff, to=later, reason="자료를 더 받습니다.",
            revision=story.case().revision, key="longer",
        )  # fmt: skip
        assert codes(story, "terminate", story.approver, reason=WHY) == ["already_approved"]
        assert story.do("terminate", story.hq_staff, reason=WHY).target != "suspended"


def test_both_people_of_an_approval_are_kept_from_the_step_that_is_separated_from_it(office: Engine) -> None:
    before = "    by: [approver]\n    tone: primary\n    requires: [passed_review, budget_available]\n"
    by_two = "    by: [approver, hq_staff]\n    approvals: {n: 2, distinct_roles: [approver, hq_staff]}\n"
    after = "    input: award\n    effects: [reserve_budget, mail:selected]\n"
    held = "    separate_from: [pass_screening, finish_doc_review, skip_presentation, finish_pres_review]\n"
    whole = before + held + after
    changed = by_two + before.partition("\n")[2] + after
    sign = ("    separate_from: [open_agreement]\n", "    separate_from: [open_agreement, select]\n")
    engine = altered(office, (whole, changed), sign)
    story = Way(engine).submitted()
    with days_later(11):
        story.screened().reviewed()
        story.selected().do("select", story.hq_staff, amount=50_000_000, resolution="2026-12")
        story.do("open_agreement", make_user(Role.HQ_STAFF))
        story.sign_all()
        for person in (story.approver, also(story.hq_staff, Role.APPROVER)):
            assert says(story, "sign_agreement", person) == ["separation"]
        assert says(story, "sign_agreement", make_user(Role.APPROVER)) == []


def test_whoever_prepared_a_step_cannot_decide_it_in_another_role(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed()
        promoted = also(without(story.hq_staff), Role.APPROVER)
        assert codes(story, "select", promoted, amount=1_000_000, resolution="2026-1") == ["separation"]


def test_a_deputy_for_a_time_decides_within_it_and_not_after(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed()
        deputy = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE")
        deputy = also(deputy, Role.APPROVER, valid_from=clock.today(), valid_to=clock.today() + timedelta(days=2))
        assert says(story, "select", deputy) == []
    with days_later(15):
        late = actor(deputy.user_id or 0)
        assert late is not None
        assert says(story, "select", late) is None
        assert codes(story, "select", late, amount=1_000_000, resolution="2026-1") == ["wrong_role"]


def test_a_deputy_who_prepared_the_case_cannot_decide_it_either(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed()
        deputy = also(story.hq_staff, Role.APPROVER, valid_to=clock.today() + timedelta(days=5))
        assert says(story, "select", deputy) == ["separation"]


def test_a_new_round_after_a_reinstatement_asks_who_prepared_that_round(office: Engine) -> None:
    story = Way(office).submitted()
    second = make_user(Role.HQ_STAFF)
    with days_later(11):
        story.do("start_screening", story.zone_staff)
        story.fill("screening_checklist", story.hq_staff, dict.fromkeys(CHECKS, True))
        story.do("request_correction", story.zone_staff, items=[{"item": "사업비", "request": "산출 근거"}])
        story.do("resubmit", story.applicant)
        story.do("pass_screening", second)
        story.reviewed()
        assert says(story, "select", also(story.hq_staff, Role.APPROVER)) == []
        assert says(story, "select", also(second, Role.APPROVER)) == ["separation"]


def test_an_administrator_without_the_role_takes_no_step_at_all(office: Engine) -> None:
    story = Way(office).submitted()
    admin = make_user(Role.ADMIN)
    with days_later(11):
        assert office.actions([story.case_id], admin)[story.case_id] == ()
        for step in {one.action for one in story.definition(story.case()).transitions}:
            assert codes(story, step, admin)[0] in {"wrong_role", "not_from_here"}


# ---- quorums


def test_a_round_of_three_is_not_over_with_two_sheets(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened()
        sheets = [sheet for sheet, _ in sheets_of_case(story.case_id)]
        with transaction():
            for sheet in (sheets[0], sheets[1]):
                declare_conflict(db.session.merge(sheet), "참여기업과 공동 연구를 하였습니다.")
        story.score(GOOD)
        assert "quorum_missing" in codes(story, "skip_presentation", story.chair)
        open_now = [status for _, status in sheets_of_case(story.case_id) if status == tasks.DONE]
        assert len(open_now) == 2


def test_a_quorum_that_names_a_number_is_reached_with_that_number(office: Engine) -> None:
    old = "en: Document score sheet}, assign: reviewers, count: 3, quorum: {submitted: all}"
    engine = altered(office, (old, old.replace("all", "2")))
    story = Way(engine).submitted()
    with days_later(11):
        story.screened().score(GOOD)
        with transaction():
            last = db.session.scalars(select(Task).where(Task.case_id == story.case_id).order_by(Task.id)).all()[-1]
            tasks.reopen(last)
        assert says(story, "skip_presentation", story.chair) == []
        with transaction():
            db.session.execute(update(Task).where(Task.case_id == story.case_id).values(status=tasks.OPEN))
        assert says(story, "skip_presentation", story.chair) == ["quorum_missing"]


def test_a_task_with_a_threshold_of_its_own_is_held_against_that(office: Engine) -> None:
    old = "en: Document score sheet}, assign: reviewers, count: 3, quorum: {submitted: all}"
    engine = altered(office, (old, old.replace("submitted: all", "submitted: all, min_score_avg: 90")))
    story = Way(engine).submitted()
    with days_later(11):
        story.screened().score(GOOD)
        assert says(story, "skip_presentation", story.chair) == ["score_too_low"]
        assert says(story, "fail_doc_review", story.chair) == []
