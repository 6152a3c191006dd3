"""A case's history as people read it: the whole of it for the office, the public part for companies."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from backoffice.core.db import db
from backoffice.core.i18n import Sentence
from backoffice.engine.perform import CREATE, Engine
from backoffice.engine.spine import APPROVAL, DEADLINE, MIGRATION, UNDO, History
from backoffice.engine.values import Subject
from workflows.definition import Transition, Workflow
from workflows.forms import Form
from workflows.roles import COMPANY_SIDE, ROLE_LABELS, Role

_CREATED = Sentence("작성을 시작했습니다", "Started")
_APPROVED = Sentence("승인(추가 승인 대기)", "Approved (another approval awaited)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline."""

    revision: int
    at: datetime
    label: Sentence
    who: str
    role: Sentence
    kind: str
    target: Sentence
    input: Mapping[str, Any]
    form: str | None
    tone: str
    asked: Form | None = None
    """The questions behind ``input``, as they were asked then."""
    note: str = ""
    """What was said beside the label, such as why a deadline was moved."""


@cache
def _rows() -> Select[History]:
    return select(History).where(History.case_id == bindparam("case_id")).order_by(History.revision)


def rows_of(case_id: int) -> list[History]:
    """The whole history of a case, in order."""
    return list(db.session.scalars(_rows(), {"case_id": case_id}))


def timeline(
    engine: Engine,
    subject: Subject,
    rows: Sequence[History] | None = None,
    names: Mapping[int, str] | None = None,
) -> list[Entry]:
    """Every change, newest first, with internal labels and what was typed.

    ``rows`` and the ``names`` of who acted are read when left out.
    """
    rows = rows_of(subject.id) if rows is None else rows
    if names is None:
        names = engine.registry.names([row.actor_id for row in rows if row.actor_id])
    return [_entry(_definition(engine, subject, row), row, names.get(row.actor_id or 0, "")) for row in reversed(rows)]


def public_timeline(
    engine: Engine, subject: Subject, roles: frozenset[Role], rows: Sequence[History] | None = None
) -> list[Entry]:
    """What companies may know: steps with a public sentence, without the names of staff and reviewers.

    ``roles`` are the reader's on this case: what is typed discreetly reaches the lead organization only.
    """
    entries = []
    for row in reversed(_standing(rows_of(subject.id) if rows is None else rows)):
        definition = _definition(engine, subject, row)
        entry = _entry(definition, row, "")
        step = _step(definition, row)
        ours = row.role in COMPANY_SIDE
        if row.action == CREATE:
            entries.append(entry)
        elif row.kind == DEADLINE and definition.state(row.source).owner in COMPANY_SIDE:
            shown = definition.state(row.target).shown
            entries.append(replace(entry, role=_OFFICE, target=Sentence(shown.ko, shown.en)))
        elif step is not None and step.public is not None and row.kind != APPROVAL:
            sentence = Sentence(step.public.ko, step.public.en)
            shown = definition.state(row.target).shown
            told = (ours or _is_addressed(step)) and (Role.APPLICANT in roles or not step.discreet)
            typed = entry.input if told else {}
            entries.append(
                Entry(
                    entry.revision, entry.at, sentence, "", entry.role if ours else _OFFICE, entry.kind,
                    Sentence(shown.ko, shown.en), typed, entry.form, entry.tone, entry.asked,
                )
            )  # fmt: skip
    return entries


_OFFICE = Sentence("재단", "Foundation")


def _is_addressed(step: Transition) -> bool:
    """What was typed is meant for the company when the step sends it a mail."""
    return any(effect.name == "mail" for effect in step.effects)


def _standing(rows: Sequence[History]) -> list[History]:
    """Without what was taken back within its window: companies never heard of it."""
    undone = {row.revision - 1 for row in rows if row.kind == UNDO}
    return [row for row in rows if row.kind != UNDO and row.revision not in undone]


def _definition(engine: Engine, subject: Subject, row: History) -> Workflow:
    """The definition a row was written under: a case may have moved to another version since."""
    try:
        return engine.definitions.under(subject.workflow, row.digest).workflow
    except KeyError:
        # A damaged row is shown as well as can be; ``audit verify`` says that it is damaged.
        return engine.compiled(subject).workflow


def _step(definition: Workflow, row: History) -> Transition | None:
    return next(
        (step for step in definition.transitions if step.action == row.action and row.source in step.source), None
    )


def _entry(definition: Workflow, row: History, name: str) -> Entry:
    step, typed = _step(definition, row), json.loads(row.input)
    if row.action == CREATE:
        label = _CREATED
    elif row.kind == MIGRATION:
        label = Sentence(
            f"업무 흐름 {typed['from']}판에서 {typed['to']}판으로 옮김",
            f"Moved from version {typed['from']} of the workflow to version {typed['to']}",
        )
    elif row.kind == UNDO:
        undone = definition.label_of(typed["action"])
        label = Sentence(f"되돌림: {undone.ko}", f"Undone: {undone.en}")
    elif row.kind == DEADLINE:
        label = Sentence(
            f"기한 변경: {typed['from']} → {typed['to']}", f"Deadline moved: {typed['from']} → {typed['to']}"
        )
    elif step is None:
        label = Sentence(row.action, row.action)
    else:
        label = Sentence(step.label.ko, step.label.en)
    if row.kind == APPROVAL:
        label = Sentence(f"{label.ko}: {_APPROVED.ko}", f"{label.en}: {_APPROVED.en}")
    target = definition.states.get(row.target)
    shown = Sentence(target.label.ko, target.label.en) if target else Sentence(row.target, row.target)
    who = name or (ROLE_LABELS[Role.SYSTEM][0] if row.actor_id is None else "")
    return Entry(
        row.revision, row.at, label, who, Sentence(*ROLE_LABELS[Role(row.role)]), row.kind, shown,
        {} if row.kind in {MIGRATION, UNDO, DEADLINE} else typed, step.input if step else None,
        step.tone if step else "normal", definition.forms.get(step.input) if step and step.input else None,
        note=typed["reason"] if row.kind == DEADLINE else "",
    )  # fmt: skip
