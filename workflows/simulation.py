"""What-if: from a state, with these facts and roles, what can happen, and why not. No case, no clock, no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workflows import duties, why
from workflows.definition import Transition, Workflow
from workflows.duties import Deed
from workflows.roles import Role
from workflows.scenarios import Move, Scenario
from workflows.values import Label, Named
from workflows.why import Why


@dataclass(frozen=True, slots=True)
class Facts:
    """What is assumed: the guards that say no, what was done before, and who the person is."""

    closed: frozenset[str] = frozenset()
    """Guards by name, or by ``name:argument``. Every other guard holds."""
    history: tuple[Deed, ...] = ()
    person: str | None = None
    """Without a name, a person is called like the first of their roles."""


@dataclass(frozen=True, slots=True)
class Possible:
    """One action of the definition: open, or closed with every reason."""

    action: str
    step: Transition
    role: Role | None = None
    """The role in which the person would act."""
    reasons: tuple[Why, ...] = ()
    from_here: bool = True
    completes: bool = True
    """False when another approval is needed before the step is taken."""

    @property
    def ok(self) -> bool:
        return self.from_here and not self.reasons


def simulate(workflow: Workflow, state: str, roles: Sequence[Role], facts: Facts) -> tuple[Possible, ...]:
    """Every action of the definition, in its order, open or closed. Raises KeyError for an unknown state."""
    if state not in workflow.states:
        raise KeyError(state)
    return tuple(consider(workflow, state, roles, facts, action=action) for action in workflow.actions())


def consider(workflow: Workflow, state: str, roles: Sequence[Role], facts: Facts, *, action: str) -> Possible:
    """One action, as the engine would judge it: first the state, then the role, then everything else together."""
    steps = [step for step in workflow.transitions if step.action == action]
    here = next((step for step in steps if state in step.source), None)
    if here is None:
        role = next((role for step in steps for role in step.by if role in roles), None)
        reason = why.not_from_here(workflow, state, steps, roles)
        return Possible(action, steps[0], role, (reason,), from_here=False)
    given = duties.approvals_given(here, facts.history, state)
    role = duties.acting_role(here, roles, given)
    if role is None:
        return Possible(action, here, None, (why.wrong_role([here]),))
    reasons = tuple(_reasons(workflow, here, role, facts=facts, given=given, person=facts.person or roles[0]))
    return Possible(action, here, role, reasons, completes=duties.completes(here, given, role))


def _reasons(
    workflow: Workflow, step: Transition, role: Role, *, facts: Facts, given: Sequence[Deed], person: str
) -> Iterator[Why]:
    yield from (why.guard_closed(guard) for guard in step.requires if says_no(guard, facts.closed))
    yield from (why.separated(workflow.label_of(name)) for name in duties.conflicts(step, facts.history, person))
    if step.approvals is None:
        return
    if duties.already_approved(given, person):
        yield why.already_approved()
    missing = duties.missing_role(step, given, role)
    if missing is not None:
        yield why.role_missing(missing)


def says_no(guard: Named, closed: frozenset[str]) -> bool:
    """Whether a guard is among those assumed closed."""
    return guard.name in closed or str(guard) in closed


# ---- playing a scenario


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where a definition does not do what a scenario says."""

    scenario: str
    move: int
    """Which step of the scenario, counted from one; 0 is the scenario as a whole."""
    what: Label


@dataclass(slots=True)
class _Course:
    """A scenario on its way: where the imagined case rests, and what was done with it."""

    workflow: Workflow
    scenario: Scenario
    state: str
    history: list[Deed] = field(default_factory=list)
    taken: set[tuple[str, str]] = field(default_factory=set)
    mismatches: list[Mismatch] = field(default_factory=list)


def play(workflow: Workflow, scenario: Scenario) -> tuple[Mismatch, ...]:
    """Everything in which the definition differs from the scenario; nothing means it agrees."""
    return tuple(_course(workflow, scenario).mismatches)


def taken(workflow: Workflow, scenario: Scenario) -> frozenset[tuple[str, str]]:
    """The (source, action) pairs a scenario really takes."""
    return frozenset(_course(workflow, scenario).taken)


def _course(workflow: Workflow, scenario: Scenario) -> _Course:
    course = _Course(workflow, scenario, scenario.start or workflow.initial)
    if course.state not in workflow.states:
        _differ(course, 0, f"'{course.state}' 상태가 없습니다.", f"there is no state '{course.state}'")
        return course
    for number, move in enumerate(scenario.steps, start=1):
        _unknown_guards(course, number, move)
        if move.action not in workflow.actions():
            _differ(course, number, f"'{move.action}' 처리가 없습니다.", f"there is no action '{move.action}'")
        elif move.do is not None:
            _do(course, number, move)
        else:
            _refuse(course, number, move)
        if move.to is not None and move.to in workflow.states:
            course.state = move.to
    return course


def _do(course: _Course, number: int, move: Move) -> None:
    """Everybody named acts in turn; then the case must rest where the scenario says."""
    state = course.state
    for actor in move.by:
        one = _asked(course, move, actor.role, actor.person, state=state)
        if not one.ok:
            codes = ", ".join(reason.code for reason in one.reasons)
            ko = f"{actor}의 '{move.action}' 처리가 {state} 상태에서 막혔습니다: {codes}."
            _differ(course, number, ko, f"'{move.action}' by {actor} is closed in '{state}': {codes}")
            return
        target = one.step.target if one.completes else state
        course.history.append(Deed(move.action, state, target, actor.role, actor.person, complete=one.completes))
        if one.completes:
            course.taken.add((state, move.action))
            state = target
    if state != move.to:
        ko = f"'{move.action}' 처리 뒤 상태가 {move.to}이(가) 아니라 {state}입니다."
        _differ(course, number, ko, f"'{move.action}' leads to '{state}', not to '{move.to}'")


def _refuse(course: _Course, number: int, move: Move) -> None:
    (actor,) = move.by
    one = _asked(course, move, actor.role, actor.person, state=course.state)
    codes = {reason.code for reason in one.reasons}
    if one.ok:
        ko = f"{actor}의 '{move.action}' 처리가 {course.state} 상태에서 열려 있습니다."
        _differ(course, number, ko, f"'{move.action}' by {actor} is open in '{course.state}'")
    elif not codes & move.reasons:
        shown = ", ".join(sorted(codes))
        ko = f"'{move.action}' 처리는 {move.because} 때문이 아니라 {shown} 때문에 막혔습니다."
        _differ(course, number, ko, f"'{move.action}' is closed because of {shown}, not of {move.because}")


def _asked(course: _Course, move: Move, role: Role, person: str, *, state: str) -> Possible:
    facts = Facts(frozenset(move.closed) | frozenset(course.scenario.closed), tuple(course.history), person)
    return consider(course.workflow, state, [role], facts, action=move.action)


def _unknown_guards(course: _Course, number: int, move: Move) -> None:
    """A guard assumed closed that no step has would make a refusal look tested that is not."""
    guards = [guard for step in course.workflow.transitions for guard in step.requires]
    for name in (*course.scenario.closed, *move.closed) if number == 1 else move.closed:
        if not any(says_no(guard, frozenset({name})) for guard in guards):
            _differ(course, number, f"'{name}' 조건을 쓰는 처리가 없습니다.", f"no step requires the guard '{name}'")


def _differ(course: _Course, number: int, ko: str, en: str) -> None:
    course.mismatches.append(Mismatch(course.scenario.name, number, Label(ko=ko[:600], en=en[:600])))
