"""The effect that asks for a mail: a job written with the step itself."""

from backoffice.core.outbox import Order
from backoffice.engine.values import Happening


def mail(happening: Happening, event: str) -> Order:
    """Have the mail of an event written and sent to everybody it concerns."""
    return Order(
        "mail",
        {"event": event, "case": happening.subject.id, "revision": happening.revision},
        f"{happening.hash}:mail:{event}",
        run_at=happening.leaves_at,
    )
