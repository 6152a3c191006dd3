"""Conformance: every history replayed step by step against the version it ran under, each deviation by case and revision."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import case, select

from backoffice.analytics.linked import missing_links
from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.engine import separation
from backoffice.engine.definitions import Definitions
from backoffice.engine.perform import CREATE
from backoffice.engine.spine import APPROVAL, CREATION, DEADLINE, MIGRATION, TRANSITION, UNDO, History
from backoffice.engine.values import Past
from backoffice.programs.queries import published_digests
from workflows.definition import Transition, Workflow
from workflows.machine import CompiledWorkflow, NotFromHere, UnknownAction
from workflows.roles import Role

AT_ONCE = 500
"""Cases replayed together: their linked rows are looked up in one query."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where a history is not what its definition allows. ``code`` is stable, ``what`` is for people."""

    reference: str
    revision: int
    code: str
    what: str


@dataclass(frozen=True, slots=True)
class Replay:
    """How many histories and rows were replayed, and everything that deviates."""

    cases: int
    rows: int
    deviations: tuple[Deviation, ...]


def replay(definitions: Definitions, workflow: str | None = None) -> Replay:
    """Replay all histories, or those of one program. Whoever may ask sees references and revisions only."""
    versions = _Versions(definitions)
    cases = rows = 0
    found: list[Deviation] = []
    after = 0
    while batch := _batch(workflow, after):
        after = batch[-1].id
        histories = _histories([row.id for row in batch])
        for row in batch:
            history = histories.get(row.id, [])
            cases, rows = cases + 1, rows + len(history)
            found += (Deviation(row.reference, *fault) for fault in _Walk(versions, row, history).faults())
        found += (Deviation(*fault) for fault in missing_links(versions.step_of, batch, histories))
    return Replay(cases, rows, tuple(sorted(found, key=lambda one: (one.reference, one.revision, one.code))))


def _batch(workflow: str | None, after: int) -> list[Any]:
    query = select(
        Case.id, Case.reference, Case.workflow, Case.workflow_version, Case.state, Case.revision, Case.parent_id
    ).where(Case.id > after)
    if workflow is not None:
        query = query.where(Case.workflow == workflow)
    return list(db.session.execute(query.order_by(Case.id).limit(AT_ONCE)))


def _histories(case_ids: list[int]) -> Mapping[int, list[Any]]:
    query = (
        select(
            History.case_id, History.revision, History.kind, History.action, History.source, History.target,
            History.actor_id, History.role, History.at, History.digest, History.key,
            case((History.kind == MIGRATION, History.input)).label("input"),
        )
        .where(History.case_id.in_(case_ids))
        .order_by(History.case_id, History.revision)
    )  # fmt: skip
    return {case_id: list(rows) for case_id, rows in groupby(db.session.execute(query), key=lambda row: row.case_id)}


