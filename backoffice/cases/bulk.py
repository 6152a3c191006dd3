"""One step on many cases: what each of them says to it, the run that takes it, and what became of every row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select, update

from backoffice.access.actors import Actor
from backoffice.cases.models import BulkRow, BulkRun, Case
from backoffice.core import clock, outbox
from backoffice.core.db import db, transaction
from backoffice.core.errors import Conflict, NotFound, OfficeError, Reason, Refused
from backoffice.core.i18n import Sentence
from backoffice.engine import undo
from backoffice.engine.perform import Engine
from backoffice.engine.values import Verdict
from backoffice.engine.verdicts import actions_of
from workflows.definition import Transition, Workflow

MOST = 1000
"""Cases in one run."""
AT_ONCE = 200
"""Up to so many rows are taken while the person waits; more are a job with a progress bar."""
NOTED = 20
"""Rows per transaction that notes results."""
MIGRATION = ":migrate"
"""The action of runs that move cases to another version: no step is called so, and they have pages of their own."""
WAITING, DONE, REFUSED, UNDONE, KEPT = "waiting", "done", "refused", "undone", "kept"

_NOT_OFFERED = Reason(
    "not_offered",
    Sentence("이 건에서는 할 수 없는 처리입니다.", "This case has no such step for you."),
)
_OTHER_INPUT = Reason(
    "other_input",
    Sentence(
        "입력 양식이 다른 판의 건이라 따로 처리해야 합니다.",
        "Its version of the step asks for something else; take it alone.",
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a preview: open, or closed with every reason."""

    case: Case
    reasons: tuple[Reason, ...]

    @property
    def ok(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: the step, the definition its input is asked by, and every case."""

    step: Transition | None
    definition: Workflow | None
    lines: tuple[Line, ...]

    @property
    def open(self) -> list[Line]:
        return [line for line in self.lines if line.ok]


class Resting(Protocol):
    """Where a case rests: a case, or a place that many of them share."""

    @property
    def workflow(self) -> str: ...
    @property
    def workflow_version(self) -> int: ...
    @property
    def state(self) -> str: ...


Offered = tuple[str, Transition]
"""A workflow and a step of it."""


def offered(engine: Engine, rows: Sequence[Resting], actor: Actor) -> list[Offered]:
    """Every bulk step that starts where one of these cases rests and that a role of the actor takes."""
    found: dict[tuple[str, str], Transition] = {}
    for row in rows:
        for step in engine.definitions.get(row.workflow, row.workflow_version).steps_from(row.state):
            if step.bulk and actor.roles & set(step.by):
                found.setdefault((row.workflow, step.action), step)
    return [(workflow, step) for (workflow, _), step in sorted(found.items(), key=lambda item: item[0])]


def preview(engine: Engine, rows: Sequence[Case], workflow: str, action: str, *, actor: Actor) -> Preview:
    """Every case with its verdict; the same queries for one case and for a thousand."""
    own = [row for row in rows if row.workflow == workflow and _bulk_step(engine, row, action) is not None]
    verdicts = actions_of(
        engine.registry,
        engine.definitions,
        engine.subjects([row.id for row in own]),
        actor,
        only={row.id: action for row in own},
    )
    chosen = next((row for row in own if any(verdict.ok for verdict in verdicts[row.id])), None)
    if chosen is None:
        return Preview(None, None, tuple(Line(row, _reasons(verdicts.get(row.id, ()))) for row in rows))
    definition = engine.definitions.get(chosen.workflow, chosen.workflow_version).workflow
    step = verdicts[chosen.id][0].step
    lines = []
    for row in rows:
        reasons = _reasons(verdicts.get(row.id, ()))
        if not reasons and not _same_input(engine, row, verdicts[row.id][0].step, definition, step):
            reasons = (_OTHER_INPUT,)
        lines.append(Line(row, reasons))
    return Preview(step, definition, tuple(lines))


def _bulk_step(engine: Engine, row: Case, action: str) -> Transition | None:
    steps = engine.definitions.get(row.workflow, row.workflow_version).workflow.transitions
    return next((step for step in steps if step.action == action and step.bulk), None)


def _reasons(verdicts: Sequence[Verdict]) -> tuple[Reason, ...]:
    if not verdicts:
        return (_NOT_OFFERED,)
    return () if verdicts[0].ok else verdicts[0].reasons or (_NOT_OFFERED,)


def _same_input(engine: Engine, row: Case, own: Transition, definition: Workflow, step: Transition) -> bool:
    forms = engine.definitions.get(row.workflow, row.workflow_version).workflow.forms
    mine = forms[own.input] if own.input is not None else None
    return mine == (definition.forms[step.input] if step.input is not None else None)


# ---- runs


def start(
    token: str, actor: Actor, workflow: str, action: str, *, rows: Mapping[int, int], typed: dict[str, Any] | None
) -> BulkRun:
    """Write down a run over cases (id -> revision seen); the same token is the same run.

    More than AT_ONCE rows become a job. Call inside a transaction. Raises Conflict for somebody else's token.
    """
    known = db.session.scalar(select(BulkRun).where(BulkRun.token == token))
    if known is not None:
        if known.actor_id != actor.user_id:
            raise Conflict(
                "key_reused", Sentence("화면을 새로 고친 뒤 다시 시도해 주세요.", "Reload the page and try again.")
            )
        return known
    run = BulkRun(token=token, actor_id=actor.user_id or 0, workflow=workflow, action=action, input=typed)
    db.session.add(run)
    db.session.flush()
    db.session.add_all(BulkRow(run_id=run.id, case_id=case_id, revision=seen) for case_id, seen in rows.items())
    db.session.flush()
    if len(rows) > AT_ONCE:
        outbox.enqueue("bulk", {"run": run.id}, key=f"bulk:{token}")
    return run


def run_of(token: str, actor: Actor) -> BulkRun:
    """A person's own run. Raises NotFound."""
    own = BulkRun.token == token, BulkRun.actor_id == actor.user_id, BulkRun.action != MIGRATION
    found = db.session.scalar(select(BulkRun).where(*own))
    if found is None:
        raise NotFound
    return found


def rows_of(run_id: int, *, most: int = MOST) -> list[tuple[BulkRow, Case]]:
    """The rows of a run with their cases, in the order of references; where there are more than ``most``, those that
    were refused come first."""
    query = select(BulkRow, Case).join(Case, Case.id == BulkRow.case_id).where(BulkRow.run_id == run_id)
    first = (BulkRow.outcome != REFUSED,) if most < MOST else ()
    return [(row, case) for row, case in db.session.execute(query.order_by(*first, Case.reference).limit(most))]


def counts(run_id: int) -> dict[str, int]:
    """Outcome -> number of rows."""
    query = select(BulkRow.outcome, func.count()).where(BulkRow.run_id == run_id).group_by(BulkRow.outcome)
    return dict(db.session.execute(query).all())


def undo_until(engine: Engine, run: BulkRun) -> datetime | None:
    """Until when rows of a finished run may be taken back, while there are any."""
    if run.finished_at is None or not counts(run.id).get(DONE):
        return None
    row = db.session.scalar(
        select(Case).join(BulkRow, BulkRow.case_id == Case.id).where(BulkRow.run_id == run.id).limit(1)
    )
    step = _bulk_step(engine, row, run.action) if row is not None else None
    until = run.created_at + timedelta(seconds=step.undo) if step is not None and step.undo else None
    return until if until is not None and clock.now() <= until else None


Noted = Callable[[int], None]
"""Hears after every few rows how many are over."""


def carry_out(engine: Engine, run_id: int, actor: Actor, noted: Noted = lambda _: None) -> None:
    """Take the step on every waiting row, each in a transaction of its own under a key of its own.

    Killed in between and run again, what was done answers from its key, and nothing is done twice.
    """
    run = db.session.get_one(BulkRun, run_id)
    token, action, typed = run.token, run.action, run.input

    def take(case_id: int, revision: int) -> None:
        engine.perform(case_id, action, actor, revision=revision, key=f"bulk:{token}:{case_id}", input=typed)

    each(run_id, WAITING, take, (DONE, REFUSED), noted=noted)
    with transaction():
        db.session.execute(
            update(BulkRun).where(BulkRun.id == run_id, BulkRun.finished_at.is_(None)).values(finished_at=clock.now())
        )


def take_back(engine: Engine, run_id: int, actor: Actor, noted: Noted = lambda _: None) -> None:
    """Undo every row that was done; what somebody acted on since stays, with the reason."""
    token = db.session.get_one(BulkRun, run_id).token

    def back(case_id: int, revision: int) -> None:
        undo.take_back(engine, case_id, actor, revision=revision + 1, key=f"bulk:{token}:{case_id}:undo")

    each(run_id, DONE, back, (UNDONE, KEPT), noted=noted)


def each(run_id: int, outcome: str, act: Callable[[int, int], None], ends: tuple[str, str], *, noted: Noted) -> None:
    """Act on every row with this outcome; ``ends`` is what it becomes when that succeeds or is refused."""
    query = select(BulkRow.case_id, BulkRow.revision).where(BulkRow.run_id == run_id, BulkRow.outcome == outcome)
    todo = [(row.case_id, row.revision) for row in db.session.execute(query.order_by(BulkRow.case_id))]
    db.session.rollback()
    for begin in range(0, len(todo), NOTED):
        results = []
        for case_id, revision in todo[begin : begin + NOTED]:
            reasons: list[dict[str, str]] = []
            try:
                act(case_id, revision)
            except OfficeError as error:
                reasons = _said(error)
            results.append((case_id, ends[1] if reasons else ends[0], reasons))
        with transaction():
            for case_id, end, reasons in results:
                place = (BulkRow.run_id == run_id, BulkRow.case_id == case_id)
                db.session.execute(update(BulkRow).where(*place).values(outcome=end, reasons=reasons))
        noted(begin + len(results))


def _said(error: OfficeError) -> list[dict[str, str]]:
    sentences = [reason.sentence for reason in error.reasons] if isinstance(error, Refused) else [error.sentence]
    return [{"ko": sentence.ko, "en": sentence.en} for sentence in sentences]
