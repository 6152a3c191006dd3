"""How far an issue has come, as its documents say it: the mark on every page, what is not confirmed, and the reason."""

from dataclasses import dataclass
from typing import Any

from backoffice.reports import gaps
from backoffice.reports.cells import INTERNAL
from backoffice.reports.gaps import Gap
from backoffice.reports.models import APPROVED, PUBLISHED, ReportIssue

INSIDE, DRAFT, NOT_CONFIRMED, NOT_PUBLISHED = "내부용", "초안", "확정 전", "발간 전"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a document says of the issue besides its figures."""

    draft: bool = False
    """Nobody has approved it."""
    published: bool = True
    gaps: tuple[Gap, ...] = ()
    waiver: str = ""
    """Why it was approved in spite of its gaps."""


UNMARKED = Standing()


def standing_of(issue: ReportIssue | None, edition: str) -> Standing:
    """A replaced issue says what it said when it was in force."""
    if issue is None:
        return UNMARKED
    published = issue.state == PUBLISHED or issue.published_at is not None
    approved = published or issue.state == APPROVED
    # The mark of an approved internal edition is the same before and after its publication: so are its bytes.
    return Standing(
        draft=not approved,
        published=published or (approved and edition == INTERNAL),
        gaps=gaps.read(issue.gaps),
        waiver=issue.waiver if approved else "",
    )


def printed(standing: Standing, *, internal: bool) -> dict[str, Any]:
    """What templates need of it: ``mark``, ``draft``, ``gaps`` (Korean sentences) and ``waiver``."""
    marks = []
    if standing.draft:
        marks += [DRAFT, *([NOT_CONFIRMED] if standing.gaps else [])]
    elif not standing.published:
        marks.append(NOT_PUBLISHED)
    if internal:
        marks.append(INSIDE)
    return {
        "mark": " · ".join(marks),
        "draft": standing.draft,
        "gaps": [one.sentence.ko for one in standing.gaps],
        "waiver": standing.waiver,
    }
