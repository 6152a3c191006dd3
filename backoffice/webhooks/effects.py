"""What a step adds when somebody wants to be told of it: a job that looks what is to be told."""

from collections.abc import Sequence

from backoffice.core.outbox import Order
from backoffice.engine.values import Happening
from backoffice.webhooks import interest


def watch(happening: Happening) -> Sequence[Order]:
    """One job, written in the statement of the step itself; none while nobody listens.

    It only hastens: whatever it misses, such as a step of another process, is told within a minute.
    """
    if not interest.somebody():
        return ()
    return (Order("webhooks", {}, f"{happening.hash}:webhooks", run_at=happening.leaves_at),)
