"""Verbs about the register of zones: a new one is designated, an old one dissolved; none is ever deleted."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.core.i18n import Sentence
from backoffice.organizations.models import Zone, ZoneEvent
from backoffice.organizations.queries import INNOVATION, zone

_CODE = re.compile(rf"{INNOVATION}-[A-Z][A-Z0-9-]{{1,24}}")
DESIGNATED, DISSOLVED = "designated", "dissolved"


@dataclass(frozen=True, slots=True)
class NewZone:
    code: str
    name_ko: str
    name_en: str
    designated_on: date
    province_ko: str = ""
    field_ko: str = ""
    field_en: str = ""


def designate(new: NewZone) -> Zone:
    """Enter a zone with its first event. Raises Invalid with one problem for each field."""
    problems = list(_problems(new))
    if problems:
        raise Invalid(problems)
    row = Zone(
        code=new.code,
        stratum=INNOVATION,
        name_ko=new.name_ko.strip(),
        name_en=new.name_en.strip(),
        province_ko=new.province_ko.strip()[:20],
        field_ko=new.field_ko.strip()[:120],
        field_en=new.field_en.strip()[:120],
        designated_on=new.designated_on,
    )
    db.session.add(row)
    db.session.flush()
    _note(row, new.designated_on, DESIGNATED, "지정", "Designated")
    return row


def _problems(new: NewZone) -> list[Problem]:
    found = []
    if not _CODE.fullmatch(new.code):
        ko = f"코드는 {INNOVATION}-로 시작하는 영문 대문자와 숫자입니다. 예: {INNOVATION}-GIMHAE"
        found.append(Problem("code", Sentence(ko, f"A code is {INNOVATION}- and capital letters, such as GS-GIMHAE.")))
    elif db.session.scalar(select(Zone.id).where(Zone.code == new.code)) is not None:
        found.append(Problem("code", Sentence("이미 있는 코드입니다.", "This code exists already.")))
    for name, value in (("name_ko", new.name_ko), ("name_en", new.name_en)):
        if not value.strip() or len(value) > 60 or not value.isprintable():
            found.append(
                Problem(name, Sentence("이름을 60자 안으로 적어 주세요.", "Give a name of at most 60 characters."))
            )
    return found


def dissolve(code: str, on: date, reason: str) -> Zone:
    """Retire a zone from a day on: its history and its cases stay, no new case is opened there. Raises NotFound, Invalid, Refused."""
    row = zone(code)
    if row.stratum != INNOVATION or row.dissolved_on is not None:
        raise Refused.because("dissolved", "이미 해제된 특구입니다.", "This zone was dissolved already.")
    if row.designated_on is not None and on < row.designated_on:
        raise Invalid.field("on", "해제일은 지정일 이후여야 합니다.", "The day must not lie before its designation.")
    if len(reason.strip()) < 5:
        raise Invalid.field(
            "reason", "해제 근거를 5자 이상 적어 주세요.", "Give the reason in at least five characters."
        )
    row.dissolved_on = on
    _note(row, on, DISSOLVED, f"해제: {reason.strip()}"[:300], f"Dissolved: {reason.strip()}"[:300])
    return row


def _note(row: Zone, day: date, kind: str, ko: str, en: str) -> None:
    db.session.add(ZoneEvent(zone_id=row.id, happened_on=day, kind=kind, text_ko=ko, text_en=en))
    db.session.flush()
