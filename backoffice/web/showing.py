"""Typed answers as lines to read: amounts in 천원, dates, option labels, tables for groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from backoffice.core import money
from backoffice.core.i18n import language
from backoffice.core.identifiers import format_business_number, mask_email, mask_phone
from backoffice.forms import checks
from backoffice.forms.readers import is_unread, shown
from workflows import indicators
from workflows.forms import Field, Form


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: plain text, or a table for a group."""

    label: str
    text: str = ""
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a form with its answered lines."""

    title: str
    lines: tuple[Line, ...]


def sections(form: Form, answers: Mapping[str, Any], zones: Mapping[str, str]) -> list[Part]:
    """Every section with its lines; files are listed elsewhere, and unasked conditional fields are left out."""
    parts = []
    for section in form.sections:
        lines = tuple(
            line(field, answers.get(field.name), zones)
            for field in section.fields
            if field.type != "files" and checks.applies(field, answers)
        )
        if lines:
            parts.append(Part(section.title.text(language()), lines))
    return parts


CONTACTS = frozenset({"email", "phone"})


def without_contacts(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same answers with every address and number masked, in rows of groups, too (trust rule 13)."""
    return {**answers, **_masked(form.fields, answers)}


def _masked(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    hidden: dict[str, Any] = {}
    for field in fields:
        value = values.get(field.name)
        if field.type in CONTACTS and isinstance(value, str):
            hidden[field.name] = mask_email(value) if "@" in value else mask_phone(value)
        elif field.type == "group" and isinstance(value, list):
            hidden[field.name] = [{**row, **_masked(field.fields, row)} for row in value]
    return hidden


def typed_lines(form: Form | None, answers: Mapping[str, Any], zones: Mapping[str, str]) -> list[Line]:
    """What was typed for one step, without sections and without empty lines."""
    if form is None:
        return []
    return [
        line(field, answers[field.name], zones)
        for field in form.fields
        if field.type != "files" and answers.get(field.name) is not None
    ]


def line(field: Field, value: Any, zones: Mapping[str, str]) -> Line:
    label = field.label.text(language())
    if field.type == "group":
        return Line(label, table=_table(field, value or [], zones))
    if field.type == "indicators":
        return Line(label, table=_indicators(value or {}))
    return Line(label, text(field, value, zones))


def text(field: Field, value: Any, zones: Mapping[str, str]) -> str:
    """One plain answer the way people read it."""
    if value is None:
        return ""
    if is_unread(value):
        return shown(value)
    if field.type == "money":
        return f"{money.thousands(int(value))}{_('천원')} ({money.reading(int(value))})"
    if field.type in {"consent", "yes_no"}:
        return str(_("예") if value else _("아니요"))
    if field.type in {"choice", "choices"}:
        return ", ".join(_options(field, value if isinstance(value, list) else [value]))
    if field.type == "zone":
        return zones.get(str(value), str(value))
    if field.type == "business_number":
        return format_business_number(str(value))
    if field.type == "percent":
        return f"{value}%"
    return f"{value:,}" if isinstance(value, int) else str(value)


def plain(field: Field, value: Any, zones: Mapping[str, str]) -> str:
    """One answer of any kind as lines of plain text, the rows of a grid numbered."""
    shown = line(field, value, zones)
    if shown.table is None:
        return shown.text
    rows = (" · ".join(cell for cell in cells if cell) for cells in shown.table.rows)
    return "\n".join(f"{number}. {row}" for number, row in enumerate(rows, 1))


def _options(field: Field, codes: Sequence[str]) -> list[str]:
    labels = {option.code: option.label.text(language()) for option in field.options}
    return [labels.get(code, code) for code in codes]


def _cell(field: Field, value: Any, zones: Mapping[str, str]) -> str:
    if field.type == "money" and isinstance(value, int):
        return money.thousands(value)
    return text(field, value, zones)


def _table(field: Field, rows: Sequence[Mapping[str, Any]], zones: Mapping[str, str]) -> Table:
    return Table(
        tuple(inner.label.text(language()) for inner in field.fields),
        tuple(tuple(_cell(inner, row.get(inner.name), zones) for inner in field.fields) for row in rows),
        tuple(inner.type in {"money", "integer", "decimal", "percent"} for inner in field.fields),
    )


def _indicators(values: Mapping[str, Any]) -> Table:
    known = indicators.all_indicators()
    rows = []
    for code, value in values.items():
        item = known.get(code)
        if item is None:
            continue
        is_money = item.unit == "won"
        amount = money.thousands(int(value)) if is_money and isinstance(value, int) else str(value)
        unit = _("천원") if is_money else item.unit_label.text(language())
        rows.append((item.label.text(language()), shown(value) if is_unread(value) else amount, unit))
    return Table((_("지표"), _("값"), _("단위")), tuple(rows), (False, True, False))
