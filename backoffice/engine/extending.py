"""Moving the deadline of one case: an act of a person, with a reason, in the history like a step."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError

from backoffice.access.actors import Actor, roles_on
from backoffice.core import clock, outbox, periods
from backoffice.core.db import db, transaction
from backoffice.core.errors import Conflict, Invalid, Reason, Refused
from backoffice.core.i18n import Sentence
from backoffice.core.identifiers import find_resident_number
from backoffice.engine import answers, deadlines, statements
from backoffice.engine.perform import Engine
from backoffice.engine.spine import DEADLINE
from backoffice.engine.subjects import load_history
from backoffice.engine.values import Performed, Subject
from workflows.definition import Deadline
from workflows.roles import COMPANY_SIDE, ROLE_LABELS, Role

MOVE_ACTION = "move_deadline"
FURTHEST = timedelta(days=730)
"""A date beyond two years is a slip of the finger."""
SHORTEST, LONGEST = 5, 1000
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Movable:
    """What an actor may do about the deadline of a case: from when to when it may be moved, or why not at all."""

    subject: Subject
    deadline: Deadline | None
    counted: datetime | None
    """What the definition's count gives."""
    first: date
    last: date
    role: Role | None
    reasons: tuple[Reason, ...]

    @property
    def ok(self) -> bool:
        return not self.reasons


def movable(engine: Engine, subject: Subject, actor: Actor) -> Movable:
    """Whether this actor may move the case's deadline now, and within which dates."""
    definition = engine.compiled(subject).workflow
    deadline = definition.state(subject.state).deadline
    today = clock.today()
    first, last = today + timedelta(days=1), today + FURTHEST
    if deadline is None or subject.due_at is None:
        return Movable(subject, deadline, None, first, last, None, (_no_deadline(),))
    history = load_history([subject])[subject.id]
    since = subject.state_since
    counted = deadlines.counted_at(engine.registry, definition, subject, subject.state, since, history)
    held = roles_on(actor, subject.scope)
    role = next((one for one in deadline.moved_by if one in held), None)
    reasons = [*_about_actor(deadline, subject, actor, role), *_about_date(deadline, subject.due_at)]
    if deadline.basis is not None and deadline.extendable is not None and counted is not None:
        day = clock.in_seoul(counted).date()
        first, last = max(first, day), min(last, periods.add(day, deadline.extendable))
    return Movable(subject, deadline, counted, first, last, role, tuple(reasons))


def _about_actor(deadline: Deadline, subject: Subject, actor: Actor, role: Role | None) -> list[Reason]:
    if role is None:
        ko, en = (", ".join(ROLE_LABELS[one][place] for one in deadline.moved_by) for place in (0, 1))
        sentence = Sentence(f"기한은 {ko}만 바꿀 수 있습니다.", f"Only {en} may move the deadline.")
        return [Reason("wrong_role", sentence, unblocks=next(iter(deadline.moved_by), None))]
    if role not in COMPANY_SIDE and actor.organizations & subject.scope.organizations:
        sentence = Sentence(
            "본인 소속 기관이 참여한 건의 기한은 바꿀 수 없습니다.",
            "You belong to an organization in this case; somebody else must move its deadline.",
        )
        return [Reason("own_case", sentence, unblocks=role)]
    return []


def _about_date(deadline: Deadline, due: datetime) -> list[Reason]:
    if deadline.due.anchor == "call_closes" and not deadline.due.length.count:
        sentence = Sentence(
            "공고 마감은 모든 신청 기업에 똑같이 적용됩니다. 공고에서 접수기간을 연장해 주세요.",
            "The closing time of a call holds for everybody; extend the call instead.",
        )
        return [Reason("call_deadline", sentence, link="call")]
    if deadline.basis is None:
        return []
    if deadline.extendable is None:
        sentence = Sentence(
            f"법령이 정한 기한({deadline.basis})이라 바꿀 수 없습니다.",
            f"The law sets this deadline ({deadline.basis}); it cannot be moved.",
        )
        return [Reason("statutory", sentence)]
    if due < clock.now():
        sentence = Sentence(
            "법령이 정한 기한은 지나기 전에만 연장할 수 있습니다.",
            "A deadline set by law can be extended only before it has passed.",
        )
        return [Reason("statutory_passed", sentence)]
    return []


