"""Effects on technology transfer: each calls one service in the transaction of the step."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from backoffice.cases.queries import answers
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Invalid
from backoffice.engine.spine import History
from backoffice.engine.values import Happening
from backoffice.licensing import royalty, services
from backoffice.organizations.queries import zone_ids
from backoffice.organizations.services import NewOrganization, register_all


def list_candidates(happening: Happening, field: str) -> None:
    """The typed rows (technology, supplier) become candidates; an unknown supplier is registered. Raises Invalid."""
    rows = happening.input[field]
    codes = zone_ids({str(row["zone"]) for row in rows if row.get("zone")})
    numbers = [row["business_number"] for row in rows]
    if len(set(numbers)) < len(numbers):
        raise Invalid.field(field, "같은 공급기관을 두 번 적었습니다.", "A supplier is named twice.")
    suppliers = register_all(
        [
            NewOrganization(
                kind="institute",
                name_ko=row["supplier"],
                business_number=row["business_number"],
                zone_id=codes.get(str(row.get("zone"))),
            )
            for row in rows
        ]
    )
    proposals = [
        services.Proposal(row["technology"], supplier.id) for row, supplier in zip(rows, suppliers, strict=True)
    ]
    services.propose(happening.subject.id, proposals)


def invite_candidate(happening: Happening, _: Any) -> None:
    services.invite_next(happening.subject.id)


def drop_candidate(happening: Happening, _: Any) -> None:
    reason = str(happening.input.get("reason", happening.step.label.ko))
    services.drop_current(happening.subject.id, reason)


def conclude_license(happening: Happening, form: str) -> None:
    """Make the agreed terms, the answers of a form, into a license with its schedule."""
    given = {name: answer.value for name, answer in answers(happening.subject.id, form).items()}
    terms = royalty.Terms(
        rate=Decimal(str(given.get("rate") or 0)),
        minimum=int(given.get("minimum") or 0),
        starts_on=date.fromisoformat(given["starts_on"]),
        ends_on=date.fromisoformat(given["ends_on"]),
        free_until=date.fromisoformat(given["free_until"]) if given.get("free_until") else None,
    )
    milestones = tuple(
        (str(row["label"]), date.fromisoformat(row["due_on"]), int(row["amount"]))
        for row in given.get("milestones") or ()
    )
    contract = services.Contract(
        given["kind"], int(given["upfront"]), date.fromisoformat(given["upfront_due"]), terms, milestones
    )
    services.conclude(happening.subject.id, contract)


def amend_license(happening: Happening, action: str) -> None:
    """Carry out what the newest step ``action`` asked for."""
    typed = json.loads(
        db.session.scalar(
            select(History.input)
            .where(History.case_id == happening.subject.id, History.action == action)
            .order_by(History.revision.desc())
            .limit(1)
        )
        or "{}"
    )
    services.amend(
        happening.subject.id,
        ends_on=date.fromisoformat(typed["new_ends_on"]) if typed.get("new_ends_on") else None,
        rate=Decimal(str(typed["new_rate"])) if typed.get("new_rate") is not None else None,
        minimum=typed.get("new_minimum"),
    )


def bill_sales(happening: Happening, _: Any) -> None:
    services.bill_year(happening.subject.id, int(happening.input["year"]), int(happening.input["sales"]))


def book_royalty(happening: Happening, _: Any) -> None:
    typed = happening.input
    services.book_payment(
        happening.subject.id, int(typed["number"]), int(typed["amount"]), paid_on=date.fromisoformat(typed["paid_on"])
    )


def note_delivery(happening: Happening, _: Any) -> None:
    services.note_delivery(happening.subject.id, clock.in_seoul(happening.now).date())


def note_broker_fee(happening: Happening, _: Any) -> None:
    typed = happening.input
    services.note_broker_fee(happening.subject.id, int(typed["amount"]), date.fromisoformat(typed["paid_on"]))


def end_license(happening: Happening, _: Any) -> None:
    services.end_early(happening.subject.id)
