"""Effects on the outcome ledger."""

from typing import Any

from backoffice.cases.queries import answers, attachments, case_by_id
from backoffice.engine.values import Happening
from backoffice.forms.readers import is_unread
from backoffice.outcomes import queries, services
from backoffice.outcomes.entry_checks import doubts


def book_measures(happening: Happening, argument: str) -> None:
    """Write the values of a confirmed report into the ledger, with the first file of evidence.

    ``outcomes.explanation`` names the form, and the field whose text stays with every value the entry checks ask about.
    """
    form, _dot, explaining = argument.partition(".")
    report = case_by_id(happening.subject.id)
    typed = answers(report.id, form)
    told = str(typed[explaining].value or "") if explaining in typed else ""
    before = queries.figure_facts([happening.subject])[report.id]
    evidence = next((item.id for item in attachments(report.id) if item.form == form), None)
    for answer in typed.values():
        if isinstance(answer.value, dict) and not is_unread(answer.value):
            doubted = {doubt.indicator for doubt in doubts(answer.value, before)}
            services.book_report(
                report,
                answer.value,
                evidence_id=evidence,
                actor_id=happening.actor.user_id,
                answers=dict.fromkeys(doubted, told),
            )


def record_follow_on(happening: Happening, _: Any) -> None:
    services.record_follow_on(happening.subject.id, happening.input)
