"""When a state falls due: anchors, Korean calendar, roll-over, clocks that pause, and dates that people moved."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from backoffice.core import clock, periods
from backoffice.core.db import db
from backoffice.engine.spine import DEADLINE, History
from backoffice.engine.standing import Stay, stays
from backoffice.engine.subjects import load_history
from backoffice.engine.values import Dates, Past, Registry, Subject
from workflows.definition import Deadline, Link, Workflow
from workflows.durations import Due, Length, Unit, parse_due

_FIXED = frozenset({"entry", "february_end"})
"""Anchors that no effect of a step moves."""
NEXT, PREVIOUS, NONE = "next", "previous", "none"
Known = Mapping[str, Mapping[int, date | datetime | None]]
"""Dates to count from that were read before: by name, then by case."""

_ROLLS: Mapping[str, Callable[[date], date]] = {
    NEXT: periods.roll_forward,
    PREVIOUS: periods.roll_back,
    NONE: lambda day: day,
}


def due_at(
    registry: Registry,
    definition: Workflow,
    subject: Subject,
    state: str,
    since: datetime,
    history: Sequence[Past] | None = None,
    *,
    known: Known | None = None,
) -> datetime | None:
    """The instant a case falls due in ``state`` when it entered at ``since``; None when there is nothing to count from.

    ``history`` is the case's standing history; left out, it is read. So are dates to count from that are not ``known``.
    """
    deadline = definition.state(state).deadline
    if deadline is None:
        return None
    past = load_history([subject])[subject.id] if history is None else history
    counted = counted_at(registry, definition, subject, state, since, past, known=known)
    if counted is None or not any(row.kind == DEADLINE and row.source == state for row in past):
        return counted
    return _later_by(counted, _extension(definition, deadline, subject.id, Stay(state, since), past))


def decided_by_effects(definition: Workflow, subject: Subject, state: str) -> bool:
    """Whether the date a state's deadline counts from may be written by the very step that leads there.

    The call a case came by stands; a call for guests is opened by a step of the event itself.
    """
    deadline = definition.state(state).deadline
    fixed = _FIXED | {"call_closes"} if subject.call_id is not None else _FIXED
    return deadline is not None and due_of(subject, deadline).anchor not in fixed


def counted_at(
    registry: Registry,
    definition: Workflow,
    subject: Subject,
    state: str,
    since: datetime,
    history: Sequence[Past],
    *,
    known: Known | None = None,
) -> datetime | None:
    """What the definition's count gives, before anybody moved it."""
    deadline = definition.state(state).deadline
    if deadline is None:
        return None
    due = due_of(subject, deadline)
    if deadline.clock is not None:
        return _on_clock(definition, deadline, due.length, stays(history, state, since))
    anchor = _anchor(registry, subject, due, since, known=known or {})
    return None if anchor is None else _later(anchor, due.length, deadline.roll)


def due_of(subject: Subject, deadline: Deadline) -> Due:
    """The count of a deadline: the definition's, or the one the case's call sets instead."""
    chosen = subject.call.settings.get(deadline.setting) if subject.call and deadline.setting else None
    return parse_due(chosen) if chosen else deadline.due


def due_together(registry: Registry, resting: Sequence[tuple[Workflow, Subject]]) -> dict[int, datetime | None]:
    """Case id -> when it falls due where it rests, under its definition: what dates count from is asked once for all."""
    pasts = load_history([subject for _, subject in resting])
    waiting: dict[str, list[Subject]] = {}
    for definition, subject in resting:
        deadline = definition.state(subject.state).deadline
        if deadline is not None and (name := _asked(due_of(subject, deadline))) in registry.dates:
            waiting.setdefault(name, []).append(subject)
    known = {name: registry.dates[name](subjects) for name, subjects in waiting.items()}
    return {
        one.id: due_at(registry, definition, one, one.state, one.state_since, pasts[one.id], known=known)
        for definition, one in resting
    }


def one_by_one(read: Callable[[Subject], date | datetime | None]) -> Dates:
    """A date that is read for one case after the other: never are many cases of its kind counted together."""
    return lambda subjects: {subject.id: read(subject) for subject in subjects}


def _asked(due: Due) -> str:
    """The name by which the registry knows the date that a deadline counts from."""
    kind, _, name = due.anchor.partition(":")
    return name or kind


