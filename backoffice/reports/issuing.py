"""What people decide about an issue: ask for a review, check, return, approve, publish. Its state changes only here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import update

from backoffice.accounts.queries import delegation_ties
from backoffice.core import clock
from backoffice.core.db import Base, db, rows_changed
from backoffice.core.errors import Conflict, Invalid, Reason, Refused
from backoffice.core.i18n import Sentence
from backoffice.reports import gaps, queries
from backoffice.reports.gaps import Gap
from backoffice.reports.models import (
    APPROVED,
    DRAFT,
    IN_REVIEW,
    PUBLISHED,
    RETURNED,
    SUPERSEDED,
    IssueAct,
    ReportIssue,
)

FREEZE, REQUEST, RECALL, CHECK, RETURN, APPROVE, PUBLISH, SUPERSEDE = (
    "freeze", "request", "recall", "check", "return", "approve", "publish", "supersede",
)  # fmt: skip
"""What is done to an issue."""

PREPARING = frozenset({FREEZE, REQUEST})
"""Acts after which somebody may not decide about the issue: four eyes, and nobody stands above it."""

MIN_NOTE, MAX_NOTE = 5, 1_000


@dataclass(frozen=True, slots=True)
class Step:
    """From which states an act leads where; ``deciding`` is for a second person."""

    sources: tuple[str, ...]
    target: str
    deciding: bool = False
    told: bool = False
    """Whether it needs a reason."""


STEPS = {
    REQUEST: Step((DRAFT,), IN_REVIEW),
    RECALL: Step((IN_REVIEW,), DRAFT),
    CHECK: Step((IN_REVIEW,), IN_REVIEW, deciding=True, told=True),
    RETURN: Step((IN_REVIEW, APPROVED), RETURNED, deciding=True, told=True),
    APPROVE: Step((IN_REVIEW,), APPROVED, deciding=True),
    PUBLISH: Step((APPROVED,), PUBLISHED, deciding=True),
}

_STATES = {
    DRAFT: Sentence("아직 확인을 요청하지 않은 초안입니다.", "It is a draft; nobody asked for its review."),
    IN_REVIEW: Sentence("이미 확인을 요청했습니다.", "Its review was asked for already."),
    APPROVED: Sentence("이미 승인되었습니다.", "It is approved already."),
    PUBLISHED: Sentence("이미 발간되었습니다.", "It is published already."),
    RETURNED: Sentence(
        "돌려보낸 호입니다. 고친 뒤 수치를 다시 고정해 주세요.", "It was returned; correct it and freeze the figures again."
    ),
    SUPERSEDED: Sentence("새 호로 대체되었습니다. 새 호를 처리해 주세요.", "A newer issue replaces it; go on with that one."),
}  # fmt: skip
_SAME_PERSON = Sentence(
    "수치를 고정했거나 확인을 요청한 사람은 결정할 수 없습니다. 다른 담당자가 처리해야 합니다.",
    "Whoever froze the figures or asked for the review may not decide on it; somebody else must.",
)
_NOT_ASKER = Sentence("확인을 요청한 사람만 거둘 수 있습니다.", "Only whoever asked for the review can take it back.")
_ONE_EDITION = Sentence(
    "예전 방식으로 한 판만 고정된 호입니다. 수치를 다시 고정해 주세요.",
    "It is an old issue of one edition only; freeze the figures again.",
)


def begin(row: ReportIssue, earlier: Sequence[ReportIssue], actor_id: int | None) -> None:
    """Note that it was frozen. What was frozen before and not approved cannot go on: its figures are past."""
    _write(row, FREEZE, actor_id)
    for one in earlier:
        if one.state in (DRAFT, IN_REVIEW):
            _supersede(one, row, actor_id)


def note_gaps(row: ReportIssue, found: Sequence[Gap]) -> None:
    """What is missing may change while the figures stay; a draft says what is true now."""
    if row.state in (DRAFT, IN_REVIEW) and gaps.read(row.gaps) != tuple(found):
        row.gaps = gaps.stored(found)
        row.revision += 1
        db.session.flush()


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where somebody stands to an issue, out of its history."""

    prepared: bool
    """They, or somebody they acted for or who acted for them, froze it or asked for its review."""
    asked: bool
    """They asked for its review themselves."""


