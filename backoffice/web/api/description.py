"""How the API describes itself in OpenAPI 3.1: every answer a view may give."""

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from marshmallow import Schema

from backoffice.web.api import blueprint
from backoffice.web.api.shapes import ProblemShape
from backoffice.web.problems import MEDIA_TYPE

P = ParamSpec("P")
R = TypeVar("R")

SPEC: dict[str, Any] = {
    "info": {
        "description": (
            "The cases of the office, their steps and why a step is closed: the same rules, reasons and sentences as on "
            "the pages. Times are UTC. Texts come in Korean or English (Accept-Language, else the person's choice)."
        ),
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    },
    "servers": [{"url": "/"}],
    "security": [{"token": []}],
}

TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token made under 'API tokens' or by `backoffice token create`. Scopes: cases:read, cases:act.",
}

PROBLEMS: Mapping[int, str] = {
    400: "The request is malformed.",
    401: "There is no token, or it does not hold.",
    403: "The person's roles, or the token's scopes, do not allow it.",
    404: "There is no such thing for this person.",
    409: "The step is refused, with every reason; or the key was used for another step.",
    412: "Somebody was faster: the case is no longer at the revision If-Match names.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Input cannot be taken; each field is named.",
    428: "If-Match is missing.",
    429: "Too many requests; Retry-After says when.",
    503: "The database cannot be reached right now; Retry-After says when.",
}
ALWAYS = (401, 403, 429, 503)
"""Answers every address with a token may give."""

LANGUAGE = {"Content-Language": {"description": "ko or en.", "schema": {"type": "string", "enum": ["ko", "en"]}}}


def answers(
    shape: type[Schema], *codes: int, said: str, headers: Mapping[str, Any] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """What a view answers: its shape, and the problems it may have besides those every view may have."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        marked = blueprint.response(200, shape, description=said, headers={**LANGUAGE, **(headers or {})})(view)
        for code in sorted({*ALWAYS, *codes}):
            told = blueprint.alt_response(
                code, schema=ProblemShape, content_type=MEDIA_TYPE, description=PROBLEMS[code], headers=LANGUAGE
            )
            marked = told(marked)
        result: Callable[P, R] = marked
        return result

    return mark
