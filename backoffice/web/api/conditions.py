"""What a request that changes something must carry: the revision it saw, the name of its attempt, and a JSON object."""

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import request

from backoffice.core.i18n import Sentence
from backoffice.web.access import actor
from backoffice.web.problems import ApiError

MAX_BODY = 4 * 1024 * 1024
KEY = re.compile(r"[!-~]{1,80}")

HEADERS = [
    {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "description": "The ETag of the case you saw: its revision in quotes.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        "example": '"7"',
    },
    {
        "in": "header",
        "name": "Idempotency-Key",
        "required": True,
        "description": "A new name for each attempt, such as a UUID; the same again for a repeated attempt.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,80}$"},
        "example": "6f1c1f0e-5d2c-4f4e-9a55-0a4f8d9a1c11",
    },
]


def seen_revision(present: int) -> int:
    """The revision If-Match names; one that can never fit when it names another. Raises ApiError when it is missing."""
    named = request.if_match
    if not named or named.star_tag:
        raise ApiError(
            428,
            "precondition_required",
            Sentence(
                'If-Match 머리글에 본 건의 ETag를 보내 주세요. 예: If-Match: "7"',
                'Send the ETag of the case you saw as If-Match, such as If-Match: "7".',
            ),
        )
    return present if named.contains(str(present)) else -1


def attempt_key() -> str:
    """The name of this attempt, kept apart from everybody else's and from the office's own. Raises ApiError."""
    key = request.headers.get("Idempotency-Key", "")
    if KEY.fullmatch(key) is None:
        raise ApiError(
            400,
            "idempotency_key",
            Sentence(
                "Idempotency-Key 머리글에 이 시도의 이름을 1~80자(영문·숫자·기호)로 보내 주세요.",
                "Send a name for this attempt as Idempotency-Key: 1 to 80 visible ASCII characters.",
            ),
        )
    return f"api:{actor().user_id}:{key}"


def body() -> Mapping[str, Any]:
    """The JSON object that was sent; empty when nothing was. Raises ApiError, RequestEntityTooLarge."""
    request.max_content_length = MAX_BODY
    raw = request.get_data()
    if not raw:
        return {}
    if request.mimetype != "application/json":
        raise ApiError(
            415,
            "unsupported_media_type",
            Sentence("본문은 application/json이어야 합니다.", "The body must be application/json."),
        )
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_no_number)
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise _malformed("본문이 올바른 JSON이 아닙니다.", "The body is not valid JSON.") from error
    if not isinstance(data, dict):
        raise _malformed(
            '본문은 {"reason": "…"} 같은 묶음이어야 합니다.', 'The body must be an object such as {"reason": "…"}.'
        )
    return data


def _malformed(ko: str, en: str) -> ApiError:
    return ApiError(400, "malformed", Sentence(ko, en))


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")
