"""The one place a state changes: guards, then one short transaction, or one clear refusal (decision 003)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError

from backoffice.access.actors import SYSTEM, Actor, roles_on
from backoffice.core import clock
from backoffice.core.db import db, direct, rows_held, transaction
from backoffice.core.errors import Conflict, Refused
from backoffice.core.outbox import Order
from backoffice.engine import answers, breaching, deadlines, refusals, separation, statements
from backoffice.engine.definitions import Definitions
from backoffice.engine.spine import APPROVAL, CREATION, TRANSITION, Spine
from backoffice.engine.subjects import load_subject, load_subject_and_past, load_subjects
from backoffice.engine.values import Happening, Input, Past, Performed, Question, Registry, Subject, Verdict
from backoffice.engine.verdicts import actions_of, judge, not_from_here, single_question
from workflows.definition import Transition
from workflows.machine import CompiledWorkflow, NotFromHere, UnknownAction
from workflows.roles import COMPANY_SIDE, Role
from workflows.values import Reference

log = logging.getLogger(__name__)

CREATE = "create"
"""The action of a history's first row."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A step that passed every guard and waits for its transaction."""

    compiled: CompiledWorkflow
    subject: Subject
    step: Transition
    actor: Actor
    role: Role
    key: str
    input: Input
    history: Sequence[Past]
    facts: Mapping[str, Any]


