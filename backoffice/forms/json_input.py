"""Input that arrives as JSON (commands, API) -> typed answers, by the same readers as the pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import Sentence
from backoffice.forms import checks
from backoffice.forms.readers import read
from workflows.forms import Field, Form


def read_object(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """``{"amount": "48,000"}`` -> typed answers of the form. Raises Invalid with every problem; money is in 천원."""
    if not isinstance(data, Mapping):
        raise Invalid.field("input", "입력은 항목과 값의 묶음이어야 합니다.", "The input must be an object of fields.")
    known = {field.name for field in form.fields}
    faults = [_unknown(name) for name in data if name not in known]
    answers: dict[str, Any] = {}
    for field in form.fields:
        try:
            answers[field.name] = _read(field, data.get(field.name), field.name)
        except Invalid as invalid:
            faults.extend(invalid.problems)
    readable = [field for field in form.fields if field.name in answers]
    faults.extend(checks.problems(readable, answers, dict.fromkeys(known, 1)))
    if faults:
        raise Invalid(faults)
    return {name: value for name, value in answers.items() if value is not None}


def _unknown(name: object) -> Problem:
    return Problem(str(name)[:60], Sentence("없는 항목입니다. 이름을 확인해 주세요.", "There is no such field."))


def _read(field: Field, value: Any, name: str) -> Any:
    if value is None or field.type == "files":
        return None
    if field.type == "indicators":
        raise Invalid.field(name, "이 항목은 화면에서 입력해 주세요.", "Fill this field in on the page.")
    if field.type == "group":
        return _read_rows(field, value, name)
    if field.type == "choices":
        values = value if isinstance(value, list) else [value]
        return _choices(field, [str(item) for item in values], name)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if not isinstance(value, (str, int)):
        raise Invalid.field(name, "글자나 정수로 적어 주세요.", "Write text or a whole number.")
    return read(field, str(value), name)


def _read_rows(field: Field, rows: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Invalid.field(name, "줄의 목록이어야 합니다.", "This must be a list of rows.")
    return [
        {inner.name: _read(inner, row.get(inner.name), f"{name}-{number}-{inner.name}") for inner in field.fields}
        for number, row in enumerate(rows)
    ]


def _choices(field: Field, values: Sequence[str], name: str) -> list[str]:
    known = [option.code for option in field.options]
    if set(values) - set(known):
        raise Invalid.field(name, "목록에 있는 것 가운데 골라 주세요.", "Choose from the listed options.")
    return [code for code in known if code in values]
