"""Effects on the outcome ledger."""

from typing import Any

from backoffice.cases.queries import answers, attachments, case_by_id
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
    report = case_by_id(happening.subject.id)
    typed = answers(report.id, form)
    told = str(typed[explaining].value or "") if explaining in typed else ""
    before = queries.figure_facts([happening.subject])[report.id]
    shared = [file for file in queries.shared_evidence(report, form) if file.came_first]
    grids = [item.value for item in typed.values() if isinstance(item.value, dict) and not is_unread(item.value)]
    doubted = [doubt for grid in grids for doubt in doubts(grid, before)]
    if explaining and not is_answer(told):
        wrong = (
            told_differently(doubted, happening.definition, form, explaining),
            proved_by_another(shared, happening.definition, form, explaining),
        )
        if reasons := [one for one in wrong if one is not None]:
            raise Refused(reasons)
    evidence = next((item.id for item in attachments(report.id) if item.form == form), None)
    for grid in grids:
        about = grid.keys() if shared else {doubt.indicator for doubt in doubted}
        services.book_report(
            report,
            grid,
            evidence_id=evidence,
            actor_id=happening.actor.user_id,
            answers=dict.fromkeys(about, told),
        )


def record_follow_on(happening: Happening, _: Any) -> None:
    services.record_follow_on(happening.subject.id, happening.input)
