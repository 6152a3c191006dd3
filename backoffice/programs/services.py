"""Verbs about calls and definitions: publish, create, extend."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Invalid, Refused
from backoffice.programs.models import Call, CallChange, Criterion, PublishedWorkflow
from backoffice.programs.queries import find_workflow, newest_version, published_digests
from workflows import catalogue
from workflows.loader import Loaded

UNFUNDED = "none"
"""The funding scheme of programs that pay nothing out: their calls have no ceiling."""


def publish_workflow(loaded: Loaded, actor_id: int | None) -> bool:
    """Freeze a definition: True if it is new. Raises Refused when that version exists with other content."""
    identity = (loaded.workflow.workflow, loaded.workflow.version)
    known = published_digests().get(identity)
    if known == loaded.digest:
        return False
    if known is not None:
        raise Refused.because(
            "version_taken",
            f"{identity[0]}의 {identity[1]}판은 이미 발행되어 바꿀 수 없습니다. 판 번호를 올려 주세요.",
            f"Version {identity[1]} of {identity[0]} is published and cannot change; raise the version.",
        )
    db.session.add(
        PublishedWorkflow(
            workflow=identity[0], version=identity[1], digest=loaded.digest, source=loaded.source, published_by=actor_id
        )
    )
    db.session.flush()
    return True


def publish_shipped() -> int:
    """Publish every shipped definition that is not published yet: how many."""
    return sum(publish_workflow(loaded, None) for loaded in catalogue.shipped().values())


@dataclass(frozen=True, slots=True)
class NewCriterion:
    code: str
    label_ko: str
    label_en: str
    max_points: int
    hint_ko: str = ""
    hint_en: str = ""


@dataclass(frozen=True, slots=True)
class NewCall:
    """What a call needs. Amounts in won; ``number`` is given by the office."""

    workflow: str
    year: int
    title_ko: str
    title_en: str
    opens_at: datetime
    closes_at: datetime
    max_amount: int
    summary_ko: str = ""
    summary_en: str = ""
    grace_minutes: int = 0
    expected_awards: int = 0
    min_score: int = 60
    presentation: bool = True
    contact: str = ""
    deadline_settings: dict[str, str] = field(default_factory=dict)
    criteria: Sequence[NewCriterion] = ()


def create_call(new: NewCall, actor_id: int | None, *, host_case_id: int | None = None) -> Call:
    """A call, not yet published, on the newest version of its workflow until then. Raises Invalid."""
    if new.closes_at <= new.opens_at:
        raise Invalid.field("closes_at", "마감 일시는 시작 일시보다 뒤여야 합니다.", "Closing must lie after opening.")
    version = newest_version(new.workflow)
    definition, _ = find_workflow(new.workflow, version)
    if new.max_amount <= 0 and definition.funding_scheme != UNFUNDED:
        raise Invalid.field("max_amount", "지원 한도는 0보다 커야 합니다.", "The ceiling must be more than zero.")
    if new.criteria and sum(item.max_points for item in new.criteria) != 100:
        raise Invalid.field(
            "criteria", "평가 기준의 배점 합계는 100점이어야 합니다.", "The points of all criteria must add up to 100."
        )
    row = Call(
        code=_next_code(new, definition.code),
        workflow=new.workflow,
        workflow_version=version,
        year=new.year,
        title_ko=new.title_ko,
        title_en=new.title_en,
        summary_ko=new.summary_ko,
        summary_en=new.summary_en,
        opens_at=new.opens_at,
        closes_at=new.closes_at,
        grace_minutes=new.grace_minutes,
        max_amount=new.max_amount,
        expected_awards=new.expected_awards,
        min_score=new.min_score,
        presentation=new.presentation,
        contact=new.contact,
        host_case_id=host_case_id,
        deadline_settings=dict(new.deadline_settings),
        created_by=actor_id,
    )
    row.criteria = [
        Criterion(
            position=position,
            code=item.code,
            label_ko=item.label_ko,
            label_en=item.label_en,
            hint_ko=item.hint_ko,
            hint_en=item.hint_en,
            max_points=item.max_points,
        )
        for position, item in enumerate(new.criteria, start=1)
    ]
    db.session.add(row)
    db.session.flush()
    return row


def _next_code(new: NewCall, program_code: str) -> str:
    """``2026-RBD-01``: year, the program's code, and a running number."""
    count = db.session.scalar(
        select(func.count()).select_from(Call).where(Call.year == new.year, Call.workflow == new.workflow)
    )
    return f"{new.year}-{program_code}-{(count or 0) + 1:02d}"


def publish_call(row: Call) -> None:
    """Make a call public, pinned for good to the version in force now.

    Raises Refused while reviewers would have no criteria to score by.
    """
    version = newest_version(row.workflow)
    definition, _ = find_workflow(row.workflow, version)
    if definition.is_reviewed and not row.criteria:
        raise Refused.because(
            "no_criteria", "평가 기준을 먼저 등록해 주세요.", "Enter the scoring criteria first.", link="criteria"
        )
    if row.published_at is not None:
        return
    row.workflow_version = version
    row.published_at = clock.now()
    db.session.flush()


def shorten_call(row: Call, closes_at: datetime, *, reason: str, actor_id: int | None) -> None:
    """Close a published call before its time, because what it was for does not take place."""
    _move_closing(row, max(closes_at, row.opens_at + timedelta(minutes=1)), reason=reason, actor_id=actor_id)


def extend_call(row: Call, closes_at: datetime, *, reason: str, actor_id: int | None) -> None:
    """Move the closing time of a published call to a later one, with a reason. Raises Invalid."""
    if closes_at <= row.closes_at:
        raise Invalid.field("closes_at", "연장할 일시는 지금 마감보다 뒤여야 합니다.", "The new closing must be later.")
    if len(reason.strip()) < 5:
        raise Invalid.field("reason", "연장 사유를 적어 주세요.", "Write the reason for the extension.")
    _move_closing(row, closes_at, reason=reason, actor_id=actor_id)


def _move_closing(row: Call, closes_at: datetime, *, reason: str, actor_id: int | None) -> None:
    before = row.closes_at
    row.closes_at = closes_at
    db.session.add(
        CallChange(
            call_id=row.id,
            actor_id=actor_id,
            what="closes_at",
            before=before.isoformat(),
            after=closes_at.isoformat(),
            reason=reason.strip(),
        )
    )
    db.session.flush()
