"""The process map as SVG, drawn from a definition and its layout with presentation attributes only."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import hypot
from xml.sax.saxutils import escape, quoteattr

from workflows.definition import Workflow
from workflows.layout import Layout, Point, Route
from workflows.sketch import LEADING, PADDING, SMALL, TITLE, Arrow, Box, StepKey, Words, sketch, width_of

FONT = "'Pretendard GOV Variable', Pretendard, 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"
INK, QUIET, LINE, FAINT, WHITE = "#1e2124", "#58616a", "#8a949e", "#f4f5f6", "#ffffff"
BLUE, PALE, GREEN = "#0b50d0", "#ecf2fe", "#1c5a2b"
MARGIN = 6.0
MARKS = {"now": "● ", "done": "✓ ", "possible": "▸ ", "": ""}
"""What a box says in front of its name, so that colour is never the only carrier."""

_SPOKEN = {
    "ko": ("{title} 처리 경로", "상태 {states}개, 처리 {steps}개. 아래 글로 된 목록과 같은 내용입니다."),
    "en": ("Process map: {title}", "{states} states, {steps} steps. The list below says the same in words."),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a case has come: steps taken and how often, where it is, and which actions are open to it."""

    done: Mapping[StepKey, int]
    now: str | None
    possible: frozenset[str]
    visited: frozenset[str]
    ahead: frozenset[str]
    """The states that open actions lead to."""

    def standing(self, state: str) -> str:
        if state == self.now:
            return "now"
        return "done" if state in self.visited else "possible" if state in self.ahead else ""

    def step(self, key: StepKey) -> str:
        """Open from here, taken before, or neither."""
        if key[0] == self.now and key[1] in self.possible:
            return "possible"
        return "done" if self.done.get(key) else ""


def progress(workflow: Workflow, done: Mapping[StepKey, int], now: str | None, possible: Collection[str]) -> Progress:
    """What the map and its list in words say about one case."""
    targets = {(source, step.action): step.target for step in workflow.transitions for source in step.source}
    taken = [key for key in done if done[key] and key in targets]
    visited = {key[0] for key in taken} | {targets[key] for key in taken}
    ahead = {target for (source, action), target in targets.items() if source == now and action in possible}
    return Progress(done, now, frozenset(possible), frozenset(visited), frozenset(ahead))


def svg(
    workflow: Workflow,
    layout: Layout,
    *,
    done: Mapping[StepKey, int] | None = None,
    now: str | None = None,
    possible: Collection[str] = (),
    language: str = "ko",
) -> str:
    """The map of a workflow; with ``done``, ``now`` and ``possible`` the way one case has gone on it.

    ``done`` counts (source, action), ``possible`` names actions open in the state ``now``.
    """
    case = progress(workflow, done or {}, now, possible)
    parts = sketch(workflow, language)
    routes = {(route.source, route.target): route for route in layout.routes}
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    title, description = (
        text.format(
            title=workflow.title.text(language),
            states=len(parts.boxes),
            steps=sum(len(step.source) for step in workflow.transitions),
        )
        for text in _SPOKEN["en" if language == "en" else "ko"]
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{-MARGIN:g} {-MARGIN:g} {width:.1f} {height:.1f}" font-family={quoteattr(FONT)}>',
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>",
        f'<rect x="{-MARGIN:g}" y="{-MARGIN:g}" width="{width:.1f}" height="{height:.1f}" fill="{WHITE}"/>',
        *_stages(layout),
        *(_arrow(arrow, routes[arrow.source, arrow.target], case) for arrow in parts.arrows),
        *_stage_names(workflow, layout, language),
        *(_said(arrow, routes[arrow.source, arrow.target], case) for arrow in parts.arrows),
        *(_box(box, layout.boxes[box.state], workflow, case) for box in parts.boxes.values()),
        "</svg>",
    ]
    return "\n".join(lines)


def _stages(layout: Layout) -> Iterator[str]:
    for code, area in layout.stages.items():
        size = f'x="{area.x:g}" y="{area.y:g}" width="{area.width:g}" height="{area.height:g}"'
        yield f'<rect data-stage="{code}" {size} rx="8" fill="{FAINT}"/>'


def _stage_names(workflow: Workflow, layout: Layout, language: str) -> Iterator[str]:
    for code, area in layout.stages.items():
        yield _text(area.x + 10, area.y + 17, workflow.stage_label(code).text(language), QUIET, bold=True)


