"""Effects on money: each calls one service in the transaction of the step."""

import json
from datetime import date
from typing import Any

from sqlalchemy import select

from backoffice.cases.models import Answer
from backoffice.core.db import db
from backoffice.engine import tasks
from backoffice.engine.spine import History
from backoffice.engine.values import Happening
from backoffice.funding import closing, queries, services
from backoffice.funding.queries import Money


def _money(happening: Happening) -> Money:
    """The money of the case: the rows the guards read, unless the step itself may have added to them since."""
    known = happening.facts.get("funding")
    adds = any(effect.name in queries.BEGINNINGS for effect in happening.step.effects)
    if known is not None and known.money is not None and not adds:
        money: Money = known.money
        return money
    return queries.money_of(happening.subject.id)


def reserve_budget(happening: Happening, _: Any) -> None:
    subject, typed = happening.subject, happening.input
    services.reserve(subject.id, subject.call_id, int(typed["amount"]), str(typed.get("resolution", "")))


def release_budget(happening: Happening, _: Any) -> None:
    services.release(_money(happening).reservation)


def draft_agreement(happening: Happening, _: Any) -> None:
    services.draft_agreement(happening.subject.id, _money(happening))


def drop_agreement(happening: Happening, _: Any) -> None:
    services.drop_agreement(_money(happening).agreement)


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
    services.conclude(_money(happening), terms, user_id=happening.actor.user_id)


def number_project(happening: Happening, _: Any) -> None:
    services.number_project(_money(happening).agreement, happening.subject.year, happening.definition.code)


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
    services.amend(_money(happening), amount=typed.get("new_amount"), ends_on=ends_on)


def end_agreement(happening: Happening, _: Any) -> None:
    closing.end_early(_money(happening))


def end_support(happening: Happening, _: Any) -> None:
    """Like ``end_agreement``, for programs in which only some cases have an agreement."""
    money = _money(happening)
    if money.agreement is not None:
        closing.end_early(money)


def order_payment(happening: Happening, _: Any) -> None:
    services.order_payment(_money(happening), user_id=happening.actor.user_id, key=happening.key)


def recall_payment(happening: Happening, _: Any) -> None:
    services.recall_payment(_money(happening))


def pay_instalment(happening: Happening, _: Any) -> None:
    services.pay(_money(happening), user_id=happening.actor.user_id)


def book_expenditures(happening: Happening, argument: Any) -> None:
    """``final_report.usage``: the grid of expenditures in a form."""
    form, _, field = str(argument).partition(".")
    answer = db.session.get(Answer, (happening.subject.id, form, field))
    closing.book_expenditures(
        queries.agreement_of(happening.subject.id), answer.value if answer is not None and answer.value else []
    )


def calculate_settlement(happening: Happening, argument: Any) -> None:
    """``application.budget``: the budget grid whose granted amounts the account is held against."""
    form, _, field = str(argument).partition(".")
    answer = db.session.get(Answer, (happening.subject.id, form, field))
    closing.calculate(
        _money(happening),
        disallowed=int(happening.input.get("disallowed", 0)),
        budget=closing.granted_by_category(answer.value if answer is not None else None),
        user_id=happening.actor.user_id,
    )


def book_recovery(happening: Happening, _: Any) -> None:
    paid_on = date.fromisoformat(happening.input["paid_on"])
    closing.book_recovery(_money(happening).settlement, amount=int(happening.input["amount"]), paid_on=paid_on)


def close_agreement(happening: Happening, _: Any) -> None:
    closing.close(_money(happening))
