"""What looks wrong about the figures of a report, for the people at the office who check it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.cases.sight import visible_to
from backoffice.core.db import db
from backoffice.core.i18n import Sentence
from backoffice.outcomes.contradictions import stated
from backoffice.outcomes.entry_checks import doubts
from backoffice.outcomes.queries import SharedFile
from backoffice.web.access import actor
from backoffice.web.case_page import CasePage
from workflows.indicators import all_indicators


@dataclass(frozen=True, slots=True)
class Doubted:
    """One thing to look at before the report is passed on."""

    about: Sentence
    """The indicator, or the file."""
    sentence: Sentence
    reference: str = ""
    """The other report, if the reader may see it."""


def doubted(page: CasePage) -> list[Doubted]:
    """Figures that contradict another source or jump, and evidence another company used, too. Nothing for companies."""
    if page.figures is None:
        return []
    grids = stated(page.definition, page.filled)
    found = [
        Doubted(_label(doubt.indicator), doubt.finding.sentence)
        for _form, grid in grids
        for doubt in doubts(grid, page.figures)
    ]
    return found + _shared([file for form, _grid in grids for file in page.shared_files if file.form == form])


def _label(code: str) -> Sentence:
    label = all_indicators()[code].label
    return Sentence(label.ko, label.en)


def _shared(files: Sequence[SharedFile]) -> list[Doubted]:
    if not files:
        return []
    query = select(Case.id).where(Case.id.in_([file.case_id for file in files]), visible_to(actor()))
    seen = frozenset(db.session.scalars(query))
    return [
        Doubted(
            Sentence(file.name, file.name),
            _FIRST if file.came_first else _LATER,
            file.reference if file.case_id in seen else "",
        )
        for file in files
    ]


_FIRST = Sentence(
    "다른 기업의 보고에 먼저 붙은 파일과 내용이 같습니다.",
    "The same file came first with the report of another company.",
)
_LATER = Sentence(
    "다른 기업의 보고에 나중에 같은 파일이 붙었습니다.", "The same file came later with the report of another company."
)
