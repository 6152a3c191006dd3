"""Who asks, and whether they may: every view states its permission; a view without one is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission, may
from backoffice.accounts import queries as accounts
from backoffice.core.audit import Visit
from backoffice.core.errors import Forbidden
from backoffice.core.i18n import LANGUAGES, speak
from backoffice.engine.perform import Engine
from backoffice.web import entering
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
    """Before every request: find the actor and the language, and refuse what is not allowed."""
    g.actor = _actor()
    g.company_side = g.actor is not None and bool(g.actor.roles & COMPANY_SIDE)
    speak(_language())
    if request.endpoint is None or request.endpoint in STATIC:
        return None
    permission = permission_of(current_app, request.endpoint)
    if permission is None:
        current_app.logger.error("endpoint %s states no permission", request.endpoint)
        abort(403)
    if permission is not Permission.PUBLIC and request.endpoint not in WAY_OUT and entering.half_way(g.actor):
        return _to_second_step()
    if may(g.actor, permission):
        return None
    if g.actor is None:
        return _to_sign_in()
    raise Forbidden


def _actor() -> Actor | None:
    return accounts.actor(current_user.user_id) if current_user.is_authenticated else None


def _language() -> Any:
    """The person's choice, else a cookie, else Korean."""
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
