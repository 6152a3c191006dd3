"""Where everything on a process map lies: the question to Graphviz as text, its answer as values, both without running it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workflows.definition import Workflow
from workflows.sketch import SMALL, Arrow, Box, sketch, width_of

RECIPE = 1
"""Raised when sizes or options change: a stored layout of another recipe is laid out anew."""

Point = tuple[float, float]
_HEADROOM = 18.0


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one arrow: control points of joined cubic curves, the tip, and the middle of its words."""

    source: str
    target: str
    points: tuple[Point, ...]
    tip: Point
    words: Point


@dataclass(frozen=True, slots=True)
class Area:
    """The frame around the states of a stage: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Middles of boxes, ways of arrows and frames of stages, in pixels from the upper left corner."""

    width: float
    height: float
    boxes: Mapping[str, Point]
    routes: tuple[Route, ...]
    stages: Mapping[str, Area]


def dot(workflow: Workflow, language: str) -> str:
    """The question to Graphviz. Every size is given, so that the answer does not depend on the fonts of the machine."""
    parts = sketch(workflow, language)
    return "\n".join(
        [
            f'digraph "{workflow.workflow}" {{',
            "  graph [rankdir=TB, nodesep=0.25, ranksep=0.2, splines=true, pad=0.1]",
            '  node [shape=box, fixedsize=true, label=""]',
            *(line for stage in workflow.stages for line in _cluster(workflow, stage.code, language)),
            *(_node(box) for box in parts.boxes.values()),
            *(_edge(arrow) for arrow in parts.arrows),
            *(f'  "{source}" -> "{target}" [style=invis, weight=0]' for source, target in parts.hints),
            "}",
        ]
    )


def _cluster(workflow: Workflow, code: str, language: str) -> Iterator[str]:
    names = [f'"{name}"' for name, state in workflow.states.items() if state.stage == code]
    if names:
        label = _room(width_of(workflow.stage_label(code).text(language), SMALL) + 8, _HEADROOM)
        yield f'  subgraph "cluster_{code}" {{ margin=10; labeljust=l; label={label}; {"; ".join(names)} }}'


def _node(box: Box) -> str:
    return f'  "{box.state}" [width={box.width / 72:.4f}, height={box.height / 72:.4f}]'


def _edge(arrow: Arrow) -> str:
    return f'  "{arrow.source}" -> "{arrow.target}" [label={_room(arrow.width, arrow.height)}]'


def _room(width: float, height: float) -> str:
    """An empty label of exactly this size."""
    size = f'FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height:.0f}"'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" {size}><TR><TD></TD></TR></TABLE>>'


def read(answer: Mapping[str, Any]) -> Layout:
    """The answer of ``dot -Tjson`` as a layout. Raises KeyError or ValueError when it is something else."""
    left, bottom, right, top = _numbers(answer["bb"])
    objects = list(answer.get("objects", ()))

    def turned(x: float, y: float) -> Point:
        return round(x - left, 1), round(top - y, 1)

    return Layout(
        round(right - left, 1),
        round(top - bottom, 1),
        {one["name"]: turned(*_numbers(one["pos"])) for one in objects if "pos" in one},
        tuple(
            _route(objects[edge["tail"]]["name"], objects[edge["head"]]["name"], edge, turned)
            for edge in answer.get("edges", ())
            if edge.get("style") != "invis"
        ),
        {
            one["name"].removeprefix("cluster_"): _area(*_numbers(one["bb"]), turned=turned)
            for one in objects
            if "bb" in one
        },
    )


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _route(source: str, target: str, edge: Mapping[str, Any], turned: Any) -> Route:
    parts = edge["pos"].split()
    points = tuple(turned(*_numbers(part)) for part in parts if not part.startswith(("e,", "s,")))
    tip = next((turned(*_numbers(part[2:])) for part in parts if part.startswith("e,")), points[-1])
    return Route(source, target, points, tip, turned(*_numbers(edge["lp"])))


def _area(x1: float, y1: float, x2: float, y2: float, *, turned: Any) -> Area:
    x, y = turned(x1, y2)
    return Area(x, y, round(x2 - x1, 1), round(y2 - y1, 1))


def stored(layout: Layout) -> dict[str, Any]:
    """The layout as plain JSON, with its recipe."""
    return {"recipe": RECIPE, **asdict(layout)}


def restored(content: Mapping[str, Any] | None) -> Layout | None:
    """A stored layout; None when there is none of this recipe."""
    if content is None or content.get("recipe") != RECIPE:
        return None
    return Layout(
        content["width"],
        content["height"],
        {name: (x, y) for name, (x, y) in content["boxes"].items()},
        tuple(
            Route(
                one["source"],
                one["target"],
                tuple((x, y) for x, y in one["points"]),
                (one["tip"][0], one["tip"][1]),
                (one["words"][0], one["words"][1]),
            )
            for one in content["routes"]
        ),
        {code: Area(**area) for code, area in content["stages"].items()},
    )
