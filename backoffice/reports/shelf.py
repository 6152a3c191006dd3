"""The issues somebody may see: the only way to load one by its number, and lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission, zones_with
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.paging import Paged, page_within
from backoffice.organizations.models import Zone
from backoffice.reports.models import IssueAct, ReportIssue

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address of the list says. Empty means everything the reader may see."""

    year: int | None = None
    zone: str = ""
    """Code of a zone, or ``nation``."""
    state: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One issue with its zone; None is the nation."""

    issue: ReportIssue
    zone: Zone | None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Issues of one's zones: every one for those who work on them, published ones (and what they replaced) for readers.

    The nation's are for those who see all zones.
    """
    return or_(
        of_zones(zones_with(actor, Permission.REPORT_FOLLOW)),
        and_(ReportIssue.published_at.is_not(None), of_zones(zones_with(actor, Permission.REPORT_READ))),
    )


def of_zones(zones: frozenset[int] | None) -> ColumnElement[bool]:
    return true() if zones is None else ReportIssue.zone_id.in_(sorted(zones))


def reaches(actor: Actor, permission: Permission, row: ReportIssue) -> bool:
    """Whether somebody holds a permission for this issue's zone, or for all of them where it is the nation's."""
    zones = zones_with(actor, permission)
    return zones is None or row.zone_id in zones


def one(number: str, actor: Actor) -> Line:
    """An issue by its number or by that of one of its editions. Raises NotFound, also for what one may not see."""
    stem, _, place = number[:40].rpartition("-")
    wanted = (number[:40], f"{stem[:-2]}-{place}" if stem.endswith(("-I", "-P")) else number[:40])
    row = db.session.execute(_joined().where(visible_to(actor), ReportIssue.number.in_(wanted))).first()
    if row is None:
        raise NotFound
    return Line(*row)


def sees(number: str, actor: Actor) -> bool:
    """Whether somebody may see the issue with this number, or the one an edition with it belongs to."""
    try:
        one(number, actor)
    except NotFound:
        return False
    return True


def these(numbers: Sequence[str], actor: Actor) -> list[Line]:
    """Those of these numbers one may see, by number."""
    query = _joined().where(visible_to(actor), ReportIssue.number.in_(numbers)).order_by(ReportIssue.number)
    return [Line(*row) for row in db.session.execute(query)]


def page(wanted: Filter, actor: Actor) -> Paged[Line]:
    """The issues of one page, the newest first, and their total: two queries."""
    conditions = [visible_to(actor), *_conditions(wanted)]
    counted = select(func.count()).select_from(ReportIssue).outerjoin(Zone, Zone.id == ReportIssue.zone_id)
    total = db.session.scalar(counted.where(*conditions)) or 0
    number = page_within(wanted.page, total, PAGE)
    query = _joined().where(*conditions).order_by(ReportIssue.id.desc())
    rows = db.session.execute(query.limit(PAGE).offset((number - 1) * PAGE))
    return Paged([Line(*row) for row in rows], total, number, PAGE)


def newest(year: int, actor: Actor) -> dict[int | None, ReportIssue]:
    """Zone (None: the nation) -> the newest issue of a year one may see."""
    query = select(ReportIssue).where(visible_to(actor), ReportIssue.year == year).order_by(ReportIssue.place)
    return {row.zone_id: row for row in db.session.scalars(query)}


def acts_of(issue_ids: Sequence[int]) -> dict[int, list[IssueAct]]:
    """Issue -> everything that was done to it, newest first."""
    query = select(IssueAct).where(IssueAct.issue_id.in_(issue_ids)).order_by(IssueAct.id.desc())
    found: dict[int, list[IssueAct]] = {issue_id: [] for issue_id in issue_ids}
    for act in db.session.scalars(query):
        found[act.issue_id].append(act)
    return found


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.year is not None:
        conditions.append(ReportIssue.year == wanted.year)
    if wanted.zone:
        conditions.append(ReportIssue.zone_id.is_(None) if wanted.zone == "nation" else Zone.code == wanted.zone)
    if wanted.state:
        conditions.append(ReportIssue.state == wanted.state)
    return conditions


def _joined() -> Select[ReportIssue, Zone]:
    return select(ReportIssue, Zone).outerjoin(Zone, Zone.id == ReportIssue.zone_id)
