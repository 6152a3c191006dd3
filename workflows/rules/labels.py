"""What people read: Korean and English everywhere, no name twice, and companies are told what concerns them."""

import re
from collections.abc import Iterator

from pydantic import BaseModel

from workflows.reading import Place
from workflows.roles import COMPANY_SIDE
from workflows.rules.report import Report
from workflows.values import Label

_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"[a-z]{3,}")
"""An English word, unlike what reads the same in Korean: MOU, RFP, IoT, 09:00."""
_INTERNAL = re.compile(r"내부|상신|결재|품의|기안|전결|\binternal\b|\bstaff only\b", re.IGNORECASE)


def languages(report: Report) -> None:
    """WF403: every text is there in Korean and in English."""
    for place, label in _labels(report.workflow, ()):
        if not _HANGUL.search(label.ko) and (_WORD.search(label.ko) or not label.ko.strip()):
            report.add("WF403", place, f"the Korean text '{label.ko}' has no Korean letter", "write it in Korean")
        if _HANGUL.search(label.en):
            report.add("WF403", place, f"the English text '{label.en}' has Korean letters", "write it in English")
        elif not label.en.strip():
            report.add("WF403", place, "the English text is blank", "write it in English")


def _labels(value: object, place: Place) -> Iterator[tuple[Place, Label]]:
    if isinstance(value, Label):
        yield place, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _labels(getattr(value, name), (*place, field.alias or name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _labels(inner, (*place, key))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _labels(inner, (*place, index))


def steps(report: Report) -> None:
    """WF402, WF409: one action has one label, and two buttons on one page never read the same."""
    labels: dict[str, str] = {}
    for place, step in report.steps():
        if labels.setdefault(step.action, step.label.ko) != step.label.ko:
            report.add("WF402", (*place, "label"), f"'{step.action}' has two labels", "one action has one label")
    seen: dict[tuple[str, str], str] = {}
    for place, step in report.steps():
        for source in step.source:
            other = seen.setdefault((source, step.label.ko), step.action)
            if other != step.action:
                what = f"'{other}' and '{step.action}' are both called '{step.label.ko}' in '{source}'"
                report.add("WF409", (*place, "label"), what, "say what makes them different")
                break


def states(report: Report) -> None:
    """WF407, WF408: states are told apart, and companies read no internal wording."""
    seen: dict[str, str] = {}
    for name, state in report.workflow.states.items():
        other = seen.setdefault(state.label.ko, name)
        if other != name:
            what = f"'{other}' and '{name}' are both called '{state.label.ko}'"
            report.add("WF408", ("states", name, "label"), what, "say what makes them different")
        for text in (state.shown.ko, state.shown.en):
            if _INTERNAL.search(text):
                place = ("states", name, "public" if state.public else "label")
                report.add("WF407", place, f"companies read the internal wording '{text}'", "write a public label")


def told(report: Report) -> None:
    """WF406, WF410: a mail says what it promises, and what companies are mailed stands in their timeline too."""
    words = report.words
    for place, step in report.steps():
        for index, effect in enumerate(step.effects):
            if effect.name != "mail":
                continue
            at, mail = (*place, "effects", index), str(effect.argument)
            if mail in words.quoting_mails and step.input is None:
                what = f"the mail '{mail}' quotes what is typed, and '{step.action}' asks for nothing"
                report.add("WF410", at, what, "give the step an input form")
            if words.mail_readers.get(mail, frozenset()) & COMPANY_SIDE and step.public is None:
                what = f"companies get the mail '{mail}', but '{step.action}' is missing from their timeline"
                report.add("WF406", at, what, "write a public text")
