"""Which cases run under which version, and who would go where if a version were left."""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Answer, Case
from backoffice.cases.sight import visible_to
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.definitions import Definitions
from backoffice.engine.migrating import due_after, half_approved, migrate_case
from backoffice.engine.perform import Engine
from backoffice.engine.spine import Task
from backoffice.engine.tasks import OPEN
from backoffice.programs.queries import published_digests
from workflows.migration import Plan, Weight
from workflows.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Journey:
    """One open case of the old version: where it is, where it would go, and what that would change for it."""

    case_id: int
    reference: str
    source: str
    target: str | None
    """None: no image, or held back."""
    due_before: datetime | None
    due_after: datetime | None
    lost: tuple[str, ...]
    """Open tasks and typed answers that would no longer count, by name."""
    half_approved: bool

    @property
    def suddenly_late(self) -> bool:
        """Whether the case would be overdue only because its deadline changed."""
        now = clock.now()
        late_before = self.due_before is not None and self.due_before < now
        return self.target is not None and not late_before and self.due_after is not None and self.due_after < now


@dataclass(frozen=True, slots=True)
class Survey:
    """A dry run: every open case of the old version, and what stands against moving them."""

    plan: Plan
    journeys: tuple[Journey, ...]
    calls: tuple[str, ...]
    """Calls that still take applications under the old version: drafts started there later stay on it."""

    def without_image(self) -> list[Journey]:
        return [one for one in self.journeys if one.target is None and not one.half_approved]

    def held_back(self) -> list[Journey]:
        return [one for one in self.journeys if one.half_approved]

    def losing(self) -> list[Journey]:
        return [one for one in self.journeys if one.target is not None and one.lost]

    def moving(self) -> list[Journey]:
        return [one for one in self.journeys if one.target is not None]

    def counts(self) -> dict[tuple[str, str | None], int]:
        """(source, target) -> how many cases, in the order of the old definition's states."""
        tally = Tally((one.source, one.target) for one in self.journeys)
        order = {name: place for place, name in enumerate(self.plan.old.states)}
        return dict(sorted(tally.items(), key=lambda item: (order.get(item[0][0], len(order)), str(item[0][1]))))

    def separation_lost(self) -> bool:
        return any(one.code == "separation" for one in self.plan.concerns) and bool(self.moving())


NO_IMAGE, LOSSES, SEPARATION = "no_image", "losses", "separation_lost"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why nothing moves yet: cases without a place to go, or losses nobody has accepted."""

    code: str
    count: int
    state: str = ""


def obstacles(found: Survey, *, accepted: bool) -> list[Obstacle]:
    """What stands against moving the cases of a survey; losses only until somebody ``accepted`` them."""
    stuck = Tally(one.source for one in found.without_image())
    against = [Obstacle(NO_IMAGE, count, state) for state, count in sorted(stuck.items())]
    if found.losing() and not accepted:
        against.append(Obstacle(LOSSES, len(found.losing())))
    if found.separation_lost() and not accepted:
        against.append(Obstacle(SEPARATION, len(found.moving())))
    return against


def _of(workflow: str, version: int) -> tuple[ColumnElement[bool], ...]:
    return Case.workflow == workflow, Case.workflow_version == version, Case.final.is_(None)


def survey(plan: Plan, *, calls: Iterable[str] = ()) -> Survey:
    """Look at every open case of the plan's old version, in four queries; nothing is changed."""
    here = _of(plan.old.workflow, plan.old.version)
    rows = db.session.execute(
        select(Case.id, Case.reference, Case.state, Case.due_at).where(*here).order_by(Case.id)
    ).all()
    tasks, answers = _open_tasks(here), _typed(here)
    held = half_approved(*here)
    journeys = []
    for case_id, reference, state, due in rows:
        target = None if case_id in held else plan.image(state)
        lost = _lost(plan, state, tasks.get(case_id, ()), answers.get(case_id, ())) if target else ()
        journeys.append(Journey(case_id, reference, state, target, due, due, lost, case_id in held))
    return Survey(plan, tuple(journeys), tuple(calls))


