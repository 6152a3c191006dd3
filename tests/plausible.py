"""Plausible answers to any form of the charter, as a person would type them into the fields of its page."""

from datetime import timedelta
from typing import Any

from backoffice.core import clock
from backoffice.core.identifiers import format_business_number
from tests.make import PDF, business_number
from workflows.forms import Field, Form

SENTENCE = "현장의 필요와 확인한 사실을 근거로 계획과 결과를 구체적으로 적었습니다. "


def typed(form: Form, **wanted: Any) -> dict[str, Any]:
    """Field name on the page -> text or file; ``wanted`` goes before what is made up."""
    return fields_of(form.fields, wanted)


def fields_of(fields: tuple[Field, ...], wanted: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        if any(name == field.name or name.startswith(f"{field.name}-") for name in wanted):
            continue
        if field.type == "group":
            for row in range(field.min_rows):
                for inner in field.fields:
                    found[f"{field.name}-{row}-{inner.name}"] = _one(inner, row)
        elif field.type == "files":
            found[field.name] = [("파일.pdf", PDF)]
        else:
            found[field.name] = _one(field, 0)
    return {name: value for name, value in {**found, **wanted}.items() if value is not None}


def _one(field: Field, row: int) -> Any:
    number = max(field.min or 1, 1)
    if field.type in {"text", "long_text", "person_name"}:
        text = SENTENCE * (1 + (field.min_length or 0) // len(SENTENCE))
        return text[: field.max_length or 200].strip()
    return {
        "integer": str(number),
        "decimal": str(number),
        "percent": str(number),
        "money": f"{-(-max(field.min or 0, 1000) // 1000):,}",
        "date": (clock.today() + timedelta(days=30 if field.after else 0)).isoformat(),
        "choice": field.options[0].code if field.options else "",
        "choices": field.options[0].code if field.options else "",
        "yes_no": "yes",
        "consent": "yes",
        "email": "somebody@example.kr",
        "phone": "055-123-4567",
        "url": "https://example.kr",
        "business_number": format_business_number(business_number(700 + row)),
        "zone": ("GS-GIMHAE", "GS-CHEONGJU", "GS-POHANG")[row % 3],
    }[field.type]
