"""What a process map is made of: boxes with their lines and arrows with their words, each with a size in pixels."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from workflows.definition import State, Transition, Workflow
from workflows.roles import ROLE_LABELS

TITLE, SMALL = 13.0, 11.0
"""Font sizes in pixels: the name of a state, and everything else."""
LEADING = 4.0
BOX_TEXT, ARROW_TEXT = 150.0, 118.0
"""How wide a line may become before it is wrapped."""
COUNT = 20.0
"""Room kept beside a word for how often the step was taken."""
PADDING = 10.0
STAYS, LEAVES, ONE_OF_SEVERAL = "↻ ", "✕ ", "· "
"""What marks a step inside a box (it stays in the state, or it ends the case at once) or beside others on an arrow."""
_MARKS = frozenset({STAYS.strip(), LEAVES.strip(), ONE_OF_SEVERAL.strip()})

StepKey = tuple[str, str]
"""One step on the map: the state it starts in and its action."""


@dataclass(frozen=True, slots=True)
class Words:
    """The name of one step as it is written on the map."""

    key: StepKey
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A state: its name, whose turn it is, and the steps that are written inside instead of drawn as arrows.

    Steps that stay in the state, and withdrawals and cancellations, which would cover the map with arrows.
    """

    state: str
    title: tuple[str, ...]
    owner: str
    inside: tuple[Words, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """All steps from one state to another: parallel ones share an arrow."""

    source: str
    target: str
    words: tuple[Words, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sketch:
    """Everything that has to find its place. ``hints`` keep an ending without arrows below what leads to it."""

    boxes: dict[str, Box]
    arrows: tuple[Arrow, ...]
    hints: tuple[tuple[str, str], ...]


def sketch(workflow: Workflow, language: str) -> Sketch:
    """The parts of the map in one language. Every state and every step occurs exactly once."""
    inside: dict[str, list[Words]] = {state: [] for state in workflow.states}
    along: dict[tuple[str, str], list[Words]] = {}
    hints: dict[str, str] = {}
    together = Counter((source, step.target) for source, step in steps_of(workflow))
    for source, step in steps_of(workflow):
        text = step.label.text(language)
        if source == step.target:
            inside[source].append(Words((source, step.action), wrapped(STAYS + text, SMALL, BOX_TEXT)))
        elif ends_early(workflow, step):
            inside[source].append(Words((source, step.action), wrapped(LEAVES + text, SMALL, BOX_TEXT)))
            hints.setdefault(step.target, source)
        else:
            mark = ONE_OF_SEVERAL if together[source, step.target] > 1 else ""
            words = Words((source, step.action), wrapped(mark + text, SMALL, ARROW_TEXT))
            along.setdefault((source, step.target), []).append(words)
    reached = {target for _, target in along}
    return Sketch(
        {name: _box(name, state, tuple(inside[name]), language) for name, state in workflow.states.items()},
        tuple(_arrow(source, target, tuple(words)) for (source, target), words in along.items()),
        tuple((source, target) for target, source in hints.items() if target not in reached),
    )


def steps_of(workflow: Workflow) -> Iterator[tuple[str, Transition]]:
    """Every (source, step), in the order of the definition."""
    return ((source, step) for step in workflow.transitions for source in step.source)


def ends_early(workflow: Workflow, step: Transition) -> bool:
    """Whether a step ends the case without an outcome: a withdrawal or a cancellation."""
    return workflow.state(step.target).final == "cancelled"


@lru_cache(maxsize=16_384)  # the names of all programs in both languages
def width_of(text: str, size: float) -> float:
    """How wide a text is at most: a Korean letter is nearly as wide as high, a Latin one a little over half of that."""
    return sum(size * (0.92 if ord(letter) > 0x2000 else 0.57) for letter in text)


@lru_cache(maxsize=8_192)
def wrapped(text: str, size: float, limit: float) -> tuple[str, ...]:
    """The text in lines no wider than the limit, broken between words only."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (lines[-1] in _MARKS or width_of(longer, size) <= limit):
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _box(name: str, state: State, inside: tuple[Words, ...], language: str) -> Box:
    title = wrapped(state.label.text(language), TITLE, BOX_TEXT)
    owner = ROLE_LABELS[state.owner][1 if language == "en" else 0] if state.owner else ""
    small = [line for words in inside for line in words.lines]
    widths = [
        *(width_of(line, TITLE) + COUNT for line in title),
        width_of(owner, SMALL),
        *(width_of(line, SMALL) + COUNT for line in small),
    ]
    height = len(title) * (TITLE + LEADING) + (len(small) + bool(owner)) * (SMALL + LEADING)
    return Box(name, title, owner, inside, max(widths) + 2 * PADDING, height + 2 * PADDING - LEADING)


def _arrow(source: str, target: str, words: tuple[Words, ...]) -> Arrow:
    lines = [line for one in words for line in one.lines]
    width = max(width_of(line, SMALL) for line in lines) + COUNT
    return Arrow(source, target, words, width, len(lines) * (SMALL + LEADING))
