"""Moving the open cases of a version as a run: one person asks, another looks and decides, a job moves them one by one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission, zones_with
from backoffice.accounts.queries import linked_by_delegation
from backoffice.cases import bulk
from backoffice.cases.bulk import DONE, MIGRATION, REFUSED, WAITING, Noted
from backoffice.cases.models import BulkRow, BulkRun, Case
from backoffice.cases.versions import Survey, obstacles
from backoffice.core import audit, clock, outbox
from backoffice.core.db import db, transaction
from backoffice.core.errors import Conflict, Invalid, NotFound, Refused
from backoffice.core.i18n import Sentence
from backoffice.engine.migrating import migrate_case
from backoffice.engine.perform import Engine
from workflows.migration import Plan, plan

SHORTEST, LONGEST = 5, 500
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asked for, and who decided it."""

    old: int
    new: int
    given: Mapping[str, str]
    """Where states go that the definitions send nowhere."""
    accepted: bool
    """Whether losses were accepted."""
    reason: str
    decided_by: int | None = None


def order_of(run: BulkRun) -> Order:
    return Order(**(run.input or {}))


def plan_of(engine: Engine, run: BulkRun) -> Plan:
    """The plan a run was asked for. Raises KeyError for a version that is not published."""
    order, get = order_of(run), engine.definitions.get
    return plan(get(run.workflow, order.old).workflow, get(run.workflow, order.new).workflow, order.given)


def may_move(actor: Actor, permission: Permission) -> bool:
    """A migration is about the cases of all zones: only rights that hold for all of them count."""
    return zones_with(actor, permission) is None


def run_of(token: str) -> BulkRun:
    """Raises NotFound."""
    found = db.session.scalar(select(BulkRun).where(BulkRun.token == token, BulkRun.action == MIGRATION))
    if found is None:
        raise NotFound
    return found


def runs(workflow: str) -> list[BulkRun]:
    """Every run of a workflow, the newest first."""
    query = select(BulkRun).where(BulkRun.workflow == workflow, BulkRun.action == MIGRATION)
    return list(db.session.scalars(query.order_by(BulkRun.id.desc()).limit(50)))


def waits(run: BulkRun) -> bool:
    """Whether nobody has decided yet."""
    return run.finished_at is None and order_of(run).decided_by is None


def seen(found: Survey) -> str:
    """A mark of what somebody was shown: who goes where, and what it costs. It changes with any of it."""
    rows = [(one.case_id, one.source, one.target, one.lost) for one in found.journeys]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


# ---- asking and deciding


