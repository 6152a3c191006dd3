"""Taking a step back: within its window, by the person who took it, while nobody has acted; and no mail ever left."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backoffice.accounts.models import RoleGrant
from backoffice.accounts.queries import actor
from backoffice.accounts.services import revoke
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Conflict, Refused
from backoffice.core.outbox import Job
from backoffice.engine.chain import verify
from backoffice.engine.perform import Engine
from backoffice.engine.spine import Appointment, History, Task
from backoffice.engine.subjects import load_subject_and_past
from backoffice.engine.timeline import public_timeline, timeline
from backoffice.engine.undo import take_back, undoable
from backoffice.funding import queries as funding
from backoffice.reviews.queries import sheets_of_case
from backoffice.reviews.services import declare_no_conflict
from tests.make import MILLION, make_user
from tests.story import CHECKS, Way, days_later
from workflows.roles import Role

COMPANY = frozenset({Role.APPLICANT})

ITEMS = [{"item": "사업비", "request": "산출 근거를 적어 주세요"}]


def back(story: Way, person: object, *, key: str = "", revision: int | None = None) -> None:
    seen = revision or story.case().revision
    take_back(story.engine, story.case_id, person, revision=seen, key=key or f"undo {seen}")  # type: ignore[arg-type]


def refusals(story: Way, person: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        back(story, person)
    return [reason.code for reason in refused.value.reasons]


def screening(office: Engine) -> Way:
    story = Way(office).submitted()
    with days_later(11):
        story.do("start_screening", story.zone_staff)
    return story


def test_a_step_taken_back_leaves_the_case_where_it_was_and_both_rows_in_the_history(office: Engine) -> None:
    story = screening(office)
    before = story.case()
    place = (before.state, before.state_since, before.due_at, before.waiting_for)
    with days_later(12):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        back(story, story.zone_staff)
    after = story.case()
    assert (after.state, after.state_since, after.due_at, after.waiting_for) == place
    kinds = list(db.session.scalars(select(History.kind).where(History.case_id == story.case_id).order_by("revision")))
    assert kinds == ["creation", "transition", "transition", "transition", "undo"]
    assert verify(db.session) == (1, [])


def test_the_mail_waits_for_the_window_and_is_dropped_when_the_step_is_taken_back(office: Engine) -> None:
    story = screening(office)
    with days_later(12):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        job = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job is not None
        assert job.run_at - clock.now() == timedelta(minutes=10)
        back(story, story.zone_staff)
        db.session.refresh(job)
    assert job.status == "cancelled"


def test_staff_read_of_both_and_the_company_of_neither(office: Engine) -> None:
    story = screening(office)
    with days_later(12):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        back(story, story.zone_staff)
    subject = office.subject(story.case_id)
    assert [entry.label.ko for entry in timeline(office, subject)[:2]] == ["되돌림: 보완 요청", "보완 요청"]
    assert not [entry for entry in public_timeline(office, subject, COMPANY) if "보완" in entry.label.ko]


def test_reviewers_of_a_round_that_was_taken_back_have_no_sheet_and_no_access(office: Engine) -> None:
    story = screening(office)
    with days_later(12):
        story.fill("screening_checklist", story.hq_staff, dict.fromkeys(CHECKS, True))
    with days_later(13):
        story.do("pass_screening", story.hq_staff)
        assert sheets_of_case(story.case_id)
        back(story, story.hq_staff)
    assert sheets_of_case(story.case_id) == []
    assert db.session.scalar(select(func.count()).select_from(Task).where(Task.case_id == story.case_id)) == 0
    assert db.session.scalar(select(Appointment.id).where(Appointment.ended_at.is_(None))) is None
    with days_later(14):
        story.do("pass_screening", story.hq_staff)
        assert len(sheets_of_case(story.case_id)) == 3


def test_a_selection_taken_back_gives_the_budget_back(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed()
    with days_later(12):
        story.selected(50 * MILLION)
        back(story, story.approver)
        line = funding.budget_line(story.case().call_id or 0)
        assert line is not None
        assert line.reserved == 0
        story.selected(40 * MILLION)
        db.session.refresh(line)
        assert line.reserved == 40 * MILLION


def test_after_the_window_nothing_is_taken_back(office: Engine) -> None:
    story = screening(office)
    with days_later(12):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        over = clock.now() + timedelta(minutes=10, seconds=1)
    with clock.travelling(over):
        assert undoable(office, *load_subject_and_past(story.case_id), story.zone_staff) is None
        assert refusals(story, story.zone_staff) == ["undo_too_late"]


def test_only_the_person_who_took_a_step_takes_it_back(office: Engine) -> None:
    story = screening(office)
    with days_later(12):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        for person in (story.hq_staff, story.applicant, make_user(Role.ADMIN)):
            assert refusals(story, person) == ["not_yours"]
        assert undoable(office, *load_subject_and_past(story.case_id), story.zone_staff) is not None


def test_whoever_lost_the_role_meanwhile_takes_nothing_back(office: Engine) -> None:
    story = screening(office)
    with days_later(12):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        with transaction():
            held = db.session.scalar(select(RoleGrant.id).where(RoleGrant.user_id == story.zone_staff.user_id))
            revoke(held or 0)
        assert refusals(story, actor(story.zone_staff.user_id or 0)) == ["role_ended"]


def test_what_somebody_wrote_since_keeps_the_step(office: Engine) -> None:
    story = screening(office)
    with days_later(12):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        later = clock.now() + timedelta(minutes=2)
    with clock.travelling(later):
        story.fill("application", story.applicant, {"need": "새로 적은 필요성입니다. 시장이 넓고 대체재가 없습니다."})
        assert refusals(story, story.zone_staff) == ["acted_since"]


def test_a_reviewer_who_began_keeps_the_round_open(office: Engine) -> None:
    story = screening(office)
    with days_later(12):
        story.fill("screening_checklist", story.hq_staff, dict.fromkeys(CHECKS, True))
    with days_later(13):
        story.do("pass_screening", story.hq_staff)
        later = clock.now() + timedelta(minutes=2)
    with clock.travelling(later):
        with transaction():
            declare_no_conflict(sheets_of_case(story.case_id)[0][0])
        assert refusals(story, story.hq_staff) == ["acted_since"]


def test_a_step_without_a_window_is_not_taken_back(office: Engine) -> None:
    story = Way(office).submitted()
    assert refusals(story, story.applicant) == ["not_undoable"]


def test_an_undo_sent_twice_acts_once_and_an_old_page_undoes_nothing(office: Engine) -> None:
    story = screening(office)
    with days_later(12):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        seen = story.case().revision
        for _ in range(2):
            back(story, story.zone_staff, key="double", revision=seen)
        with pytest.raises(Conflict):
            back(story, story.zone_staff, key="another", revision=seen)
    assert story.case().revision == seen + 1


def test_what_was_taken_back_counts_for_no_rule(office: Engine) -> None:
    story = screening(office)
    for days in (12, 13, 14):
        with days_later(days):
            story.do("request_correction", story.zone_staff, items=ITEMS)
            back(story, story.zone_staff)
    with days_later(15):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        assert story.case().state != "screening"