_STROKES = {
    "done": f'stroke="{BLUE}" stroke-width="2"',
    "possible": f'stroke="{GREEN}" stroke-width="2" stroke-dasharray="5 3"',
    "": f'stroke="{LINE}" stroke-width="1"',
}
_INKS = {"done": BLUE, "possible": GREEN, "": INK}


def _arrow(arrow: Arrow, route: Route, case: Progress) -> str:
    look = _strongest(arrow, case)
    head = _head(route.points[-1], route.tip)
    colour = {"done": BLUE, "possible": GREEN, "": LINE}[look]
    return (
        f'<g data-arrow="{arrow.source} {arrow.target}"><path d="{_curve(route)}" fill="none" {_STROKES[look]}/>'
        f'<path d="{head}" fill="{colour}"/></g>'
    )


def _strongest(arrow: Arrow, case: Progress) -> str:
    looks = {case.step(words.key) for words in arrow.words}
    return next((look for look in ("done", "possible") if look in looks), "")


def _curve(route: Route) -> str:
    first, *rest = route.points
    return f"M{first[0]:g} {first[1]:g}C" + " ".join(f"{x:g} {y:g}" for x, y in rest)


def _head(base: Point, tip: Point) -> str:
    """A filled triangle from the end of the curve to the edge of the box."""
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    length = hypot(dx, dy) or 1.0
    nx, ny = -dy / length * 3.5, dx / length * 3.5
    return f"M{tip[0]:g} {tip[1]:g}L{base[0] + nx:.1f} {base[1] + ny:.1f} {base[0] - nx:.1f} {base[1] - ny:.1f}Z"


def _said(arrow: Arrow, route: Route, case: Progress) -> str:
    """The names of an arrow's steps, on a light ground so that lines beneath do not strike them through."""
    x, y = route.words[0] - arrow.width / 2, route.words[1] - arrow.height / 2
    wide = max(width_of(line, SMALL) for words in arrow.words for line in words.lines)
    ground = (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{arrow.height:.1f}" '
        f'fill="{WHITE}" fill-opacity="0.8"/>'
    )
    return f"<g>{ground}{''.join(_steps(arrow.words, x + 2, y + SMALL, case, _INKS))}</g>"


def _steps(words: tuple[Words, ...], x: float, y: float, case: Progress, inks: Mapping[str, str]) -> Iterator[str]:
    """Each step's name in its own element, with how often it was taken."""
    for one in words:
        look, times = case.step(one.key), case.done.get(one.key, 0)
        said = "".join(
            _text(x, y + place * (SMALL + LEADING), line, inks[look], bold=bool(look))
            for place, line in enumerate(one.lines)
        )
        end = y + (len(one.lines) - 1) * (SMALL + LEADING)
        if times > 1:
            said += _text(x + width_of(one.lines[-1], SMALL) + 2, end, f"×{times}", inks["done"], bold=True)
        yield f'<g data-step="{one.key[0]} {one.key[1]}">{said}</g>'
        y = end + SMALL + LEADING


_FILLS = {
    "now": (BLUE, BLUE, WHITE, 2),
    "done": (PALE, BLUE, INK, 1.5),
    "possible": (WHITE, GREEN, INK, 2),
    "": (WHITE, LINE, INK, 1),
}
"""Ground, border, ink and width of the border."""


def _box(box: Box, middle: Point, workflow: Workflow, case: Progress) -> str:
    look = case.standing(box.state)
    ground, border, ink, thick = _FILLS[look]
    x, y = middle[0] - box.width / 2, middle[1] - box.height / 2
    dashes = ' stroke-dasharray="5 3"' if look == "possible" else ""
    radius = box.height / 2 if workflow.state(box.state).final else 6
    frame = (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="{radius:.1f}" '
        f'fill="{ground}" stroke="{border}" stroke-width="{thick}"{dashes}/>'
    )
    left, baseline = x + PADDING, y + PADDING + TITLE - 2
    said = ""
    for line in (MARKS[look] + box.title[0], *box.title[1:]):
        said += _text(left, baseline, line, ink, bold=True, size=TITLE)
        baseline += TITLE + LEADING
    baseline -= 2
    if box.owner:
        said += _text(left, baseline, box.owner, WHITE if look == "now" else QUIET)
        baseline += SMALL + LEADING
    inks = dict.fromkeys(_INKS, WHITE) if look == "now" else _INKS
    inside = "".join(_steps(box.inside, left, baseline, case, inks))
    return f'<g data-state="{box.state}">{frame}{said}{inside}</g>'


def _text(x: float, y: float, text: str, colour: str, *, bold: bool = False, size: float = SMALL) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}"{weight}>{escape(text)}</text>'