def standpoint(row: ReportIssue, acts: Iterable[IssueAct], actor_id: int, ties: Mapping[int, date]) -> Standpoint:
    """``ties`` are the actor's ``delegation_ties``: whoever prepared in another's place prepared for them, too
    (trust invariant 7).
    """
    since = clock.in_seoul(row.created_at).date()
    same = {actor_id} | {other for other, until in ties.items() if until >= since}
    return Standpoint(
        prepared=any(one.act in PREPARING and one.actor_id in same for one in acts),
        asked=any(one.act == REQUEST and one.actor_id == actor_id for one in acts),
    )


def take(row: ReportIssue, act: str, note: str, *, seen: int, actor_id: int) -> None:
    """Take one step at the revision that was seen; of several people exactly one does.

    Raises Refused with every reason, Invalid for a reason that is missing, Conflict when somebody was faster.
    """
    text, found = note.strip()[:MAX_NOTE], missing(row) if act == APPROVE else ()
    by = standpoint(row, queries.acts(row.id), actor_id, delegation_ties(actor_id))
    reasons = reasons_against(row, act, by, () if len(text) >= MIN_NOTE else found)
    if reasons:
        raise Refused(reasons)
    if STEPS[act].told and len(text) < MIN_NOTE:
        raise Invalid.field("note", "사유나 의견을 5자 이상 적어 주세요.", "Write a reason of five letters or more.")
    values: dict[str, Any] = {"state": STEPS[act].target}
    if act == APPROVE:
        values |= {"approved_at": clock.now(), "gaps": gaps.stored(found), "waiver": text if found else ""}
    if act == PUBLISH:
        values["published_at"] = clock.now()
    _change(row, act, actor_id, seen=seen, values=values, note=text)
    if act == PUBLISH:
        for one in queries.issues(row.zone_id, row.year):
            if one.place < row.place and one.state in (DRAFT, IN_REVIEW, APPROVED, PUBLISHED):
                _supersede(one, row, actor_id)


def reasons_against(row: ReportIssue, act: str, by: Standpoint, found: Sequence[Gap] = ()) -> list[Reason]:
    """Every reason why somebody may not take a step now; ``found`` is what is missing and was not answered."""
    step, reasons = STEPS[act], []
    if row.state not in step.sources:
        reasons.append(Reason(f"issue_{row.state}", _STATES[row.state]))
    if step.deciding and by.prepared:
        reasons.append(Reason("same_person", _SAME_PERSON))
    if act == RECALL and not by.asked:
        reasons.append(Reason("not_asker", _NOT_ASKER))
    if act == REQUEST and (row.internal_id is None or row.public_id is None):
        reasons.append(Reason("one_edition", _ONE_EDITION))
    if found:
        reasons.append(Reason("not_confirmed", _not_confirmed(found), link="gaps"))
    return reasons


def missing(row: ReportIssue) -> tuple[Gap, ...]:
    """What is not confirmed now, or was not when it was frozen: its figures are then not those that were confirmed."""
    return gaps.of(row.zone_id, row.year) or gaps.read(row.gaps)


def _not_confirmed(found: Sequence[Gap]) -> Sentence:
    words = gaps.told(found)
    return Sentence(
        f"{words.ko}이 있어 승인할 수 없습니다. 확정한 뒤 수치를 다시 고정하거나, 그래도 승인하는 까닭을 적어 주세요(일러두기에 실립니다).",
        f"It cannot be approved: {words.en}. Confirm them and freeze again, or write why it is approved nevertheless (printed in its notes).",
    )


def _supersede(row: ReportIssue, by: ReportIssue, actor_id: int | None) -> None:
    _change(row, SUPERSEDE, actor_id, seen=row.revision, values={"state": SUPERSEDED}, note=by.number)


def _change(row: ReportIssue, act: str, actor_id: int | None, *, seen: int, values: dict[str, Any], note: str) -> None:
    """One conditional update and its row of history: only the revision that was seen is changed. Raises Conflict."""
    table = Base.metadata.tables["report_issue"]
    statement = update(table).where(table.c.id == row.id, table.c.revision == seen)
    if rows_changed(statement.values(revision=seen + 1, **values)) != 1:
        ko = "그 사이에 다른 사람이 이 보고서를 처리했습니다. 화면을 다시 열어 확인해 주세요."
        raise Conflict("stale", Sentence(ko, "Somebody else dealt with this report meanwhile; open the page again."))
    db.session.refresh(row)
    _write(row, act, actor_id, note)


def _write(row: ReportIssue, act: str, actor_id: int | None, note: str = "") -> None:
    db.session.add(IssueAct(issue_id=row.id, act=act, state=row.state, actor_id=actor_id, note=note))
    db.session.flush()
