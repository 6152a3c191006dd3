"""How values look on a page: dates in Seoul, amounts, labels in the reader's language, deadlines as D-n."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from backoffice.core import clock, money
from backoffice.core.i18n import Sentence, language
from backoffice.core.identifiers import format_business_number, mask_email, mask_name, mask_phone, masked
from backoffice.core.periods import business_days_between
from backoffice.engine.values import Verdict
from workflows.glossary import EFFECTS, GUARDS
from workflows.roles import ROLE_LABELS, Role
from workflows.values import Label, Named
from workflows.wording import shown

_WEEKDAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def said(value: Label | Sentence | None) -> str:
    """A label or sentence in the reader's language."""
    return "" if value is None else value.text(language())


def day(value: date | datetime | None) -> str:
    """``2026-11-21``; an instant is shown as its day in Seoul."""
    if value is None:
        return "-"
    return f"{clock.in_seoul(value):%Y-%m-%d}" if isinstance(value, datetime) else value.isoformat()


def moment(value: datetime | None) -> str:
    """``2026-11-21 14:22`` in Seoul."""
    return "-" if value is None else f"{clock.in_seoul(value):%Y-%m-%d %H:%M}"


def clock_time(value: datetime) -> str:
    """``14:22`` in Seoul."""
    return f"{clock.in_seoul(value):%H:%M}"


def weekday_moment(value: datetime) -> str:
    """``2026-11-21(토) 18:00`` in Seoul."""
    local = clock.in_seoul(value)
    return f"{local:%Y-%m-%d}({_WEEKDAYS[language()][local.weekday()]}) {local:%H:%M}"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as people read it. ``tone`` is never the only carrier of meaning: ``text`` says it too."""

    text: str
    tone: str
    full: str


def due(value: datetime | None) -> Due | None:
    """``D-3``, ``오늘``, ``2일 지남`` with the absolute time and the business days left."""
    if value is None:
        return None
    today, last = clock.today(), clock.in_seoul(value).date()
    left = (last - today).days
    korean = language() == "ko"
    if value < clock.now():
        late = max(0, -left)
        text = (f"{late}일 지남" if late else "기한 지남") if korean else (f"{late} days late" if late else "overdue")
        tone = "danger"
    elif left == 0:
        text, tone = ("오늘 마감" if korean else "today"), "danger"
    else:
        text, tone = f"D-{left}", "danger" if left <= 1 else "warning" if left <= 3 else "gray"
    working = business_days_between(today, last)
    extra = (f", 근무일 {working}일" if korean else f", {working} business days") if working > 0 else ""
    return Due(text, tone, f"{weekday_moment(value)}{extra}")


def role(value: str) -> str:
    """The name of a role."""
    ko, en = ROLE_LABELS[Role(value)]
    return en if language() == "en" else ko


def worded(value: Any) -> str:
    """Any value of a definition in the reader's language: due dates, lists, conditions."""
    return shown(value, language())


def guard_words(value: Named) -> str:
    """A condition as people say it, with its argument."""
    return _named(GUARDS, value)


def effect_words(value: Named) -> str:
    """An effect as people say it, with its argument."""
    return _named(EFFECTS, value)


def _named(glossary: dict[str, tuple[str, str]], value: Named) -> str:
    words = glossary.get(value.name, (value.name, value.name))[1 if language() == "en" else 0]
    return words if value.argument is None else f"{words} ({shown(value.argument, language())})"


def size(value: int) -> str:
    """Bytes as KB or MB."""
    return f"{value / 1024 / 1024:.1f}MB" if value >= 1024 * 1024 else f"{max(1, value // 1024)}KB"


def paragraphs(value: str) -> Markup:
    """Plain text with its line breaks, escaped."""
    return Markup("<br>").join(escape(line) for line in value.splitlines())  # every line is escaped


_TONES = {"primary": 0, "normal": 1, "danger": 2}
_ARTICLE = re.compile(r"(\d+)\((\d+)\)(?:-\((\d+)\))?(\d+)?")


def by_tone(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The step that leads on first, the ones that end things last."""
    return sorted(verdicts, key=lambda verdict: _TONES[verdict.step.tone])


def law(basis: str | None) -> str:
    """``Act 14(4)-(5), Decree 13(2)`` as a Korean reader knows it: 법 제14조제4항~제5항, 영 제13조제2항."""
    if not basis or language() == "en":
        return basis or ""
    text = _ARTICLE.sub(_article, basis)
    text = re.sub(r"((?:Act|Decree) )(\d+)(?:-(\d+))?(?=,|$)", _whole_article, text)
    for english, korean in _LAWS:
        text = text.replace(english, korean)
    return text


_LAWS = (
    ("Transfer Act", "기술이전법"), ("Zone Act", "특구법"), ("Zone Decree", "특구법 시행령"), ("Act", "법"),
    ("Decree", "영"),
)  # fmt: skip
"""The longer names first: what remains is the R&D Innovation Act and its decree."""


def _whole_article(found: re.Match[str]) -> str:
    return f"{found[1]}제{found[2]}조" + (f"의{found[3]}" if found[3] else "")


def _article(found: re.Match[str]) -> str:
    article, paragraph, last, item = found.groups()
    return f"제{article}조제{paragraph}항" + (f"~제{last}항" if last else "") + (f"제{item}호" if item else "")


def attempt_key() -> str:
    """A fresh key for one attempt at a step."""
    return uuid.uuid4().hex


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        said=said,
        worded=worded,
        guard_words=guard_words,
        effect_words=effect_words,
        law=law,
        day=day,
        moment=moment,
        clock_time=clock_time,
        weekday_moment=weekday_moment,
        due=due,
        role=role,
        size=size,
        paragraphs=paragraphs,
        thousands=money.thousands,
        millions=money.millions,
        reading=money.reading,
        headline=money.headline,
        business_number=format_business_number,
        mask_name=mask_name,
        mask_email=mask_email,
        mask_phone=mask_phone,
        masked=masked,
    )
    globals_: dict[str, Any] = {
        "attempt_key": attempt_key,
        "language": language,
        "now": clock.now,
        "today": clock.today,
        "by_tone": by_tone,
    }
    app.jinja_env.globals.update(globals_)
