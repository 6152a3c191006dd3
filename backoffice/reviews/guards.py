"""Guards about reviewing: a panel, sheets without conflicts, averages against the call's threshold."""

from decimal import Decimal
from typing import Any

from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question
from backoffice.reviews import scoring
from backoffice.reviews.queries import PanelFacts, RoundFacts
from workflows.roles import Role


def _round(question: Question, name: str) -> RoundFacts:
    found: RoundFacts = (question.facts["rounds"] or {}).get(name, RoundFacts((), 0))
    return found


def panel_ready(question: Question, _: Any) -> Reason | None:
    panel: PanelFacts | None = question.facts["panel"]
    if panel is not None and len(panel.members) >= 2:
        return None
    return Reason(
        "no_panel",
        Sentence("이 공고의 평가위원단이 아직 구성되지 않았습니다.", "The call has no review panel yet."),
        unblocks=Role.HQ_STAFF,
        link="panel",
    )


def no_conflicted_sheet(question: Question, name: str) -> Reason | None:
    count = _round(question, name).undeclared
    if count == 0:
        return None
    return Reason(
        "conflicted_sheet",
        Sentence(
            f"이해충돌을 확인하지 않은 평가표가 {count}건 있습니다.",
            f"{count} sealed sheets lack a declaration on conflicts.",
        ),
        unblocks=Role.REVIEWER,
        link=f"task:{name}",
    )


def _average(question: Question, name: str) -> Decimal | None:
    totals = _round(question, name).totals
    return scoring.average(totals)[0] if totals else None


def _threshold(question: Question, name: str) -> int:
    """What the task itself asks for, else the call's threshold."""
    tasks = (state.tasks[name] for state in question.definition.states.values() if name in state.tasks)
    own = next((task.quorum.min_score_avg for task in tasks), None)
    least: int = question.facts["call"].min_score
    return least if own is None else own


def score_at_least(question: Question, name: str) -> Reason | None:
    """The average reaches the threshold."""
    least, mean = _threshold(question, name), _average(question, name)
    if mean is not None and mean >= least:
        return None
    return Reason(
        "score_too_low",
        Sentence(
            f"평균 {mean if mean is not None else '-'}점으로 기준 {least}점에 미치지 못합니다.",
            f"The average of {mean if mean is not None else '-'} does not reach {least}.",
        ),
        link=f"task:{name}",
    )


def score_below(question: Question, name: str) -> Reason | None:
    """The average misses the threshold."""
    least, mean = _threshold(question, name), _average(question, name)
    if mean is not None and mean < least:
        return None
    return Reason(
        "score_high_enough",
        Sentence(
            f"평균 {mean if mean is not None else '-'}점은 기준 {least}점 미달이 아닙니다.",
            f"The average of {mean if mean is not None else '-'} is not below {least}.",
        ),
        link=f"task:{name}",
    )


def passed_review(question: Question, _: Any) -> Reason | None:
    """The newest result reaches the call's threshold."""
    result, least = question.facts["result"], question.facts["call"].min_score
    if result is not None and result.average >= least:
        return None
    shown = f"{result.average:.2f}" if result is not None else "-"
    return Reason(
        "review_not_passed",
        Sentence(
            f"평가 평균 {shown}점이 기준 {least}점에 미치지 못합니다.",
            f"The average of {shown} does not reach {least}.",
        ),
        link="reviews",
    )