def ask(actor: Actor, found: Survey, order: Order, *, token: str) -> BulkRun:
    """Ask for a migration; the same token asks once. Raises Invalid, Refused."""
    known = db.session.scalar(select(BulkRun).where(BulkRun.token == token))
    if known is not None:
        return known
    reason = order.reason.strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Invalid.field(
            "reason",
            f"옮기는 까닭을 {SHORTEST}자 이상 {LONGEST}자까지 적어 주세요. 모든 건의 이력에 남습니다.",
            f"Say why in {SHORTEST} to {LONGEST} characters; it stays in the history of every case.",
        )
    name = found.plan.old.workflow
    _must_be_free(found, accepted=order.accepted)
    if any(run.finished_at is None for run in runs(name)):
        raise Refused.because(
            "migration_under_way",
            "이 사업에는 이미 요청되었거나 진행 중인 이관이 있습니다. 먼저 끝내 주세요.",
            "A migration of this program was asked for or is running already; finish it first.",
        )
    run = BulkRun(
        token=token, actor_id=actor.user_id or 0, workflow=name, action=MIGRATION,
        input=asdict(replace(order, reason=reason)),
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    return run


def _must_be_free(found: Survey, *, accepted: bool) -> None:
    if not found.moving() and not found.without_image():
        raise Refused.because("nothing_to_move", "옮길 건이 없습니다.", "There is no case to move.")
    if obstacles(found, accepted=accepted):
        raise Refused.because(
            "obstacles",
            "아직 옮길 수 없습니다. 갈 곳이 없는 상태를 정하고, 쓰이지 않게 되는 내용을 확인해 주세요.",
            "Nothing can move yet: say where every state goes, and accept what would no longer count.",
        )


def decide(run_id: int, actor: Actor, found: Survey, *, shown: str) -> None:
    """Have a job move the cases that were shown. Raises Refused for whoever asked, Conflict when it is not as shown."""
    run = _locked(run_id)
    order = order_of(run)
    if order.decided_by == actor.user_id:
        return
    if not waits(run):
        raise Conflict("decided", Sentence("이미 결정된 요청입니다.", "It has been decided already."))
    linked = linked_by_delegation(actor.user_id or 0, clock.in_seoul(run.created_at).date())
    if run.actor_id in {actor.user_id} | linked:
        raise Refused.because(
            "same_person",
            "이관을 요청한 사람은 실행할 수 없습니다. 다른 담당자가 확인하고 실행해야 합니다.",
            "Whoever asked for a migration may not carry it out; somebody else must look and do so.",
        )
    _must_be_free(found, accepted=order.accepted)
    if shown != seen(found):
        raise Conflict(
            "preview_changed",
            Sentence(
                "미리 본 뒤에 건이 달라졌습니다. 바뀐 내용을 확인하고 다시 실행해 주세요.",
                "Cases changed since the preview; look again before you carry it out.",
            ),
        )
    rows = [{"run_id": run.id, "case_id": one.case_id, "revision": 0} for one in found.moving()]
    db.session.execute(insert(BulkRow), rows)
    run.input = asdict(replace(order, decided_by=actor.user_id))
    db.session.flush()
    outbox.enqueue("migrate", {"run": run.id}, key=f"migrate:{run.token}")


def give_up(run_id: int) -> None:
    """Take a request back, or refuse it. Raises Conflict once somebody decided."""
    run = _locked(run_id)
    if not waits(run):
        raise Conflict("decided", Sentence("이미 결정된 요청입니다.", "It has been decided already."))
    run.finished_at = clock.now()
    db.session.flush()


def _locked(run_id: int) -> BulkRun:
    query = select(BulkRun).where(BulkRun.id == run_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


# ---- the job


def carry_out(engine: Engine, run_id: int, decider: Actor | None, noted: Noted = lambda _: None) -> None:
    """Move every waiting case, each in its own transaction; killed in between, it goes on where it stopped."""
    run = db.session.get_one(BulkRun, run_id)
    order, chosen, name = order_of(run), plan_of(engine, run), run.workflow
    allowed = decider is not None and may_move(decider, Permission.DEFINITION_PUBLISH)

    def move(case_id: int, _: int) -> None:
        if not allowed:
            raise Refused.because(
                "right_ended",
                "실행한 사람의 권한이 끝나 옮기지 않았습니다.",
                "Not moved: the rights of whoever decided have ended.",
            )
        if not migrate_case(engine, chosen, case_id, reason=order.reason) and not _is_there(case_id, order.new):
            raise Refused.because(
                "moved_on",
                "그 사이에 처리되었거나 승인이 진행 중이라 옮기지 않았습니다. 다시 요청하면 남은 건만 옮깁니다.",
                "Not moved: somebody acted on it meanwhile, or it waits for an approval. Ask again for what is left.",
            )

    bulk.each(run_id, WAITING, move, (DONE, REFUSED), noted=noted)
    _finish(run_id, f"{name} {order.old} -> {order.new}", order)


def _is_there(case_id: int, version: int) -> bool:
    """Whether a case runs under a version: an interrupted run had moved it before it could write that down."""
    found = db.session.scalar(select(Case.workflow_version).where(Case.id == case_id))
    db.session.rollback()
    return found == version


def _finish(run_id: int, what: str, order: Order) -> None:
    counts: dict[str, Any] = bulk.counts(run_id)
    db.session.rollback()
    with transaction():
        over = (
            update(BulkRun).where(BulkRun.id == run_id, BulkRun.finished_at.is_(None)).values(finished_at=clock.now())
        )
        db.session.execute(over)
        about = f"{what}: {counts.get(DONE, 0)} moved, {counts.get(REFUSED, 0)} stayed"
        audit.record(audit.Visit(order.decided_by, "job"), "workflow:migrate", about=about, reason=order.reason)
