"""What a page shows of a piece of a definition, and what comes back from it, are the same."""

from collections.abc import Iterator

import pytest

from backoffice.web.admin import pieces
from backoffice.web.admin.inputs import shown, taken
from backoffice.wiring import vocabulary
from workflows import catalogue
from workflows.definition import Workflow
from workflows.rewriting import read


def places(workflow: Workflow) -> Iterator[str]:
    """The address of every piece of a definition."""
    yield "program"
    yield from (f"stages/{index}" for index in range(len(workflow.stages)))
    yield from (f"states/{name}" for name in workflow.states)
    yield from (f"transitions/{index}" for index in range(len(workflow.transitions)))
    yield from (f"documents/{name}" for name in workflow.documents)
    for name, form in workflow.forms.items():
        yield f"forms/{name}"
        for number, section in enumerate(form.sections):
            yield from (f"forms/{name}/{number}/{index}" for index in range(len(section.fields)))


@pytest.mark.parametrize("name", sorted({name for name, _ in catalogue.shipped()}))
def test_a_piece_shown_and_taken_back_is_the_same_piece(name: str) -> None:
    loaded = catalogue.newest(name)
    data, words = read(loaded.source), vocabulary()
    for place in places(loaded.workflow):
        piece = pieces.find(place, data, loaded.workflow, words)
        fresh, problems = taken(piece.data, piece.inputs, shown(piece.data, piece.inputs))
        assert (fresh, problems) == (piece.data, []), place