class Engine:
    """Explains and performs steps. One per process; holds no case."""

    def __init__(self, registry: Registry, definitions: Definitions) -> None:
        self.registry = registry
        self.definitions = definitions

    def compiled(self, subject: Subject) -> CompiledWorkflow:
        """The definition a case runs under."""
        return self.definitions.get(subject.workflow, subject.version)

    def subject(self, case_id: int) -> Subject:
        """One case as it is now. Raises NotFound."""
        return load_subject(case_id)

    def subjects(self, case_ids: Sequence[int]) -> list[Subject]:
        """Cases as they are now, in the order asked for, in the same few queries. Raises NotFound."""
        return load_subjects(case_ids) if case_ids else []

    def actions(self, case_ids: Sequence[int], actor: Actor) -> dict[int, tuple[Verdict, ...]]:
        """Case id -> every action the actor's roles could ever take, each open or with all its reasons."""
        if not case_ids:
            return {}
        return actions_of(self.registry, self.definitions, load_subjects(case_ids), actor)

    def actions_on(
        self, subject: Subject, history: Sequence[Past], actor: Actor, *, known: Mapping[str, Any]
    ) -> tuple[Verdict, ...]:
        """What ``actions`` says of a case that is read already, with the facts that are ``known``, by family."""
        facts = {family: {subject.id: fact} for family, fact in known.items()}
        found = actions_of(self.registry, self.definitions, [subject], actor, past={subject.id: history}, known=facts)
        return found[subject.id]

    def start(self, case_id: int, actor: Actor, *, role: Role, key: str) -> None:
        """Write the first history row of a case that was just inserted. Call inside its transaction."""
        subject = self.subject(case_id)
        compiled = self.compiled(subject)
        now = clock.now()
        change = statements.Change(CREATION, CREATE, subject.state, actor.user_id, role, now, {}, compiled.digest, key)
        row = statements.history_row(subject, change, "")
        due = deadlines.due_at(self.registry, compiled.workflow, subject, subject.state, now, ())
        if not statements.move(subject, compiled.workflow, row, since=now, due=due):
            raise self.stale(subject, actor)

    def perform(
        self,
        case_id: int,
        action: str,
        actor: Actor,
        *,
        revision: int,
        key: str,
        input: Input | None = None,  # noqa: A002  # the charter's word
    ) -> Performed:
        """Take one step of one case.

        ``revision`` is what the actor saw; ``key`` names this one attempt: sent twice, it acts once and answers twice.
        Raises Refused with every reason, Conflict when somebody was faster, NotFound. Nothing changes then.
        """
        try:
            with direct():
                subject, history = load_subject_and_past(case_id)
                if subject.revision != revision:
                    raise self.stale(subject, actor)
                step = self._entitled(subject, action, actor)
                if not self._inside(step):
                    return self._apply(self._judged(subject, history, step, actor, key=key, typed=input))
            with transaction():
                return self._apply(self._judged(subject, history, step, actor, key=key, typed=input))
        except (Refused, Conflict, IntegrityError) as error:
            replayed = answers.replay(key, case_id, action, actor)
            if replayed is not None:
                return replayed
            if isinstance(error, IntegrityError):
                raise self.stale(self.subject(case_id), actor) from error
            raise

    def _entitled(self, subject: Subject, action: str, actor: Actor) -> Transition:
        """The step of this name from here, if the actor's roles may take it at all. Raises Refused."""
        held = roles_on(actor, subject.scope)
        step = self._step(self.compiled(subject), subject, action, held)
        if not held & set(step.by):
            raise Refused([refusals.wrong_role(step)])
        return step

    def _judged(
        self,
        subject: Subject,
        history: Sequence[Past],
        step: Transition,
        actor: Actor,
        *,
        key: str,
        typed: Input | None,
    ) -> _Attempt:
        """The attempt, once guards, separation and input allow it. Raises Refused with all reasons.

        Of a step with effects the guards are asked inside its transaction: effects go on from what they read.
        """
        compiled = self.compiled(subject)
        held = roles_on(actor, subject.scope)
        question = single_question(self.registry, compiled.workflow, subject, step, actor, history=history, typed=typed)
        given = separation.approvals_so_far(question.history, step, subject.state)
        role = separation.approving_role(step, held, given)
        reasons = list(judge(self.registry, question, role).reasons)
        if step.input is not None and typed is None:
            reasons.append(refusals.input_missing())
        if reasons:
            raise Refused(reasons)
        return _Attempt(compiled, subject, step, actor, role, key, typed or {}, question.history, question.facts)

    def _step(self, compiled: CompiledWorkflow, subject: Subject, action: str, held: frozenset[Role]) -> Transition:
        try:
            return compiled.step(subject.state, action)
        except UnknownAction as error:
            raise Refused([refusals.unknown_action(compiled, action)]) from error
        except NotFromHere as error:
            role = next(iter(sorted(held & COMPANY_SIDE)), None)
            raise Refused([not_from_here(compiled.workflow, subject, action, role)]) from error

    def _inside(self, step: Transition) -> list[Reference]:
        """The effects of a step that change the house itself; without any, a step is a single write."""
        return [effect for effect in (*step.compensate, *step.effects) if effect.name not in self.registry.outside]

    def _apply(self, attempt: _Attempt) -> Performed:
        """Write the step: conditional update, history and jobs; then its effects, and the due date they decide."""
        subject, compiled, step = attempt.subject, attempt.compiled, attempt.step
        now = clock.now()
        complete = step.approvals is None or separation.completes(
            step, separation.approvals_so_far(attempt.history, step, subject.state), attempt.role
        )
        target = compiled.fire(subject.state, step.action) if complete else subject.state
        since = now if target != subject.state else subject.state_since
        change = statements.Change(
            TRANSITION if complete else APPROVAL, step.action, target, attempt.actor.user_id, attempt.role, now,
            attempt.input, compiled.digest, attempt.key,
        )  # fmt: skip
        row = statements.history_row(subject, change, subject.state)
        changing = complete and bool(self._inside(step))
        later = changing and deadlines.decided_by_effects(compiled.workflow, subject, target)
        due = (
            None if later
            else deadlines.due_at(self.registry, compiled.workflow, subject, target, since, attempt.history)
        )  # fmt: skip
        happening = self._happening(attempt, now, row["hash"])
        orders = self._orders(happening) if complete else ()
        if not statements.move(subject, compiled.workflow, row, since=since, due=due, orders=orders):
            raise self.stale(subject, attempt.actor)
        reference = subject.reference
        if changing:
            reference = self._run_effects(happening) or reference
            if later:
                self._set_due(attempt, target, since)
        return Performed(subject.id, reference, step.action, subject.state, target, row["revision"], now)

    def _happening(self, attempt: _Attempt, now: datetime, row_hash: str) -> Happening:
        return Happening(
            attempt.subject, attempt.compiled.workflow, attempt.step, attempt.actor, attempt.role, now, attempt.input,
            attempt.subject.revision + 1, row_hash, attempt.key, attempt.history, attempt.facts,
            perform_on=partial(self._perform_within, attempt, attempt.actor),
            let_system=partial(self._perform_within, attempt, SYSTEM), engine=self,
        )  # fmt: skip

    def _orders(self, happening: Happening) -> Sequence[Order]:
        """The jobs a step asks for, each once."""
        step, outside = happening.step, self.registry.outside
        named = (effect for effect in (*step.compensate, *step.effects) if effect.name in outside)
        orders = [outside[effect.name](happening, effect.argument) for effect in named]
        return list({order.key: order for order in (*orders, *self.registry.watch(happening))}.values())

    def _run_effects(self, happening: Happening) -> str | None:
        """The new reference of the case, if an effect gave it one."""
        _forget_cases()
        named = None
        with rows_held():
            for effect in self._inside(happening.step):
                named = self.registry.effects[effect.name](happening, effect.argument) or named
            db.session.flush()
        return named

    def _set_due(self, attempt: _Attempt, target: str, since: datetime) -> None:
        """Count from what only effects have made, such as an agreement's end."""
        definition, subject, step = attempt.compiled.workflow, attempt.subject, attempt.step
        if any(effect.name in self.registry.rewriting for effect in (*step.compensate, *step.effects)):
            subject = self.subject(subject.id)
        due = deadlines.due_at(self.registry, definition, subject, target, since, attempt.history)
        if due is not None:
            statements.set_due(subject.id, target, due)

    def _perform_within(
        self,
        outer: _Attempt,
        actor: Actor,
        case_id: int,
        action: str,
        *,
        input: Input | None = None,  # noqa: A002  # the charter's word
    ) -> None:
        """A declared step of a case of the family in the same transaction: no other case, and in no other way."""
        subject, history = load_subject_and_past(case_id)
        refusals.undeclared(outer.step, outer.subject, subject, action)
        inner = f"{outer.key[:100]}/{case_id}/{action}"
        step = self._entitled(subject, action, actor)
        self._apply(self._judged(subject, history, step, actor, key=inner, typed=input))

    def stale(self, subject: Subject, actor: Actor) -> Conflict:
        """The answer for somebody whose page is too old: who was faster, and where the case is now."""
        return answers.stale(self.registry, self.compiled(subject).workflow, subject, actor)

    def recompute_due(self, case_ids: Sequence[int]) -> None:
        """Count the due dates of cases again after a date they depend on changed. Call inside a transaction."""
        subjects = self.subjects(case_ids)
        due = deadlines.due_together(self.registry, [(self.compiled(one).workflow, one) for one in subjects])
        statements.set_dues([(one, due[one.id]) for one in subjects if one.due_at != due[one.id]])

    def breach(self, limit: int | None = None) -> int:
        """Take the system's step on every case whose time is up, or on the ``limit`` oldest: how many moved.

        A guard's refusal (an objection still open, a grace period) leaves the case for the next tick.
        """
        return sum(
            self._breach_together(batch) for batch in breaching.ready_batches(self.registry, self.definitions, limit)
        )

    def _breach_together(self, batch: Sequence[Question]) -> int:
        """A batch in one transaction; if one case breaks it, each by itself, so that it does not stop the others."""
        try:
            with transaction():
                present = breaching.still_there(batch)
                for question in present:
                    subject, key = question.subject, breaching.key_of(question.subject)
                    self._apply(
                        _Attempt(
                            self.compiled(subject),
                            subject,
                            question.step,
                            SYSTEM,
                            Role.SYSTEM,
                            key,
                            {},
                            question.history,
                            {},
                        )
                    )
        except Exception:  # whatever it was, the cases are looked at one by one
            db.session.rollback()
            return sum(self._breach_alone(question) for question in batch)
        db.session.expire_all()
        return len(present)

    def _breach_alone(self, question: Question) -> int:
        subject, action = question.subject, question.step.action
        try:
            self.perform(subject.id, action, SYSTEM, revision=subject.revision, key=breaching.key_of(subject))
        except (Refused, Conflict):
            return 0
        except Exception:  # one broken case must not stop the cases behind it
            log.exception("breach of case %s: %s failed", subject.id, action)
            db.session.rollback()
            return 0
        return 1


def _forget_cases() -> None:
    """A step is written past the session: cases are read anew. What guards read besides holds, for its case did not move."""
    for row in list(db.session):
        if isinstance(row, Spine):
            db.session.expire(row)