def move_deadline(
    engine: Engine, case_id: int, actor: Actor, *, to: date, reason: str, revision: int, key: str
) -> Performed:
    """Give a case another date. ``revision`` and ``key`` as in ``Engine.perform``.

    Raises Refused when nobody may, or not this actor; Invalid for a date or reason that cannot be taken; Conflict.
    """
    try:
        subject = engine.subject(case_id)
        if subject.revision != revision:
            raise engine.stale(subject, actor)
        with transaction():
            done = _write(engine, _checked(engine, subject, actor, to), actor, to=to, reason=_read(reason), key=key)
    except (Refused, Invalid, Conflict, IntegrityError) as error:
        db.session.rollback()
        replayed = answers.replay(key, case_id, MOVE_ACTION, actor)
        if replayed is not None:
            return replayed
        if isinstance(error, IntegrityError):
            raise engine.stale(engine.subject(case_id), actor) from error
        raise
    db.session.expire_all()
    return done


def _checked(engine: Engine, subject: Subject, actor: Actor, to: date) -> Movable:
    found = movable(engine, subject, actor)
    if not found.ok:
        raise Refused(found.reasons)
    if subject.due_at is not None and to == clock.in_seoul(subject.due_at).date():
        raise Invalid.field("to", "지금 기한과 같은 날짜입니다.", "The deadline is on that date already.")
    if not found.first <= to <= found.last:
        raise Invalid.field(
            "to",
            f"새 기한은 {found.first}부터 {found.last}까지의 날짜로 적어 주세요.",
            f"Choose a date from {found.first} to {found.last}.",
        )
    return found


def _read(reason: str) -> str:
    text = reason.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid.field(
            "reason",
            f"바꾸는 사유를 {SHORTEST}자 이상 {LONGEST:,}자 이하로 적어 주세요.",
            f"Write the reason in {SHORTEST} to {LONGEST:,} characters.",
        )
    if find_resident_number(text):
        raise Invalid.field(
            "reason",
            "주민등록번호로 보이는 번호가 있습니다. 지운 뒤 저장해 주세요.",
            "The text seems to hold a resident registration number; remove it.",
        )
    return text


def _write(engine: Engine, found: Movable, actor: Actor, *, to: date, reason: str, key: str) -> Performed:
    subject, compiled, now = found.subject, engine.compiled(found.subject), clock.now()
    counted, before = (clock.in_seoul(one).date() if one else to for one in (found.counted, subject.due_at))
    typed = {"counted": counted.isoformat(), "from": before.isoformat(), "to": to.isoformat(), "reason": reason}
    role = found.role or Role.SYSTEM
    change = statements.Change(
        DEADLINE, MOVE_ACTION, subject.state, actor.user_id, role, now, typed, compiled.digest, key
    )
    row = statements.history_row(subject, change, subject.state)
    due = clock.end_of_day(to)
    if not statements.move(subject, compiled.workflow, row, since=subject.state_since, due=due):
        raise engine.stale(subject, actor)
    owner = compiled.workflow.state(subject.state).owner
    if owner is not None:
        payload = {"event": "deadline_moved", "case": subject.id, "revision": row["revision"], "roles": [owner]}
        outbox.enqueue("mail", payload, key=f"{row['hash']}:mail:deadline_moved")
    return Performed(subject.id, subject.reference, MOVE_ACTION, subject.state, subject.state, row["revision"], now)


def _no_deadline() -> Reason:
    return Reason("no_deadline", Sentence("이 건에는 지금 기한이 없습니다.", "The case has no deadline now."))
