"""The demo is played: every step of every story in the order of time, as if people had taken them one by one."""

import heapq
from collections import deque
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.demo import sources
from backoffice.demo.casting import Cast
from backoffice.demo.deeds import act
from backoffice.demo.gatherings import affected
from backoffice.demo.moments import HOME, OFFICE, moment, read_when
from backoffice.demo.sources import Step
from backoffice.demo.stage import Run, Stage, StoryBroken
from backoffice.funding.queries import agreement_of
from backoffice.meetings.queries import find_event
from workflows.roles import COMPANY_SIDE

LATE = timedelta(minutes=7)
"""How long after a deadline the office acts on it."""


def play(stage: Stage, casts: Sequence[Cast]) -> list[Run]:
    """Play every story to its end. Raises StoryBroken when one does not end where it says."""
    runs = [_begin(cast) for cast in casts]
    waiting: list[tuple[datetime, int]] = []
    for place, run in enumerate(runs):
        _wait(stage, run, waiting, place)
    while waiting:
        at, place = heapq.heappop(waiting)
        run = runs[place]
        with clock.travelling(at):
            act(stage, run, run.steps.popleft())
        run.at = at
        _wait(stage, run, waiting, place)
    db.session.expire_all()
    for run in runs:
        _check_end(stage, run)
    return runs


def _begin(cast: Cast) -> Run:
    opens = cast.call.opens
    settings = {**sources.chapter().defaults, **cast.call.plan.set, **cast.story.set}
    start = clock.seoul(opens.year, opens.month, opens.day, 9, 30)
    return Run(cast, deque(cast.story.steps), settings, cast.rng(), start)


def _wait(stage: Stage, run: Run, waiting: list[tuple[datetime, int]], place: int) -> None:
    """Put the run's next step into the line, at the time it will happen."""
    _unfold(stage, run)
    if run.steps:
        heapq.heappush(waiting, (_time_of(stage, run, run.steps[0]), place))


def _unfold(stage: Stage, run: Run) -> None:
    """Replace the name of a fragment by its steps, unless its condition does not hold."""
    while run.steps and run.steps[0].use:
        step = run.steps.popleft()
        if step.condition and not _holds(stage, run, step):
            continue
        run.settings = {**run.settings, **step.set}
        run.steps.extendleft(reversed(sources.chapter().fragments[step.use]))


def _holds(stage: Stage, run: Run, step: Step) -> bool:
    """``past_due``: the case's deadline lies before the end of the demo's world; ``not past_due``: it does not."""
    due = stage.target(run, step.about).due_at
    past = due is not None and due + LATE < stage.world.last
    return past != step.condition.startswith("not ")


def _time_of(stage: Stage, run: Run, step: Step) -> datetime:
    if step.system:
        rows = affected(stage, run, step) if step.each else [stage.target(run, step.about)]
        due = max((row.due_at for row in rows if row.due_at is not None), default=None)
        if due is None or due + LATE >= stage.world.last:
            raise StoryBroken(f"{run}: '{step.system}' waits for a deadline ({due}) that does not pass")
        return max(due + LATE, run.at + LATE)
    hours = HOME if step.actor in COMPANY_SIDE else OFFICE
    when = read_when(step.when.format_map(run.settings))
    return moment(when, _anchors(stage, run, step), run.at, world=stage.world, rng=run.rng, hours=hours)


def _anchors(stage: Stage, run: Run, step: Step) -> dict[str, date]:
    """The dates a step may be counted from."""
    anchors = {"opens": run.cast.call.opens, "closes": run.cast.call.closes}
    if run.case_id:
        event = find_event(run.case_id) if step.when.startswith("event") else None
        if event is not None:
            anchors["event"] = clock.in_seoul(event.starts_at).date()
        due = stage.target(run, step.about).due_at if step.when.startswith("due") else None
        if due is not None:
            anchors["due"] = clock.in_seoul(due).date()
        agreement = agreement_of(run.case_id) if step.when.startswith(("begin", "end")) else None
        if agreement is not None and agreement.starts_on and agreement.ends_on:
            anchors |= {"begin": agreement.starts_on, "end": agreement.ends_on}
    return anchors


def _check_end(stage: Stage, run: Run) -> None:
    state = db.session.get_one(Case, run.case_id).state
    if state != run.cast.story.ends:
        raise StoryBroken(f"{run} ends in '{state}', not in '{run.cast.story.ends}'")
    if run.at > stage.world.last:
        raise StoryBroken(f"{run} goes on until {run.at}, past the end of the demo's world")
