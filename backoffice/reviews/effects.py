"""Effects of reviewing: open a round, store its result, close it."""

from typing import Any

from backoffice.core import outbox
from backoffice.core.outbox import Order
from backoffice.engine.values import Happening
from backoffice.reviews import services
from backoffice.reviews.queries import panel_of_call


def assign_reviewers(happening: Happening, name: str) -> None:
    """Give the round's sheets to reviewers and tell each of them."""
    state = happening.definition.state(happening.step.target)
    count = state.tasks[name].count or 3
    call_id = happening.subject.call_id
    assert call_id is not None  # noqa: S101  # only cases of a call are reviewed
    panel = happening.facts["panel"] if "panel" in happening.facts else panel_of_call(call_id)
    sheets = services.assign_round(happening.subject.id, panel, name=name, count=count, cycle=happening.revision)
    outbox.enqueue_orders(
        [
            Order(
                "mail",
                {"event": "review_assigned", "case": happening.subject.id, "user": sheet.reviewer_id},
                f"{happening.hash}:review_assigned:{sheet.reviewer_id}",
                run_at=happening.leaves_at,
            )
            for sheet in sheets
        ]
    )


def withdraw_reviewers(happening: Happening, name: str) -> None:
    """The round never began: nobody has a sheet of it, and whoever was appointed only for it may not read the case."""
    services.withdraw_round(happening.subject.id, name, happening.revision, since=happening.now)


def store_result(happening: Happening, name: str) -> None:
    services.store_result(happening.subject.id, name)


def close_reviews(happening: Happening, _: Any) -> None:
    services.close_rounds(happening.subject.id)
