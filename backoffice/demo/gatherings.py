"""What many do at once in the demo: organizations come to an event, say whom they want to meet, and are handled together."""

from random import Random

from backoffice.cases import services as cases
from backoffice.cases.models import Case
from backoffice.cases.queries import case_by_id, linked
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.demo import sources
from backoffice.demo.answers import complete
from backoffice.demo.moments import between
from backoffice.demo.society import COMPANY, House, seat_of
from backoffice.demo.sources import Step
from backoffice.demo.stage import Run, Stage
from backoffice.meetings import queries as meetings
from backoffice.meetings import services
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call
from workflows.machine import NotFromHere, UnknownAction

WISHES = 3
"""How many others a guest asks to meet, at most."""


def affected(stage: Stage, run: Run, step: Step) -> list[Case]:
    """The linked cases from which a step starts, oldest first, but for those it leaves."""
    found = []
    for row in linked(run.case_id):
        if row.workflow != step.about:
            continue
        try:
            stage.engine.definitions.get(row.workflow, row.workflow_version).step(row.state, step.do or step.system)
        except (NotFromHere, UnknownAction):
            continue
        found.append(row)
    return found[: len(found) - step.leave]


def come(stage: Stage, run: Run, step: Step) -> None:
    """Organizations find the event's call and apply, one after the other; ``leave`` of them only draft."""
    event = case_by_id(run.case_id)
    call = db.session.get_one(Call, event.call_id)
    guests = _invited(stage, run, step.guests)
    for place, house in enumerate(guests, start=1):
        with clock.travelling(between(event.state_since, clock.now(), place / (len(guests) + 1))):
            _apply(stage, run, call.id, house, number=place, only_draft=place > len(guests) - step.leave)


def _invited(stage: Stage, run: Run, number: int) -> list[House]:
    """Companies of the zone and its neighbors first, and its institutions; nobody twice."""
    near = {run.cast.zone, *sources.figures()["zones"][run.cast.zone]["near"]}
    known = {row.lead_organization_id for row in linked(run.case_id)}
    fits = [house for house in stage.society.houses.values() if house.id not in known]
    rng = Random(f"{run.cast.place}:{len(known)}")  # noqa: S311  # believable, not secret
    rng.shuffle(fits)
    return sorted(fits, key=lambda house: (house.firm.zone not in near, house.firm.kind != COMPANY))[:number]


def _apply(stage: Stage, run: Run, call_id: int, house: House, *, number: int, only_draft: bool) -> None:
    actor = stage.society.actors[seat_of(house.firm)]
    key = f"{run.key()}:{number}"
    with transaction():
        call, organization = db.session.get_one(Call, call_id), db.session.get_one(Organization, house.id)
        row = cases.start_draft(stage.engine, call, organization, actor, key=f"{key}:draft")
        definition = stage.definition(row)
        form_name, form = next(iter(definition.forms.items()))
        scope = stage.scope(run, row)
        scope.extra = {"guest": house.firm.name_ko, "guest_contact": house.firm.contact}
        values = complete(form_name, form, scope, given={})
        cases.save_answers(row, form_name, form, values, actor=actor, seen={})
        case_id = row.id
    if only_draft:
        return
    row = case_by_id(case_id)
    first = next(step.action for step in definition.transitions if row.state in step.source)
    stage.engine.perform(row.id, first, actor, revision=row.revision, key=f"{key}:apply")


def wish(stage: Stage, run: Run, step: Step) -> None:
    """Every guest but the last ``leave`` names some of the others."""
    event = meetings.event_of(run.case_id)
    seated = meetings.seated(stage.engine.definitions, event.case_id)
    present = [line.guest.organization_id for line in seated]
    with transaction():
        for who in present[: len(present) - step.leave]:
            others = [organization_id for organization_id in present if organization_id != who]
            chosen = run.rng.sample(others, min(len(others), run.rng.randint(1, WISHES)))
            services.set_wishes(event, step.wish, who, chosen, others=frozenset(others))
