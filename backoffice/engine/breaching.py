"""The cases whose time is up and for which the system has a step: found, judged and handed out in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from backoffice.access.actors import SYSTEM
from backoffice.core import clock
from backoffice.core.db import Base, db
from backoffice.engine.definitions import Definitions
from backoffice.engine.subjects import load_facts, load_history, load_subjects
from backoffice.engine.values import Question, Registry, Subject
from backoffice.engine.verdicts import families_of, judge
from workflows.machine import NotFromHere, UnknownAction
from workflows.roles import Role

BATCH = 100
"""Cases per transaction: enough to share its cost, few enough that nobody waits long for the same rows."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """The place in the list of overdue cases up to which everything was looked at."""

    due: datetime
    case_id: int


def key_of(subject: Subject) -> str:
    """The system's key for a breach: one per stay, however often the clock ticks."""
    return f"breach:{subject.id}:{subject.revision}"


def ready_batches(registry: Registry, definitions: Definitions, limit: int | None) -> Iterator[list[Question]]:
    """The steps the system may take now, oldest deadline first, for at most ``limit`` cases.

    Guards are asked right before each batch. A case that is refused never hides the ones behind it.
    """
    mark, moment, left = None, clock.now(), limit
    while found := _overdue(mark, moment, BATCH if left is None else min(BATCH, left)):
        mark = found[-1][1]
        left = None if left is None else left - len(found)
        ready = _ready(registry, definitions, dict(row[0] for row in found))
        if ready:
            yield ready


def still_there(batch: Sequence[Question]) -> list[Question]:
    """Those of a batch nobody moved and nobody moves right now. Call inside the transaction: they are locked then."""
    case = Base.metadata.tables["case"]
    query = select(case.c.id, case.c.revision).where(case.c.id.in_([question.subject.id for question in batch]))
    rows = {(row.id, row.revision) for row in db.session.execute(query.with_for_update(skip_locked=True))}
    return [question for question in batch if (question.subject.id, question.subject.revision) in rows]


def _overdue(after: _Mark | None, moment: datetime, limit: int) -> list[tuple[tuple[int, str], _Mark]]:
    """((case id, action), its place in line) of the next overdue cases."""
    case = Base.metadata.tables["case"]
    query = select(case.c.id, case.c.breach_action, case.c.due_at).where(
        case.c.breach_action.is_not(None), case.c.due_at < moment
    )
    if after is not None:
        later = or_(case.c.due_at > after.due, and_(case.c.due_at == after.due, case.c.id > after.case_id))
        query = query.where(later)
    rows = db.session.execute(query.order_by(case.c.due_at, case.c.id).limit(limit)).all()
    return [((row.id, row.breach_action), _Mark(row.due_at, row.id)) for row in rows]


def _ready(registry: Registry, definitions: Definitions, actions: dict[int, str]) -> list[Question]:
    """The questions all guards answer with yes; one query per family of facts for the whole batch."""
    subjects = load_subjects(list(actions))
    steps = {}
    for subject in subjects:
        compiled = definitions.get(subject.workflow, subject.version)
        try:
            step = compiled.step(subject.state, actions[subject.id])
        except (NotFromHere, UnknownAction):
            continue
        if Role.SYSTEM in step.by:
            steps[subject.id] = step
    subjects = [subject for subject in subjects if subject.id in steps]
    facts = load_facts(registry, families_of(registry, list(steps.values())), subjects)
    history, now = load_history(subjects), clock.now()
    questions = (
        Question(
            subject, definitions.get(subject.workflow, subject.version).workflow, steps[subject.id], SYSTEM, now,
            facts[subject.id], history[subject.id],
        )
        for subject in subjects
    )  # fmt: skip
    return [question for question in questions if judge(registry, question, Role.SYSTEM).ok]
