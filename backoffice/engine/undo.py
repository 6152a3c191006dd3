"""Taking a step back within its window: a row of its own in the history, inverse effects, and no mail that ever left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from backoffice.access.actors import Actor, roles_on
from backoffice.core import clock, outbox
from backoffice.core.db import db, transaction
from backoffice.core.errors import Conflict, Reason, Refused
from backoffice.core.i18n import Sentence
from backoffice.engine import answers, deadlines, statements
from backoffice.engine.perform import Engine
from backoffice.engine.spine import TRANSITION, UNDO, History
from backoffice.engine.subjects import load_history
from backoffice.engine.values import Happening, Past, Performed, Subject
from workflows.definition import Transition
from workflows.machine import NotFromHere, UnknownAction
from workflows.roles import Role

UNDO_ACTION = "undo"


@dataclass(frozen=True, slots=True)
class Undoable:
    """The newest step of a case, which this actor may still take back."""

    case_id: int
    revision: int
    step: Transition
    until: datetime


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest row of a case and the step it stands for."""

    subject: Subject
    row: History
    step: Transition

    @property
    def until(self) -> datetime:
        return self.row.at + timedelta(seconds=self.step.undo)


def undoable(engine: Engine, subject: Subject, history: Sequence[Past], actor: Actor) -> Undoable | None:
    """The step this actor took last on a case, if it may be taken back now. ``history`` is the case's as it stands."""
    if not history or (history[-1].revision, history[-1].actor_id) != (subject.revision, actor.user_id):
        return None
    row = db.session.get(History, (subject.id, subject.revision))
    one = _known(engine, subject, row) if row is not None else None
    if one is None or clock.now() > one.until or _closed(engine, one, actor):
        return None
    return Undoable(subject.id, subject.revision, one.step, one.until)


def take_back(engine: Engine, case_id: int, actor: Actor, *, revision: int, key: str) -> Performed:
    """Undo the newest step of a case. ``revision`` and ``key`` as in ``Engine.perform``.

    Raises Refused with every reason, Conflict when somebody was faster, NotFound. Nothing changes then.
    """
    try:
        subject = engine.subject(case_id)
        if subject.revision != revision:
            raise engine.stale(subject, actor)
        with transaction():
            done = _write(engine, _checked(engine, subject, actor), actor, key)
    except (Refused, Conflict, IntegrityError) as error:
        db.session.rollback()
        replayed = answers.replay(key, case_id, UNDO_ACTION, actor)
        if replayed is not None:
            return replayed
        if isinstance(error, IntegrityError):
            raise engine.stale(engine.subject(case_id), actor) from error
        raise
    db.session.expire_all()
    return done


def _known(engine: Engine, subject: Subject, row: History) -> _Newest | None:
    """The step a row stands for, if its definition lets it be taken back."""
    if row.kind != TRANSITION or row.revision != subject.revision:
        return None
    try:
        step = engine.compiled(subject).step(row.source, row.action)
    except (NotFromHere, UnknownAction):
        return None
    return _Newest(subject, row, step) if step.undo else None


def _checked(engine: Engine, subject: Subject, actor: Actor) -> _Newest:
    row = db.session.get_one(History, (subject.id, subject.revision))
    one = _known(engine, subject, row)
    if one is None:
        raise Refused([_not_undoable()])
    reasons = _closed(engine, one, actor)
    if reasons:
        raise Refused(reasons)
    return one


def _closed(engine: Engine, one: _Newest, actor: Actor) -> list[Reason]:
    """Every reason why a step cannot be taken back by this actor now."""
    reasons = []
    if one.row.actor_id != actor.user_id or actor.is_system:
        reasons.append(_not_yours())
    elif not roles_on(actor, one.subject.scope) & set(one.step.by):
        reasons.append(_role_ended(one.step))
    if one.row.key.endswith(f"/{one.subject.id}/{one.row.action}") or one.step.approvals is not None:
        reasons.append(_not_undoable())
    if clock.now() > one.until:
        reasons.append(_too_late(one.until))
    elif engine.registry.touched(one.subject, one.row.at):
        reasons.append(_touched())
    return reasons


def _write(engine: Engine, one: _Newest, actor: Actor, key: str) -> Performed:
    """Inside the transaction: the row first, then the inverses in reverse order, then the mails that never leave."""
    subject, row, compiled = one.subject, one.row, engine.compiled(one.subject)
    now = clock.now()
    before = load_history([subject])[subject.id][:-1]
    since = _entered(before)
    due = deadlines.due_at(
        engine.registry, compiled.workflow, replace(subject, state=row.source), row.source, since, before
    )
    change = statements.Change(
        UNDO, UNDO_ACTION, row.source, actor.user_id, row.role, now,
        {"action": row.action, "revision": row.revision}, compiled.digest, key,
    )  # fmt: skip
    added = statements.history_row(subject, change, subject.state)
    hash_, role, at = row.hash, Role(row.role), row.at
    if not statements.move(subject, compiled.workflow, added, since=since, due=due):
        raise engine.stale(subject, actor)
    _hold_back(hash_)
    happening = Happening(
        replace(subject, state=added["target"]), compiled.workflow, one.step, actor, role, at, {}, subject.revision,
        hash_, key, before, {}, perform_on=_nothing_else, let_system=_nothing_else,
    )  # fmt: skip
    db.session.expire_all()
    for effect in reversed(one.step.effects):
        inverse = engine.registry.inverses.get(effect.name)
        if inverse is None:
            raise Refused([_not_undoable()])
        inverse(happening, effect.argument)
    db.session.flush()
    return Performed(subject.id, subject.reference, UNDO_ACTION, subject.state, added["target"], added["revision"], now)


def _entered(before: Sequence[Past]) -> datetime:
    """Since when the case rested where it goes back to."""
    return next(past.at for past in reversed(before) if past.source != past.target)


def _hold_back(step_hash: str) -> None:
    """Drop what the step wanted to send. Raises Refused if something left already."""
    if outbox.cancel_waiting(f"{step_hash}:"):
        raise Refused([_touched()])


def _nothing_else(case_id: int, action: str, *, input: object = None) -> None:  # noqa: A002, ARG001  # the charter's word; PerformOn's signature
    raise RuntimeError("taking a step back takes no step of another case")


def _not_undoable() -> Reason:
    return Reason(
        "not_undoable",
        Sentence("되돌릴 수 있는 처리가 아닙니다.", "This is not a step that can be undone."),
        link="history",
    )


def _not_yours() -> Reason:
    return Reason(
        "not_yours",
        Sentence("처리한 사람만 되돌릴 수 있습니다.", "Only the person who took the step may undo it."),
        link="history",
    )


def _role_ended(step: Transition) -> Reason:
    return Reason(
        "role_ended",
        Sentence("이 처리를 할 수 있는 역할이 끝나 되돌릴 수 없습니다.", "Your role for this step has ended."),
        unblocks=step.by[0],
    )


def _too_late(until: datetime) -> Reason:
    local = clock.in_seoul(until)
    return Reason(
        "undo_too_late",
        Sentence(
            f"되돌릴 수 있는 시간({local:%Y-%m-%d %H:%M}까지)이 지났습니다.",
            f"The time for undoing ended at {local:%Y-%m-%d %H:%M}.",
        ),
        link="history",
    )


def _touched() -> Reason:
    return Reason(
        "acted_since",
        Sentence(
            "그 뒤에 다른 처리나 입력이 있어 되돌릴 수 없습니다.",
            "Somebody has acted or written since; the step cannot be undone any more.",
        ),
        link="history",
    )
