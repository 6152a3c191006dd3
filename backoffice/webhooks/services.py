"""Verbs about webhooks: subscribe, tell of steps, note what became of it, try again, change the secret."""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import select, update

from backoffice.core import clock, outbox
from backoffice.core.db import db
from backoffice.core.errors import Invalid, NotFound, Problem
from backoffice.core.i18n import Sentence
from backoffice.engine.perform import Engine
from backoffice.webhooks import interest, queries
from backoffice.webhooks.models import WebhookDelivery, WebhookSubscription
from backoffice.webhooks.sending import Letter, Undelivered, check_address
from workflows.definition import Workflow

OVERLAP = timedelta(minutes=5)
"""A step carries the time it began; another may be written before it. So each look begins a little earlier."""
OLD_HOLDS = timedelta(hours=24)
"""How long an exchanged secret goes on signing beside the new one."""


@dataclass(frozen=True, slots=True)
class NewSubscription:
    name: str
    url: str
    zones: Sequence[int] = ()
    workflows: Sequence[str] = ()


def subscribe(new: NewSubscription, *, demo: bool, by: int | None) -> WebhookSubscription:
    """A new subscription, told of every step from now on. Raises Invalid, naming each field."""
    problems: list[Problem] = []
    name = " ".join(new.name.split())
    if not 1 <= len(name) <= 80:
        problems.append(
            Problem("name", Sentence("이름을 1~80자로 적어 주세요.", "Give it a name of 1 to 80 characters."))
        )
    try:
        url = check_address(new.url, demo=demo)
    except Invalid as invalid:
        problems.extend(invalid.problems)
    if problems:
        raise Invalid(problems)
    row = WebhookSubscription(
        name=name, url=url, zones=sorted(set(new.zones)), workflows=sorted(set(new.workflows)), salt=_fresh_salt(),
        created_by=by, created_at=clock.now(), told_until=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    interest.note(True)
    return row


def stop(row: WebhookSubscription) -> None:
    """Send nothing more. What was not sent yet stays untold."""
    row.active = False


def resume(row: WebhookSubscription) -> None:
    """Go on from now; what happened meanwhile is not told."""
    row.active, row.told_until = True, clock.now()
    interest.note(True)


def rotate(row: WebhookSubscription) -> None:
    """Change the secret. For a day everything is signed with both, so that the receiver can change in peace."""
    row.old_salt, row.old_until = row.salt, clock.now() + OLD_HOLDS
    row.salt = _fresh_salt()


def _fresh_salt() -> str:
    return secrets.token_hex(32)


def secret_of(row: WebhookSubscription, key: str, salt: str | None = None) -> str:
    """The secret of a subscription: it follows from the office's key, so that the database alone cannot sign."""
    text = f"webhook:{row.id}:{salt or row.salt}".encode()
    digest = hmac.new(key.encode(), text, hashlib.sha256).digest()
    return "whsec_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def tell(engine: Engine) -> int:
    """Write a delivery with its job for every step since the last look, for every subscription: how many."""
    active = queries.active_ones()
    interest.note(bool(active))
    return sum(_tell_one(engine, one) for one in active)


def _tell_one(engine: Engine, one: WebhookSubscription) -> int:
    """A step that can still be taken back is left for a later look, and so is all that does not fit into one."""
    now = clock.now()
    rows = queries.untold(one, max(one.told_until - OVERLAP, one.created_at), now)
    settled, until = [], now if len(rows) < queries.AT_ONCE else rows[-1].at
    for row in rows:
        definition = _definition(engine, row)
        if row.at + timedelta(seconds=_window(definition, row)) > now:
            until = min(until, row.at)
        else:
            settled.append(_delivery(one, definition, row))
    db.session.add_all(settled)
    one.told_until = max(until, one.told_until)
    db.session.flush()
    for delivery in settled:
        outbox.enqueue("webhook", {"delivery": delivery.id}, key=job_key(delivery))
    return len(settled)


def job_key(delivery: WebhookDelivery) -> str:
    return f"webhook:{delivery.id}"


def _definition(engine: Engine, row: Any) -> Workflow:
    """The definition a step was taken under."""
    return engine.definitions.under(row.workflow, row.digest).workflow


def _window(definition: Workflow, row: Any) -> int:
    """The seconds in which a step may be taken back."""
    steps = (step for step in definition.transitions if step.action == row.action and row.source in step.source)
    return next((step.undo for step in steps), 0)


def _delivery(one: WebhookSubscription, definition: Workflow, row: Any) -> WebhookDelivery:
    """What is told: enough to know where to look, and nothing about a person."""
    event, label = uuid.uuid4().hex, definition.state(row.target).shown
    said = {
        "id": event,
        "type": "case.step",
        "reference": row.reference,
        "action": row.action,
        "state": {"ko": label.ko, "en": label.en},
        "revision": row.revision,
        "at": row.at.astimezone(UTC).isoformat(),
    }
    return WebhookDelivery(
        subscription_id=one.id, case_id=row.case_id, revision=row.revision, reference=row.reference, event=event,
        body=json.dumps(said, ensure_ascii=False), created_at=clock.now(),
    )  # fmt: skip


def letter_of(delivery: WebhookDelivery, one: WebhookSubscription, key: str) -> Letter:
    """A delivery as it leaves now, signed with every secret that holds."""
    holding = [one.salt]
    if one.old_salt is not None and one.old_until is not None and clock.now() < one.old_until:
        holding.append(one.old_salt)
    signed = tuple(secret_of(one, key, salt) for salt in holding)
    return Letter(delivery.event, delivery.body, signed, int(clock.now().timestamp()))


def note_sent(delivery_id: int, answer: int) -> None:
    row = _tried(delivery_id)
    row.status, row.answer, row.error = "sent", answer, None


def note_failed(delivery_id: int, why: Undelivered) -> None:
    row = _tried(delivery_id)
    row.status, row.answer, row.error = "failed", why.answer, why.sentence.en[:300]


def _tried(delivery_id: int) -> WebhookDelivery:
    row = db.session.get_one(WebhookDelivery, delivery_id)
    row.attempts += 1
    row.tried_at = clock.now()
    return row


def retry(delivery: WebhookDelivery) -> None:
    """Send what did not arrive once more, now. Raises NotFound for what did."""
    job_id = db.session.scalar(select(outbox.Job.id).where(outbox.Job.key == job_key(delivery)))
    if delivery.status == "sent" or job_id is None:
        raise NotFound
    if not outbox.retry(job_id):
        waiting = outbox.Job.id == job_id, outbox.Job.status == outbox.WAITING
        db.session.execute(update(outbox.Job).where(*waiting).values(run_at=clock.now()))
    outbox.announce(job_id)
