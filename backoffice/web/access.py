"""Who asks, and whether they may: every view states its permission; a view without one is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission, may
from backoffice.access.scopes import lacking
from backoffice.accounts import queries as accounts
from backoffice.accounts import tokens
from backoffice.core.audit import Visit
from backoffice.core.db import transaction
from backoffice.core.errors import Forbidden
from backoffice.core.i18n import LANGUAGES, Sentence, speak
from backoffice.engine.perform import Engine
from backoffice.web import entering
from backoffice.web.problems import ApiError, for_programs
from workflows.roles import COMPANY_SIDE

P = ParamSpec("P")
R = TypeVar("R")

STATIC = {"static"}
"""Endpoints of Flask itself that serve bundled files to anybody."""

WAY_OUT = {"public.sign_out", "public.set_language"}
"""What even a session without its second factor may do."""


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """State the permission of a view. The check itself runs before every request, in ``guard``."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def marked(*args: P.args, **kwargs: P.kwargs) -> R:
            return view(*args, **kwargs)

        marked.permission = permission  # type: ignore[attr-defined]  # read by guard and by the house tests
        return marked

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission an endpoint states, or None when it states none."""
    return getattr(app.view_functions.get(endpoint), "permission", None)


def guard() -> ResponseReturnValue | None:
    """Before every request: find the actor and the language, and refuse what is not allowed.

    Bundled files are anybody's: nobody is asked who they are, so that a browser may keep them whoever uses it.
    """
    bundled = request.endpoint in STATIC
    g.token = _bearer() if for_programs() else None
    g.actor = None if bundled else _actor()
    g.company_side = g.actor is not None and bool(g.actor.roles & COMPANY_SIDE)
    speak(_language())
    if request.endpoint is None or bundled:
        return None
    permission = permission_of(current_app, request.endpoint)
    if permission is None:
        current_app.logger.error("endpoint %s states no permission", request.endpoint)
        abort(403)
    if permission is not Permission.PUBLIC and request.endpoint not in WAY_OUT and _half_way():
        return _to_second_step()
    if may(g.actor, permission):
        _check_token(permission)
        return None
    if g.actor is None and for_programs():
        raise _unauthenticated()
    if g.actor is None:
        return _to_sign_in()
    raise Forbidden


def _half_way() -> bool:
    """Whether this session still owes its second factor. A token was made by somebody who had shown theirs."""
    return g.token is None and entering.half_way(g.actor)


def _actor() -> Actor | None:
    """A program is known by its token and never by a cookie, a person by the session and never by a token."""
    if for_programs():
        return accounts.actor(g.token.user_id) if g.token is not None else None
    if not current_user.is_authenticated:
        return None
    return current_user.person or accounts.actor(current_user.user_id)


def _bearer() -> tokens.Bearer | None:
    """The token of a request, while it holds."""
    shown = request.authorization
    if shown is None or shown.type != "bearer" or not shown.token:
        return None
    return tokens.find(shown.token)


def _check_token(permission: Permission) -> None:
    """What a token was not given it may not be used for; that it is used is noted. Raises ApiError."""
    if g.token is None:
        return
    missing = lacking(g.token.scopes, permission)
    if missing is not None:
        raise ApiError(
            403,
            "insufficient_scope",
            Sentence(
                f"이 토큰에는 {missing} 범위가 없습니다. 그 범위로 토큰을 새로 만들어 주세요.",
                f"This token does not carry the scope {missing}; make one that does.",
            ),
            {"WWW-Authenticate": f'Bearer realm="ieum", error="insufficient_scope", scope="{missing}"'},
        )
    if g.token.stale:
        with transaction():
            tokens.note_use(g.token.token_id)


def _unauthenticated() -> ApiError:
    """No token, or one that does not hold: made up, expired, revoked, or of a closed account."""
    shown = "Authorization" in request.headers
    return ApiError(
        401,
        "unauthenticated",
        Sentence(
            "유효한 토큰이 필요합니다. Authorization: Bearer … 머리글로 보내 주세요.",
            "This needs a valid token; send it as Authorization: Bearer ….",
        ),
        {"WWW-Authenticate": 'Bearer realm="ieum"' + (', error="invalid_token"' if shown else "")},
    )


def _language() -> Any:
    """The person's choice, else a cookie, else Korean; a program may ask for one with each request."""
    if for_programs():
        asked = request.accept_languages.best_match(LANGUAGES)
        return asked or (g.actor.language if g.actor is not None else "ko")
    if g.actor is not None:
        return g.actor.language
    chosen = request.cookies.get("language", "ko")
    return chosen if chosen in LANGUAGES else "ko"


def _to_sign_in() -> ResponseReturnValue:
    if request.method == "GET":
        return redirect(url_for("public.sign_in", next=request.full_path.rstrip("?")))
    return redirect(url_for("public.sign_in"))


def _to_second_step() -> ResponseReturnValue:
    """A role that demands a second factor was given meanwhile: it is asked for before anything else."""
    onward = request.full_path.rstrip("?") if request.method == "GET" else ""
    entering.hold_back(current_user.user_id, current_user.session_version, onward)
    return redirect(url_for("account.second_step"))


def actor() -> Actor:
    """The signed-in person. Only for views whose permission is not public."""
    found: Actor | None = g.actor
    if found is None:
        raise Forbidden
    return found


def visit() -> Visit:
    """Who acts and from where, for the access log."""
    return Visit(g.actor.user_id if g.actor else None, (request.remote_addr or "")[:45])


def engine() -> Engine:
    """The engine of this process."""
    found: Engine = current_app.extensions["engine"]
    return found


def register(app: Flask) -> None:
    app.before_request(guard)
