"""What the office wrote and paid, as files of a dossier: each part once to read and once for machines, by its own right."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import render_template

from backoffice.access.permissions import HOLDERS, Permission
from backoffice.accounts import queries as accounts
from backoffice.core.bundle import Bundle
from backoffice.core.i18n import language
from backoffice.correspondence import queries as correspondence
from backoffice.correspondence.queries import MESSAGE, NOTE, Line
from backoffice.correspondence.sides import office_may
from backoffice.funding import queries as funding
from backoffice.funding.queries import Account
from backoffice.web.case_page import CasePage
from workflows.definition import Workflow

NOTES, MESSAGES, MONEY = "내부 메모", "기업과의 대화", "사업비"
"""A folder each: notes of the office lie where nobody hands them over with the conversation by mistake."""

CATEGORY = "category"
"""The field of a reported expenditure that says what it was for."""


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def write_correspondence(bundle: Bundle, page: CasePage) -> None:
    """Notes and messages as the office's side of the page shows them; a withdrawn note leaves its trace, not its text."""
    if not office_may(page.roles, Permission.NOTE_READ):
        bundle.withhold(NOTES, Permission.NOTE_READ)
        bundle.withhold(MESSAGES, Permission.NOTE_READ)
        return
    lines = correspondence.of_office(page.row.id)
    notes, messages = list(reversed(lines[NOTE])), list(reversed(lines[MESSAGE]))
    _write(bundle, NOTES, page, "staff/dossier_notes.html", [_note(line) for line in notes], notes)
    _write(bundle, MESSAGES, page, "staff/dossier_messages.html", [_message(line) for line in messages], messages)


def _write(
    bundle: Bundle, folder: str, page: CasePage, template: str, said: list[dict[str, Any]], lines: Sequence[Line]
) -> None:
    if not lines:
        return
    bundle.write_text(folder, f"{folder}.html", render_template(template, row=page.row, lines=lines))
    bundle.write_text(folder, f"{folder}.json", as_json(said))


def _note(line: Line) -> dict[str, Any]:
    said: dict[str, Any] = {"author": line.author, "written_at": line.at, "withdrawn_at": line.withdrawn_at}
    return said if line.withdrawn_at is not None else said | {"text": line.text}


def _message(line: Line) -> dict[str, Any]:
    return {
        "from": "office" if line.from_office else "company", "organization": line.organization, "author": line.author,
        "written_at": line.at, "read_at": line.read_at, "text": line.text,
    }  # fmt: skip


def write_money(bundle: Bundle, page: CasePage) -> None:
    """Every row of money that hangs on the case, in won."""
    if not page.roles & HOLDERS[Permission.FUNDING_READ]:
        bundle.withhold(MONEY, Permission.FUNDING_READ)
        return
    account = funding.account_of(page.row.id, page.money)
    if account is None:
        return
    names = accounts.names(account.people)
    readable = render_template(
        "staff/dossier_money.html", row=page.row, account=account, names=names, categories=_categories(page.definition)
    )
    bundle.write_text(MONEY, f"{MONEY}.html", readable)
    bundle.write_text(MONEY, f"{MONEY}.json", as_json(_account(account)))


def _categories(definition: Workflow) -> dict[str, str]:
    """Code -> name of what money may be spent on, as the forms of the program call it."""
    fields = [inner for form in definition.forms.values() for field in form.fields for inner in field.fields]
    return {
        option.code: option.label.text(language())
        for field in fields
        if field.name == CATEGORY
        for option in field.options
    }


def _account(account: Account) -> dict[str, Any]:
    """The rows under the names of their columns; people stay numbers of accounts, as in the history."""
    money = account.money
    return {
        "currency": "KRW",
        "unit": "won",
        "reservations": [_row(row) for row in account.reservations],
        "agreement": _row(money.agreement) if money.agreement else None,
        "agreement_versions": [_row(row) for row in account.versions],
        "instalments": [_row(row) for row in money.instalments],
        "expenditures": [_row(row) for row in account.expenditures],
        "settlements": [_row(money.settlement)] if money.settlement else [],
    }


def _row(row: Any) -> dict[str, Any]:
    """What of a row means something outside the database."""
    inner = {"id", "case_id", "agreement_id", "budget_line_id", "order_key"}
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in inner}
