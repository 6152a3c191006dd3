"""What of the access log somebody may see: whoever audits some zones reads what was done to their cases, and their own acts."""

from sqlalchemy import ColumnElement, or_, select

from backoffice.access.permissions import Permission, zones_with
from backoffice.cases.models import Case
from backoffice.cases.sight import of_zones
from backoffice.core.audit import AccessEvent
from backoffice.core.errors import Refused
from backoffice.web.access import actor


def within() -> ColumnElement[bool] | None:
    """The condition for the present person; None for who audits all zones.

    An act that is about no case, such as a look at a company's record, belongs to no zone and stays with them.
    """
    zones = zones_with(actor(), Permission.AUDIT_READ)
    if zones is None:
        return None
    own_cases = select(Case.id).where(Case.private.is_(False), of_zones(zones))
    return or_(AccessEvent.actor_id == actor().user_id, AccessEvent.case_id.in_(own_cases))


def demand_all_zones() -> None:
    """Raises Refused for who sees a part of the log only."""
    if zones_with(actor(), Permission.AUDIT_READ) is not None:
        raise Refused.because(
            "part_of_the_log",
            "모든 특구의 접속기록을 보는 사람만 월간 점검을 남기거나 확인할 수 있습니다.",
            "Only who sees the log of all zones can review a month or sign it.",
        )
