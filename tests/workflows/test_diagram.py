"""The process map: everything a definition says is drawn once, readable, and said in words too."""

import json
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from lxml import etree

from tests.machine import need
from workflows import catalogue
from workflows.definition import Workflow
from workflows.diagram import svg
from workflows.layout import Layout, dot, read, restored, stored
from workflows.mermaid import mermaid
from workflows.outline import outline
from workflows.sketch import StepKey, sketch, steps_of

SHIPPED = [loaded.workflow for loaded in catalogue.shipped().values()]
NAMES = [f"{one.workflow}@{one.version}" for one in SHIPPED]
DRAWN = pytest.mark.parametrize("workflow", SHIPPED, ids=NAMES)
SPOKEN = pytest.mark.parametrize("language", ["ko", "en"])
ALLOWED = {"svg", "title", "desc", "g", "rect", "path", "text"}


def laid_out(workflow: Workflow, language: str) -> Layout:
    """The layout Graphviz finds, after it was stored and restored."""
    need(shutil.which("dot") is not None, "Graphviz")
    done = subprocess.run(["dot", "-Tjson"], input=dot(workflow, language).encode(), capture_output=True, check=True)
    found = restored(json.loads(json.dumps(stored(read(json.loads(done.stdout))))))
    assert found is not None
    return found


def keys_of(workflow: Workflow) -> list[StepKey]:
    return [(source, step.action) for source, step in steps_of(workflow)]


def parsed(drawing: str) -> etree._Element:
    return etree.fromstring(drawing.encode())


@DRAWN
@SPOKEN
def test_every_state_and_every_step_is_drawn_exactly_once(workflow: Workflow, language: str) -> None:
    root = parsed(svg(workflow, laid_out(workflow, language), language=language))
    assert sorted(root.xpath("//@data-state")) == sorted(workflow.states)
    assert sorted(root.xpath("//@data-step")) == sorted(" ".join(key) for key in keys_of(workflow))
    assert set(root.xpath("//@data-stage")) == {state.stage for state in workflow.states.values()}


@DRAWN
@SPOKEN
def test_every_label_is_written_out_in_full(workflow: Workflow, language: str) -> None:
    root = parsed(svg(workflow, laid_out(workflow, language), language=language))
    for source, step in steps_of(workflow):
        (group,) = root.xpath(f'//*[@data-step="{source} {step.action}"]')
        said = " ".join(part.strip() for part in group.itertext() if part.strip())
        assert said.lstrip("↻✕· ") == step.label.text(language)
    for name, state in workflow.states.items():
        (group,) = root.xpath(f'//*[@data-state="{name}"]')
        assert (
            state.label.text(language).split()
            == " ".join(group.itertext()).split()[: len(state.label.text(language).split())]
        )


@DRAWN
def test_a_drawing_carries_no_style_no_script_and_nothing_from_elsewhere(workflow: Workflow) -> None:
    root = parsed(svg(workflow, laid_out(workflow, "ko"), now=workflow.initial, possible=workflow.actions()))
    for element in root.iter():
        assert etree.QName(element).localname in ALLOWED
        assert not {
            name for name in element.attrib if name in {"style", "class", "href", "id"} or name.startswith("on")
        }
    assert root.get("role") == "img"
    assert [etree.QName(child).localname for child in root[:2]] == ["title", "desc"]


Rectangle = tuple[float, float, float, float]


def rectangle(middle: tuple[float, float], width: float, height: float) -> Rectangle:
    x, y = middle
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def overlap(one: Rectangle, other: Rectangle) -> bool:
    slack = 0.5
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


def pieces(workflow: Workflow, language: str) -> Iterator[tuple[str, Rectangle]]:
    """Every box, and the words of every arrow, where they lie."""
    layout, parts = laid_out(workflow, language), sketch(workflow, language)
    for name, box in parts.boxes.items():
        yield name, rectangle(layout.boxes[name], box.width, box.height)
    routes = {(route.source, route.target): route for route in layout.routes}
    for arrow in parts.arrows:
        words = routes[arrow.source, arrow.target].words
        yield f"{arrow.source} -> {arrow.target}", rectangle(words, arrow.width, arrow.height)


