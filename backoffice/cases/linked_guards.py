"""Guards about the cases that hang on a case."""

from collections.abc import Mapping
from typing import Any

from backoffice.cases.queries import Linked
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question


def _of_link(question: Question, link: str) -> list[Linked]:
    workflow = question.definition.links[link].workflow
    return [child for child in question.facts["linked"] or [] if child.workflow == workflow]


def linked_none_tagged(question: Question, wanted: Mapping[str, str]) -> Reason | None:
    """``{link: guests, tag: undecided}``: no case of this link rests in a state with this tag."""
    found = [child for child in _of_link(question, wanted["link"]) if wanted["tag"] in child.tags]
    if not found:
        return None
    label = question.definition.links[wanted["link"]].label
    more = len(found) - 1
    return Reason(
        "linked_waiting",
        Sentence(
            f"{label.ko} {found[0].reference}" + (f" 외 {more}건" if more else "") + "을 먼저 처리해 주세요.",
            f"Handle {label.en} {found[0].reference}" + (f" and {more} more" if more else "") + " first.",
        ),
        unblocks=question.definition.state(question.subject.state).owner,
        link="linked",
    )


def linked_tagged(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{link: guests, tag: expected, least: 2}``: so many cases of this link rest in a state with this tag."""
    found = [child for child in _of_link(question, wanted["link"]) if wanted["tag"] in child.tags]
    least = int(wanted.get("least", 1))
    if len(found) >= least:
        return None
    label = question.definition.links[wanted["link"]].label
    return Reason(
        "linked_missing",
        Sentence(
            f"{label.ko} {least}건이 필요하고 지금 {len(found)}건이 갖추어졌습니다.",
            f"{label.en}: {least} needed, {len(found)} in place.",
        ),
        link="linked",
    )


def linked_closed(question: Question, link: str) -> Reason | None:
    """No case of this link is still open."""
    waiting = next((child for child in _of_link(question, link) if child.final is None), None)
    if waiting is None:
        return None
    label = question.definition.links[link].label
    return Reason(
        "linked_open",
        Sentence(
            f"{label.ko}({waiting.reference})이(가) 아직 끝나지 않았습니다.",
            f"{label.en} {waiting.reference} is still open.",
        ),
        link="linked",
    )
