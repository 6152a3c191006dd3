"""How the engine answers: stale pages, repeated keys, wrong roles, failed guards, unknown steps."""

import pytest
from sqlalchemy import func, select

from backoffice.accounts.queries import actor
from backoffice.accounts.services import grant
from backoffice.cases import queries as cases
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Conflict, NotFound, Refused
from backoffice.core.outbox import Job
from backoffice.engine.chain import verify
from backoffice.engine.perform import Engine
from backoffice.engine.spine import History
from tests.make import make_user
from tests.story import BAD, Way, days_later
from workflows.roles import Role


def reasons_of(story: Way, action: str, person: object, **typed: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        story.do(action, person, **typed)  # type: ignore[arg-type]
    return [reason.code for reason in refused.value.reasons]


def rows(story: Way) -> int:
    return db.session.scalar(select(func.count()).select_from(History).where(History.case_id == story.case_id)) or 0


def test_a_page_that_is_too_old_is_told_who_moved_the_case_and_where_to(office: Engine) -> None:
    story = Way(office).submitted()
    with pytest.raises(Conflict) as conflict:
        office.perform(story.case_id, "withdraw", story.applicant, revision=1, key="old page", input={"reason": "사정"})
    assert conflict.value.code == "stale"
    assert story.applicant.name in conflict.value.sentence.ko
    assert "접수완료" in conflict.value.sentence.ko


def test_the_same_key_sent_twice_acts_once_and_answers_twice(office: Engine) -> None:
    story = Way(office)
    first = story.do("submit", story.applicant, key="double click")
    again = office.perform(story.case_id, "submit", story.applicant, revision=1, key="double click")
    assert again.replayed
    assert (again.revision, again.target, again.at) == (first.revision, first.target, first.at)
    assert rows(story) == 2


def test_a_key_cannot_be_used_for_another_step(office: Engine) -> None:
    story = Way(office)
    story.do("submit", story.applicant, key="one key")
    with pytest.raises(Conflict) as conflict:
        story.do("withdraw", story.applicant, key="one key", reason="사정이 있습니다")
    assert conflict.value.code == "key_reused"


def test_somebody_with_the_wrong_role_is_told_who_may(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        assert reasons_of(story, "start_screening", story.finance) == ["wrong_role"]


def test_staff_of_another_zone_cannot_take_a_step(office: Engine) -> None:
    story = Way(office).submitted()
    elsewhere = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG")
    with days_later(11):
        assert reasons_of(story, "start_screening", elsewhere) == ["wrong_role"]


def test_every_reason_is_told_at_once(office: Engine) -> None:
    story = Way(office)
    with transaction():
        for answer in cases.answers(story.case_id, "application").values():
            if answer.field in {"title", "members"}:
                answer.value = None
    with transaction():
        story.case().amount = 900_000_000
    codes = reasons_of(story, "submit", story.applicant)
    assert codes == ["form_incomplete", "amount_over_call"]


def test_an_unknown_step_is_said_to_be_unknown(office: Engine) -> None:
    story = Way(office)
    assert reasons_of(story, "fly_to_the_moon", story.applicant) == ["unknown_action"]


def test_a_step_of_another_state_says_where_it_starts(office: Engine) -> None:
    story = Way(office)
    assert reasons_of(story, "select", story.approver, amount=1, resolution="x") == ["not_from_here"]


def test_a_step_that_needs_input_is_not_taken_without_it(office: Engine) -> None:
    story = Way(office).submitted()
    assert reasons_of(story, "withdraw", story.applicant) == ["input_missing"]


def test_a_case_that_does_not_exist_is_not_found(office: Engine) -> None:
    with pytest.raises(NotFound):
        office.perform(999_999, "submit", make_user(Role.APPROVER), revision=1, key="nothing")


def test_nothing_changes_when_a_step_is_refused(office: Engine) -> None:
    story = Way(office)
    before = (story.case().state, story.case().revision, rows(story))
    assert reasons_of(story, "select", story.approver, amount=1, resolution="x")
    assert (story.case().state, story.case().revision, rows(story)) == before


def test_an_effect_that_fails_takes_the_whole_step_back(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed()
        with transaction():
            db.session.execute(db.text("UPDATE budget_line SET total = 1"))
        assert reasons_of(story, "select", story.approver, amount=50_000_000, resolution="2026-1") == ["budget_short"]
        assert story.case().state == "deliberation"
    assert verify(db.session) == (1, [])


def test_whoever_prepared_a_payment_cannot_pay_it(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running()
        story.do("order_payment", story.finance)
        assert "separation" in reasons_of(story, "pay_instalment", story.finance)
        story.do("pay_instalment", story.payer)
        story.do("order_payment", story.payer)
        assert story.do("pay_instalment", story.finance).revision


def test_a_termination_needs_two_people_of_two_roles(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running()
        story.do("start_special_evaluation", story.approver, reason="환경 변화로 수행이 어렵습니다")
        first = story.do("terminate", story.approver, reason="수행이 불가능합니다")
        assert first.target == first.source
        assert "already_approved" in reasons_of(story, "terminate", story.approver, reason="다시 승인합니다")
        other = make_user(Role.APPROVER)
        assert "role_missing" in reasons_of(story, "terminate", other, reason="다시 승인합니다")
        done = story.do("terminate", story.hq_staff, reason="동의합니다. 해약합니다")
    assert done.target != done.source


def test_staff_cannot_decide_on_a_case_of_their_own_company(office: Engine) -> None:
    story = Way(office).submitted()
    with transaction():
        grant(story.hq_staff.user_id or 0, Role.APPLICANT, organization_id=story.partner.id)
    with days_later(11):
        assert "own_case" in reasons_of(story, "start_screening", actor(story.hq_staff.user_id or 0))


def test_nothing_is_accepted_after_the_call_and_nothing_refused_before(office: Engine) -> None:
    story = Way(office)
    closes = story.call.closes_at
    with clock.travelling(closes):
        verdict = next(
            item for item in office.actions([story.case_id], story.applicant)[story.case_id] if item.action == "submit"
        )
        assert verdict.ok
    with days_later(11):
        assert reasons_of(story, "submit", story.applicant) == ["call_closed"]


def test_the_system_closes_what_nobody_submitted_and_confirms_what_nobody_objected_to(office: Engine) -> None:
    forgotten = Way(office)
    rejected = Way(office, call=forgotten.call).submitted()
    with days_later(11):
        assert office.breach() == 1
        rejected.screened().reviewed(BAD)
        rejected.do("reject", rejected.approver, feedback="다음에는 시장 분석을 보완해 주세요.")
        assert office.breach() == 0
    with days_later(11 + 16):
        assert office.breach() == 1
    assert forgotten.case().final == "cancelled"
    assert rejected.case().final == "failure"


def test_one_mail_is_asked_for_by_each_step_that_tells_somebody(office: Engine) -> None:
    story = Way(office).submitted()
    kinds = db.session.execute(select(Job.kind, func.count()).group_by(Job.kind)).all()
    assert dict(kinds) == {"mail": 1, "receipt": 1}
    assert story.case().private is False
