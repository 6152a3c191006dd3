"""What a step of a story does: it drafts, fills, performs, scores, signs and opens, always through the services."""

from collections.abc import Callable, Mapping

from sqlalchemy import select

from backoffice.access.actors import SYSTEM, Actor
from backoffice.cases import openings
from backoffice.cases import services as cases
from backoffice.cases.models import Case
from backoffice.cases.queries import answers, case_by_id, linked
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import OfficeError, Refused
from backoffice.demo.answers import complete
from backoffice.demo.filing import file_all
from backoffice.demo.gatherings import affected, come, wish
from backoffice.demo.judging import score_sheets
from backoffice.demo.moments import between
from backoffice.demo.sources import Step
from backoffice.demo.stage import Run, Stage, StoryBroken
from backoffice.engine import tasks
from backoffice.engine.spine import Task
from backoffice.forms import checks
from backoffice.funding.services import sign
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call
from workflows.roles import COMPANY_SIDE, Role


def act(stage: Stage, run: Run, step: Step) -> None:
    """Carry out one step at the clock's present time. Raises StoryBroken when the office refuses it."""
    verb = next(name for name in _DEEDS if getattr(step, name))
    try:
        _DEEDS[verb](stage, run, step)
    except OfficeError as error:
        reasons = "; ".join(reason.code for reason in error.reasons) if isinstance(error, Refused) else ""
        raise StoryBroken(
            f"{run}: {verb} {getattr(step, verb)} at {clock.now():%Y-%m-%d}: {error} {reasons}"
        ) from error
    run.done += 1


def _draft(stage: Stage, run: Run, step: Step) -> None:
    with transaction():
        call = db.session.get_one(Call, run.cast.call.id)
        lead = db.session.get_one(Organization, run.cast.lead.id)
        row = cases.start_draft(stage.engine, call, lead, stage.actor(run, step.actor), key=run.key())
        run.case_id = row.id


def _begin(stage: Stage, run: Run, step: Step) -> None:
    """Start a case that answers no call."""
    actor, plan = stage.actor(run, step.actor), run.cast.call.plan
    definition = openings.definition_to_open(stage.engine.definitions, plan.workflow, actor.roles)
    role = next(role for role in definition.opened_by if role in actor.roles)
    with transaction():
        lead = db.session.get_one(Organization, run.cast.lead.id) if role in COMPANY_SIDE else None
        opening = openings.Opening("", stage.society.zones[run.cast.zone], lead)
        row = openings.open_case(stage.engine, definition, opening, actor, role=role, key=run.key())
        run.case_id = row.id


def _fill(stage: Stage, run: Run, step: Step) -> None:
    with transaction():
        row = stage.target(run, step.about)
        actor = stage.actor(run, step.actor, row if step.about else None)
        form = stage.definition(row).forms[step.fill]
        scope = stage.scope(run, row)
        stored = answers(row.id, step.fill)
        seen = {name: answer.revision for name, answer in stored.items()}
        kept = {name: answer.value for name, answer in stored.items()}
        values = complete(step.fill, form, scope, given=step.given, sections=step.sections, kept=kept)
        cases.save_answers(row, step.fill, form, values, actor=actor, seen=seen)
        if step.files:
            file_all(stage, run, row, step=step, actor=actor)


def _do(stage: Stage, run: Run, step: Step) -> None:
    for row in _rows(stage, run, step):
        perform(
            stage, run, row, step=step, action=step.do, actor=stage.actor(run, step.actor, row if step.about else None)
        )


def _system(stage: Stage, run: Run, step: Step) -> None:
    for row in _rows(stage, run, step):
        perform(stage, run, row, step=step, action=step.system, actor=SYSTEM)


def _rows(stage: Stage, run: Run, step: Step) -> list[Case]:
    return affected(stage, run, step) if step.each else [stage.target(run, step.about)]


def perform(stage: Stage, run: Run, row: Case, *, step: Step, action: str, actor: Actor) -> None:
    """Take one step with complete answers. Raises StoryBroken when they are not."""
    definition = stage.definition(row)
    asked = next(
        (one.input for one in definition.transitions if one.action == action and row.state in one.source), None
    )
    typed = None
    if asked is not None:
        form = definition.forms[asked]
        typed = complete(asked, form, stage.scope(run, row), action=action, given=step.given)
        faults = checks.form_problems(form, typed)
        if faults:
            raise StoryBroken(f"{run}: {action}: {faults[0].field}: {faults[0].sentence}")
    key = f"{run.key()}:{row.id}" if step.each else run.key()
    stage.engine.perform(row.id, action, actor, revision=row.revision, key=key, input=typed)


def _score(stage: Stage, run: Run, step: Step) -> None:
    quality = run.settings[step.score.removeprefix("=")] if isinstance(step.score, str) else step.score
    row = stage.target(run, step.about)
    with transaction():
        score_sheets(stage, run, row, quality=quality, conflict=step.conflict, leave=step.leave, since=row.state_since)


def _sign(stage: Stage, run: Run, step: Step) -> None:
    """Organizations sign one after the other; ``leave`` of them have not yet."""
    row = stage.target(run, step.about)
    query = select(Task).where(Task.case_id == row.id, Task.status == tasks.OPEN, Task.organization_id.is_not(None))
    people = {organization: actor for actor in stage.society.actors.values() for organization in actor.organizations}
    with transaction():
        waiting = list(db.session.scalars(query.order_by(Task.id)))
        for place, task in enumerate(waiting[: len(waiting) - step.leave]):
            person = people[task.organization_id or 0]
            with clock.travelling(between(row.state_since, clock.now(), (place + 1) / (len(waiting) + 1))):
                sign(task.id, user_id=person.user_id or 0, organizations=person.organizations)


def _open(stage: Stage, run: Run, step: Step) -> None:
    """Open a linked case, as the people may whom the link names."""
    actor = stage.actor(run, step.actor)
    with transaction():
        parent = case_by_id(run.case_id)
        link = stage.definition(parent).links[step.open]
        if parent.state not in link.while_in:
            raise StoryBroken(f"{run}: '{step.open}' cannot be opened in '{parent.state}'")
        cases.open_linked(stage.engine, parent, link, actor, role=link.opened_by[0], year=parent.year, key=run.key())


def _report(stage: Stage, run: Run, step: Step) -> None:
    """The office opens the next yearly report."""
    with transaction():
        parent = case_by_id(run.case_id)
        link = stage.definition(parent).links[step.report]
        known = [child.year for child in linked(parent.id) if child.workflow == link.workflow]
        year = int(stage.scope(run, parent).resolve(step.year)) if step.year else max(known) + 1
        cases.open_linked(stage.engine, parent, link, SYSTEM, role=Role.SYSTEM, year=year, key=run.key())


def _assign(stage: Stage, run: Run, step: Step) -> None:
    actor = stage.actor(run, step.actor)
    with transaction():
        rows: list[Case] = [stage.target(run, step.about)]
        cases.assign_handler(rows, actor.user_id)


_DEEDS: Mapping[str, Callable[[Stage, Run, Step], None]] = {
    "draft": _draft,
    "begin": _begin,
    "guests": come,
    "wish": wish,
    "do": _do,
    "system": _system,
    "fill": _fill,
    "score": _score,
    "sign": _sign,
    "open": _open,
    "report": _report,
    "assign": _assign,
}
"""Verb of a step -> what carries it out."""
