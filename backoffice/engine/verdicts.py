"""Which actions an actor could ever take on cases, and for each closed one every reason why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backoffice.access.actors import Actor, roles_on
from backoffice.core import clock
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from backoffice.engine import separation
from backoffice.engine.definitions import Definitions
from backoffice.engine.subjects import load_facts, load_history
from backoffice.engine.values import Input, Past, Question, Registry, Subject, Verdict
from workflows.definition import Transition, Workflow, label_for
from workflows.machine import CompiledWorkflow, Offer
from workflows.roles import COMPANY_SIDE, Role


def actions_of(
    registry: Registry,
    definitions: Definitions,
    subjects: Sequence[Subject],
    actor: Actor,
    *,
    only: Mapping[int, str] | None = None,
    past: Mapping[int, Sequence[Past]] | None = None,
    known: Mapping[str, Mapping[int, Any]] | None = None,
) -> dict[int, tuple[Verdict, ...]]:
    """Case id -> every action the actor's roles could ever take, in the definition's order.

    ``only`` asks for one action of each case, so that nothing is read for the others. ``past`` is the standing history
    of each case; left out, it is read where a rule looks at it. ``known`` holds families of facts read before.
    """
    choices = {
        subject.id: [
            choice
            for choice in offered(definitions.get(subject.workflow, subject.version), subject, actor)
            if only is None or choice[0].action == only[subject.id]
        ]
        for subject in subjects
    }
    here = [(step, role) for steps in choices.values() for step, role, from_here in steps if from_here]
    facts = load_facts(registry, families_of(registry, [step for step, _ in here]), subjects, known)
    if past is None:
        past = load_history(subjects) if any(_needs_history(step) for step, _ in here) else {}
    now = clock.now()
    verdicts: dict[int, tuple[Verdict, ...]] = {}
    for subject in subjects:
        definition = definitions.get(subject.workflow, subject.version).workflow
        own = past.get(subject.id, ())
        held = roles_on(actor, subject.scope)
        verdicts[subject.id] = tuple(
            judge(
                registry,
                Question(subject, definition, step, actor, now, facts[subject.id], own),
                _speaking(step, held, own, subject.state),
            )
            if from_here
            else Verdict(
                step.action, step, role, (not_from_here(definition, subject, step.action, role),), from_here=False
            )
            for step, role, from_here in choices[subject.id]
        )
    return verdicts


def offered(compiled: CompiledWorkflow, subject: Subject, actor: Actor) -> tuple[Offer, ...]:
    """Per action the step from here if the actor's roles may take it, else any step they may take elsewhere."""
    return compiled.offered(subject.state, roles_on(actor, subject.scope))


def _speaking(step: Transition, held: frozenset[Role], history: Sequence[Past], state: str) -> Role:
    """The role in which the actor would take the step: for an approval one that is still missing."""
    return separation.approving_role(step, held, separation.approvals_so_far(history, step, state))


def families_of(registry: Registry, steps: Sequence[Transition]) -> list[str]:
    """The fact families the guards of these steps read, each once."""
    names = {guard.name for step in steps for guard in step.requires}
    return sorted({family for name in names for family in registry.guards[name].facts})


def _needs_history(step: Transition) -> bool:
    return bool(step.separate_from or step.approvals or step.requires)


def judge(registry: Registry, question: Question, role: Role) -> Verdict:
    """Ask every guard and every rule of separation; collect all reasons."""
    step = question.step
    reasons: list[Reason] = []
    for guard in step.requires:
        reason = registry.guards[guard.name].check(question, guard.argument)
        if reason is not None:
            reasons.append(reason)
    own = separation.own_case(question, role)
    if own is not None:
        reasons.append(own)
    reasons.extend(separation.separated(question))
    if step.approvals is not None:
        given = separation.approvals_so_far(question.history, step, question.subject.state)
        reason = separation.approval_reason(question, role, given)
        if reason is not None:
            reasons.append(reason)
    return Verdict(step.action, step, role, tuple(reasons))


def not_from_here(definition: Workflow, subject: Subject, action: str, role: Role | None) -> Reason:
    """Why a step cannot be taken in the present state, and where it can, in the words this role may read."""
    public = role in COMPANY_SIDE
    sources = [name for step in definition.transitions if step.action == action for name in step.source]
    places = [label_for(definition.state(name), public=public) for name in sources]
    here = label_for(definition.state(subject.state), public=public)
    ko = ", ".join(dict.fromkeys(f"'{label.ko}'" for label in places))
    en = ", ".join(dict.fromkeys(f"'{label.en}'" for label in places))
    return Reason(
        "not_from_here",
        Sentence(
            f"지금은 '{here.ko}' 단계입니다. 이 처리는 {ko} 단계에서 할 수 있습니다.",
            f"The case is in '{here.en}'; this step starts in {en}.",
        ),
        link="history",
    )


def single_question(
    registry: Registry,
    definition: Workflow,
    subject: Subject,
    step: Transition,
    actor: Actor,
    *,
    history: Sequence[Past],
    typed: Input | None,
) -> Question:
    """The question for one step of one case, with its facts read now."""
    facts: Mapping[int, Any] = load_facts(registry, families_of(registry, [step]), [subject])
    moment: datetime = clock.now()
    return Question(subject, definition, step, actor, moment, facts[subject.id], history, typed)
