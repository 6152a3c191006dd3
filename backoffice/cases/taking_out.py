"""The rows of a filtered queue with the names around them, read a thousand at a time as they are taken out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.accounts.models import User
from backoffice.cases.models import Case
from backoffice.cases.queries import zones_of
from backoffice.cases.queue import Filter, listed
from backoffice.core.db import db
from backoffice.organizations.models import Organization

AT_ONCE = 1_000
"""Rows fetched together."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One case of the list."""

    reference: str
    title: str
    workflow: str
    workflow_version: int
    state: str
    stage: str
    final: str | None
    waiting_for: str | None
    due_at: datetime | None
    amount: int
    year: int
    submitted_at: datetime | None
    organization: str
    business_number: str
    handler: str
    zones: tuple[int, ...]
    """The lead zone first."""


_READ = (
    Case.id, Case.reference, Case.title, Case.workflow, Case.workflow_version, Case.state, Case.stage, Case.final,
    Case.waiting_for, Case.due_at, Case.amount, Case.year, Case.submitted_at, Organization.name_ko,
    Organization.business_number, User.name,
)  # fmt: skip


def taken_out(actor: Actor, wanted: Filter) -> Iterator[Taken]:
    """Every row of a filtered list across its pages: one query, and one for the zones of each thousand."""
    query = (
        select(*_READ)
        .select_from(Case)
        .outerjoin(Organization, Organization.id == Case.lead_organization_id)
        .outerjoin(User, User.id == Case.handler_id)
    )
    found: Any = db.session.execute(listed(actor, wanted, query).execution_options(yield_per=AT_ONCE))
    for part in found.partitions():
        zones = zones_of([row[0] for row in part])
        for row in part:
            case_id, *facts, organization, number, handler = row
            own = tuple(zones[case_id])
            values: tuple[Any, ...] = (*facts, organization or "", number or "", handler or "", own)
            yield Taken(*values)
