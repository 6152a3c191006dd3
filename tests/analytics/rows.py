"""Histories written row by row at exact times, for figures whose value can be worked out by hand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from backoffice.cases.models import Case, CaseZone
from backoffice.core.db import db, transaction
from backoffice.engine.chain import GENESIS
from backoffice.engine.perform import Engine
from backoffice.engine.spine import CREATION, TRANSITION, History, PassedDeadline
from backoffice.organizations.queries import zone
from workflows.definition import Workflow

START = datetime(2026, 3, 2, 0, 0, 0, 123_456, tzinfo=UTC)
HOUR = 3_600_000_000
"""An hour in microseconds."""


@dataclass
class Hand:
    """Writes cases of one program as they would stand after the steps named, without walking through guards."""

    engine: Engine
    workflow: str = "objection"
    version: int = 1
    count: int = 0
    zones: dict[str, int] = field(default_factory=dict)

    @property
    def definition(self) -> Workflow:
        return self.engine.definitions.get(self.workflow, self.version).workflow

    def case(
        self, *steps: tuple[float, str], zone_code: str = "GS-GIMHAE", start: datetime = START, **columns: Any
    ) -> str:
        """A case and its history: each step is (hours after the one before, action). Answers its reference."""
        self.count += 1
        reference = f"HAND-{self.count:03d}"
        compiled = self.engine.definitions.get(self.workflow, self.version)
        state, at, rows = compiled.workflow.initial, start, []
        rows.append(self._row(CREATION, "create", "", state, at, "applicant"))
        for hours, action in steps:
            at += timedelta(hours=hours)
            step = compiled.step(state, action)
            rows.append(self._row(TRANSITION, action, state, step.target, at, step.by[0]))
            state = step.target
        with transaction():
            row = Case(
                reference=reference, workflow=self.workflow, workflow_version=self.version, state=state,
                stage=compiled.workflow.state(state).stage, final=compiled.workflow.state(state).final,
                waiting_for=compiled.workflow.state(state).owner, kind=compiled.workflow.kind, year=2026,
                revision=len(rows), state_since=at, created_at=start, **columns,
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
            db.session.add(CaseZone(case_id=row.id, zone_id=zone(zone_code).id, lead=True))
            for revision, content in enumerate(rows, start=1):
                key = f"{reference}:{revision}"
                db.session.execute(
                    insert(History).values(
                        case_id=row.id, revision=revision, key=key, digest=compiled.digest, **content
                    )
                )
        return reference

    def _row(self, kind: str, action: str, source: str, target: str, at: datetime, role: str) -> dict[str, Any]:
        return {
            "kind": kind, "action": action, "source": source, "target": target, "at": at, "role": role, "actor_id": None,
            "input": "{}", "previous_hash": GENESIS, "hash": GENESIS,
        }  # fmt: skip

    def change(self, reference: str, revision: int, **values: Any) -> None:
        """Write something else into one row, as nobody may."""
        case_id = self.id_of(reference)
        with transaction():
            db.session.execute(
                update(History).where(History.case_id == case_id, History.revision == revision).values(**values)
            )

    def due(self, reference: str, revision: int, at: datetime) -> None:
        """The deadline under which a step was taken."""
        with transaction():
            db.session.add(PassedDeadline(case_id=self.id_of(reference), revision=revision, due_at=at))

    def id_of(self, reference: str) -> int:
        found = db.session.query(Case.id).filter(Case.reference == reference).scalar()
        assert found is not None
        return int(found)