class _Versions:
    """Published versions by the digest that history rows carry."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._known = {digest: identity for identity, digest in published_digests().items()}

    def by_digest(self, workflow: str, digest: str) -> CompiledWorkflow | None:
        name, version = self._known.get(digest, ("", 0))
        return self._definitions.get(name, version) if name == workflow else None

    def step_of(self, workflow: str, row: Any) -> Transition | None:
        """The step a row says was taken."""
        compiled = self.by_digest(workflow, row.digest)
        try:
            return compiled.step(row.source, row.action) if compiled else None
        except (NotFromHere, UnknownAction):
            return None


Fault = tuple[int, str, str]
"""Revision, code, and what is wrong."""


class _Walk:
    """One history on its way: where the case must be, and what it has behind it."""

    def __init__(self, versions: _Versions, case: Any, rows: list[Any]) -> None:
        self.versions, self.case, self.rows = versions, case, rows
        self.state = ""
        self.past: list[Past] = []
        self.digest = rows[0].digest if rows else ""

    def faults(self) -> Iterator[Fault]:
        for number, row in enumerate(self.rows, start=1):
            if row.revision != number:
                yield number, "gap", f"revision {number} is missing"
                return
            yield from self._row(row)
            self._remember(row)
            self.state = row.target
        yield from self._end()

    def _remember(self, row: Any) -> None:
        """What was taken back counts for no rule any more."""
        if row.kind == UNDO and self.past:
            self.past.pop()
            return
        self.past.append(
            Past(row.revision, row.kind, row.action, row.source, row.target, row.actor_id, row.role, row.at)
        )

    def _end(self) -> Iterator[Fault]:
        last = len(self.rows)
        if (self.state, last) != (self.case.state, self.case.revision):
            yield last, "end", f"ends in {self.state}@{last}, the case is in {self.case.state}@{self.case.revision}"
        compiled = self.versions.by_digest(self.case.workflow, self.digest)
        if compiled is not None and compiled.workflow.version != self.case.workflow_version:
            yield (
                last,
                "version",
                f"ran under version {compiled.workflow.version}, the case says {self.case.workflow_version}",
            )

    def _row(self, row: Any) -> Iterator[Fault]:
        compiled = self.versions.by_digest(self.case.workflow, row.digest)
        if compiled is None:
            yield row.revision, "unknown_version", f"no published version of {self.case.workflow} has this digest"
            return
        if row.revision > 1 and row.at < self.rows[row.revision - 2].at:
            yield row.revision, "time", "happened before the row before it"
        if row.source != self.state:
            yield row.revision, "source", f"starts in '{row.source}', the case was in '{self.state}'"
        if row.digest != self.digest and row.kind != MIGRATION:
            yield row.revision, "version", "runs under another version without a migration"
        checks = {
            CREATION: self._creation, TRANSITION: self._transition, APPROVAL: self._approval, DEADLINE: self._stays,
            MIGRATION: self._migration, UNDO: self._undo,
        }  # fmt: skip
        check = checks.get(row.kind)
        if check is None:
            yield row.revision, "kind", f"'{row.kind}' is no kind of change"
        else:
            yield from check(row, compiled)
        self.digest = row.digest

    def _creation(self, row: Any, compiled: CompiledWorkflow) -> Iterator[Fault]:
        if self.past or row.action != CREATE or row.target != compiled.workflow.initial:
            yield row.revision, "creation", f"a case begins once, in '{compiled.workflow.initial}'"

    def _stays(self, row: Any, _: CompiledWorkflow) -> Iterator[Fault]:
        if row.source != row.target:
            yield row.revision, "target", "moved the case without a step"

    def _undo(self, row: Any, _: CompiledWorkflow) -> Iterator[Fault]:
        undone = self.past[-1] if self.past else None
        if undone is None or undone.kind != TRANSITION or (undone.target, undone.source) != (row.source, row.target):
            yield row.revision, "undo", "takes back what was not the step before it"
        elif undone.actor_id != row.actor_id:
            yield row.revision, "undo", "somebody else took the step back"

    def _migration(self, row: Any, compiled: CompiledWorkflow) -> Iterator[Fault]:
        before = self.versions.by_digest(self.case.workflow, self.digest)
        if before is None or before.workflow.version >= compiled.workflow.version:
            yield row.revision, "migration", "does not lead to a newer version"
            return
        given = json.loads(row.input).get("given")
        if row.target != (given or image_of(compiled.workflow, before.workflow.version, row.source)):
            yield row.revision, "migration", f"'{row.source}' does not become '{row.target}'"

    def _transition(self, row: Any, compiled: CompiledWorkflow) -> Iterator[Fault]:
        step = yield from self._step(row, compiled)
        if step is None:
            return
        if compiled.fire(row.source, row.action) != row.target:
            yield row.revision, "target", f"'{row.action}' leads to '{step.target}', not to '{row.target}'"
        if step.approvals is not None:
            given = separation.approvals_so_far(self.past, step, row.source)
            if not separation.completes(step, given, Role(row.role)):
                yield row.revision, "approvals", f"taken with {len(given) + 1} of {step.approvals.n} approvals"
            yield from self._twice(row, given)

    def _approval(self, row: Any, compiled: CompiledWorkflow) -> Iterator[Fault]:
        step = yield from self._step(row, compiled)
        if step is None:
            return
        if row.source != row.target:
            yield row.revision, "target", "an approval leaves the case where it is"
        if step.approvals is None:
            yield row.revision, "approvals", f"'{row.action}' needs no approvals"
            return
        given = separation.approvals_so_far(self.past, step, row.source)
        if separation.completes(step, given, Role(row.role)):
            yield row.revision, "approvals", "the last approval did not take the step"
        yield from self._twice(row, given)

    def _twice(self, row: Any, given: list[Past]) -> Iterator[Fault]:
        if any(past.actor_id == row.actor_id for past in given):
            yield row.revision, "approvals", "the same person approved twice"

    def _step(self, row: Any, compiled: CompiledWorkflow) -> Any:
        """The declared step, after its role and its separation of duties were checked."""
        step = self.versions.step_of(self.case.workflow, row)
        if step is None:
            yield (
                row.revision,
                "step",
                f"'{row.action}' is no step from '{row.source}' in version {compiled.workflow.version}",
            )
            return None
        if row.role not in step.by:
            yield row.revision, "role", f"'{row.action}' is not for '{row.role}'"
        for action in step.separate_from:
            if row.actor_id is not None and any(
                past.actor_id == row.actor_id for past in separation.latest(self.past, action)
            ):
                yield row.revision, "separation", f"the same person took '{action}'"
        return step


def image_of(newer: Workflow, version: int, state: str) -> str:
    """The state that a state of an older version becomes."""
    plan = next((plan.states for plan in newer.migrations if plan.from_version == version), {})
    return plan.get(state, state)
