"""Domain errors and everything else that can go wrong, as pages and problem details: the only place that knows status codes."""

from flask import Flask, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from backoffice.core import errors
from backoffice.core.db import db
from backoffice.core.i18n import Sentence
from backoffice.web import problems
from backoffice.web.problems import for_programs

_STATUS: dict[type[errors.OfficeError], int] = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Invalid: 422,
    errors.Refused: 409,
    errors.Conflict: 409,
    errors.Unavailable: 507,
}

_SENTENCES = {
    400: Sentence("요청을 이해할 수 없습니다. 화면을 새로 고친 뒤 다시 시도해 주세요.", "The request could not be understood; reload and try again."),
    403: Sentence("이 화면을 볼 권한이 없습니다.", "You may not see this page."),
    404: Sentence("찾으시는 화면이 없거나 볼 수 없는 건입니다.", "There is no such page, or you may not see it."),
    405: Sentence("이 주소에서는 할 수 없는 요청입니다.", "This address does not take such a request."),
    413: Sentence("보낸 내용이 너무 큽니다. 파일을 나누어 올려 주세요.", "What you sent is too large; upload files one by one."),
    429: Sentence("요청이 너무 많습니다. 잠시 뒤 다시 시도해 주세요.", "Too many requests; try again in a moment."),
    500: Sentence("처리하지 못했습니다. 입력한 내용은 저장된 데까지 남아 있습니다.", "Something failed on our side; what was saved is kept."),
    503: Sentence("지금은 처리할 수 없습니다. 잠시 뒤 다시 시도해 주세요.", "The service cannot answer right now; try again in a moment."),
}  # fmt: skip

_PROGRAMS = {
    **_SENTENCES,
    400: Sentence("요청을 이해할 수 없습니다. 형식을 확인해 주세요.", "The request could not be understood; check its form."),
    404: Sentence("이 주소에는 아무것도 없습니다. /api/v1/openapi.json을 확인해 주세요.", "There is nothing here; see /api/v1/openapi.json."),
    413: Sentence("보낸 내용이 너무 큽니다. 4MB까지 보낼 수 있습니다.", "What you sent is too large; the limit is 4 MB."),
    415: Sentence("본문은 application/json이어야 합니다.", "The body must be application/json."),
}  # fmt: skip
"""The same for programs, where another way out helps."""


def page(status: int, sentence: Sentence, reasons: tuple[errors.Reason, ...] = ()) -> ResponseReturnValue:
    """An error page in the house's look, without touching the database; for a program, problem details."""
    response = (
        problems.answer(status, sentence, reasons=reasons)
        if for_programs()
        else make_response(
            render_template("public/error.html", status=status, sentence=sentence, reasons=reasons), status
        )
    )
    if status in {429, 503}:
        response.headers["Retry-After"] = "30"
    return response


def _office(error: errors.OfficeError) -> ResponseReturnValue:
    db.session.rollback()
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    if for_programs():
        return problems.of_office(error, status)
    reasons = error.reasons if isinstance(error, errors.Refused) else ()
    return page(status, error.sentence, reasons)


def _csrf(error: CSRFError) -> ResponseReturnValue:
    sentence = Sentence(
        "화면을 연 지 오래되었거나 로그인이 끝났습니다. 뒤로 가서 새로 고친 뒤 다시 시도해 주세요.",
        "The page is too old or your session ended; go back, reload and try again.",
    )
    current_app.logger.info("csrf: %s", error.description)
    return page(400, sentence)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if for_programs() and status >= 400:
        return problems.of_http(error, _PROGRAMS.get(status) or _SENTENCES[400 if status < 500 else 500])
    if isinstance(error, SecurityError):
        # A foreign host has no addresses here, so there is no page to show either.
        return "400 Bad Request\n", 400, {"Content-Type": "text/plain"}
    if status < 400:
        return error.get_response()
    return page(status, _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500]))


def _database(error: DBAPIError) -> ResponseReturnValue:
    """A lost database is a matter of time: 503. A value it cannot hold is the sender's: 400."""
    db.session.rollback()
    g.actor = None
    lost = isinstance(error, OperationalError) or error.connection_invalidated
    current_app.logger.error("database: %s", error.orig)
    return page(503, _SENTENCES[503]) if lost else page(400, _SENTENCES[400])


def _unexpected(error: Exception) -> ResponseReturnValue:
    current_app.logger.exception("unexpected: %s %s", request.method, request.path, exc_info=error)
    db.session.rollback()
    return page(500, _SENTENCES[500])


def register(app: Flask) -> None:
    app.register_error_handler(errors.OfficeError, _office)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)