@DRAWN
@SPOKEN
def test_no_box_and_no_words_cover_each_other_and_all_lie_on_the_sheet(workflow: Workflow, language: str) -> None:
    found = list(pieces(workflow, language))
    layout = laid_out(workflow, language)
    assert [
        name
        for name, (x1, y1, x2, y2) in found
        if x1 < -1 or y1 < -1 or x2 > layout.width + 1 or y2 > layout.height + 1
    ] == []
    covered = [
        (name, other)
        for place, (name, one) in enumerate(found)
        for other, two in found[place + 1 :]
        if overlap(one, two)
    ]
    assert covered == []


@DRAWN
def test_the_map_in_words_says_the_same_as_the_drawing(workflow: Workflow) -> None:
    states = [state for stage in outline(workflow) for state in stage.states]
    assert sorted(state.name for state in states) == sorted(workflow.states)
    assert sorted(step.key for state in states for step in state.steps) == sorted(keys_of(workflow))
    for state in states:
        for step in state.steps:
            targets = [one.target for source, one in steps_of(workflow) if (source, one.action) == step.key]
            assert [workflow.state(name).label for name in targets] == [step.target]


@DRAWN
def test_mermaid_text_names_every_state_and_every_step(workflow: Workflow) -> None:
    text = mermaid(workflow, "ko")
    arrows = [line.strip() for line in text.splitlines() if " --> " in line and "[*]" not in line]
    assert len(arrows) == len(keys_of(workflow))
    assert len([line for line in text.splitlines() if " as " in line and not line.endswith("{")]) == len(
        workflow.states
    )
    finals = [name for name, state in workflow.states.items() if state.final]
    assert text.count("--> [*]") == len(finals)


PLANNING = catalogue.newest("objection").workflow


def test_the_way_of_a_case_is_told_apart_from_what_is_open_and_what_is_not() -> None:
    initial = PLANNING.initial
    taken = next(step for step in PLANNING.transitions if initial in step.source and step.tone == "primary")
    ahead = next(step for step in PLANNING.transitions if taken.target in step.source and step.target != taken.target)
    drawing = svg(
        PLANNING, laid_out(PLANNING, "ko"), done={(initial, taken.action): 3}, now=taken.target, possible=[ahead.action]
    )
    said = {
        group.get("data-state"): "".join(group.itertext()).strip()
        for group in parsed(drawing).xpath("//*[@data-state]")
    }
    assert said[initial].startswith("✓ ")
    assert said[taken.target].startswith("● ")
    assert "×3" in drawing
    assert sum(text.startswith("✓ ") for text in said.values()) == 1
    lines = [
        state
        for stage in outline(PLANNING, done={(initial, taken.action): 3}, now=taken.target, possible=[ahead.action])
        for state in stage.states
    ]
    assert {line.name: line.standing for line in lines if line.standing in {"now", "done"}} == {
        initial: "done", taken.target: "now",
    }  # fmt: skip
    steps = {step.key: step for line in lines for step in line.steps}
    assert (steps[initial, taken.action].times, steps[taken.target, ahead.action].open) == (3, True)
    assert sum(step.open for step in steps.values()) == 1


def test_a_name_cannot_become_markup() -> None:
    source = catalogue.newest("objection")
    evil = source.workflow.model_copy(
        update={"title": source.workflow.title.model_copy(update={"ko": '</title><script>alert("x")</script>'})}
    )
    assert "<script" not in svg(evil, laid_out(evil, "ko"))


def test_a_layout_of_another_recipe_is_not_used() -> None:
    content = stored(laid_out(PLANNING, "ko"))
    assert restored({**content, "recipe": 0}) is None
    assert restored(None) is None
