"""Cases that begin without a call and without another case: who may start which, where, and the start itself."""

from dataclasses import dataclass

from backoffice.access.actors import Actor
from backoffice.cases.feeds import refresh_search_text
from backoffice.cases.models import Case, CaseOrganization, CaseZone
from backoffice.cases.services import next_number, save_answers
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.engine.definitions import Definitions
from backoffice.engine.perform import Engine
from backoffice.organizations.models import Organization
from backoffice.programs.queries import newest_version, newest_versions
from workflows.definition import Workflow
from workflows.roles import COMPANY_SIDE, Role


@dataclass(frozen=True, slots=True)
class Opening:
    """What a case begins with."""

    title: str
    zone_id: int | None
    organization: Organization | None = None


def openable(definitions: Definitions, roles: frozenset[Role]) -> list[Workflow]:
    """The newest definitions somebody with these roles may start a case of, by title."""
    newest = [definitions.get(name, version).workflow for name, version in newest_versions().items()]
    return sorted((one for one in newest if roles & set(one.opened_by)), key=lambda one: one.title.ko)


def definition_to_open(definitions: Definitions, name: str, roles: frozenset[Role]) -> Workflow:
    """Raises NotFound for a workflow these roles may not start."""
    found = next((one for one in openable(definitions, roles) if one.workflow == name), None)
    if found is None:
        raise NotFound
    return found


def zones_to_open_in(definition: Workflow, actor: Actor) -> frozenset[int] | None:
    """The zones in which an actor may start it as staff; None means all of them."""
    zones: set[int] = set()
    for role in set(definition.opened_by) - COMPANY_SIDE:
        held = actor.zones_as(role)
        if held is None:
            return None
        zones |= held
    return frozenset(zones)


def open_case(engine: Engine, definition: Workflow, opening: Opening, actor: Actor, *, role: Role, key: str) -> Case:
    """A case of its own, numbered by program and year. One that a company started stays private until it submits."""
    state, year = definition.state(definition.initial), clock.today().year
    number = next_number(f"opening:{year}-{definition.code}")
    row = Case(
        reference=f"{year}-{definition.code}-{number:04d}",
        workflow=definition.workflow,
        workflow_version=newest_version(definition.workflow),
        state=definition.initial,
        stage=state.stage,
        waiting_for=state.owner,
        kind=definition.kind,
        year=year,
        title=opening.title,
        lead_organization_id=opening.organization.id if opening.organization else None,
        created_by=actor.user_id,
        private=role in COMPANY_SIDE,
    )
    db.session.add(row)
    db.session.flush()
    _belongs(row, opening)
    refresh_search_text(row)
    db.session.flush()
    engine.start(row.id, actor, role=role, key=key)
    db.session.refresh(row)
    if opening.title:
        _answer_title(row, definition, opening.title, actor)
    return row


def _answer_title(row: Case, definition: Workflow, title: str, actor: Actor) -> None:
    """What was typed as the title stands in the first form that asks for it: nobody types it twice."""
    for name in definition.state(definition.initial).edit:
        asked = next((field for field in definition.forms[name].fields if field.feeds == "title"), None)
        if asked is not None:
            save_answers(row, name, definition.forms[name], {asked.name: title}, actor=actor, seen={})


def _belongs(row: Case, opening: Opening) -> None:
    organization = opening.organization
    if organization is not None:
        kind = organization.kind if organization.kind in {"company", "anchor", "institute"} else "institute"
        db.session.add(
            CaseOrganization(
                case_id=row.id, organization_id=organization.id, part="lead", kind=kind, zone_id=organization.zone_id
            )
        )
    zones = [zone for zone in (opening.zone_id, organization.zone_id if organization else None) if zone is not None]
    for place, zone_id in enumerate(dict.fromkeys(zones)):
        db.session.add(CaseZone(case_id=row.id, zone_id=zone_id, lead=place == 0))
