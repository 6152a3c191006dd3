"""When a case falls due: roll-over, clocks that stand still, dates people moved, and what the system does about it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backoffice.core import clock, periods
from backoffice.core.db import db
from backoffice.core.errors import Conflict, Invalid, Refused
from backoffice.core.outbox import Job
from backoffice.engine import deadlines
from backoffice.engine.chain import verify
from backoffice.engine.extending import movable, move_deadline
from backoffice.engine.perform import Engine
from backoffice.engine.spine import History
from backoffice.engine.timeline import public_timeline, timeline
from backoffice.engine.values import Happening
from tests.engine.charter import altered
from tests.make import make_user
from tests.story import BAD, Way, days_later
from workflows.durations import Length, Unit
from workflows.roles import Role

COMPANY = frozenset({Role.APPLICANT})

ITEMS = [{"item": "사업비", "request": "산출 근거를 적어 주세요"}]
NOON = clock.seoul(2026, 9, 14, 12)
"""A Monday; Chuseok is 24-26 September, a Thursday to Saturday."""


def day_due(story: Way) -> date:
    due = story.case().due_at
    assert due is not None
    return clock.in_seoul(due).date()


def screened_at(engine: Engine, moment: datetime) -> Way:
    """A case whose screening began then."""
    with clock.travelling(moment - timedelta(days=11)):
        story = Way(engine).submitted()
    with clock.travelling(moment):
        story.do("start_screening", story.zone_staff)
    return story


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ("due: 10d", date(2026, 9, 28)),  # Thursday 24 September is Chuseok
        ("due: 10d, roll: next", date(2026, 9, 28)),
        ("due: 10d, roll: previous", date(2026, 9, 23)),
        ("due: 10d, roll: none", date(2026, 9, 24)),
        ("due: 8bd", date(2026, 9, 28)),
        ("due: 1m", date(2026, 10, 14)),
        ("due: february_end", date(2027, 2, 28)),  # a Sunday; 1 March is a holiday
        ("due: february_end, roll: next", date(2027, 3, 2)),
        ("due: field:starts_on-10d, roll: none", date(2026, 10, 23)),  # sixty days after the draft, less ten
    ],
)
def test_a_deadline_ends_on_the_day_its_policy_says(office: Engine, written: str, due: date) -> None:
    engine = altered(
        office,
        ("{due: 7d, clock: screening, remind: [-2d], escalate_to: approver, setting: screening}", f"{{{written}}}"),
    )
    story = screened_at(engine, NOON)
    assert day_due(story) == due


def test_the_time_for_screening_stands_still_while_the_applicant_corrects(office: Engine) -> None:
    story = screened_at(office, NOON)
    assert day_due(story) == date(2026, 9, 21)
    with clock.travelling(NOON + timedelta(days=2)):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        assert day_due(story) == date(2026, 9, 23)
    with clock.travelling(NOON + timedelta(days=5)):
        story.do("resubmit", story.applicant)
    assert day_due(story) == periods.roll_forward(date(2026, 9, 21) + timedelta(days=3)) == date(2026, 9, 28)


def test_two_corrections_both_stop_the_clock(office: Engine) -> None:
    story = screened_at(office, clock.seoul(2026, 11, 2, 9))
    for day in (3, 9):
        with clock.travelling(clock.seoul(2026, 11, day, 9)):
            story.do("request_correction", story.zone_staff, items=ITEMS)
        with clock.travelling(clock.seoul(2026, 11, day + 2, 9)):
            story.do("resubmit", story.applicant)
    assert day_due(story) == date(2026, 11, 13)


def test_a_clock_in_business_days_stands_still_in_business_days(office: Engine) -> None:
    engine = altered(
        office, ("{due: 7d, clock: screening, remind: [-2d], escalate_to: approver, setting: screening}", "{due: 5bd, clock: screening}")
    )  # fmt: skip
    story = screened_at(engine, clock.seoul(2026, 11, 2, 9))
    with clock.travelling(clock.seoul(2026, 11, 5, 9)):
        story.do("request_correction", story.zone_staff, items=ITEMS)
    with clock.travelling(clock.seoul(2026, 11, 10, 9)):
        story.do("resubmit", story.applicant)
    assert day_due(story) == date(2026, 11, 12)


def test_a_case_that_was_sent_on_and_comes_back_is_counted_anew(office: Engine) -> None:
    story = screened_at(office, clock.seoul(2026, 11, 2, 9))
    with clock.travelling(clock.seoul(2026, 11, 3, 9)):
        story.do("mark_ineligible", story.hq_staff, reason="요건에 맞지 않습니다")
    subject = office.subject(story.case_id)
    definition = office.compiled(subject).workflow
    back = clock.seoul(2026, 11, 20, 9)
    due = deadlines.due_at(office.registry, definition, subject, "screening", back)
    assert due is not None
    assert clock.in_seoul(due).date() == date(2026, 11, 27)


# ---- moving


def moved(story: Way, to: date, person: object = None, **more: object) -> None:
    move_deadline(
        story.engine, story.case_id, person or story.hq_staff, to=to, reason="자료가 늦게 도착합니다.",  # type: ignore[arg-type]
        revision=story.case().revision, key=f"move {to} {story.case().revision}", **more,
    )  # fmt: skip


def test_a_moved_deadline_is_in_the_history_with_its_reason_and_whoever_must_act_is_told(office: Engine) -> None:
    story = screened_at(office, NOON)
    with clock.travelling(NOON):
        moved(story, date(2026, 10, 6))
    assert day_due(story) == date(2026, 10, 6)
    entry = timeline(office, office.subject(story.case_id))[0]
    assert ("2026-09-21" in entry.label.ko, "2026-10-06" in entry.label.ko) == (True, True)
    assert entry.note == "자료가 늦게 도착합니다."
    payload = db.session.scalars(select(Job.payload).order_by(Job.id.desc())).first()
    assert payload is not None
    assert (payload["event"], payload["roles"]) == ("deadline_moved", ["hq_staff"])
    assert verify(db.session) == (1, [])
    assert all("기한" not in line.label.ko for line in public_timeline(office, office.subject(story.case_id), COMPANY))


def test_a_company_sees_that_its_own_deadline_was_moved(office: Engine) -> None:
    story = screened_at(office, NOON)
    with clock.travelling(NOON):
        story.do("request_correction", story.zone_staff, items=ITEMS)
        moved(story, date(2026, 10, 6))
    entry = public_timeline(office, office.subject(story.case_id), COMPANY)[0]
    assert "2026-10-06" in entry.label.ko
    assert (entry.who, entry.role.ko) == ("", "재단")


def test_an_extension_of_some_days_is_kept_when_the_clock_stood_still(office: Engine) -> None:
    story = screened_at(office, clock.seoul(2026, 11, 2, 9))
    with clock.travelling(clock.seoul(2026, 11, 3, 9)):
        moved(story, date(2026, 11, 12))
        story.do("request_correction", story.zone_staff, items=ITEMS)
    with clock.travelling(clock.seoul(2026, 11, 5, 9)):
        story.do("resubmit", story.applicant)
    assert day_due(story) == date(2026, 11, 11) + timedelta(days=3)


def test_a_step_that_stays_in_the_state_does_not_forget_a_moved_date(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running()
        due = day_due(story)
        moved(story, due + timedelta(days=20))
        story.do("order_payment", story.finance)
        story.do("pay_instalment", story.payer)
        story.do("start_interim_check", story.zone_staff)
        story.do("pass_interim", story.zone_staff, result="pass", opinion="잘 진행되고 있습니다.")
    assert day_due(story) == due + timedelta(days=20)


@pytest.mark.parametrize("days", [-3, 0, 731])
def test_a_date_that_makes_no_sense_is_not_taken(office: Engine, days: int) -> None:
    story = screened_at(office, NOON)
    with clock.travelling(NOON), pytest.raises(Invalid) as invalid:
        moved(story, clock.today() + timedelta(days=days))
    assert [problem.field for problem in invalid.value.problems] == ["to"]
    assert day_due(story) == date(2026, 9, 21)


def test_a_date_is_not_moved_without_a_reason(office: Engine) -> None:
    story = screened_at(office, NOON)
    with clock.travelling(NOON), pytest.raises(Invalid) as invalid:
        move_deadline(
            office, story.case_id, story.hq_staff, to=date(2026, 10, 6), reason=" 1 ", revision=3, key="short"
        )
    assert [problem.field for problem in invalid.value.problems] == ["reason"]


def test_only_the_people_the_definition_names_move_a_date(office: Engine) -> None:
    story = screened_at(office, NOON)
    with clock.travelling(NOON):
        for person in (story.applicant, story.zone_staff, story.finance, make_user(Role.ADMIN)):
            with pytest.raises(Refused) as refused:
                moved(story, date(2026, 10, 6), person)
            assert [reason.code for reason in refused.value.reasons] == ["wrong_role"]


def test_a_date_the_law_sets_is_not_moved(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed(BAD)
        story.do("reject", story.approver, feedback="다음에는 시장 분석을 보완해 주세요.")
        with pytest.raises(Refused) as refused:
            moved(story, clock.today() + timedelta(days=30))
    assert [reason.code for reason in refused.value.reasons] == ["statutory"]


def test_a_date_the_law_sets_is_extended_as_far_as_the_law_allows_and_never_shortened(office: Engine) -> None:
    engine = altered(office, ("basis: Act 15(1)}\n    tags", "basis: Act 15(1), extendable: 15d}\n    tags"))
    story = Way(engine).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running()
        story.do("start_special_evaluation", story.approver, reason="환경 변화로 수행이 어렵습니다")
        counted = day_due(story)
        for wrong in (counted - timedelta(days=1), counted + timedelta(days=16)):
            with pytest.raises(Invalid):
                moved(story, wrong)
        moved(story, counted + timedelta(days=10))
        with pytest.raises(Invalid):
            moved(story, counted + timedelta(days=20))
        moved(story, counted + timedelta(days=15))
        assert day_due(story) == counted + timedelta(days=15)
    with days_later(90), pytest.raises(Refused) as refused:
        moved(story, counted + timedelta(days=15))
    assert "statutory_passed" in [reason.code for reason in refused.value.reasons]


def test_the_closing_time_of_a_call_is_not_moved_for_one_company(office: Engine) -> None:
    story = Way(office)
    found = movable(office, office.subject(story.case_id), story.hq_staff)
    assert [reason.code for reason in found.reasons] == ["call_deadline"]


def test_a_moved_date_sent_twice_is_moved_once_and_an_old_page_moves_nothing(office: Engine) -> None:
    story = screened_at(office, NOON)
    with clock.travelling(NOON):
        seen = story.case().revision
        for _ in range(2):
            move_deadline(
                office, story.case_id, story.hq_staff, to=date(2026, 10, 6), reason="자료가 늦습니다.", revision=seen,
                key="twice",
            )  # fmt: skip
        with pytest.raises(Conflict):
            move_deadline(
                office, story.case_id, story.approver, to=date(2026, 10, 7), reason="다른 사유입니다.", revision=seen,
                key="late",
            )  # fmt: skip
    query = select(func.count()).select_from(History).where(History.kind == "deadline")
    assert db.session.scalar(query) == 1


# ---- breaches


def test_many_overdue_cases_are_closed_at_once_and_one_that_is_refused_hides_none(office: Engine) -> None:
    first = Way(office)
    others = [Way(office, call=first.call) for _ in range(4)]
    kept = Way(office, call=first.call).submitted()
    with days_later(11):
        kept.screened().reviewed(BAD)
        kept.do("reject", kept.approver, feedback="다음에는 시장 분석을 보완해 주세요.")
        assert office.breach() == 5
        assert office.breach() == 0
    assert {story.case().final for story in (first, *others)} == {"cancelled"}
    keys = set(db.session.scalars(select(History.key).where(History.action == "lapse")))
    assert keys == {f"breach:{story.case_id}:1" for story in (first, *others)}
    assert verify(db.session) == (6, [])


def test_a_case_the_system_cannot_finish_does_not_stop_the_others(office: Engine) -> None:
    first = screened_at(office, NOON)
    second = Way(office, call=first.call)

    def fails(happening: Happening, _: Any) -> None:
        if happening.subject.id == first.case_id:
            raise RuntimeError("the text of this mail is broken")

    with clock.travelling(NOON):
        first.do("request_correction", first.zone_staff, items=ITEMS)
    engine = Engine(
        replace(office.registry, effects={**office.registry.effects, "mail": fails}, outside={}), office.definitions
    )
    with days_later(400):
        assert engine.breach() == 1
    assert second.case().final == "cancelled"
    assert "correcting" in first.definition(first.case()).state(first.case().state).tags
    assert verify(db.session)[1] == []


def test_reminder_days_of_a_business_day_deadline_are_business_days() -> None:
    assert periods.add(date(2026, 9, 28), Length(-3, Unit.BUSINESS_DAYS)) == date(2026, 9, 21)
