"""Effects on the outcome ledger."""

from collections.abc import Sequence
from typing import Any

from backoffice.cases.queries import answers, attachments, case_by_id
from backoffice.core.errors import Reason, Refused
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Happening
from backoffice.forms.readers import is_unread
from backoffice.outcomes import queries, services
from backoffice.outcomes.entry_checks import CONTRADICTS, Doubt, doubts, first_of, is_answer
from backoffice.outcomes.queries import SharedFile
from workflows.roles import Role


def book_measures(happening: Happening, argument: str) -> None:
    """Write the values of a confirmed report into the ledger, with the first file of evidence.

    ``outcomes.explanation`` names the form, and the field whose text stays with every value the entry checks ask about.
    What contradicts another source is not booked without such a text, whoever submitted it before the other came.
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
        asked = happening.definition.forms[form].field(explaining)
        label = asked.label if asked is not None else happening.definition.forms[form].title
        _refuse_contradictions(doubted, shared, form, where=Sentence(label.ko, label.en))
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


def _refuse_contradictions(
    doubted: Sequence[Doubt], shared: Sequence[SharedFile], form: str, *, where: Sentence
) -> None:
    """Raises Refused with what another report or table tells differently."""
    said = []
    found = [doubt for doubt in doubted if doubt.finding.code == CONTRADICTS]
    if found:
        said.append(("figures_unexplained", first_of(found)))
    said += [("evidence_shared", _same_file(file)) for file in shared]
    reasons = [
        Reason(
            code,
            Sentence(
                f"{one.ko} 보완을 요청해 보고를 고치게 하거나 '{where.ko}' 칸에 까닭을 받은 뒤 확정해 주세요.",
                f"{one.en} Return it to be corrected or explained under '{where.en}', then confirm.",
            ),
            unblocks=Role.APPLICANT,
            link=f"form:{form}",
        )
        for code, one in said
    ]
    if reasons:
        raise Refused(reasons)


def _same_file(file: SharedFile) -> Sentence:
    return Sentence(
        f"증빙 '{file.name}': 다른 기업의 보고 {file.reference}에 먼저 붙은 파일과 내용이 같습니다.",
        f"Evidence '{file.name}': the same file came first with report {file.reference} of another company.",
    )


def record_follow_on(happening: Happening, _: Any) -> None:
    services.record_follow_on(happening.subject.id, happening.input)
