"""What was typed for a step, as lines of plain text for a letter, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backoffice.core.i18n import Sentence, language
from backoffice.core.identifiers import format_business_number
from backoffice.forms.readers import is_unread, shown
from backoffice.notifications.wording import day, won
from workflows.forms import Field, Form

_YES, _NO = Sentence("예", "Yes"), Sentence("아니요", "No")


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: its label and its text, or the rows of a group."""

    label: str
    kind: str
    """The type of its field, such as ``money``."""
    text: str = ""
    rows: tuple[str, ...] = ()


def lines(form: Form | None, answers: Mapping[str, Any]) -> tuple[Line, ...]:
    """Every answered field of the step's form, in its order."""
    if form is None:
        return ()
    return tuple(_line(field, answers[field.name]) for field in form.fields if answers.get(field.name) is not None)


def _line(field: Field, value: Any) -> Line:
    label = field.label.text(language())
    if field.type == "group":
        return Line(label, field.type, rows=tuple(_row(field.fields, row) for row in value))
    return Line(label, field.type, _text(field, value))


def _row(fields: Sequence[Field], row: Mapping[str, Any]) -> str:
    """``[사업비] 간접비 산출 근거를 적어 주세요``: the first cell names the row, the others say what about it."""
    cells = [_text(field, row[field.name]) for field in fields if row.get(field.name) is not None]
    return f"[{cells[0]}] {' / '.join(cells[1:])}".rstrip() if cells else ""


def _text(field: Field, value: Any) -> str:
    if is_unread(value):
        return shown(value)
    if field.type == "money":
        return won(int(value))
    if field.type == "date":
        return day(date.fromisoformat(value))
    if field.type in {"choice", "choices"}:
        labels = {option.code: option.label.text(language()) for option in field.options}
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(code, str(code)) for code in chosen)
    if field.type in {"yes_no", "consent"}:
        return (_YES if value else _NO).text()
    if field.type == "business_number":
        return format_business_number(str(value))
    return f"{value}%" if field.type == "percent" else str(value)
