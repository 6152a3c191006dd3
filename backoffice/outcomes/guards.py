"""Guards about reported figures."""

from typing import Any

from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question
from backoffice.forms.readers import is_unread
from backoffice.outcomes.entry_checks import Before, doubts, first_of, is_answer
from workflows.roles import Role


def figures_explained(question: Question, argument: str) -> Reason | None:
    """``outcomes.explanation``: what the entry checks ask about the form's figures is answered in that field."""
    form, _dot, field = argument.partition(".")
    answers: dict[str, Any] = (question.facts["answers"] or {}).get(form, {})
    before: Before = question.facts["figures"]
    grids = [item.name for item in question.definition.forms[form].fields if item.type == "indicators"]
    values = [answers[name] for name in grids if isinstance(answers.get(name), dict) and not is_unread(answers[name])]
    found = [doubt for grid in values for doubt in doubts(grid, before)]
    if not found or is_answer(str(answers.get(field) or "")):
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
