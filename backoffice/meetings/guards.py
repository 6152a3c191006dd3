"""Guards about events: their kind and day, open registration, a sound timetable, guests who can be relied on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backoffice.core import clock, periods
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question
from backoffice.meetings.models import MATCHING
from backoffice.meetings.queries import EventFacts, GuestRecord
from backoffice.programs.guards import call_open
from workflows.roles import Role

RECRUITING = "recruiting"
"""The tag of the event's states in which organizations may apply to take part."""


def _event(question: Question) -> EventFacts | None:
    found: EventFacts | None = question.facts["event"]
    return found


def _no_event() -> Reason:
    return Reason(
        "no_event",
        Sentence("행사 일시와 장소가 아직 정해지지 않았습니다.", "Date and place of the event are not settled yet."),
        unblocks=Role.APPROVER,
        link="form:plan",
    )


def event_is(question: Question, kind: str) -> Reason | None:
    """``matching`` or ``seminar``."""
    event = _event(question)
    if event is None:
        return _no_event()
    if event.kind == kind:
        return None
    if kind == MATCHING:
        return Reason(
            "no_talks_planned",
            Sentence("1대1 상담이 없는 행사입니다.", "The event has no 1:1 talks."),
            link="form:plan",
        )
    return Reason(
        "talks_planned",
        Sentence(
            "1대1 상담이 있는 행사이므로 상담 시간표를 편성해야 합니다.", "The event has 1:1 talks; make the timetable."
        ),
        link="timetable",
    )


def event_ahead(question: Question, days: Any) -> Reason | None:
    """``7``: at least so many days are left before the event."""
    event = _event(question)
    if event is None:
        return _no_event()
    day, today = clock.in_seoul(event.starts_at).date(), clock.in_seoul(question.now).date()
    if day - today >= timedelta(days=int(days)):
        return None
    return Reason(
        "event_too_close",
        Sentence(
            f"행사일({day})까지 {days}일 이상 남아 있어야 합니다. 행사를 연기한 뒤 처리해 주세요.",
            f"At least {days} days must be left before the event ({day}); postpone it first.",
        ),
        unblocks=Role.APPROVER,
    )


def event_day_come(question: Question, _: Any) -> Reason | None:
    """The day of the event is here or past: attendance can be taken."""
    event = _event(question)
    if event is None:
        return _no_event()
    day = clock.in_seoul(event.starts_at).date()
    if clock.in_seoul(question.now).date() >= day:
        return None
    return Reason(
        "event_not_yet", Sentence(f"행사일({day})부터 할 수 있습니다.", f"Possible from the day of the event ({day}).")
    )


def event_not_begun(question: Question, _: Any) -> Reason | None:
    event = _event(question)
    if event is None or question.now < event.starts_at:
        return None
    return Reason(
        "event_begun",
        Sentence(
            "행사가 이미 시작되어 할 수 없습니다. 담당자에게 문의해 주세요.", "The event has begun; ask the office."
        ),
        unblocks=Role.ZONE_STAFF,
    )


def registration_open(question: Question, _: Any) -> Reason | None:
    """The call of the event is open, and the event itself is still recruiting."""
    event = _event(question)
    if event is None:
        return _no_event()
    if RECRUITING not in event.tags:
        return Reason(
            "registration_closed",
            Sentence("이 행사는 지금 참가 신청을 받지 않습니다.", "The event takes no applications now."),
            unblocks=Role.ZONE_STAFF,
            link="call",
        )
    return call_open(question, None)


def timetable_sound(question: Question, _: Any) -> Reason | None:
    """There is a timetable, and everybody in it still takes part. That nobody sits twice, the database sees to."""
    event = _event(question)
    if event is None:
        return _no_event()
    if event.talks == 0:
        return Reason(
            "timetable_empty",
            Sentence(
                "상담 시간표에 상담이 없습니다. 먼저 편성해 주세요.", "The timetable has no talks; make it first."
            ),
            unblocks=Role.ZONE_STAFF,
            link="timetable",
        )
    gone = len(event.talking - event.seated)
    if gone == 0:
        return None
    return Reason(
        "timetable_outdated",
        Sentence(
            f"참가를 취소한 {gone}곳의 상담이 시간표에 남아 있습니다. 다시 편성해 주세요.",
            f"{gone} organizations in the timetable no longer take part; make it again.",
        ),
        unblocks=Role.ZONE_STAFF,
        link="timetable",
    )


def one_entry(question: Question, _: Any) -> Reason | None:
    """An organization takes part in an event once, however many of its people come."""
    record: GuestRecord = question.facts["guest_record"]
    if record.twin is None:
        return None
    return Reason(
        "entered_already",
        Sentence(
            f"같은 기업·기관의 신청({record.twin})이 이미 있습니다. 인원은 그 신청에서 바꿔 주세요.",
            f"Your organization has applied already ({record.twin}); change the number of people there.",
        ),
        unblocks=Role.APPLICANT,
    )


def reliable_guest(question: Question, wanted: Mapping[str, int]) -> Reason | None:
    """``{absences: 2, in_months: 12}``: whoever stayed away so often lately waits until a place is left over."""
    record: GuestRecord = question.facts["guest_record"]
    since = periods.add_months(clock.in_seoul(question.now).date(), -int(wanted["in_months"]))
    missed = sum(1 for day in record.absences if day >= since)
    if missed < int(wanted["absences"]):
        return None
    return Reason(
        "often_absent",
        Sentence(
            f"최근 {wanted['in_months']}개월 동안 연락 없이 {missed}회 불참하여 대기로만 등록할 수 있습니다.",
            f"Absent without notice {missed} times within {wanted['in_months']} months; only the waiting list is open.",
        ),
        link="history",
    )


def mutual_interest(question: Question, _: Any) -> Reason | None:
    """Both sides asked for another meeting, so that nobody needs to be asked."""
    if question.facts["mutual"]:
        return None
    return Reason(
        "one_sided",
        Sentence(
            "한쪽만 희망한 미팅이므로 상대방의 동의가 필요합니다.", "Only one side asked for it; the other must agree."
        ),
        unblocks=Role.PARTNER,
    )
