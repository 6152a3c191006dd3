"""The access log of the demo: whoever at the foundation took a step had looked at the case a few minutes before."""

from datetime import timedelta

from sqlalchemy import insert, select

from backoffice.access.permissions import OFFICE
from backoffice.cases.models import Case
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db, transaction
from backoffice.demo.moments import World
from backoffice.engine.spine import History
from backoffice.organizations.models import Organization

KEPT = timedelta(days=730)
"""How long the log is kept (trust rule 9); older visits would have been destroyed by now."""

READ = timedelta(minutes=6)


def log_visits(world: World) -> None:
    """Record a look at the case for every step of the office."""
    query = (
        select(History.at, History.actor_id, History.case_id, Organization.name_ko)
        .join(Case, Case.id == History.case_id)
        .join(Organization, Organization.id == Case.lead_organization_id)
        .where(History.role.in_(OFFICE), History.actor_id.is_not(None), History.at > world.last - KEPT)
        .order_by(History.at, History.case_id, History.revision)
    )
    visits = [
        {
            "at": row.at - READ,
            "actor_id": row.actor_id,
            "address": f"10.20.{row.actor_id % 14}.{10 + row.actor_id}",
            "act": "case:read",
            "about": row.name_ko,
            "case_id": row.case_id,
        }
        for row in db.session.execute(query)
    ]
    with transaction():
        db.session.execute(insert(AccessEvent), visits)
