"""Effects on money: each calls one service in the transaction of the step."""

import json
from datetime import date
from typing import Any

from sqlalchemy import select

from backoffice.cases.queries import answers, case_by_id
from backoffice.core.db import db
from backoffice.engine import tasks
from backoffice.engine.spine import History
from backoffice.engine.values import Happening
from backoffice.funding import closing, queries, services


def reserve_budget(happening: Happening, _: Any) -> None:
    row = case_by_id(happening.subject.id)
    services.reserve(row, int(happening.input["amount"]), str(happening.input.get("resolution", "")))


def release_budget(happening: Happening, _: Any) -> None:
    services.release(happening.subject.id)


def draft_agreement(happening: Happening, _: Any) -> None:
    services.draft_agreement(happening.subject.id)


def drop_agreement(happening: Happening, _: Any) -> None:
    services.drop_agreement(happening.subject.id)


def open_signatures(happening: Happening, name: str) -> None:
    services.open_signatures(happening.subject.id, name, happening.revision)


def withdraw_signatures(happening: Happening, name: str) -> None:
    """Nobody is asked to sign what was drafted too early."""
    tasks.withdraw(happening.subject.id, name, happening.revision, since=happening.now)


def conclude_agreement(happening: Happening, _: Any) -> None:
    typed = happening.input
    terms = services.Terms(
        date.fromisoformat(typed["starts_on"]),
        date.fromisoformat(typed["ends_on"]),
        int(float(typed.get("first_share", 100))),
    )
    services.conclude(happening.subject.id, terms, user_id=happening.actor.user_id)


def number_project(happening: Happening, _: Any) -> None:
    services.number_project(case_by_id(happening.subject.id), happening.definition.code)


def amend_agreement(happening: Happening, action: str) -> None:
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
    ends_on = date.fromisoformat(typed["new_ends_on"]) if typed.get("new_ends_on") else None
    services.amend(happening.subject.id, amount=typed.get("new_amount"), ends_on=ends_on)


def end_agreement(happening: Happening, _: Any) -> None:
    closing.end_early(happening.subject.id)


def end_support(happening: Happening, _: Any) -> None:
    """Like ``end_agreement``, for programs in which only some cases have an agreement."""
    if queries.agreement_of(happening.subject.id) is not None:
        closing.end_early(happening.subject.id)


def order_payment(happening: Happening, _: Any) -> None:
    services.order_payment(happening.subject.id, user_id=happening.actor.user_id, key=happening.key)


def recall_payment(happening: Happening, _: Any) -> None:
    services.recall_payment(happening.subject.id)


def pay_instalment(happening: Happening, _: Any) -> None:
    services.pay(happening.subject.id, user_id=happening.actor.user_id)


def book_expenditures(happening: Happening, argument: Any) -> None:
    """``final_report.usage``: the grid of expenditures in a form."""
    form, _, field = str(argument).partition(".")
    answer = answers(happening.subject.id, form).get(field)
    closing.book_expenditures(happening.subject.id, answer.value if answer is not None and answer.value else [])


def calculate_settlement(happening: Happening, argument: Any) -> None:
    """``application.budget``: the budget grid whose granted amounts the account is held against."""
    form, _, field = str(argument).partition(".")
    answer = answers(happening.subject.id, form).get(field)
    closing.calculate(
        happening.subject.id,
        disallowed=int(happening.input.get("disallowed", 0)),
        budget=closing.granted_by_category(answer.value if answer is not None else None),
        user_id=happening.actor.user_id,
    )


def book_recovery(happening: Happening, _: Any) -> None:
    paid_on = date.fromisoformat(happening.input["paid_on"])
    closing.book_recovery(happening.subject.id, amount=int(happening.input["amount"]), paid_on=paid_on)


def close_agreement(happening: Happening, _: Any) -> None:
    closing.close(happening.subject.id)
