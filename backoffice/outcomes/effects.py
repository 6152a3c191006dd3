"""Effects on the outcome ledger."""

from collections.abc import Mapping
from typing import Any

from backoffice.cases.queries import answers, attachments
from backoffice.core.errors import Refused
from backoffice.engine.values import Happening
from backoffice.forms.readers import is_unread
from backoffice.outcomes import queries, services
from backoffice.outcomes.contradictions import proved_by_another, told_differently
from backoffice.outcomes.entry_checks import doubts, is_answer


def book_measures(happening: Happening, argument: str) -> None:
    """Write the values of a confirmed report into the ledger, with the first file of evidence.

    ``outcomes.explanation`` names the form, and the field whose text stays with every value the entry checks ask about.
    What contradicts another source is not booked without such a text, whoever submitted it before the other came: a guard
    that a later version declares says so before the step, here it holds for every version.
    """
    form, _dot, explaining = argument.partition(".")
    subject = happening.subject
    zone_id = services.lock_lead_zone(subject.id)
    typed = _typed(happening, form)
    told = str(typed.get(explaining) or "")
    shared = [file for file in queries.shared_evidence(subject.id, form) if file.came_first]
    before = queries.figure_facts([subject])[subject.id]
    grids = [value for value in typed.values() if isinstance(value, dict) and not is_unread(value)]
    doubted = [doubt for grid in grids for doubt in doubts(grid, before)]
    if explaining and not is_answer(told):
        wrong = (
            told_differently(doubted, happening.definition, form, explaining),
            proved_by_another(shared, happening.definition, form, explaining),
        )
        if reasons := [one for one in wrong if one is not None]:
            raise Refused(reasons)
    values = {code: value for grid in grids for code, value in grid.items()}
    about = values.keys() if shared else {doubt.indicator for doubt in doubted}
    services.book_report(
        services.Reported(
            id=subject.id,
            zone_id=zone_id,
            year=subject.year,
            organization_id=subject.scope.lead_organization,
            project_id=subject.parent_id,
            panel=str(subject.call_id or ""),
            evidence_id=next((item.id for item in attachments(subject.id) if item.form == form), None),
        ),
        values,
        actor_id=happening.actor.user_id,
        answers=dict.fromkeys(about, told),
    )


def _typed(happening: Happening, form: str) -> Mapping[str, Any]:
    """What the form says, by field: the guards of the step have read it, unless its version asks for none of them."""
    known = happening.facts.get("answers")
    if known is not None:
        return known.get(form, {})  # type: ignore[no-any-return]  # a family of facts is what its reader makes it
    return {name: answer.value for name, answer in answers(happening.subject.id, form).items()}


def record_follow_on(happening: Happening, _: Any) -> None:
    services.record_follow_on(happening.subject.id, happening.input)