def with_deadlines(engine: Engine, found: Survey) -> Survey:
    """The same with the new due dates: cases whose deadline reads otherwise are counted again, one by one."""
    journeys = [_counted(engine, found.plan, one) for one in found.journeys]
    return replace(found, journeys=tuple(journeys))


def _counted(engine: Engine, plan: Plan, one: Journey) -> Journey:
    if one.target is None or plan.old.state(one.source).deadline == plan.new.state(one.target).deadline:
        return one
    return replace(one, due_after=due_after(engine, plan, engine.subject(one.case_id), one.target))


def _open_tasks(here: Sequence[ColumnElement[bool]]) -> Mapping[int, list[str]]:
    query = (
        select(Task.case_id, Task.name, func.count())
        .join(Case, Case.id == Task.case_id)
        .where(*here, Task.status == OPEN)
        .group_by(Task.case_id, Task.name)
    )
    found: dict[int, list[str]] = {}
    for case_id, name, _ in db.session.execute(query):
        found.setdefault(case_id, []).append(name)
    return found


def _typed(here: Sequence[ColumnElement[bool]]) -> Mapping[int, list[str]]:
    """Case id -> ``form.field`` of everything typed."""
    query = select(Answer.case_id, Answer.form, Answer.field).join(Case, Case.id == Answer.case_id).where(*here)
    found: dict[int, list[str]] = {}
    for case_id, form, field in db.session.execute(query):
        found.setdefault(case_id, []).append(f"{form}.{field}")
    return found


def _lost(plan: Plan, state: str, tasks: Iterable[str], answers: Iterable[str]) -> tuple[str, ...]:
    """What this very case has done that the plan's losses are about."""
    losses = {(one.code, one.subject) for one in plan.concerns_of(state) if one.weight is Weight.LOSES}
    lost = [name for name in tasks if ("task_lost", name) in losses]
    lost += [
        name for name in answers if ("answer_lost", name) in losses or ("form_lost", name.partition(".")[0]) in losses
    ]
    return tuple(sorted(lost))


def migrate(engine: Engine, found: Survey, *, reason: str = "") -> int:
    """Move every case of a survey that has somewhere to go, each in its own transaction: how many moved now.

    Interrupted, it goes on where it stopped; cases that moved already are skipped.
    """
    return sum(migrate_case(engine, found.plan, one.case_id, reason=reason) for one in found.moving())


def occupied_states() -> dict[tuple[str, int], frozenset[str]]:
    """(workflow, version) -> the states in which open cases sit."""
    query = select(Case.workflow, Case.workflow_version, Case.state).where(Case.final.is_(None)).distinct()
    found: dict[tuple[str, int], set[str]] = {}
    for workflow, version, state in db.session.execute(query):
        found.setdefault((workflow, version), set()).add(state)
    return {identity: frozenset(states) for identity, states in found.items()}


def open_cases() -> dict[tuple[str, int], int]:
    """(workflow, version) -> how many open cases run under it."""
    query = (
        select(Case.workflow, Case.workflow_version, func.count())
        .where(Case.final.is_(None))
        .group_by(Case.workflow, Case.workflow_version)
    )
    return {(workflow, version): count for workflow, version, count in db.session.execute(query)}


def seen_by(actor: Actor, case_ids: Sequence[int]) -> frozenset[int]:
    """Those of the cases that exist for an actor."""
    return frozenset(db.session.scalars(select(Case.id).where(Case.id.in_(case_ids), visible_to(actor))))


def vocabulary(known: Vocabulary, definitions: Definitions) -> Vocabulary:
    """The names of this process, with what is published, what is in force, and where open cases sit."""
    digests = published_digests()
    newest = {name: max(version for known_name, version in digests if known_name == name) for name, _ in digests}
    others = {name: definitions.get(name, version).workflow for name, version in newest.items()}
    return replace(
        known,
        workflows=known.workflows | frozenset(newest),
        published=digests,
        occupied=occupied_states(),
        others={**known.others, **others},
    )
