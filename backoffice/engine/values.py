"""The values the engine thinks with: subjects, questions for guards, happenings for effects, verdicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from backoffice.access.actors import Actor, CaseScope
from backoffice.core.errors import Reason
from backoffice.core.outbox import Order
from workflows.definition import Transition, Workflow
from workflows.roles import Role

Input = Mapping[str, Any]
"""What somebody typed for a step, already read by forms/: won as int, dates as ISO text, groups as lists."""


@dataclass(frozen=True, slots=True)
class CallTerms:
    """What guards and deadlines need to know of a call."""

    code: str
    opens_at: datetime
    closes_at: datetime
    grace_minutes: int
    max_amount: int
    min_score: int
    presentation: bool
    settings: Mapping[str, str]
    """Lengths of time the call sets instead of the definition's."""

    @property
    def accepts_until(self) -> datetime:
        """Closing time plus the grace the call prints."""
        return self.closes_at + timedelta(minutes=self.grace_minutes)


@dataclass(frozen=True, slots=True)
class Member:
    """An organization in a case."""

    organization_id: int
    part: str
    kind: str
    zone_id: int | None


@dataclass(frozen=True, slots=True)
class Subject:
    """A case as the engine sees it at one revision, with the terms of its call and who takes part."""

    id: int
    reference: str
    workflow: str
    version: int
    state: str
    revision: int
    state_since: datetime
    due_at: datetime | None
    call_id: int | None
    parent_id: int | None
    chain_head: str
    year: int
    title: str
    amount: int
    scope: CaseScope
    members: Sequence[Member] = ()
    call: CallTerms | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """One history row without its input."""

    revision: int
    kind: str
    action: str
    source: str
    target: str
    actor_id: int | None
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What a guard is asked: may this step be taken on this case, by this actor, now?

    ``input`` is None while the step is only offered: a guard about what will be typed then says yes.
    ``facts`` holds, by family, what was prefetched for this case.
    """

    subject: Subject
    definition: Workflow
    step: Transition
    actor: Actor
    now: datetime
    facts: Mapping[str, Any]
    history: Sequence[Past]
    input: Input | None = None


Check = Callable[[Question, Any], Reason | None]
Facts = Callable[[Sequence[Subject]], Mapping[int, Any]]


@dataclass(frozen=True, slots=True)
class Guard:
    """A pure check, and the fact families it reads. Each family costs one query, for 1 case or 100."""

    check: Check
    facts: tuple[str, ...] = ()


class PerformOn(Protocol):
    def __call__(self, case_id: int, action: str, *, input: Input | None = None) -> None: ...  # noqa: A002  # the charter's word


@dataclass(frozen=True, slots=True)
class Happening:
    """A step that is being taken, as its effects see it: inside the transaction, after the row changed."""

    subject: Subject
    """The case before the step."""
    definition: Workflow
    step: Transition
    actor: Actor
    role: Role
    now: datetime
    input: Input
    revision: int
    """The revision after the step."""
    hash: str
    key: str
    history: Sequence[Past]
    facts: Mapping[str, Any]
    """By family, what the guards of this step read in the same transaction; what they did not ask is not here."""
    perform_on: PerformOn
    """Take a declared step of another case in the same transaction, as the same actor."""
    let_system: PerformOn
    """The same, taken by the office itself: what follows of its own accord, such as a place given to whoever waits."""
    engine: Any = None
    """The engine itself, for effects that start linked cases."""

    @property
    def leaves_at(self) -> datetime | None:
        """When a job of this step may leave the house: after the time in which the step can be taken back."""
        return self.now + timedelta(seconds=self.step.undo) if self.step.undo else None


Effect = Callable[[Happening, Any], str | None]
"""Changes the house inside the transaction of the step. It answers the case's reference if it gave it another one."""

Outside = Callable[[Happening, Any], Order]
"""What leaves the house, as a job that is written with the step; it may read nothing but the happening."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One action on one case for one actor: open, or closed with every reason."""

    action: str
    step: Transition
    role: Role
    reasons: tuple[Reason, ...] = ()
    from_here: bool = True
    """Whether the step starts in the present state."""

    @property
    def ok(self) -> bool:
        return self.from_here and not self.reasons


@dataclass(frozen=True, slots=True)
class Performed:
    """The stored result of a step; the same key always gets the same answer."""

    case_id: int
    reference: str
    action: str
    source: str
    target: str
    revision: int
    at: datetime
    replayed: bool = False


Dates = Callable[[Sequence[Subject]], Mapping[int, date | datetime | None]]
"""Case id -> a date a deadline counts from; asked once for all cases."""


@dataclass(frozen=True, slots=True)
class Registry:
    """What the charter's names mean here. Filled once, in backoffice/wiring.py."""

    guards: Mapping[str, Guard]
    facts: Mapping[str, Facts]
    effects: Mapping[str, Effect]
    outside: Mapping[str, Outside]
    dates: Mapping[str, Dates]
    """The dates a deadline may count from, by the name behind ``fact:``, and ``call_closes``."""
    names: Callable[[Sequence[int]], Mapping[int, str]]
    answer_date: Callable[[Subject, str], date | None]
    """The date typed in a form field of the case."""
    inverses: Mapping[str, Effect] = field(default_factory=dict)
    """By effect, what takes it back when its step is undone. An effect without one cannot be undone."""
    rewriting: frozenset[str] = frozenset()
    """Effects that change the terms of the call a case hangs on: the engine reads them again before it counts days."""
    watch: Callable[[Happening], Sequence[Order]] = lambda _happening: ()
    """Jobs that somebody outside wants with every step; it may read nothing but the happening."""
    touched: Callable[[Subject, datetime], bool] = lambda _subject, _since: False
    """Whether anybody wrote, attached, signed or scored on a case since an instant, at it included."""
