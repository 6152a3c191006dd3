"""What the parts and attributes of a definition are called, and how their values are read aloud."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from workflows.durations import Due, Length, Unit
from workflows.roles import ROLE_LABELS, Role
from workflows.values import Label, Named
from workflows.writer import plain

PARTS: dict[str, tuple[str, str]] = {
    "program": ("사업", "Program"),
    "stage": ("단계", "Stage"),
    "state": ("상태", "State"),
    "task": ("과업", "Task"),
    "deadline": ("기한", "Deadline"),
    "step": ("처리", "Step"),
    "form": ("서식", "Form"),
    "field": ("항목", "Field"),
    "document": ("서류", "Document"),
    "link": ("연결 건", "Linked case"),
}
"""The parts of a definition in Korean and English."""

NAMES: dict[str, tuple[str, str]] = {
    "after": ("앞선 날짜 항목", "earlier date"), "approvals": ("승인", "approvals"), "assign": ("맡는 사람", "assigned to"),
    "basis": ("근거", "legal basis"), "bulk": ("일괄 처리", "in bulk"), "by": ("처리자", "who"), "code": ("약호", "code"),
    "compensate": ("되돌리는 동작", "compensating effects"), "count": ("인원", "number of people"),
    "deadline": ("기한", "deadline"), "document": ("서류", "document"), "documents": ("서류", "documents"),
    "due": ("기한일", "due date"), "edit": ("작성 서식", "forms to fill"), "effects": ("동작", "effects"),
    "escalate_to": ("상신 대상", "escalated to"), "exclude": ("제외", "excluded"), "feeds": ("옮겨 쓰는 곳", "feeds"),
    "fields": ("항목", "fields"), "final": ("종결", "ending"), "form": ("서식", "form"),
    "funding_scheme": ("재원", "funding scheme"), "hint": ("도움말", "hint"), "initial": ("첫 상태", "initial state"),
    "input": ("입력 서식", "input form"), "intro": ("안내", "introduction"), "kind": ("종류", "kind"),
    "label": ("이름", "label"), "limit": ("건수 한도", "limit"), "many": ("여러 개", "several files"), "max": ("최댓값", "maximum"),
    "max_length": ("최대 글자 수", "longest text"), "max_mb": ("최대 크기(MB)", "size limit (MB)"),
    "max_rows": ("최대 줄 수", "most rows"), "min": ("최솟값", "minimum"), "min_length": ("최소 글자 수", "shortest text"),
    "min_rows": ("최소 줄 수", "fewest rows"), "name": ("부호", "name"), "no_deadline": ("기한이 없는 까닭", "why no deadline"),
    "on_breach": ("기한이 지나면", "when overdue"), "opened_by": ("여는 사람", "opened by"), "options": ("보기", "options"),
    "owner": ("차례", "whose turn"), "personal": ("개인정보 포함", "personal data"), "public": ("기업에 보이는 말", "public words"),
    "quorum": ("정족수", "quorum"), "remind": ("알림", "reminders"), "required": ("필수 여부", "required"),
    "requires": ("조건", "conditions"), "separate_from": ("직무 분리", "separated from"),
    "setting": ("공고에서 정하는 기한", "set by the call"), "stage": ("단계", "stage"), "summary": ("설명", "summary"),
    "tags": ("꼬리표", "tags"), "target": ("다음 상태", "next state"), "title": ("제목", "title"), "tone": ("단추 모양", "tone"),
    "total": ("합계 항목", "total"), "type": ("유형", "type"), "types": ("파일 형식", "file types"),
    "undo": ("되돌리기(초)", "undo (seconds)"), "unit": ("단위", "unit"), "when": ("묻는 경우", "asked when"),
    "while_in": ("열 수 있는 상태", "while in"), "within": ("여는 기한", "within"), "workflow": ("업무 흐름", "workflow"),
}  # fmt: skip
"""Attributes by their name in the language, in Korean and English."""

_NOTHING = {"ko": "없음", "en": "nothing"}
_UNITS = {Unit.DAYS: ("일", "days"), Unit.BUSINESS_DAYS: ("근무일", "business days"), Unit.MONTHS: ("개월", "months")}
_ANCHORS = {
    "entry": ("상태에 들어온 날", "entering the state"),
    "call_closes": ("공고 마감", "the closing of the call"),
    "february_end": ("이듬해 2월 말일", "the last day of February of the next year"),
}


def role_name(role: Role, language: str) -> str:
    return ROLE_LABELS[role][1 if language == "en" else 0]


def length_words(length: Length, language: str) -> str:
    """``5근무일``, ``3 months``; the sign is told by before and after."""
    ko, en = _UNITS[length.unit]
    return f"{abs(length.count)} {en}" if language == "en" else f"{abs(length.count)}{ko}"


def due_words(due: Due, language: str) -> str:
    """``공고 마감 뒤 7일``, ``7 days after the closing of the call``."""
    kind, _, name = due.anchor.partition(":")
    ko, en = _ANCHORS.get(due.anchor, (f"{name or kind} 날짜", f"the date {name or kind}"))
    count, length = due.length.count, length_words(due.length, language)
    if language == "en":
        return en if count == 0 else f"{length} {'after' if count > 0 else 'before'} {en}"
    if count == 0:
        return ko
    return f"{ko}{'부터' if kind == 'entry' and count > 0 else ' 뒤' if count > 0 else ' 전'} {length}"


def shown(value: Any, language: str) -> str:
    """Any value of a definition in words."""
    if value is None or value in ((), {}):
        return _NOTHING[language]
    if isinstance(value, bool):
        return {"ko": "예" if value else "아니요", "en": "yes" if value else "no"}[language]
    if isinstance(value, Label):
        return f"'{value.text(language)}'"
    if isinstance(value, Role):
        return role_name(value, language)
    if isinstance(value, Due):
        return due_words(value, language)
    if isinstance(value, Length):
        return _before(value, language)
    if isinstance(value, tuple | list):
        return ", ".join(shown(item, language) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {shown(inner, language)}" for name, inner in value.items())
    if isinstance(value, BaseModel) and not isinstance(value, Named):
        return ", ".join(_pairs(value, language)) or _NOTHING[language]
    return str(value.value if isinstance(value, StrEnum) else plain(value))


def _before(length: Length, language: str) -> str:
    if length.count == 0:
        return "당일" if language == "ko" else "on the day"
    words = length_words(length, language)
    return f"{words} 전" if language == "ko" else f"{words} before"


def _pairs(value: BaseModel, language: str) -> list[str]:
    index = 1 if language == "en" else 0
    filled = [(name, getattr(value, name)) for name in type(value).model_fields]
    return [
        f"{NAMES.get(name, (name, name))[index]} {shown(inner, language)}"
        for name, inner in filled
        if inner not in (None, ())
    ]
