"""What a running story needs: the engine, the file store, the people, and where each case stands."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from backoffice.access.actors import Actor, roles_on
from backoffice.cases.models import Case
from backoffice.cases.queries import case_by_id, linked
from backoffice.cases.uploads import Prepared
from backoffice.core.files import FileStore
from backoffice.demo.casting import Cast
from backoffice.demo.moments import World
from backoffice.demo.society import Society, seat_of
from backoffice.demo.sources import Step
from backoffice.demo.speech import Pools, Scope
from backoffice.engine.perform import Engine
from workflows.definition import Workflow
from workflows.roles import COMPANY_SIDE, Role


class StoryBroken(RuntimeError):
    """A story of the demo cannot go on as written: says which one, at which step, and why."""


@dataclass
class Run:
    """One case on its way through its story."""

    cast: Cast
    steps: deque[Step]
    settings: dict[str, int]
    rng: Random
    at: datetime
    """When the newest step happened."""
    case_id: int = 0
    done: int = 0
    """How many steps were taken: part of every key."""

    def __str__(self) -> str:
        return f"{self.cast.story.name} #{self.cast.place} ({self.cast.call.plan.key})"

    def key(self) -> str:
        return f"demo:{self.cast.place}:{self.done}"


@dataclass
class Stage:
    """Everything the deeds reach for."""

    engine: Engine
    store: FileStore
    society: Society
    world: World
    pools: Pools = field(default_factory=Pools)
    kept: dict[tuple[str, bytes], Prepared] = field(default_factory=dict)
    """Files that are in the store already, by name and content: one statement of an organization serves many cases."""

    def definition(self, row: Case) -> Workflow:
        return self.engine.definitions.get(row.workflow, row.workflow_version).workflow

    def target(self, run: Run, on: str) -> Case:
        """The case a step is about: the run's own, or a linked one (``name`` the newest, ``name.1`` the first)."""
        if not on:
            return case_by_id(run.case_id)
        name, _, number = on.partition(".")
        children = [child for child in linked(run.case_id) if child.workflow == name]
        if not children:
            raise StoryBroken(f"{run}: there is no linked case '{on}'")
        return children[int(number) - 1 if number else -1]

    def actor(self, run: Run, name: str, row: Case | None = None) -> Actor:
        """Whoever a step names: a role of the case's own people, or a seat at the foundation.

        With ``row``, a case that others lead, such as a guest's, a company's role is held by its people.
        """
        cast = run.cast
        if row is not None and name in COMPANY_SIDE:
            return self.person(row, Role(name))
        if name == Role.SUPPLIER:
            return self.person(case_by_id(run.case_id), Role.SUPPLIER)
        if name == Role.APPLICANT:
            return self.society.actors[seat_of(cast.lead.firm)]
        if name == Role.PARTNER:
            return self.society.actors[seat_of(cast.partners[0].firm)]
        if name == Role.CHAIR:
            return self.society.actors[cast.call.plan.chair]
        if name == Role.ZONE_STAFF:
            return self.society.actors[f"{name}.{cast.zone.partition('-')[2].lower()}"]
        return self.society.actors[f"{name}.hq"]

    def person(self, row: Case, role: Role) -> Actor:
        """Somebody of an organization in a case who holds a role on it."""
        scope = self.engine.subject(row.id).scope
        return next(actor for actor in self.society.actors.values() if role in roles_on(actor, scope))

    def scope(self, run: Run, target: Case) -> Scope:
        return Scope(run.cast, run.case_id, target.id, self.world, self.pools, run.rng, run.settings)