def _anchor(registry: Registry, subject: Subject, due: Due, since: datetime, *, known: Known) -> date | datetime | None:
    kind, _, name = due.anchor.partition(":")
    if kind == "entry":
        return clock.in_seoul(since).date()
    if kind == "february_end":
        return periods.end_of_february(clock.in_seoul(since).year + 1)
    if kind == "field":
        return registry.answer_date(subject, name)
    asked = name or kind
    found = known[asked] if asked in known else registry.dates[asked]([subject])
    return found.get(subject.id)


def _later(anchor: date | datetime, length: Length, roll: str | None = None) -> datetime:
    """A bare instant stays exact; a date counts in full. Without a policy only a counted period rolls to the next
    business day (Civil Act, art. 161)."""
    exact = anchor if isinstance(anchor, datetime) else None
    start = clock.in_seoul(exact).date() if exact is not None else anchor
    day = periods.add(start, length)
    last = _ROLLS[roll or (NEXT if length.count else NONE)](day)
    return exact if exact is not None and last == start else clock.end_of_day(last)


def _on_clock(definition: Workflow, deadline: Deadline, length: Length, past: Sequence[Stay]) -> datetime:
    """Counted from the first state on the clock, plus the whole days it stood still since."""
    started, pauses = _running(definition, deadline.clock, past)
    day = periods.add(clock.in_seoul(started).date(), length)
    for begin, end in pauses:
        first, last = clock.in_seoul(begin).date(), clock.in_seoul(end).date()
        if length.unit is Unit.BUSINESS_DAYS:
            day = periods.add(day, Length(periods.business_days_between(first, last), Unit.BUSINESS_DAYS))
        else:
            day += last - first
    return clock.end_of_day(_ROLLS[deadline.roll or NEXT](day))


def _running(
    definition: Workflow, name: str | None, past: Sequence[Stay]
) -> tuple[datetime, list[tuple[datetime, datetime]]]:
    """Since when a clock runs without having been left, and the times between in which it stood still."""
    started = past[-1].since
    pauses: list[tuple[datetime, datetime]] = []
    waiting: list[tuple[datetime, datetime]] = []
    for stay, after in zip(reversed(past[:-1]), reversed(past[1:]), strict=True):
        state = definition.states.get(stay.state)
        if state is not None and state.deadline is not None and state.deadline.clock == name:
            started = stay.since
            pauses += waiting
            waiting = []
        elif state is not None and name in state.pauses:
            waiting.append((stay.since, after.since))
        else:
            break
    return started, pauses


def _extension(
    definition: Workflow, deadline: Deadline, case_id: int, stay: Stay, history: Sequence[Past]
) -> timedelta:
    """By how much the date was moved: for this stay, for this run of the clock, or, for a date in the calendar, for good."""
    if deadline.clock is not None:
        holds_from = _running(definition, deadline.clock, stays(history, stay.state, stay.since))[0]
    elif deadline.due.anchor == "entry":
        holds_from = stay.since
    else:
        holds_from = datetime.min.replace(tzinfo=clock.SEOUL)
    moved = [row for row in history if row.kind == DEADLINE and row.source == stay.state and row.at >= holds_from]
    if not moved:
        return timedelta()
    typed = db.session.scalar(
        select(History.input).where(History.case_id == case_id, History.revision == moved[-1].revision)
    )
    dates = json.loads(typed or "{}")
    return date.fromisoformat(dates["to"]) - date.fromisoformat(dates["counted"])


def _later_by(counted: datetime, extension: timedelta) -> datetime:
    return clock.end_of_day(clock.in_seoul(counted).date() + extension) if extension else counted


def link_until(link: Link, subject: Subject) -> datetime | None:
    """Until when a linked case may be opened: so long after the case came into its state; None without a limit."""
    if link.within is None:
        return None
    return _later(clock.in_seoul(subject.state_since).date(), link.within.length)


def reminder_days(definition: Workflow, state: str, due: datetime) -> list[tuple[str, date]]:
    """The days on which the owner is reminded, each with a stable name for its key."""
    deadline = definition.state(state).deadline
    if deadline is None:
        return []
    day = clock.in_seoul(due).date()
    days = []
    for length in deadline.remind:
        before = Length(-abs(length.count), length.unit) if length.count else Length(0, Unit.DAYS)
        days.append((f"{length.count}{length.unit}", periods.add(day, before)))
    return days
