"""An exchange event through the engine: places and waiting list, timetable, attendance, survey, follow-up, change of plans."""

import pytest
from sqlalchemy import select

from backoffice.access.actors import SYSTEM
from backoffice.cases.models import Case
from backoffice.cases.queries import linked
from backoffice.cases.sight import visible_to
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Invalid, Refused
from backoffice.engine.chain import verify
from backoffice.engine.perform import Engine
from backoffice.meetings import queries as meetings
from backoffice.meetings import services
from backoffice.meetings.models import TalkSeat
from backoffice.organizations.models import Organization
from tests.make import attach_file, make_organization, make_user
from tests.meetings.party import REPORT, Party, after, on_the_day, past_deadline
from workflows.roles import Role

THREE = ("가온바이오", "나래센서", "다솜로봇")


def reasons_of(party: Party, action: str, person: object, case_id: int | None = None, **typed: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        party.do(action, person, case_id, **typed)  # type: ignore[arg-type]
    return [reason.code for reason in refused.value.reasons]


def ready(office: Engine) -> Party:
    """Three guests with a settled timetable."""
    party = Party(office).published().accepted(*THREE)
    party.wish("가온바이오", "나래센서", "다솜로봇")
    party.wish("나래센서", "가온바이오")
    with after(11):
        party.closed()
        party.do("start_matching", party.zone_staff)
        party.do("confirm_matching", party.zone_staff)
    return party


def test_publishing_an_event_opens_a_call_through_which_organizations_apply(office: Engine) -> None:
    party = Party(office).published()
    guest = party.draft("가온바이오", zone_code="GS-CHEONGJU")
    party.do("apply", party.people["가온바이오"], guest)
    row = party.case(guest)
    assert row.parent_id == party.case_id
    assert row.reference.endswith("-0001")
    assert row.title == party.case().title
    assert "가온바이오" in row.search_text
    assert office.subject(guest).scope.zones >= office.subject(party.case_id).scope.zones


def test_nobody_applies_twice_for_the_same_organization(office: Engine) -> None:
    party = Party(office).published().applied("가온바이오")
    house = db.session.get_one(Organization, party.houses["가온바이오"])
    again = party.draft_again(house, party.people["가온바이오"])
    assert reasons_of(party, "apply", party.people["가온바이오"], again) == ["entered_already"]


def test_when_all_places_are_taken_the_next_waits_and_moves_up_when_somebody_gives_up(office: Engine) -> None:
    party = Party(office).published().accepted(*THREE).applied("라온소재", "마루전자")
    assert reasons_of(party, "accept", party.zone_staff, party.guests["라온소재"]) == ["no_place"]
    for name in ("라온소재", "마루전자"):
        party.do("waitlist", party.zone_staff, party.guests[name])
    party.do("give_up_place", party.people["나래센서"], party.guests["나래센서"], reason="출장과 겹칩니다.")
    assert (party.state("라온소재"), party.state("마루전자")) == ("accepted", "waitlisted")
    assert verify(db.session)[1] == []


def test_the_timetable_follows_the_wishes_and_seats_nobody_twice(office: Engine) -> None:
    party = ready(office)
    assert party.pairs() == {frozenset(("가온바이오", "나래센서")), frozenset(("가온바이오", "다솜로봇"))}
    seats = list(db.session.execute(select(TalkSeat.slot, TalkSeat.organization_id)))
    assert len(seats) == len(set(seats)) == 4


def test_who_gives_up_a_place_leaves_the_timetable_and_it_must_be_made_again(office: Engine) -> None:
    party = ready(office)
    with after(12):
        party.do("give_up_place", party.people["다솜로봇"], party.guests["다솜로봇"], reason="일정이 바뀌었습니다.")
        assert party.pairs() == {frozenset(("가온바이오", "나래센서"))}
        party.do("reopen_matching", party.zone_staff)
        party.do("confirm_matching", party.zone_staff)


def test_a_talk_put_in_by_hand_stays_when_the_timetable_is_made_again(office: Engine) -> None:
    party = Party(office).published().accepted(*THREE)
    party.wish("가온바이오", "나래센서")
    definitions = office.definitions
    pair = (party.houses["나래센서"], party.houses["다솜로봇"])
    with transaction():
        services.fix_talk(definitions, party.event, pair, slot=1)
    with transaction():
        assert services.make_timetable(definitions, party.event) == 2
    fixed = next(row for row in meetings.talks(party.case_id) if row.fixed)
    assert {fixed.first_id, fixed.second_id} == set(pair)
    with pytest.raises(Invalid) as invalid:
        services.fix_talk(definitions, party.event, (party.houses["가온바이오"], pair[1]), slot=1)
    assert "다른 시간" in invalid.value.sentence.ko


def test_an_organization_may_name_at_most_five_others(office: Engine) -> None:
    party = Party(office, capacity=10).published().accepted(*THREE)
    with pytest.raises(Invalid):
        services.set_wishes(party.event, "talk", 1, [2, 3, 4, 5, 6, 7], others=frozenset(range(2, 9)))
    with pytest.raises(Invalid):
        party.wish("가온바이오", "가온바이오")


def held(office: Engine) -> Party:
    """Two guests came, the third did not."""
    party = ready(office)
    with on_the_day(party):
        for name in ("가온바이오", "나래센서"):
            party.do("check_in", party.zone_staff, party.guests[name])
        party.do("hold", party.zone_staff, visitors=41)
    return party


def test_holding_the_event_marks_who_did_not_come_and_a_mistake_can_be_corrected(office: Engine) -> None:
    party = held(office)
    assert party.state("다솜로봇") == "no_show"
    with on_the_day(party, later=2):
        party.do("correct_attendance", party.zone_staff, party.guests["다솜로봇"], reason="명단 확인에서 빠졌습니다.")
    assert party.state("다솜로봇") == "attended"


def test_attendance_cannot_be_taken_before_the_day(office: Engine) -> None:
    party = ready(office)
    assert reasons_of(party, "check_in", party.zone_staff, party.guests["가온바이오"]) == ["event_not_yet"]
    assert reasons_of(party, "hold", party.zone_staff, visitors=3) == ["event_not_yet", "linked_missing"]


def test_whoever_stayed_away_twice_may_only_wait(office: Engine) -> None:
    house = make_organization("라온소재")
    person = make_user(Role.APPLICANT, organization=house)
    for _ in range(2):
        party = Party(office).published().accepted("가온바이오")
        party.draft_again(db.session.get_one(Organization, house.id), person)
        party.accepted("라온소재")
        with on_the_day(party):
            party.do("mark_no_show", party.zone_staff, party.guests["라온소재"])
        with past_deadline(party, party.guests["라온소재"]):
            party.do("confirm_no_show", SYSTEM, party.guests["라온소재"])
    with after(60):
        party = Party(office).published()
        party.draft_again(db.session.get_one(Organization, house.id), person)
        party.applied("라온소재")
        assert reasons_of(party, "accept", party.zone_staff, party.guests["라온소재"]) == ["often_absent"]
        party.do("waitlist", party.zone_staff, party.guests["라온소재"])
        party.do("promote", party.zone_staff, party.guests["라온소재"])


def surveyed(office: Engine) -> Party:
    """Both guests want to meet again, and the report is in."""
    party = held(office)
    with on_the_day(party, later=1):
        party.do("start_survey", party.zone_staff)
        party.wish("가온바이오", "나래센서", purpose="again")
        party.wish("나래센서", "가온바이오", purpose="again")
        for name in ("가온바이오", "나래센서"):
            party.do("answer_survey", party.people[name], party.guests[name], satisfaction="s4")
        party.do("end_survey_early", party.zone_staff)
        party.fill(party.case_id, "report", REPORT, party.zone_staff)
        attach_file(party.case(), "report_file", party.zone_staff, form="report")
        party.do("submit_report", party.zone_staff)
        party.do("accept_report", party.approver)
    return party


def test_two_guests_who_want_each_other_get_one_follow_up_meeting(office: Engine) -> None:
    party = surveyed(office)
    meetings_after = [row for row in linked(party.case_id) if row.kind == "follow_up_meeting"]
    assert len(meetings_after) == 1
    row = meetings_after[0]
    assert office.subject(row.id).scope.organizations == {party.houses["가온바이오"], party.houses["나래센서"]}
    assert row.call_id is None
    assert meetings.satisfaction(party.case_id) == (4.0, 2)


def first_breach(office: Engine, party: Party) -> int:
    """How many days after the event its first deadline has passed, wherever weekends and holidays have put it."""
    for later in range(2, 30):
        with on_the_day(party, later=later):
            if office.breach():
                return later
    raise AssertionError("no deadline passed within a month")


def test_an_event_ends_when_its_meetings_and_its_account_are_done(office: Engine) -> None:
    party = surveyed(office)
    meeting = next(row.id for row in linked(party.case_id) if row.kind == "follow_up_meeting")
    day = first_breach(office, party)
    with on_the_day(party, later=day):
        assert reasons_of(party, "finish_follow_up", party.zone_staff) == ["linked_open"]
        party.do("begin_arranging", party.zone_staff, meeting)
        when = (clock.today()).isoformat()
        assert reasons_of(
            party, "set_date", party.zone_staff, meeting, meeting_on=when, begins="14:00", place="김해"
        ) == ["date_past"]
        soon = party.held_on.replace(year=party.held_on.year + 1).isoformat()
        party.do("set_date", party.zone_staff, meeting, meeting_on=soon, begins="14:00", place="김해")
        party.do("drop", party.hq_staff, meeting, reason="한쪽 사정으로 무산되었습니다.")
        party.do("finish_follow_up", party.zone_staff)
        party.fill(party.case_id, "account", {"spent": 11_000_000}, party.zone_staff)
        party.do("submit_account", party.zone_staff)
        party.do("settle", party.finance)
    assert party.case().final == "success"
    assert verify(db.session)[1] == []


def test_whoever_operates_the_event_handles_its_guests_and_nothing_else(office: Engine) -> None:
    operator = make_user(Role.OPERATOR)
    party = Party(office)
    with pytest.raises(Invalid):
        party.do("appoint_operator", party.zone_staff, operator_email=party.approver.email)
    party.do("appoint_operator", party.zone_staff, operator_email=operator.email)
    other = Party(office).published().applied("나래센서")
    party.published().applied("가온바이오")
    party.do("accept", operator, party.guests["가온바이오"])
    assert reasons_of(other, "accept", operator, other.guests["나래센서"]) == ["wrong_role"]
    seen = {row.id for row in db.session.scalars(select(Case).where(visible_to(operator)))}
    assert seen == {party.case_id, party.guests["가온바이오"]}


def test_calling_off_tells_every_guest_and_closes_the_call(office: Engine) -> None:
    party = Party(office).published().accepted("가온바이오").applied("나래센서")
    draft = party.draft("다솜로봇")
    with after(3):
        party.do("call_off", party.approver, reason="태풍으로 행사를 열 수 없습니다.")
        assert {party.state(name) for name in ("가온바이오", "나래센서")} == {"called_off"}
    with after(4):
        office.breach()
    assert party.case(draft).final == "cancelled"
    assert reasons_of(party, "close_cancelled", party.finance, opinion="비용이 들지 않았습니다.") == ["form_incomplete"]


def test_an_event_put_off_keeps_its_guests_and_takes_applications_again(office: Engine) -> None:
    party = Party(office).published().accepted("가온바이오")
    with after(11):
        party.closed()
        party.do("postpone", party.approver, reason="장소 사정으로 연기합니다.")
        day = clock.today().replace(year=clock.today().year + 1)
        assert reasons_of(party, "reschedule", party.approver, held_on=day.isoformat(), place="창원") == ["done_before"]
        party.do(
            "reschedule_with_guests", party.approver, held_on=day.isoformat(), place="창원컨벤션센터",
            closes_on=day.replace(day=1).isoformat() if day.day > 1 else clock.today().isoformat(),
            reason="내년으로 옮겨 개최합니다.",
        )  # fmt: skip
        assert party.event.place == "창원컨벤션센터"
        assert clock.in_seoul(party.event.starts_at).date() == day
        assert party.state("가온바이오") == "accepted"
        party.applied("나래센서")
