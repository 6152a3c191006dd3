"""Items a company was asked to correct, and what it answers to each; the answers are frozen with the next submission."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.cases.models import CorrectionAnswer
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Problem
from backoffice.core.i18n import Sentence
from backoffice.engine.spine import TRANSITION, History
from backoffice.engine.values import Past
from workflows.definition import Transition, Workflow
from workflows.forms import Field
from workflows.roles import COMPANY_SIDE

MOST = 2_000
"""Characters of one answer."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to correct: what it is about, what is wanted, and what the company answered so far."""

    number: int
    about: str
    wanted: str
    answer: str
    revision: int
    """Of the answer; 0 while there is none."""
    section: str | None
    """The code of the section the item seems to be about, by its name or the name of one of its questions."""
    field: str | None
    form: str


@dataclass(frozen=True, slots=True)
class Round:
    """One request to correct something."""

    request: int
    asked_at: datetime
    items: tuple[Item, ...]

    @property
    def answered(self) -> int:
        return sum(1 for item in self.items if item.answer)


def rounds(case_id: int, definition: Workflow, history: Sequence[History]) -> list[Round]:
    """Every request with its items, the newest first."""
    asked = [(row, grid) for row in history if (grid := _grid(definition, row)) is not None]
    if not asked:
        return []
    query = select(CorrectionAnswer).where(CorrectionAnswer.case_id == case_id)
    answers = {(row.request, row.number): row for row in db.session.scalars(query)}
    return [_round(definition, row, grid, answers) for row, grid in reversed(asked)]


def open_round(case_id: int, state: str, definition: Workflow, history: Sequence[History | Past]) -> Round | None:
    """The request with which the case came into this state; None if it came otherwise."""
    came = next((row for row in reversed(history) if row.kind == TRANSITION and row.target == state), None)
    if came is None or _grid(definition, came) is None:
        return None
    row = db.session.get_one(History, (case_id, came.revision))
    return next(iter(rounds(case_id, definition, [row])), None)


def _step(definition: Workflow, row: History | Past) -> Transition | None:
    return next((one for one in definition.transitions if one.action == row.action and row.source in one.source), None)


def _grid(definition: Workflow, row: History | Past) -> Field | None:
    """The list of items of a step that sends a form back to the company; None for every other step."""
    step = _step(definition, row) if row.kind == TRANSITION else None
    state = definition.states.get(row.target)
    if step is None or step.input is None or state is None or set(step.by) & COMPANY_SIDE:
        return None
    if not any(set(roles) & COMPANY_SIDE for roles in state.edit.values()):
        return None
    return next((field for field in definition.forms[step.input].fields if field.type == "group"), None)


def _round(
    definition: Workflow, row: History, grid: Field, answers: Mapping[tuple[int, int], CorrectionAnswer]
) -> Round:
    form = next(name for name, roles in definition.states[row.target].edit.items() if set(roles) & COMPANY_SIDE)
    items = []
    for number, given in enumerate(json.loads(row.input).get(grid.name) or [], 1):
        texts = [str(given.get(inner.name) or "") for inner in grid.fields]
        known = answers.get((row.revision, number))
        section, field = place_of(definition, form, texts[0])
        answer, revision = (known.text, known.revision) if known is not None else ("", 0)
        items.append(Item(number, texts[0], " ".join(texts[1:]).strip(), answer, revision, section, field, form))
    return Round(row.revision, row.at, tuple(items))


def place_of(definition: Workflow, form: str, about: str) -> tuple[str | None, str | None]:
    """Section and field whose name the item carries; the longest name wins, a section counts after its questions."""
    found: tuple[int, str | None, str | None] = (0, None, None)
    words = about.replace(" ", "")
    for section in definition.forms[form].sections:
        for field in (*section.fields, None):
            label = (field.label if field is not None else section.title).ko.replace(" ", "")
            if (label in words or (len(words) > 1 and words in label)) and min(len(label), len(words)) > found[0]:
                found = (min(len(label), len(words)), section.code, field.name if field is not None else None)
    return found[1], found[2]


def answer(
    case_id: int, asked: Round, texts: Mapping[int, str], seen: Mapping[int, int], actor: Actor
) -> list[Problem]:
    """Keep the answers; one that somebody else changed meanwhile stays, and is told."""
    problems = []
    for item in asked.items:
        text = texts.get(item.number, item.answer)
        if text == item.answer:
            continue
        if len(text) > MOST:
            problems.append(_too_long(item, len(text)))
        elif item.revision > seen.get(item.number, 0):
            problems.append(_clash(item))
        else:
            _store(case_id, asked.request, item, text, actor)
    db.session.flush()
    return problems


def _store(case_id: int, request: int, item: Item, text: str, actor: Actor) -> None:
    known = db.session.get(CorrectionAnswer, (case_id, request, item.number))
    if known is None:
        known = CorrectionAnswer(case_id=case_id, request=request, number=item.number, text="", revision=0)
        db.session.add(known)
    known.text, known.revision = text, known.revision + 1
    known.saved_at, known.saved_by = clock.now(), actor.user_id


def _too_long(item: Item, length: int) -> Problem:
    return Problem(
        f"answer-{item.number}",
        Sentence(
            f"{item.number}번 답변은 {MOST:,}자까지 적을 수 있습니다. 지금 {length:,}자입니다.",
            f"Answer {item.number}: at most {MOST:,} characters; {length:,} now.",
        ),
    )


def _clash(item: Item) -> Problem:
    return Problem(
        f"answer-{item.number}",
        Sentence(
            f"{item.number}번 답변을 다른 사람이 먼저 저장했습니다. 저장된 답변: {item.answer}. 다시 저장하면 아래 내용으로 바뀝니다.",
            f"Somebody else saved answer {item.number} first: {item.answer}. Saving again replaces it with what you typed.",
        ),
    )


def described(asked: Round | None) -> list[dict[str, Any]]:
    """The items and answers as they are frozen with a submission."""
    items = asked.items if asked is not None else ()
    return [{"number": one.number, "item": one.about, "request": one.wanted, "answer": one.answer} for one in items]
