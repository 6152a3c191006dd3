"""Mails before they go: what a step would send, to whom, in which words; and each mail of a definition on a real case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import UndefinedError
from sqlalchemy import select

from backoffice.cases.queries import case_by_id, scopes
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.i18n import Language
from backoffice.engine.chain import canonical
from backoffice.engine.perform import Engine
from backoffice.engine.spine import TRANSITION, History
from backoffice.notifications import letters, texts
from backoffice.notifications.events import EVENTS
from backoffice.notifications.orders import Order
from backoffice.notifications.recipients import Recipient, recipients
from workflows.definition import Transition, Workflow
from workflows.roles import Role

MAIL = "mail"
"""The effect that asks for a mail; its argument is the event."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One mail as it would leave. Without a text the case has nothing yet for it to speak about."""

    event: str
    step: Transition
    recipients: tuple[Recipient, ...]
    subject: str
    body: str
    revision: int | None = None
    """The step that caused it, if it was taken already."""

    @property
    def reached(self) -> tuple[Recipient, ...]:
        return tuple(one for one in self.recipients if one.withheld is None)


def events_of(step: Transition) -> list[str]:
    """The mails a step sends."""
    return [str(effect.argument) for effect in step.effects if effect.name == MAIL]


def of_step(
    engine: Engine, case_id: int, step: Transition, typed: Mapping[str, Any], *, role: Role, actor_id: int | None,
    language: Language, home: str,
) -> list[Preview]:  # fmt: skip
    """What this step would send if it were taken now with this input. Nothing is written."""
    subject = engine.subject(case_id)
    compiled = engine.compiled(subject)
    past = History(
        case_id=case_id, revision=subject.revision + 1, kind=TRANSITION, action=step.action, source=subject.state,
        target=step.target, actor_id=actor_id, role=role, at=clock.now(), input=canonical(typed),
        digest=compiled.digest, previous_hash="", hash="", key="",
    )  # fmt: skip
    matter = letters.Matter(case_by_id(case_id), subject, compiled.workflow, past)
    return [_preview(engine, event, step, matter, language=language, home=home) for event in events_of(step)]


def of_definition(engine: Engine, case_id: int, language: Language, home: str) -> list[Preview]:
    """Every mail of the case's definition, with the step that really caused it where there was one."""
    subject = engine.subject(case_id)
    definition = engine.compiled(subject).workflow
    found = []
    for event, step in _mails(definition):
        past = db.session.scalar(
            select(History)
            .where(History.case_id == case_id, History.action == step.action, History.kind == TRANSITION)
            .order_by(History.revision.desc())
            .limit(1)
        )
        matter = letters.Matter(case_by_id(case_id), subject, definition, past)
        found.append(_preview(engine, event, step, matter, language=language, home=home))
    return found


def _mails(definition: Workflow) -> Iterator[tuple[str, Transition]]:
    """Each mail once, with the first step that sends it."""
    seen = set()
    for step in definition.transitions:
        for event in events_of(step):
            if event not in seen:
                seen.add(event)
                yield event, step


def _preview(
    engine: Engine, event: str, step: Transition, matter: letters.Matter, *, language: Language, home: str
) -> Preview:
    past = matter.history
    order = Order("", event, matter.row.id, EVENTS[event].to, revision=past.revision if past is not None else None)
    scope = scopes([matter.row.id])[matter.row.id]
    reached = recipients(order, scope, at=matter.at, handler_id=matter.row.handler_id)
    subject, body = "", ""
    first = next((one for one in reached if one.withheld is None), None)
    if first is not None:
        letter = letters.address(letters.write(engine, order, matter, language), first, home)
        try:
            subject, body = texts.render(event, letter, language)
        except UndefinedError:
            subject, body = "", ""
    revision = past.revision if past is not None and past.hash else None
    return Preview(event, step, tuple(reached), subject, body, revision)
