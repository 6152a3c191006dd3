"""What the reader of a comparison may do about moving the cases from one version to the other."""

from dataclasses import dataclass

from backoffice.access.permissions import Permission
from backoffice.cases import moving
from backoffice.cases.models import BulkRun
from backoffice.cases.versions import Survey
from backoffice.web.access import actor
from workflows.definition import Workflow


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether a migration may be asked for, the one under way, and those that are over."""

    asks: bool
    under_way: BulkRun | None
    past: list[BulkRun]
    stuck: list[str]
    """The states whose cases have nowhere to go."""


def offer(old: Workflow, found: Survey) -> Offer:
    known = moving.runs(old.workflow)
    return Offer(
        asks=moving.may_move(actor(), Permission.DEFINITION_EDIT),
        under_way=next((run for run in known if run.finished_at is None), None),
        past=[run for run in known if run.finished_at is not None],
        stuck=sorted({one.source for one in found.without_image()}),
    )
