"""Guards about reported figures."""

from typing import Any

from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Question
from backoffice.forms.readers import is_unread
from backoffice.outcomes.entry_checks import Before, doubts, is_answer
from workflows.indicators import all_indicators
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
    first, more = found[0], len(found) - 1
    label, said = all_indicators()[first.indicator].label, first.finding.sentence
    asked = question.definition.forms[form].field(field)
    where = asked.label if asked is not None else label
    return Reason(
        "figures_unexplained",
        Sentence(
            f"{label.ko}: {said.ko}{f' (그 밖에 {more}건)' if more else ''} 값을 고치거나 '{where.ko}' 칸에 까닭을 적어 주세요.",
            f"{label.en}: {said.en}{f' (and {more} more)' if more else ''} Correct it or say why under '{where.en}'.",
        ),
        unblocks=Role.APPLICANT,
        link=f"form:{form}",
    )
