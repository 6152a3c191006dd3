"""What a programmer would write by hand for one step: bare driver SQL with the same durable writes, and nothing more."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from backoffice.core import clock
from backoffice.engine.chain import canonical, row_hash

READ = (
    "SELECT reference, workflow, workflow_version, state, revision, state_since, due_at, chain_head"
    ' FROM "case" WHERE id = {0}'
)
MOVE = (
    'UPDATE "case" SET state = {0}, stage = {0}, final = {0}, waiting_for = {0}, revision = {0}, state_since = {0},'
    " due_at = {0}, breach_action = {0}, chain_head = {0} WHERE id = {0} AND state = {0} AND revision = {0}"
)
HISTORY = (
    "INSERT INTO history (case_id, revision, kind, action, source, target, actor_id, role, at, input, digest, key,"
    " previous_hash, hash) VALUES ({0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0})"
)
KEEP = "INSERT INTO passed_deadline (case_id, revision, due_at) VALUES ({0}, {0}, {0})"
JOB = (
    "INSERT INTO job (kind, key, payload, status, run_at, attempts, token, done, total, created_at)"
    " VALUES ('mail', {0}, {0}, 'waiting', {0}, 0, 0, 0, 0, {0})"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the comparison need not find out: it writes what the engine would have decided."""

    action: str
    source: str
    target: str
    stage: str
    waiting_for: str
    breach_action: str
    due_at: datetime
    digest: str
    actor_id: int
    role: str
    event: str


class Bare:
    """One connection of a driver, as durable as the office's own."""

    def __init__(self, address: str) -> None:
        self._postgresql = address.startswith("postgresql")
        mark = "%s" if self._postgresql else "?"
        self._read, self._move, self._history, self._keep, self._job = (
            text.format(mark) for text in (READ, MOVE, HISTORY, KEEP, JOB)
        )
        self._connection: Any = psycopg.connect(address) if self._postgresql else _sqlite(address)
        self._cursor = self._connection.cursor()

    def step(self, case_id: int, known: Known, typed: Any) -> None:
        """Read the case, move it if nobody else did, write its history and its job, commit."""
        cursor = self._cursor
        if not self._postgresql:
            cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(self._read, (case_id,))
        _reference, _workflow, _version, state, revision, _since, was_due, head = cursor.fetchone()
        now = clock.now()
        row = {
            "case_id": case_id, "revision": revision + 1, "kind": "transition", "action": known.action,
            "source": known.source, "target": known.target, "actor_id": known.actor_id, "role": known.role, "at": now,
            "input": canonical(typed), "digest": known.digest, "key": f"bare:{case_id}",
        }  # fmt: skip
        new_head = row_hash(head, row)
        at, due = self._time(now), self._time(known.due_at)
        cursor.execute(
            self._move,
            (
                known.target, known.stage, None, known.waiting_for, revision + 1, at, due, known.breach_action, new_head,
                case_id, state, revision,
            ),
        )  # fmt: skip
        if cursor.rowcount != 1:
            raise RuntimeError("somebody else moved the case")
        cursor.execute(self._history, (*({**row, "at": at}).values(), head, new_head))
        cursor.execute(self._keep, (case_id, revision + 1, was_due))
        payload = json.dumps({"event": known.event, "case": case_id, "revision": revision + 1})
        cursor.execute(self._job, (f"{new_head}:mail:{known.event}", payload, at, at))
        if self._postgresql:
            self._connection.commit()
        else:
            cursor.execute("COMMIT")

    def _time(self, instant: datetime) -> Any:
        return instant if self._postgresql else instant.replace(tzinfo=None).isoformat(" ")

    def close(self) -> None:
        self._connection.close()


def _sqlite(address: str) -> Any:
    connection = sqlite3.connect(address, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
