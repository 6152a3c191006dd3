"""What went wrong, for programs: problem details (RFC 9457) with the same codes and sentences as the pages."""

import http
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, current_app, json, request
from werkzeug.exceptions import HTTPException

from backoffice.core.errors import Conflict, Invalid, NotFound, OfficeError, Problem, Reason, Refused
from backoffice.core.i18n import Sentence, language

MEDIA_TYPE = "application/problem+json"
KEPT = ("Allow", "WWW-Authenticate", "Retry-After")
"""Headers of a plain HTTP error that mean something to a program."""

CODES = {
    400: "malformed", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 408: "timeout", 413: "too_large", 415: "unsupported_media_type", 422: "invalid",
    428: "precondition_required", 429: "too_many_requests", 500: "failed", 503: "unavailable", 507: "no_room",
}  # fmt: skip
"""The code of an error that has no better one."""


class ApiError(OfficeError):
    """A request that a program must write differently: its status, code and one sentence with the way out."""

    def __init__(self, status: int, code: str, sentence: Sentence, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.headers = headers


def for_programs() -> bool:
    """Whether the present request speaks to the API: it gets problem details, never a page."""
    return request.path.startswith("/api/")


def reason_json(reason: Reason) -> dict[str, Any]:
    """A reason as the API writes it, the same wherever it stands."""
    return {"code": reason.code, "sentence": reason.sentence.text(), "unblocks": reason.unblocks}


def answer(
    status: int,
    sentence: Sentence,
    *,
    code: str = "",
    reasons: Sequence[Reason] = (),
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem as an answer."""
    name = code or CODES.get(status, "malformed" if status < 500 else "failed")
    body: dict[str, Any] = {
        "type": f"urn:ieum:problem:{name}",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "code": name,
        "detail": sentence.text(),
    }
    if reasons:
        body["reasons"] = [reason_json(reason) for reason in reasons]
    if problems:
        body["errors"] = [{"field": one.field, "sentence": one.sentence.text()} for one in problems]
    response = current_app.response_class(json.dumps(body) + "\n", status, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = language()
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def of_office(error: OfficeError, status: int) -> Response:
    """A failure in the words of the domain."""
    if isinstance(error, ApiError):
        return answer(error.status, error.sentence, code=error.code, headers=error.headers)
    if isinstance(error, Refused):
        return answer(status, error.sentence, code="refused", reasons=error.reasons)
    if isinstance(error, Invalid):
        return answer(status, error.sentence, problems=error.problems)
    if isinstance(error, Conflict):
        # Somebody was faster: what If-Match named is no longer there.
        return answer(412 if error.code == "stale" else status, error.sentence, code=error.code)
    if isinstance(error, NotFound):
        return answer(status, _NOT_FOUND)
    return answer(status, error.sentence)


_NOT_FOUND = Sentence("없거나 볼 수 없는 대상입니다.", "There is no such thing, or you may not see it.")


def of_http(error: HTTPException, sentence: Sentence) -> Response:
    """A plain HTTP error, with those of its headers that mean something."""
    sent = error.get_response().headers
    kept = {name: sent[name] for name in KEPT if name in sent}
    if error.code in {429, 503}:
        kept.setdefault("Retry-After", "30")
    return answer(error.code or 500, sentence, headers=kept)
