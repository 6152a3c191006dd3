"""Handing cases over: who may pass which case to whom, and passing them as far as nobody was faster."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, update

from backoffice.access.actors import Actor, CaseScope, roles_on
from backoffice.cases.bulk import Line
from backoffice.cases.models import BulkRow, BulkRun, Case
from backoffice.cases.queries import scopes
from backoffice.cases.sight import visible_to
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Reason
from backoffice.core.i18n import Sentence
from workflows.roles import Role

HANDLERS = frozenset({Role.ZONE_STAFF, Role.HQ_STAFF})
"""The staff of its zones who may handle a case, and pass it on."""
ASSIGN = ":handler"
"""What a run that hands cases over says instead of a step's action; no step can be called so."""

_ENDED = Reason("ended", Sentence("이미 끝난 건입니다.", "The case has ended."))
_NOT_YOURS = Reason(
    "not_yours",
    Sentence("이 건이 속한 특구의 담당 역할이 없습니다.", "You hold no role for the zones of this case."),
    unblocks=Role.HQ_STAFF,
)
_NOT_THEIRS = Reason(
    "not_theirs",
    Sentence(
        "받을 사람에게 이 건이 속한 특구의 역할이 없습니다. 다른 사람을 고르거나 역할을 먼저 부여해 주세요.",
        "The receiver holds no role for the zones of this case; choose somebody else, or grant the role first.",
    ),
    unblocks=Role.ADMIN,
)
_SAME = Reason("same", Sentence("이미 그 사람이 담당하고 있습니다.", "It is handled by that person already."))
_FASTER = Reason(
    "faster",
    Sentence(
        "그 사이 담당이 바뀌었습니다. 확인한 뒤 다시 시도해 주세요.",
        "Its handler changed meanwhile; look and try again.",
    ),
)


def preview(rows: Sequence[Case], to: Actor | None, by: Actor) -> list[Line]:
    """What each case says to being passed to somebody, or to nobody. One query for any number of cases."""
    found = scopes([row.id for row in rows])
    return [Line(row, _reasons(row, found[row.id], to, by)) for row in rows]


def _reasons(row: Case, scope: CaseScope, to: Actor | None, by: Actor) -> tuple[Reason, ...]:
    reasons = []
    if row.final is not None:
        reasons.append(_ENDED)
    if not roles_on(by, scope) & HANDLERS:
        reasons.append(_NOT_YOURS)
    if to is not None and not roles_on(to, scope) & HANDLERS:
        reasons.append(_NOT_THEIRS)
    if row.handler_id == (to.user_id if to is not None else None):
        reasons.append(_SAME)
    return tuple(reasons)


def hand_over(run: BulkRun, lines: Sequence[Line], to: Actor | None, *, seen: Mapping[int, int | None]) -> list[Case]:
    """Pass the open cases on whose handler (``seen``: case id -> handler) is still the one that was shown.

    Writes a row of the run for every case; answers those that were passed.
    """
    done = []
    for line in lines:
        reasons = line.reasons or (() if _pass(line.case, to, seen.get(line.case.id)) else (_FASTER,))
        if not reasons:
            done.append(line.case)
        db.session.add(
            BulkRow(
                run_id=run.id, case_id=line.case.id, revision=line.case.revision,
                outcome="refused" if reasons else "done",
                reasons=[{"ko": reason.sentence.ko, "en": reason.sentence.en} for reason in reasons],
            )
        )  # fmt: skip
    run.finished_at = clock.now()
    db.session.flush()
    return done


def _pass(row: Case, to: Actor | None, before: int | None) -> bool:
    changed = (
        update(Case)
        .where(Case.id == row.id, Case.handler_id.is_not_distinct_from(before))
        .values(handler_id=to.user_id if to is not None else None)
        .returning(Case.id)
    )
    return db.session.execute(changed).first() is not None


def of_person(user_id: int, actor: Actor, limit: int) -> list[Case]:
    """The open cases somebody handles, as far as the actor may see them."""
    query = select(Case).where(visible_to(actor), Case.handler_id == user_id, Case.final.is_(None))
    return list(db.session.scalars(query.order_by(Case.reference).limit(limit)))


def loads(actor: Actor) -> dict[int, int]:
    """Handler -> how many open cases, as far as the actor may see them."""
    query = select(Case.handler_id, func.count()).where(
        visible_to(actor), Case.handler_id.is_not(None), Case.final.is_(None)
    )
    return {user_id: number for user_id, number in db.session.execute(query.group_by(Case.handler_id)) if user_id}
