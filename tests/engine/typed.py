"""Plausible input for the form of any step, field by field."""

from datetime import timedelta
from typing import Any

from backoffice.core import clock
from workflows.definition import Transition, Workflow
from workflows.forms import Field

MILLION = 1_000_000


def typed_for(definition: Workflow, step: Transition) -> dict[str, Any] | None:
    """What somebody would type for a step; None when it asks for nothing."""
    if step.input is None:
        return None
    fields = definition.forms[step.input].fields
    return {field.name: _value(field, place) for place, field in enumerate(fields) if field.when is None}


def _value(field: Field, place: int) -> Any:
    if field.type == "group":
        return [{inner.name: _value(inner, place) for inner in field.fields}]
    if field.type == "date":
        return (clock.today() + timedelta(days=30 * place)).isoformat()
    if field.type in {"integer", "percent", "decimal"}:
        least = field.min or 0
        return str(max(least, min(field.max or 100, 50)))
    if field.type == "money":
        return max(field.min or 0, min(field.max or MILLION, MILLION))
    if field.type == "choice":
        return field.options[0].code
    if field.type == "choices":
        return [field.options[0].code]
    if field.type in {"yes_no", "consent"}:
        return True
    return "사유를 자세히 적었습니다. 확인해 주시기 바랍니다."
