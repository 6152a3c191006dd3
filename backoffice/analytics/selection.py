"""Which cases an analysis is about, and what their states mean, as conditions and a small table for SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import CTE, ColumnElement, Integer, String, column, exists, values

from backoffice.access.actors import SYSTEM, Actor
from backoffice.cases.models import Case, CaseZone
from backoffice.cases.sight import visible_to
from backoffice.core import clock
from backoffice.core.i18n import Sentence
from backoffice.engine.definitions import Definitions
from backoffice.programs.queries import published_digests
from workflows.definition import State, Workflow
from workflows.roles import COMPANY_SIDE, Role

SIDES: dict[str, Sentence] = {
    "company": Sentence("기업·기관", "Companies"),
    "staff": Sentence("특구·본부 담당자", "Staff"),
    "reviewer": Sentence("평가위원", "Reviewers"),
    "approver": Sentence("승인권자", "Approvers"),
    "finance": Sentence("재무 담당자", "Finance"),
    "system": Sentence("시스템", "System"),
}
"""Whom a case waits for, by the owner of the state it rests in."""

_SIDE_OF = {
    Role.REVIEWER: "reviewer", Role.CHAIR: "reviewer", Role.APPROVER: "approver", Role.FINANCE: "finance",
    Role.SYSTEM: "system",
}  # fmt: skip

REFUSED = "refused"
"""The tag of states in which a case is as good as lost, and the ending they are counted under."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The cases of one program: of a version, of a zone, and started between two days (inclusive, Seoul).

    Drafts that a company never submitted are the company's own and never counted.
    """

    workflow: str
    version: int | None = None
    zone_id: int | None = None
    start: date | None = None
    end: date | None = None
    actor: Actor = SYSTEM


def conditions(wanted: Selection) -> list[ColumnElement[bool]]:
    """The selection as conditions on cases, including what the actor may see at all."""
    found = [Case.workflow == wanted.workflow, Case.private.is_(False), visible_to(wanted.actor)]
    if wanted.version is not None:
        found.append(Case.workflow_version == wanted.version)
    if wanted.zone_id is not None:
        found.append(exists().where(CaseZone.case_id == Case.id, CaseZone.zone_id == wanted.zone_id))
    if wanted.start is not None:
        found.append(Case.created_at >= _morning(wanted.start))
    if wanted.end is not None:
        found.append(Case.created_at < _morning(wanted.end + timedelta(days=1)))
    return found


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SEOUL)


@dataclass(frozen=True, slots=True)
class Book:
    """Every published version of one program."""

    versions: Mapping[int, Workflow]

    @property
    def newest(self) -> Workflow:
        return self.versions[max(self.versions)]

    def state(self, name: str) -> State | None:
        """A state as the newest version that has it knows it."""
        return next((one.states[name] for one in self._newest_first() if name in one.states), None)

    def state_label(self, name: str) -> Sentence:
        state = self.state(name)
        return Sentence(state.label.ko, state.label.en) if state else Sentence(name, name)

    def action_label(self, action: str) -> Sentence:
        steps = (step for one in self._newest_first() for step in one.transitions if step.action == action)
        step = next(steps, None)
        return Sentence(step.label.ko, step.label.en) if step else Sentence(action, action)

    def state_order(self) -> list[str]:
        """Every state of every version, in the order of the newest definition that has it."""
        return list(dict.fromkeys(name for one in self._newest_first() for name in one.states))

    def _newest_first(self) -> list[Workflow]:
        return [self.versions[version] for version in sorted(self.versions, reverse=True)]

    def places(self) -> CTE:
        """(version, state, stage position, side, ending) of every state a case of each version may ever have been in.

        A migrated case may have rested in states its version no longer has; another version explains those.
        """
        rows = [
            (version, name, *_meaning(own, state))
            for version, own in self.versions.items()
            for name in self.state_order()
            if (state := own.states.get(name) or self.state(name)) is not None
        ]
        names = (
            column("version", Integer), column("state", String), column("position", Integer), column("side", String),
            column("ending", String),
        )  # fmt: skip
        return values(*names, name="place").data(rows).cte("place")


def _meaning(own: Workflow, state: State) -> tuple[int, str, str]:
    """Position of the stage, whose turn it is, and how the case ends there; empty while it goes on."""
    stages = [stage.code for stage in own.stages]
    position = stages.index(state.stage) if state.stage in stages else len(stages)
    return position, side_of(state.owner), state.final or (REFUSED if REFUSED in state.tags else "")


def side_of(owner: Role | None) -> str:
    """The key of SIDES for the owner of a state; empty for an end."""
    if owner is None:
        return ""
    return "company" if owner in COMPANY_SIDE else _SIDE_OF.get(owner, "staff")


def book_of(definitions: Definitions, workflow: str) -> Book:
    """The published versions of a program. Raises KeyError when there is none."""
    found = {
        version: definitions.get(name, version).workflow for name, version in published_digests() if name == workflow
    }
    if not found:
        raise KeyError(workflow)
    return Book(found)
