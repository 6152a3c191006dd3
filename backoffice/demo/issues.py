"""Reports of the demo's newest year: some published, one waiting for its approval, one a draft."""

from datetime import datetime, time, timedelta

from backoffice.core import clock, periods
from backoffice.core.db import steady_transaction, transaction
from backoffice.demo.moments import World
from backoffice.demo.society import Society
from backoffice.organizations import queries as organizations
from backoffice.reports import freezing, issuing, queries

PUBLISHED = ("GS-GIMHAE", "GS-POHANG")
WAITING = "GS-HONGNEUNG"
DRAFT = "GS-ANSAN"

HQ, APPROVER = "hq_staff.hq", "approver.hq"

WAIVER = "나머지 보고는 제출 기한 안이며 핵심지표에 미치는 영향이 작아, 다음 호에 반영하기로 하고 승인합니다."
"""Why an issue of the demo is approved although not every report is confirmed."""


def issue(society: Society, world: World) -> None:
    """Each step on the last working day before the build day, at the hour at which somebody would take it. PDFs are printed on demand."""
    for place, code in enumerate((*PUBLISHED, WAITING, DRAFT)):
        number = _frozen(society, world, code, place)
        if code != DRAFT:
            _take(society, number, issuing.REQUEST, _keeper(code), _at(world, 11, place), "특구 검토를 마쳤습니다.")
        if code in PUBLISHED:
            _take(society, number, issuing.CHECK, HQ, _at(world, 14, place), "대장과 대조했습니다. 이상 없습니다.")
            _take(society, number, issuing.APPROVE, APPROVER, _at(world, 16, place), "")
            _take(society, number, issuing.PUBLISH, APPROVER, _at(world, 17, place), "")


def _keeper(code: str) -> str:
    """Who keeps a zone's ledger."""
    return f"zone_staff.{code.partition('-')[2].lower()}"


def _at(world: World, hour: int, place: int) -> datetime:
    return datetime.combine(periods.roll_back(world.day - timedelta(days=1)), time(hour, 7 + 9 * place), clock.SEOUL)


def _frozen(society: Society, world: World, code: str, place: int) -> str:
    with clock.travelling(_at(world, 10, place)), steady_transaction():
        actor_id = society.actors[_keeper(code)].user_id
        return freezing.freeze(organizations.zone(code), world.reported_year, actor_id).number


def _take(society: Society, number: str, act: str, seat: str, at: datetime, note: str) -> None:
    with clock.travelling(at), transaction():
        row = queries.issue(number)
        if act == issuing.APPROVE and issuing.missing(row):
            note = WAIVER
        issuing.take(row, act, note, seen=row.revision, actor_id=society.actors[seat].user_id or 0)
