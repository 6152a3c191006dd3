"""The query of an address, read strictly: a filter nobody knows is pointed out, not passed over."""

from typing import Any, NoReturn

from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import Sentence


class Asking(FlaskParser):
    """Tells what is wrong with each filter, and what it takes."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": "raise"}

    def handle_error(self, error: ValidationError, req: Any, schema: Schema, **_: Any) -> NoReturn:  # noqa: ARG002  # webargs' signature
        """Raises Invalid with one problem per field."""
        found = error.messages_dict
        raise Invalid([_problem(str(name), schema) for name in found.get("query", found)]) from error


def _problem(name: str, schema: Schema) -> Problem:
    """One sentence about one filter."""
    field = schema.fields.get(name)
    if field is None:
        known = ", ".join(schema.fields)
        return Problem(
            name[:60], Sentence(f"없는 조건입니다. 쓸 수 있는 것: {known}", f"No such filter; known: {known}")
        )
    takes = ", ".join(_takes(one) for one in field.validators)
    return Problem(
        name, Sentence(f"쓸 수 없는 값입니다. 쓸 수 있는 값: {takes}", f"This value cannot be taken; it takes {takes}")
    )


def _takes(rule: Any) -> str:
    """What a validator lets through, in a few words."""
    if hasattr(rule, "choices"):
        return ", ".join(rule.choices)
    if hasattr(rule, "regex"):
        return str(rule.regex.pattern).removeprefix(r"\A").removesuffix(r"\Z")
    return f"{rule.min if rule.min is not None else 0}~{rule.max}"
