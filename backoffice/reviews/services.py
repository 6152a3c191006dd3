"""Verbs about reviewing: compose a panel, assign reviewers, declare conflicts, score, seal, store the result."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from backoffice.cases.queries import case_by_id
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.core.i18n import Sentence
from backoffice.engine import tasks
from backoffice.engine.spine import Task
from backoffice.programs.models import Call
from backoffice.programs.queries import call_by_id
from backoffice.reviews import scoring
from backoffice.reviews.models import Panel, PanelMember, Result, Sheet
from backoffice.reviews.queries import PanelFacts, eligible, panel_of_call, sheets_of_case
from backoffice.reviews.writing import points_of, refuse_closed
from workflows.roles import Role


def compose_panel(call: Call, chair_id: int, member_ids: Sequence[int]) -> None:
    """Set who reviews a call. Raises Invalid for fewer than two reviewers."""
    members = sorted(set(member_ids) - {chair_id})
    if len(members) < 2:
        raise Invalid.field(
            "members",
            "평가위원은 위원장을 빼고 두 명 이상이어야 합니다.",
            "A panel needs two reviewers besides the chair.",
        )
    panel = db.session.scalar(select(Panel).where(Panel.call_id == call.id))
    if panel is None:
        panel = Panel(call_id=call.id, chair_id=chair_id)
        db.session.add(panel)
    panel.chair_id = chair_id
    db.session.flush()
    db.session.execute(delete(PanelMember).where(PanelMember.panel_id == panel.id))
    db.session.add_all(PanelMember(panel_id=panel.id, user_id=user_id) for user_id in members)
    db.session.flush()


def assign_round(case_id: int, panel: PanelFacts | None, *, name: str, count: int, cycle: int) -> list[Sheet]:
    """Open a round: sheets for the least busy eligible reviewers, and the chair appointed.

    Raises Refused when the panel is missing or has nobody left for the case.
    """
    if panel is None:
        raise Refused.because("no_panel", "평가위원단을 먼저 구성해 주세요.", "Compose the panel first.", link="panel")
    chosen = list(eligible(case_id, panel.members))[:count]
    if not chosen:
        raise Refused.because(
            "no_reviewer",
            "이 건을 평가할 수 있는 위원이 없습니다. 위원을 추가해 주세요.",
            "No reviewer of the panel may review this case; add reviewers.",
            link="panel",
        )
    tasks.appoint_all(case_id, [(panel.chair_id, Role.CHAIR), *((one, Role.REVIEWER) for one in chosen)])
    return _add_sheets(case_id, chosen, name=name, cycle=cycle)


def add_sheet(case_id: int, user_id: int, *, name: str, cycle: int) -> Sheet:
    """Give one reviewer a sheet. Raises Refused if the person belongs to an organization of the case."""
    if user_id not in eligible(case_id, [user_id]):
        raise Refused.because(
            "same_organization",
            "이 건의 참여기관에 소속된 사람은 평가할 수 없습니다.",
            "A member of an organization in the case may not review it.",
            link="panel",
        )
    tasks.appoint(case_id, user_id, Role.REVIEWER)
    return _add_sheets(case_id, [user_id], name=name, cycle=cycle)[0]


def _add_sheets(case_id: int, user_ids: Sequence[int], *, name: str, cycle: int) -> list[Sheet]:
    """Sheets for people who may review the case, in as many statements as for one."""
    rows = [
        {"case_id": case_id, "task_id": task.id, "round": name, "cycle": cycle, "reviewer_id": task.user_id}
        for task in tasks.open_tasks(case_id, name, cycle, user_ids=user_ids)
    ]
    return list(db.session.scalars(insert(Sheet).values(rows).returning(Sheet)))


def declare_no_conflict(sheet: Sheet) -> None:
    """The reviewer confirms that nothing stands between them and a fair judgement."""
    sheet.conflict, sheet.declared_at = "none", clock.now()


def declare_conflict(sheet: Sheet, reason: str) -> None:
    """The reviewer steps back; a colleague who is free takes the place. Raises Invalid without a reason."""
    if len(reason.strip()) < 5:
        raise Invalid.field("reason", "이해충돌 사유를 적어 주세요.", "Write the reason for the conflict.")
    sheet.conflict, sheet.conflict_reason, sheet.declared_at = "declared", reason.strip(), clock.now()
    sheet.sealed_at = None
    task = db.session.get(Task, sheet.task_id)
    assert task is not None  # noqa: S101  # every sheet has its task
    tasks.exclude(task)
    tasks.dismiss(sheet.case_id, Role.REVIEWER, sheet.reviewer_id)
    _replace(sheet)


def _replace(sheet: Sheet) -> None:
    row = case_by_id(sheet.case_id)
    panel = panel_of_call(row.call_id) if row.call_id is not None else None
    taken = {other.reviewer_id for other, _ in sheets_of_case(row.id) if other.round == sheet.round}
    free = [user_id for user_id in eligible(row.id, panel.members if panel else ()) if user_id not in taken]
    if free:
        add_sheet(row.id, free[0], name=sheet.round, cycle=sheet.cycle)


def save_sheet(sheet: Sheet, points: Mapping[str, int], comment: str, *, seen: int) -> None:
    """Keep a whole sheet. Raises Refused when it is sealed, or was saved elsewhere meanwhile."""
    refuse_closed(sheet)
    if sheet.revision != seen:
        raise Refused.because(
            "sheet_changed",
            "다른 창에서 먼저 저장되었습니다. 화면을 새로 고쳐 확인해 주세요.",
            "The sheet was saved in another window; reload and look.",
        )
    sheet.scores, sheet.comment = dict(points), comment
    sheet.revision += 1


def seal(sheet: Sheet) -> None:
    """Make the sheet final. Raises Invalid naming what is missing."""
    criteria = call_by_id(case_by_id(sheet.case_id).call_id or 0).criteria
    ceilings, points = {item.code: item.max_points for item in criteria}, points_of(sheet)
    faults = [
        Problem(
            item.code,
            Sentence(
                f"'{item.label_ko}' 점수를 0~{item.max_points}점에서 적어 주세요.",
                f"Score '{item.label_en}' from 0 to {item.max_points}.",
            ),
        )
        for item in criteria
        if not 0 <= points.get(item.code, -1) <= item.max_points
    ]
    if len(sheet.comment.strip()) < 10:
        faults.append(
            Problem(
                "comment", Sentence("평가의견을 10자 이상 적어 주세요.", "Write a comment of at least ten characters.")
            )
        )
    if faults:
        raise Invalid(faults)
    sheet.total = scoring.total(points, ceilings)
    sheet.sealed_at = clock.now()
    sheet.revision += 1
    task = db.session.get(Task, sheet.task_id)
    assert task is not None  # noqa: S101  # every sheet has its task
    tasks.complete(task, sheet.reviewer_id)


def unseal(sheet: Sheet) -> None:
    """Open a sealed sheet again while its round is still running. Raises Refused once a result is stored."""
    stored = db.session.scalar(
        select(Result.id).where(
            Result.case_id == sheet.case_id, Result.round == sheet.round, Result.cycle == sheet.cycle
        )
    )
    if stored is not None:
        raise Refused.because("round_closed", "평가가 마감되어 고칠 수 없습니다.", "The round is closed.")
    sheet.sealed_at = None
    sheet.revision += 1
    task = db.session.get(Task, sheet.task_id)
    assert task is not None  # noqa: S101  # every sheet has its task
    tasks.reopen(task)


def store_result(case_id: int, name: str) -> Result:
    """Count the round's sealed sheets and keep the result."""
    counted = [
        sheet for sheet, status in sheets_of_case(case_id) if sheet.round == name and status == tasks.DONE and sheet.total is not None
    ]  # fmt: skip
    mean, trimmed = scoring.average([sheet.total for sheet in counted if sheet.total is not None])
    result = Result(
        case_id=case_id, round=name, cycle=counted[0].cycle, average=mean, sheets=len(counted), trimmed=trimmed
    )
    db.session.add(result)
    db.session.flush()
    return result


def close_rounds(case_id: int) -> None:
    """Nobody needs to review a withdrawn case."""
    query = select(Task).where(Task.case_id == case_id, Task.status == tasks.OPEN, Task.user_id.is_not(None))
    for task in db.session.scalars(query):
        tasks.exclude(task)
    tasks.dismiss(case_id, Role.REVIEWER)


def withdraw_round(case_id: int, name: str, cycle: int, *, since: datetime) -> None:
    """Take back a round that was opened a moment ago and that no reviewer has begun."""
    db.session.execute(delete(Sheet).where(Sheet.case_id == case_id, Sheet.round == name, Sheet.cycle == cycle))
    tasks.withdraw(case_id, name, cycle, since=since)
