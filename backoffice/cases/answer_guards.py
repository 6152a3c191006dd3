"""Guards about what was answered or is being typed: a choice, a number, a share, a date, a period."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backoffice.cases.asked import Asked, asked, number_of
from backoffice.core import clock, periods
from backoffice.core.errors import Reason
from backoffice.core.hangul import object_, topic
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question
from workflows.durations import parse_length

PERCENT = 100


def _reason(question: Question, about: Asked, code: str, *, ko: str, en: str) -> Reason:
    owner = question.definition.state(question.subject.state).owner
    return Reason(code, Sentence(ko, en), unblocks=owner, link=about.link)


def answer_is(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{value: form.field, one_of: [a, b]}``: a choice, or yes or no, was answered like this."""
    found = asked(question, wanted["value"])
    if found.untyped:
        return None
    values = found.value if isinstance(found.value, list) else [found.value]
    if any(value in wanted["one_of"] for value in values if value is not None):
        return None
    options = {option.code: option.label for option in found.field.options} if found.field is not None else {}
    ko = ", ".join(f"'{options[code].ko}'" if code in options else "'예'" for code in wanted["one_of"])
    en = ", ".join(f"'{options[code].en}'" if code in options else "'yes'" for code in wanted["one_of"])
    return _reason(
        question, found, "answer_differs",
        ko=f"'{found.label.ko}'의 답이 {ko}일 때만 할 수 있습니다.",
        en=f"Only possible when '{found.label.en}' is {en}.",
    )  # fmt: skip


def number_at_least(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{value: form.field, least: 3}``; the limit may be another value. A list counts its rows."""
    found, limit = asked(question, wanted["value"]), number_of(question, wanted["least"])
    if found.untyped or limit.untyped:
        return None
    if found.number is not None and limit.number is not None and found.number >= limit.number:
        return None
    least = found.shown(limit.number)
    return _reason(
        question, found, "number_too_small",
        ko=f"{topic(found.label.ko)} {least} 이상이어야 합니다. 지금 {found.shown(found.number)}입니다.",
        en=f"{found.label.en}: at least {least}; {found.shown(found.number)} now.",
    )  # fmt: skip


def number_at_most(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{value: field, most: form.field}``; the limit may be a plain number."""
    found, limit = asked(question, wanted["value"]), number_of(question, wanted["most"])
    if found.untyped or limit.untyped:
        return None
    if found.number is not None and limit.number is not None and found.number <= limit.number:
        return None
    most = found.shown(limit.number)
    return _reason(
        question, found, "number_too_large",
        ko=f"{topic(found.label.ko)} {most} 이하여야 합니다. 지금 {found.shown(found.number)}입니다.",
        en=f"{found.label.en}: at most {most}; {found.shown(found.number)} now.",
    )  # fmt: skip


def _share(question: Question, wanted: Mapping[str, Any]) -> tuple[Asked, Asked, Decimal | None] | None:
    """Part, whole and the part in percent; None while either is not typed yet."""
    part, whole = asked(question, wanted["part"]), asked(question, wanted["of"])
    if part.untyped or whole.untyped:
        return None
    have = part.number * PERCENT / whole.number if part.number is not None and whole.number else None
    return part, whole, have


def share_at_least(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{part: attended, of: members, percent: 50}``: a quorum, an attendance rate."""
    found = _share(question, wanted)
    if found is None or (found[2] is not None and found[2] >= wanted["percent"]):
        return None
    part, whole, have = found
    now = "-" if have is None else f"{have:.1f}%"
    return _reason(
        question, part, "share_too_small",
        ko=f"{topic(part.label.ko)} {whole.label.ko}의 {wanted['percent']}% 이상이어야 합니다. 지금 {now}입니다.",
        en=f"{part.label.en} must be at least {wanted['percent']}% of {whole.label.en}; {now} now.",
    )  # fmt: skip


def share_at_most(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{part: grant, of: cost, percent: 70}``: a support rate."""
    found = _share(question, wanted)
    if found is None or (found[2] is not None and found[2] <= wanted["percent"]):
        return None
    part, whole, have = found
    now = "-" if have is None else f"{have:.1f}%"
    return _reason(
        question, part, "share_too_large",
        ko=f"{topic(part.label.ko)} {whole.label.ko}의 {wanted['percent']}%를 넘을 수 없습니다. 지금 {now}입니다.",
        en=f"{part.label.en} cannot exceed {wanted['percent']}% of {whole.label.en}; {now} now.",
    )  # fmt: skip


def date_reached(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{value: form.field, shift: -90d}``: the day, moved by a length of time, has come."""
    found = asked(question, wanted["value"])
    if found.untyped:
        return None
    day = periods.add(found.day, parse_length(str(wanted.get("shift", "0d")))) if found.day is not None else None
    if day is not None and clock.in_seoul(question.now).date() >= day:
        return None
    return _reason(
        question, found, "date_not_reached",
        ko=f"{day or '-'}부터 할 수 있습니다({found.label.ko} {found.value or '-'}).",
        en=f"Possible from {day or '-'} ({found.label.en}: {found.value or '-'}).",
    )  # fmt: skip


def date_ahead(question: Question, wanted: Any) -> Reason | None:
    """``field``: the day typed or answered lies after today."""
    found = asked(question, str(wanted))
    if found.untyped or (found.day is not None and found.day > clock.in_seoul(question.now).date()):
        return None
    return _reason(
        question, found, "date_past",
        ko=f"{object_(found.label.ko)} 오늘보다 뒤의 날짜로 적어 주세요.",
        en=f"{found.label.en} must lie after today.",
    )  # fmt: skip


def date_before(question: Question, wanted: Mapping[str, str]) -> Reason | None:
    """``{value: closes_on, limit: plan.held_on}``: the one day lies before the other."""
    found, limit = asked(question, wanted["value"]), asked(question, wanted["limit"])
    if found.untyped or limit.untyped or (found.day is not None and limit.day is not None and found.day < limit.day):
        return None
    return _reason(
        question, found, "date_too_late",
        ko=f"{topic(found.label.ko)} {limit.label.ko}({limit.value or '-'})보다 앞선 날짜여야 합니다.",
        en=f"{found.label.en} must lie before {limit.label.en} ({limit.value or '-'}).",
    )  # fmt: skip


def period_within(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{start, end, kind, months: {incubation: 96}}``: from start to end at most so many months, by the kind answered."""
    start, end, kind = (asked(question, wanted[name]) for name in ("start", "end", "kind"))
    if start.untyped or end.untyped or kind.untyped:
        return None
    months = wanted["months"].get(kind.value)
    if months is not None and start.day is not None and end.day is not None:
        last = periods.add_months(start.day, int(months))
        if start.day < end.day <= last:
            return None
        ko = f"{topic(end.label.ko)} {start.label.ko}({start.day}) 뒤 {months}개월인 {last}까지만 정할 수 있습니다."
        en = f"{end.label.en}: at most {months} months after {start.label.en} ({start.day}), that is {last}."
    else:
        ko = f"{object_(start.label.ko)}, {object_(kind.label.ko)} 먼저 입력해 주세요."
        en = f"Fill in {start.label.en} and {kind.label.en} first."
    return _reason(question, end, "period_too_long", ko=ko, en=en)
