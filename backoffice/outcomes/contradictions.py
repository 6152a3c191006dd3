"""What keeps a report from being confirmed: another source tells a figure differently, or proved its own with the same file.

The guards say so before the step is offered, the effect once more when it is taken (decision 023).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.forms.readers import is_unread
from backoffice.outcomes.entry_checks import CONTRADICTS, Doubt, first_of
from backoffice.outcomes.queries import SharedFile
from workflows.definition import Workflow
from workflows.roles import Role


def stated(definition: Workflow, filled: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """The indicators the answers of a case state, with the form they stand in."""
    return [
        (name, value)
        for name, form in definition.forms.items()
        for field in form.fields
        if field.type == "indicators"
        for value in [filled.get(name, {}).get(field.name)]
        if isinstance(value, dict) and not is_unread(value)
    ]


def told_differently(doubted: Sequence[Doubt], definition: Workflow, form: str, explaining: str) -> Reason | None:
    """The figures another report or table tells differently, of what the entry checks ask about."""
    found = [doubt for doubt in doubted if doubt.finding.code == CONTRADICTS]
    return _reason("figures_unexplained", first_of(found), definition, form, explaining) if found else None


def proved_by_another(shared: Sequence[SharedFile], definition: Workflow, form: str, explaining: str) -> Reason | None:
    """The files of a form that came first with the report of another company."""
    found = [file for file in shared if file.form == form and file.came_first]
    return _reason("evidence_shared", _same_file(found), definition, form, explaining) if found else None


def _reason(code: str, said: Sentence, definition: Workflow, form: str, explaining: str) -> Reason:
    asked = definition.forms[form].field(explaining)
    where = asked.label if asked is not None else definition.forms[form].title
    return Reason(
        code,
        Sentence(
            f"{said.ko} 보완을 요청해 보고를 고치게 하거나 '{where.ko}' 칸에 까닭을 받은 뒤 확정해 주세요.",
            f"{said.en} Return it to be corrected or explained under '{where.en}', then confirm.",
        ),
        unblocks=Role.APPLICANT,
        link=f"form:{form}",
    )


def _same_file(found: Sequence[SharedFile]) -> Sentence:
    """Without the number of the other report: who decides here may have no right there. The case's page names it to whoever has."""
    file, more = found[0], len(found) - 1
    return Sentence(
        f"증빙 '{file.name}': 다른 기업의 보고에 먼저 붙은 파일과 내용이 같습니다."
        f"{f' (그 밖에 {more}건)' if more else ''}",
        f"Evidence '{file.name}': the same file came first with the report of another company."
        f"{f' (and {more} more)' if more else ''}",
    )
