"""What a mail job asks for: an event of a case, and to whom it is addressed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backoffice.notifications.events import EVENTS
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Order:
    """One mail job, read from its payload.

    Without ``user_id`` and ``organization_id`` the mail goes to ``roles``: those of the event, unless the job names others.
    """

    key: str
    event: str
    case_id: int
    roles: frozenset[Role]
    revision: int | None = None
    """The step that caused it."""
    user_id: int | None = None
    organization_id: int | None = None
    since: str | None = None
    """For a reminder: since when the case rests where it is; a case that moved on needs no reminder."""
    task: str | None = None
    """For a reminder: the task that is still open."""


def read_order(key: str, payload: Mapping[str, Any]) -> Order:
    """The order in a job's payload. Raises KeyError for an event that does not exist."""
    event = EVENTS[payload["event"]]
    named = frozenset(Role(name) for name in payload.get("roles", ()))
    return Order(
        key=key,
        event=event.code,
        case_id=payload["case"],
        roles=named or event.to,
        revision=payload.get("revision"),
        user_id=payload.get("user"),
        organization_id=payload.get("organization"),
        since=payload.get("since"),
        task=payload.get("task"),
    )
