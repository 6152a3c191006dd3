"""The monthly review of the access log: what stands out, who looked at it, and who signed as a second person."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, Text, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.access.permissions import SECOND_FACTOR
from backoffice.accounts.access_log import SIGN_IN, beginning
from backoffice.accounts.models import RoleGrant, User
from backoffice.core import clock
from backoffice.core.audit import AccessEvent
from backoffice.core.db import Base, BigKey, db, rows_changed
from backoffice.core.errors import Invalid, NotFound, Refused
from backoffice.core.i18n import Sentence

NIGHT_BEGINS, NIGHT_ENDS = 22, 6
MANY_DOWNLOADS, MANY_ADDRESSES, MANY_WRONG = 30, 4, 6
DOWNLOADS = frozenset(
    {"file:read", "report:read", "case:export", "case:dossier", "outcome:export", "process:export", "audit:export"}
)
UNMASK = "person:unmask"
SHORTEST_REMARK = 5


class AccessReview(Base):
    """One month of the log, looked at by one person and signed by another."""

    __tablename__ = "access_review"
    __table_args__ = (CheckConstraint("signed_by IS NULL OR signed_by <> reviewer_id", name="second_person"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    month: Mapped[date] = mapped_column(unique=True)
    """Its first day."""
    events: Mapped[int]
    findings: Mapped[int]
    reviewer_id: Mapped[int] = mapped_column(BigKey)
    remarks: Mapped[str] = mapped_column(Text)
    reviewed_at: Mapped[datetime] = mapped_column(default=clock.now)
    signed_by: Mapped[int | None] = mapped_column(BigKey)
    signed_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules need of one event."""

    actor_id: int
    at: datetime
    act: str
    about: str
    address: str


@dataclass(frozen=True, slots=True)
class Unusual:
    """Something worth a question: a rule, whom it is about, on which day, and how often. It accuses nobody."""

    rule: str
    actor_id: int
    day: date
    count: int

    @property
    def sentence(self) -> Sentence:
        ko, en = _RULES[self.rule]
        return Sentence(ko.format(n=self.count), en.format(n=self.count))


_RULES = {
    "night": ("밤(22시~6시)에 {n}건을 처리했습니다.", "Acted {n} times at night (22 to 6 o'clock)."),
    "downloads": ("하루에 {n}건을 내려받았습니다.", "Took {n} files in a day."),
    "addresses": ("하루에 {n}곳의 주소에서 들어왔습니다.", "Came in from {n} addresses in a day."),
    "wrong": ("2단계 인증을 {n}번 틀렸습니다.", "Gave a wrong second factor {n} times."),
    "colleagues": ("동료의 연락처를 {n}번 열람했습니다.", "Looked up colleagues' contacts {n} times."),
}


def unusual(events: Iterable[Seen], colleagues: frozenset[str]) -> list[Unusual]:
    """What the rules point out, by day and person. ``colleagues`` are the addresses of the office's own people."""
    night: Counter[tuple[int, date]] = Counter()
    downloads, wrong, curious = night.copy(), night.copy(), night.copy()
    addresses: defaultdict[tuple[int, date], set[str]] = defaultdict(set)
    for event in events:
        local = clock.in_seoul(event.at)
        who = (event.actor_id, local.date())
        night[who] += local.hour >= NIGHT_BEGINS or local.hour < NIGHT_ENDS
        downloads[who] += event.act in DOWNLOADS
        wrong[who] += event.act == "sign-in:factor-wrong"
        curious[who] += event.act == UNMASK and event.about in colleagues
        if event.act == SIGN_IN:
            addresses[who].add(event.address)
    many = Counter({who: len(found) for who, found in addresses.items()})
    rules = (
        ("night", night, 1), ("downloads", downloads, MANY_DOWNLOADS), ("addresses", many, MANY_ADDRESSES),
        ("wrong", wrong, MANY_WRONG), ("colleagues", curious, 1),
    )  # fmt: skip
    found = [
        Unusual(rule, *who, count) for rule, counts, least in rules for who, count in counts.items() if count >= least
    ]
    return sorted(found, key=lambda one: (one.day, one.actor_id, one.rule))


def month_of(text: str) -> date:
    """``2026-10`` -> its first day. Raises NotFound."""
    try:
        found = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  # a month has no time zone
    except ValueError as error:
        raise NotFound from error
    if not 2000 <= found.year <= 2999:
        raise NotFound
    return found


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def look(month: date, within: ColumnElement[bool] | None = None) -> tuple[int, list[Unusual]]:
    """How many events a month has, and what stands out in it; ``within`` what its reader may see."""
    query = select(AccessEvent.actor_id, AccessEvent.at, AccessEvent.act, AccessEvent.about, AccessEvent.address).where(
        AccessEvent.at >= beginning(month), AccessEvent.at < beginning(_after(month))
    )
    if within is not None:
        query = query.where(within)
    count = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    events = db.session.execute(query.where(AccessEvent.actor_id.is_not(None)).execution_options(yield_per=1000))
    seen = (Seen(who, at, act, about, address) for who, at, act, about, address in events if who is not None)
    return count, unusual(seen, _office())


def _office() -> frozenset[str]:
    query = select(User.email).join(RoleGrant, RoleGrant.user_id == User.id).where(RoleGrant.role.in_(SECOND_FACTOR))
    return frozenset(db.session.scalars(query))


def reviews() -> Sequence[AccessReview]:
    return list(db.session.scalars(select(AccessReview).order_by(AccessReview.month.desc())))


def review_of(month: date) -> AccessReview | None:
    return db.session.scalar(select(AccessReview).where(AccessReview.month == month))


def write_review(month: date, reviewer_id: int, remarks: str) -> AccessReview:
    """Note that somebody looked at a month that is over. Raises Invalid, Refused."""
    if _after(month) > clock.today():
        raise Refused.because(
            "month_open", "끝난 달만 점검할 수 있습니다.", "Only a month that is over can be reviewed."
        )
    if review_of(month) is not None:
        raise Refused.because("reviewed", "이미 점검한 달입니다.", "This month was reviewed already.")
    if len(remarks.strip()) < SHORTEST_REMARK:
        raise Invalid.field(
            "remarks",
            "확인한 내용과 조치를 5자 이상 적어 주세요. 특이사항이 없으면 그렇게 적어 주세요.",
            "Write what you found and did, in at least five characters; say so if there was nothing.",
        )
    events, found = look(month)
    row = AccessReview(
        month=month, events=events, findings=len(found), reviewer_id=reviewer_id, remarks=remarks.strip()[:4000]
    )
    db.session.add(row)
    db.session.flush()
    return row


def sign(month: date, user_id: int) -> None:
    """Sign a review as a second person. Raises NotFound, Refused for its own author or a second signature."""
    row = review_of(month)
    if row is None:
        raise NotFound
    if row.reviewer_id == user_id:
        raise Refused.because(
            "same_person",
            "점검한 사람은 확인할 수 없습니다. 다른 사람이 확인해야 합니다.",
            "Whoever reviewed the month may not sign it; somebody else must.",
        )
    statement = update(AccessReview).where(AccessReview.id == row.id, AccessReview.signed_by.is_(None))
    if rows_changed(statement.values(signed_by=user_id, signed_at=clock.now())) != 1:
        raise Refused.because("signed", "이미 확인된 점검입니다.", "This review was signed already.")
