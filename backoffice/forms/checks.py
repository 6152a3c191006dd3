"""Whether answers are complete and within their limits: pure questions about typed answers, one sentence per problem."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from backoffice.core import money
from backoffice.core.errors import Invalid, Problem
from backoffice.core.hangul import object_, topic
from backoffice.core.i18n import Sentence
from backoffice.forms.readers import is_unread, read, shown
from workflows.forms import Field, Form, Section

Answers = Mapping[str, Any]
"""Field name -> typed answer, of one form."""
Attached = Mapping[str, int]
"""Field name -> number of files attached to it."""


def problems(fields: Sequence[Field], answers: Answers, attached: Attached | None = None) -> list[Problem]:
    """Everything that keeps these fields from being complete, in their order."""
    found: list[Problem] = []
    for field in fields:
        if applies(field, answers):
            found.extend(_of_field(field, answers.get(field.name), answers, attached or {}, field.name))
    return found


def form_problems(form: Form, answers: Answers, attached: Attached | None = None) -> list[Problem]:
    return problems(form.fields, answers, attached)


def section_state(section: Section, answers: Answers, attached: Attached) -> tuple[str, int]:
    """``("empty" | "open" | "done", number of problems)`` of one section, for the task list."""
    touched = any(not is_empty(answers.get(field.name)) or attached.get(field.name) for field in section.fields)
    count = len(problems(section.fields, answers, attached))
    if not touched:
        return ("empty" if count else "done"), count
    return ("open" if count else "done"), count


def applies(field: Field, answers: Answers) -> bool:
    """Whether a conditional field is asked at all."""
    if field.when is None:
        return True
    value = answers.get(field.when.field)
    values = value if isinstance(value, list) else [value]
    return any(_plain(item) in field.when.is_one_of for item in values)


def _plain(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {} or value is False


def _of_field(field: Field, value: Any, answers: Answers, attached: Attached, name: str) -> Iterator[Problem]:
    label = field.label
    if field.type == "files":
        if field.required and not attached.get(field.name):
            yield _problem(name, f"{object_(label.ko)} 올려 주세요.", f"Upload: {label.en}.")
        return
    if is_unread(value):
        yield from _why_unread(field, shown(value), name)
        return
    if field.type == "yes_no" and value is not None:
        return
    if is_empty(value):
        if field.required:
            yield _missing(field, name)
        return
    if field.type == "group":
        yield from _rows(field, value, name)
    else:
        yield from _limits(field, value, answers, name)


def _why_unread(field: Field, text: str, name: str) -> Iterator[Problem]:
    try:
        read(field, text, name)
    except Invalid as invalid:
        yield from invalid.problems


def _missing(field: Field, name: str) -> Problem:
    label = field.label
    if field.type == "consent":
        return _problem(name, f"'{label.ko}'에 표시해 주세요.", f"Tick: {label.en}.")
    if field.type in {"choice", "choices", "yes_no", "zone"}:
        return _problem(name, f"{object_(label.ko)} 골라 주세요.", f"Choose: {label.en}.")
    return _problem(name, f"{object_(label.ko)} 입력해 주세요.", f"Fill in: {label.en}.")


def _rows(field: Field, rows: list[dict[str, Any]], name: str) -> Iterator[Problem]:
    label = field.label
    if len(rows) < field.min_rows:
        yield _problem(
            name,
            f"{topic(label.ko)} {field.min_rows}줄 이상 적어 주세요.",
            f"{label.en}: at least {field.min_rows} rows.",
        )
    if len(rows) > field.max_rows:
        yield _problem(
            name,
            f"{topic(label.ko)} {field.max_rows}줄까지 적을 수 있습니다.",
            f"{label.en}: at most {field.max_rows} rows.",
        )
    for number, row in enumerate(rows):
        for inner in field.fields:
            for problem in _of_field(inner, row.get(inner.name), row, {}, f"{name}-{number}-{inner.name}"):
                sentence = problem.sentence
                yield _problem(
                    problem.field,
                    f"{label.ko} {number + 1}번째 줄: {sentence.ko}",
                    f"{label.en}, row {number + 1}: {sentence.en}",
                )


def _limits(field: Field, value: Any, answers: Answers, name: str) -> Iterator[Problem]:
    label = field.label
    if isinstance(value, str) and field.type in {"text", "long_text", "person_name"}:
        length = len(value)
        if field.min_length is not None and length < field.min_length:
            yield _problem(
                name,
                f"{topic(label.ko)} {field.min_length}자 이상 적어 주세요. 지금 {length}자입니다.",
                f"{label.en}: at least {field.min_length} characters; {length} now.",
            )
        if field.max_length is not None and length > field.max_length:
            yield _problem(
                name,
                f"{topic(label.ko)} {field.max_length:,}자까지 적을 수 있습니다. 지금 {length:,}자입니다.",
                f"{label.en}: at most {field.max_length:,} characters; {length:,} now.",
            )
    if field.type in {"integer", "decimal", "percent", "money"}:
        yield from _bounds(field, Decimal(str(value)), name)
    if field.type == "date" and field.after is not None:
        yield from _order(field, str(value), answers.get(field.after), name)


def _bounds(field: Field, value: Decimal, name: str) -> Iterator[Problem]:
    label = field.label
    if field.min is not None and value < field.min:
        least = money.reading(field.min) if field.type == "money" else f"{field.min:,}"
        yield _problem(name, f"{topic(label.ko)} {least} 이상이어야 합니다.", f"{label.en}: at least {least}.")
    if field.max is not None and value > field.max:
        most = money.reading(field.max) if field.type == "money" else f"{field.max:,}"
        yield _problem(name, f"{topic(label.ko)} {most} 이하여야 합니다.", f"{label.en}: at most {most}.")


def _order(field: Field, value: str, earlier: Any, name: str) -> Iterator[Problem]:
    if isinstance(earlier, str) and date.fromisoformat(value) <= date.fromisoformat(earlier):
        yield _problem(
            name,
            f"{topic(field.label.ko)} {earlier} 다음 날 이후여야 합니다.",
            f"{field.label.en} must be after {earlier}.",
        )


def _problem(name: str, ko: str, en: str) -> Problem:
    return Problem(name, Sentence(ko, en))
