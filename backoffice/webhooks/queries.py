"""Reads of subscriptions, of steps nobody was told of yet, and of what was sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, exists, func, literal, select
from sqlalchemy.orm import aliased

from backoffice.cases.models import Case, CaseZone
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.outbox import Job
from backoffice.engine.spine import MIGRATION, TRANSITION, UNDO, History
from backoffice.webhooks.models import WebhookDelivery, WebhookSubscription

TOLD = (TRANSITION, MIGRATION)
"""The kinds of history that are told: what moved a case. What was taken back within its window is not."""
AT_ONCE = 500


def subscriptions() -> list[WebhookSubscription]:
    """Every subscription, by name."""
    return list(
        db.session.scalars(select(WebhookSubscription).order_by(WebhookSubscription.name, WebhookSubscription.id))
    )


def subscription(subscription_id: int) -> WebhookSubscription:
    """Raises NotFound."""
    found = db.session.get(WebhookSubscription, subscription_id)
    if found is None:
        raise NotFound
    return found


def active_ones() -> list[WebhookSubscription]:
    """The subscriptions that are served, each locked: two workers never tell the same step at the same moment."""
    query = select(WebhookSubscription).where(WebhookSubscription.active).order_by(WebhookSubscription.id)
    return list(db.session.scalars(query.with_for_update()))


def untold(one: WebhookSubscription, since: datetime, until: datetime) -> Sequence[Any]:
    """The steps of a stretch of time that a subscription asks for and was not told of, the oldest first."""
    undo = aliased(History)
    taken_back = exists().where(
        undo.case_id == History.case_id, undo.revision == History.revision + 1, undo.kind == UNDO
    )
    known = exists().where(
        WebhookDelivery.subscription_id == one.id,
        WebhookDelivery.case_id == History.case_id,
        WebhookDelivery.revision == History.revision,
    )
    query = (
        select(
            History.case_id, History.revision, History.action, History.source, History.target, History.at,
            History.digest, Case.reference, Case.workflow,
        )
        .join(Case, Case.id == History.case_id)
        .where(History.at >= since, History.at <= until, History.kind.in_(TOLD), Case.private.is_(False))
        .where(~taken_back, ~known)
    )  # fmt: skip
    if one.zones:
        query = query.where(exists().where(CaseZone.case_id == Case.id, CaseZone.zone_id.in_(one.zones)))
    if one.workflows:
        query = query.where(Case.workflow.in_(one.workflows))
    return db.session.execute(query.order_by(History.at, History.case_id, History.revision).limit(AT_ONCE)).all()


def deliveries(subscription_id: int, *, status: str = "", limit: int = 100) -> list[tuple[WebhookDelivery, str]]:
    """The newest deliveries of a subscription, each with how its job stands."""
    job = and_(Job.kind == "webhook", Job.key == literal("webhook:") + cast(WebhookDelivery.id, String))
    query = (
        select(WebhookDelivery, Job.status)
        .outerjoin(Job, job)
        .where(WebhookDelivery.subscription_id == subscription_id)
        .order_by(WebhookDelivery.id.desc())
        .limit(limit)
    )
    if status:
        query = query.where(WebhookDelivery.status == status)
    return [(row, job_status or "") for row, job_status in db.session.execute(query)]


def counts() -> dict[tuple[int, str], int]:
    """(subscription, status) -> number of deliveries."""
    query = select(WebhookDelivery.subscription_id, WebhookDelivery.status, func.count()).group_by(
        WebhookDelivery.subscription_id, WebhookDelivery.status
    )
    return {(subscription_id, status): number for subscription_id, status, number in db.session.execute(query)}


def delivery(subscription_id: int, delivery_id: int) -> WebhookDelivery:
    """Raises NotFound."""
    found = db.session.get(WebhookDelivery, delivery_id)
    if found is None or found.subscription_id != subscription_id:
        raise NotFound
    return found
