"""Many cases at once: as they would rest after a real move, but written in a few statements instead of one by one."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from backoffice.access.actors import Actor
from backoffice.cases.models import Case, CaseOrganization, CaseZone
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.engine import statements
from backoffice.engine.perform import CREATE, Engine
from backoffice.engine.spine import CREATION, History
from backoffice.engine.subjects import load_subjects
from tests.make import make_call, make_organization, make_user
from workflows.roles import Role

WORKFLOW = "joint_rbd_planning"
_count = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Crowd:
    """One call and one company with its people: everything many cases have in common."""

    engine: Engine
    call_id: int
    company_id: int
    zone_id: int
    officer: Actor
    applicant: Actor


def make_crowd(engine: Engine) -> Crowd:
    call, company = make_call(), make_organization()
    found = (call.id, company.id, company.zone_id or 0)
    return Crowd(engine, *found, make_user(Role.HQ_STAFF), make_user(Role.APPLICANT, organization=company))


def make_cases(crowd: Crowd, number: int, *, state: str, due: datetime | None = None) -> list[int]:
    """So many cases of the joint planning program resting in a state, each with the first row of its history."""
    since = clock.now() - timedelta(days=1)
    with transaction():
        ids = _write_cases(crowd, number, state=state, since=since, due=due)
        part = {"organization_id": crowd.company_id, "part": "lead", "kind": "company", "zone_id": crowd.zone_id}
        db.session.execute(insert(CaseOrganization), [{"case_id": case_id, **part} for case_id in ids])
        db.session.execute(
            insert(CaseZone), [{"case_id": case_id, "zone_id": crowd.zone_id, "lead": True} for case_id in ids]
        )
        write_first_rows(crowd.engine, ids, actor_id=crowd.officer.user_id, since=since)
    db.session.remove()
    return ids


def _write_cases(crowd: Crowd, number: int, *, state: str, since: datetime, due: datetime | None) -> list[int]:
    definition = crowd.engine.definitions.get(WORKFLOW, 1).workflow
    resting, first = definition.state(state), next(_count) * 1_000_000
    rows = [
        {
            "reference": f"B-{first + place}", "workflow": WORKFLOW, "workflow_version": 1, "state": state,
            "stage": resting.stage, "waiting_for": resting.owner, "state_since": since, "due_at": due,
            "breach_action": resting.deadline.on_breach if resting.deadline else None, "call_id": crowd.call_id,
            "kind": definition.kind, "year": since.year, "lead_organization_id": crowd.company_id, "created_at": since,
            "title": "나노입자 바이오센서 공동 기획", "search_text": f"b-{first + place}",
        }
        for place in range(number)
    ]  # fmt: skip
    return list(db.session.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), rows))


def write_first_rows(engine: Engine, ids: list[int], *, actor_id: int, since: datetime) -> None:
    """The creation of each case in its history, and in the case what that leaves behind."""
    histories = []
    for start in range(0, len(ids), 500):
        for subject in load_subjects(ids[start : start + 500]):
            change = statements.Change(
                CREATION, CREATE, subject.state, actor_id, Role.HQ_STAFF, since, {}, engine.compiled(subject).digest,
                f"first:{subject.id}",
            )  # fmt: skip
            histories.append(statements.history_row(subject, change, ""))
    db.session.execute(insert(History), histories)
    heads = [{"id": row["case_id"], "revision": 1, "chain_head": row["hash"]} for row in histories]
    db.session.execute(update(Case), heads)


def cases_in_order() -> list[tuple[int, int]]:
    """(case id, revision) of every case."""
    rows = db.session.execute(select(Case.id, Case.revision).order_by(Case.id)).all()
    db.session.remove()
    return [(case_id, revision) for case_id, revision in rows]
