"""Guards about reported figures."""

from collections.abc import Mapping
from typing import Any

from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question
from backoffice.forms.readers import is_unread
from backoffice.outcomes.contradictions import proved_by_another, told_differently
from backoffice.outcomes.entry_checks import Before, Doubt, doubts, first_of, is_answer
from workflows.roles import Role


def figures_explained(question: Question, argument: str) -> Reason | None:
    """``outcomes.explanation``: what the entry checks ask about the form's figures is answered in that field."""
    form, _dot, field = argument.partition(".")
    answers = _answers(question, form)
    found = _doubted(question, form, answers)
    if not found or _told(answers, field):
        return None
    said, asked = first_of(found), question.definition.forms[form].field(field)
    where = asked.label if asked is not None else question.definition.forms[form].title
    return Reason(
        "figures_unexplained",
        Sentence(
            f"{said.ko} 값을 고치거나 '{where.ko}' 칸에 까닭을 적어 주세요.",
            f"{said.en} Correct it or say why under '{where.en}'.",
        ),
        unblocks=Role.APPLICANT,
        link=f"form:{form}",
    )


def figures_agree(question: Question, argument: str) -> Reason | None:
    """``outcomes.explanation``: no other report or table tells a figure of the form differently, or that field says why."""
    form, _dot, field = argument.partition(".")
    answers = _answers(question, form)
    if _told(answers, field):
        return None
    return told_differently(_doubted(question, form, answers), question.definition, form, field)


def evidence_own(question: Question, argument: str) -> Reason | None:
    """``outcomes.explanation``: no file of the form came first with the report of another company, or that field says why."""
    form, _dot, field = argument.partition(".")
    if _told(_answers(question, form), field):
        return None
    return proved_by_another(question.facts["shared_files"], question.definition, form, field)


def _answers(question: Question, form: str) -> Mapping[str, Any]:
    answers: Mapping[str, Any] = (question.facts["answers"] or {}).get(form, {})
    return answers


def _doubted(question: Question, form: str, answers: Mapping[str, Any]) -> list[Doubt]:
    """What the entry checks ask about the figures of a form; what cannot be read yet is another check's matter."""
    before: Before = question.facts["figures"]
    grids = [item.name for item in question.definition.forms[form].fields if item.type == "indicators"]
    values = [answers[name] for name in grids if isinstance(answers.get(name), dict) and not is_unread(answers[name])]
    return [doubt for grid in values for doubt in doubts(grid, before)]


def _told(answers: Mapping[str, Any], field: str) -> bool:
    return is_answer(str(answers.get(field) or ""))
