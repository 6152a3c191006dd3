"""What the script of a long form sends while somebody writes, and the revisions a page was made from."""

import json
from dataclasses import dataclass
from typing import Any

from flask import request

from backoffice.core.errors import Invalid
from backoffice.forms.build import Sent

MOST_INPUTS = 6_000
"""More than the largest grid has cells."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Who wrote, the inputs of each changed field, and the revision each was typed over."""

    user: int
    fields: dict[str, Sent]
    seen: dict[str, int]


def sent() -> Typed:
    """The body of this request. Raises Invalid for anything but the shape the page sends."""
    body = request.get_json(silent=True)
    fields = body.get("fields") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(fields, dict):
        raise _unreadable()
    return Typed(
        user=body["user"] if isinstance(body.get("user"), int) else 0,
        fields={str(name): _pairs(pairs) for name, pairs in fields.items()},
        seen=_revisions(body.get("seen")),
    )


def seen() -> dict[str, int]:
    """Field -> revision the posted page was made from; empty for what cannot be read."""
    try:
        return _revisions(json.loads(request.form.get("seen", "{}")))
    except ValueError:
        return {}


def _revisions(given: Any) -> dict[str, int]:
    if not isinstance(given, dict):
        return {}
    return {str(name): number for name, number in given.items() if isinstance(number, int)}


def _pairs(given: Any) -> Sent:
    if not isinstance(given, list) or len(given) > MOST_INPUTS:
        raise _unreadable()
    if not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair) for pair in given
    ):
        raise _unreadable()
    return [(name, text) for name, text in given]


def _unreadable() -> Invalid:
    return Invalid.field("fields", "저장할 내용을 읽을 수 없습니다.", "What should be saved could not be read.")
