"""Definition -> one transitions.Machine per workflow version, and the action index. The only door to transitions."""

from collections.abc import Mapping
from typing import Any

from transitions import Event, Machine, MachineError

from workflows.definition import Transition, Workflow
from workflows.roles import Role

Offer = tuple[Transition, Role, bool]
"""A step, the role in which it may be taken, and whether it starts in the present state."""


class Token:
    """The throw-away object a step is fired on: it carries a state and nothing else."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class _PlainEvent(Event):
    """An event without the callback plumbing, which this charter never uses: same result, a twelfth of the time."""

    def trigger(self, model: Any, *_args: Any, **_kwargs: Any) -> bool:
        candidates = self.transitions.get(model.state)
        if not candidates:
            raise MachineError(f"cannot take '{self.name}' from '{model.state}'")
        model.state = candidates[0].dest
        return True


class _PlainMachine(Machine):
    event_cls = _PlainEvent


class NotFromHere(LookupError):
    """The action exists, but no step of it starts in this state."""


class UnknownAction(LookupError):
    """No step of this workflow has that name."""


class CompiledWorkflow:
    """A definition ready to run: immutable, shared by all threads, built once per version.

    The machine has no model, no automatic ``to_*`` triggers (they jump past guards) and no queue (a shared queue
    answers True without having moved: docs/decisions/003).
    """

    def __init__(self, workflow: Workflow, digest: str) -> None:
        self.workflow = workflow
        self.digest = digest
        self._machine = _PlainMachine(
            model=None,
            states=list(workflow.states),
            initial=workflow.initial,
            transitions=[
                {"trigger": step.action, "source": source, "dest": step.target}
                for step in workflow.transitions
                for source in step.source
            ],
            auto_transitions=False,
            queued=False,
            send_event=True,
        )
        self._steps = {(source, step.action): step for step in workflow.transitions for source in step.source}
        self._by_state = self._index()
        self._offers: dict[tuple[str, frozenset[Role]], tuple[Offer, ...]] = {}

    def _index(self) -> Mapping[str, tuple[Transition, ...]]:
        """State -> its steps, read back from the machine's own transitions so that both can never disagree."""
        index: dict[str, list[Transition]] = {state: [] for state in self.workflow.states}
        for event in self._machine.events.values():
            for source in event.transitions:
                index[source].append(self._steps[source, event.name])
        order = {action: place for place, action in enumerate(self.workflow.actions())}
        return {state: tuple(sorted(steps, key=lambda step: order[step.action])) for state, steps in index.items()}

    def fire(self, state: str, action: str) -> str:
        """The state the action leads to. Raises UnknownAction or NotFromHere."""
        if action not in self._machine.events:
            raise UnknownAction(action)
        token = Token(state)
        try:
            self._machine.events[action].trigger(token)
        except MachineError as error:
            raise NotFromHere(action) from error
        return token.state

    def step(self, state: str, action: str) -> Transition:
        """The step of an action from a state. Raises UnknownAction or NotFromHere."""
        found = self._steps.get((state, action))
        if found is not None:
            return found
        if action in self._machine.events:
            raise NotFromHere(action)
        raise UnknownAction(action)

    def steps_from(self, state: str) -> tuple[Transition, ...]:
        """Every step that starts in a state, in the order of the definition."""
        return self._by_state.get(state, ())

    def offered(self, state: str, held: frozenset[Role]) -> tuple[Offer, ...]:
        """Every action these roles could ever take, once each, in the order of the definition; the step from here first.

        Worked out once for each state and set of roles: a page of a hundred rows asks the same few questions.
        """
        found = self._offers.get((state, held))
        if found is None:
            found = self._offers[state, held] = self._offers_in(state, held)
        return found

    def _offers_in(self, state: str, held: frozenset[Role]) -> tuple[Offer, ...]:
        chosen: dict[str, Offer] = {}
        for step in self.workflow.transitions:
            role = next((role for role in step.by if role in held), None)
            here = state in step.source
            if role is not None and (here or step.action not in chosen):
                chosen[step.action] = (step, role, here)
        return tuple(chosen.values())
