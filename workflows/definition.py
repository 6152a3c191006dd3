"""What a program is: frozen models of a workflow, its states, transitions, deadlines, tasks and links."""

from functools import cached_property
from typing import Literal

from pydantic import Field

from workflows.forms import Document, Form
from workflows.roles import Role
from workflows.values import DueText, Frozen, Label, LengthText, Name, Names, Reference


class Deadline(Frozen):
    """When the owner of a state must have acted, who is told, and what happens when nobody did."""

    due: DueText
    remind: tuple[LengthText, ...] = ()
    escalate_to: Role | None = None
    on_breach: Name | None = None
    basis: str | None = None
    setting: Name | None = None
    """The name under which a call may set another length; statutory deadlines have none."""
    roll: Literal["next", "previous", "none"] | None = None
    """Which business day counts when the last day is none. Left out, a counted period ends on the next business day
    (Civil Act, art. 161) and a date somebody named stays as it is."""
    clock: Name | None = None
    """The time of every state with the same clock counts together, and stands still in states that pause it."""
    extendable: LengthText | None = None
    """By how much the law lets a deadline with a ``basis`` be extended; without it, it cannot be moved."""
    moved_by: tuple[Role, ...] = (Role.HQ_STAFF, Role.APPROVER)
    """Who may move the date of one case, with a reason."""


class Quorum(Frozen):
    """What must be there before a task counts as done."""

    submitted: int | Literal["all"] = "all"
    min_score_avg: int | None = Field(default=None, ge=0, le=100)


class Task(Frozen):
    """Parallel work inside a state: several people (or organizations) fill the same form."""

    label: Label
    assign: Literal["reviewers", "organizations"]
    form: Name | None = None
    count: int | None = Field(default=None, ge=1, le=50)
    quorum: Quorum = Quorum()
    exclude: tuple[Name, ...] = ()


class State(Frozen):
    """A place a case can rest in. ``tags`` carry meaning for figures and guards; names never do."""

    stage: Name
    label: Label
    public: Label | None = None
    """What companies read instead of the internal label."""
    owner: Role | None = None
    deadline: Deadline | None = None
    no_deadline: str | None = None
    """Why an open state has no deadline: the linter asks for one or the other."""
    edit: dict[Name, tuple[Role, ...]] = {}
    """Which form may be filled here, and by whom."""
    tasks: dict[Name, Task] = {}
    final: Literal["success", "failure", "cancelled"] | None = None
    tags: tuple[Name, ...] = ()
    pauses: tuple[Name, ...] = ()
    """The clocks that stand still while a case rests here, because the other side has the ball."""

    @property
    def shown(self) -> Label:
        """The label for people outside the foundation."""
        return self.public or self.label


def label_for(state: State, *, public: bool) -> Label:
    """The label people outside the foundation read, or the internal one."""
    return state.shown if public else state.label


class Approvals(Frozen):
    """So many different people, holding so many different roles, before the step is taken."""

    n: int = Field(ge=2, le=5)
    distinct_roles: tuple[Role, ...] = ()


class Transition(Frozen):
    """One step: who may take it from where to where, under which guards, with which effects."""

    action: Name
    label: Label
    hint: Label | None = None
    public: Label | None = None
    """What the company's timeline says when this step happened; without it the step stays internal."""
    source: Names = Field(alias="from")
    target: Name = Field(alias="to")
    by: tuple[Role, ...]
    requires: tuple[Reference, ...] = ()
    separate_from: tuple[Name, ...] = ()
    approvals: Approvals | None = None
    input: Name | None = None
    documents: tuple[Name, ...] = ()
    effects: tuple[Reference, ...] = ()
    compensate: tuple[Reference, ...] = ()
    discreet: bool = False
    """What is typed is for the foundation and the lead organization; other organizations of the case learn only that it happened."""
    bulk: bool = False
    """Whether it may be taken on many cases at once, with one input for all of them."""
    undo: int = Field(default=0, ge=0, le=86_400)
    """For so many seconds whoever took the step may take it back; its mails wait that long."""
    tone: Literal["primary", "normal", "danger"] = "normal"
    basis: str | None = None


class Link(Frozen):
    """A case of another workflow that lives beside this one, such as an objection."""

    workflow: Name
    label: Label
    opened_by: tuple[Role, ...] = ()
    while_in: tuple[Name, ...] = ()
    within: DueText | None = None
    limit: int = Field(default=1, ge=1, le=500)
    basis: str | None = None


class Stage(Frozen):
    """A chapter of the process, in the order people think of it."""

    code: Name
    label: Label


class Migration(Frozen):
    """Where the states of an older version go."""

    from_version: int = Field(alias="from", ge=1)
    states: dict[Name, Name] = {}


class Workflow(Frozen):
    """One version of one program's process: everything the office needs to carry it out."""

    workflow: Name
    version: int = Field(ge=1)
    code: str = Field(pattern=r"^[A-Z]{2,4}$")
    title: Label
    summary: Label
    kind: Literal[
        "application", "technology_transfer", "exchange_event", "participation", "follow_up_meeting", "council",
        "voucher", "residency", "objection", "sanction", "outcome_report", "mou", "ticket", "course",
    ]  # fmt: skip
    funding_scheme: Literal["rnd_grant", "national_subsidy", "local_subsidy", "own_budget", "none"] = "none"
    initial: Name
    opened_by: tuple[Role, ...] = ()
    """Who may start a case without a call and without another case: staff in a zone, companies for themselves."""
    stages: tuple[Stage, ...] = Field(min_length=1)
    states: dict[Name, State] = Field(min_length=2)
    transitions: tuple[Transition, ...] = Field(min_length=1)
    forms: dict[Name, Form] = {}
    documents: dict[Name, Document] = {}
    links: dict[Name, Link] = {}
    migrations: tuple[Migration, ...] = ()

    def state(self, name: str) -> State:
        return self.states[name]

    def tagged(self, tag: str) -> frozenset[str]:
        """The names of all states that carry a tag."""
        return frozenset(name for name, state in self.states.items() if tag in state.tags)

    @property
    def takes_calls(self) -> bool:
        """Whether companies apply to calls of this program: some step asks for an open call."""
        return any(guard.name == "call_open" for step in self.transitions for guard in step.requires)

    @property
    def is_reviewed(self) -> bool:
        """Whether reviewers score the cases, so that a call needs criteria."""
        return any(task.assign == "reviewers" for state in self.states.values() for task in state.tasks.values())

    def takes(self, *effects: str) -> frozenset[str]:
        """The actions that have one of these effects."""
        return frozenset[str]().union(*(self._actions_by_effect.get(name, ()) for name in effects))

    @cached_property
    def _actions_by_effect(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for step in self.transitions:
            for one in step.effects:
                found.setdefault(one.name, set()).add(step.action)
        return found

    def stage_label(self, code: str) -> Label:
        return next(stage.label for stage in self.stages if stage.code == code)

    def label_of(self, action: str) -> Label:
        """The label of an action; the same action has one label in all its places (linter WF402)."""
        return next(transition.label for transition in self.transitions if transition.action == action)

    def actions(self) -> tuple[str, ...]:
        """Every action once, in the order of the definition."""
        return tuple(dict.fromkeys(transition.action for transition in self.transitions))
