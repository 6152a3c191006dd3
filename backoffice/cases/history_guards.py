"""Guards about when a case was last worked on: done lately, or quiet for long; and about how its linked cases stand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backoffice.core import clock, periods
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.spine import TRANSITION
from backoffice.engine.values import Question
from workflows.durations import parse_length


def _last(question: Question, actions: list[str]) -> date | None:
    done = [past.at for past in question.history if past.action in actions and past.kind == TRANSITION]
    return clock.in_seoul(done[-1]).date() if done else None


def _labels(question: Question, actions: list[str]) -> tuple[str, str]:
    labels = [question.definition.label_of(action) for action in actions]
    return ", ".join(f"'{label.ko}'" for label in labels), ", ".join(f"'{label.en}'" for label in labels)


def quiet_for(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{actions: [hold_meeting], length: 12m}``: none of these steps was taken for so long."""
    last = _last(question, wanted["actions"]) or clock.in_seoul(question.history[0].at).date()
    until = periods.add(last, parse_length(wanted["length"]))
    if clock.in_seoul(question.now).date() >= until:
        return None
    ko, en = _labels(question, wanted["actions"])
    return Reason(
        "active_recently",
        Sentence(
            f"{ko} 처리가 없는 채로 {until}이 되어야 할 수 있습니다(최근 {last}).",
            f"Possible when {en} was not taken until {until} (last {last}).",
        ),
        link="history",
    )


def done_within(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """``{actions: [hold_meeting], length: 12m}``: one of these steps was taken within this time."""
    last = _last(question, wanted["actions"])
    if last is not None and clock.in_seoul(question.now).date() <= periods.add(last, parse_length(wanted["length"])):
        return None
    ko, en = _labels(question, wanted["actions"])
    return Reason(
        "not_done_lately",
        Sentence(
            f"최근에 {ko} 처리가 있어야 합니다(마지막 {last or '없음'}).",
            f"{en} must have been taken lately (last: {last or 'never'}).",
        ),
        unblocks=question.definition.state(question.subject.state).owner,
        link="history",
    )
