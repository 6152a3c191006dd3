"""The process map on a page: the drawing, and the same in words."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from backoffice.core.i18n import language
from backoffice.engine.spine import TRANSITION
from backoffice.programs.layouts import layout_of
from backoffice.web.access import engine
from backoffice.web.case_page import CasePage
from workflows.definition import Workflow
from workflows.diagram import svg
from workflows.outline import StageLine, outline
from workflows.sketch import StepKey


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """What the component shows. Without Graphviz there is no drawing, and the words stand alone."""

    drawing: Markup | None
    stages: tuple[StageLine, ...]
    of_case: bool


def map_of_case(page: CasePage) -> ProcessMap:
    """The way a case has gone, where it is, and what this reader may do next."""
    taken = Counter((past.source, past.action) for past in page.past if past.kind == TRANSITION)
    open_to_me = {verdict.action for verdict in page.verdicts if verdict.ok}
    digest = engine().compiled(page.subject).digest
    return _map(page.definition, digest=digest, done=taken, now=page.row.state, possible=open_to_me)


def map_of_definition(definition: Workflow) -> ProcessMap:
    """The map of a program, without any case on it."""
    return _map(definition, digest=None, done={}, now=None, possible=())


def _map(
    definition: Workflow, *, digest: str | None, done: Mapping[StepKey, int], now: str | None, possible: Collection[str]
) -> ProcessMap:
    layout = layout_of(definition, language(), digest)
    drawn = svg(definition, layout, done=done, now=now, possible=possible, language=language()) if layout else None
    return ProcessMap(
        # Every text in the drawing is escaped where it is drawn.
        Markup(drawn) if drawn else None,  # noqa: S704  # see above
        outline(definition, done=done, now=now, possible=possible),
        now is not None,
    )
