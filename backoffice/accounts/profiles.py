"""What people say about themselves: name, phone, language, shortcuts, which mails they want."""

import re
from dataclasses import dataclass

from backoffice.accounts.models import User
from backoffice.core.db import db
from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import Sentence
from backoffice.core.identifiers import find_resident_number

_PHONE = re.compile(r"[\d\s()+\-.]{7,40}")


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    phone: str
    language: str
    shortcuts: bool
    reminders: bool
    news: bool


def save(user_id: int, profile: Profile) -> None:
    """Take over what was typed. Raises Invalid with one problem for each field."""
    name, phone = profile.name.strip(), profile.phone.strip()
    problems = [*_name_problems(name), *_phone_problems(phone)]
    if problems:
        raise Invalid(problems)
    person = db.session.get_one(User, user_id)
    person.name, person.phone, person.language = name, phone, profile.language
    person.shortcuts, person.reminders, person.news = profile.shortcuts, profile.reminders, profile.news
    db.session.flush()


def _name_problems(name: str) -> list[Problem]:
    if not name:
        return [Problem("name", Sentence("이름을 입력해 주세요.", "Fill in your name."))]
    if len(name) > 80 or not name.isprintable():
        return [
            Problem(
                "name",
                Sentence("이름은 80자까지, 한 줄로 적어 주세요.", "A name has at most 80 characters on one line."),
            )
        ]
    return []


def _phone_problems(phone: str) -> list[Problem]:
    if phone and (not _PHONE.fullmatch(phone) or find_resident_number(phone)):
        return [
            Problem(
                "phone",
                Sentence(
                    "전화번호를 확인해 주세요. 예: 010-1234-5678", "Check the phone number, such as 010-1234-5678."
                ),
            )
        ]
    return []
