"""The page of one's own tokens: make one and see it once, look when it was used, revoke it."""

from collections.abc import Sequence

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.access.scopes import LABELS, Scope
from backoffice.accounts import tokens
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.web.access import actor, requires, visit

blueprint = Blueprint("tokens", __name__, url_prefix="/account/tokens")


@blueprint.get("/")
@requires(Permission.SIGNED_IN)
def own() -> ResponseReturnValue:
    return _page()


def _page(secret: str = "", *, problems: Sequence[Problem] = (), status: int = 200) -> ResponseReturnValue:
    """The tokens that were not revoked; ``secret`` is shown this once."""
    return make_response(
        render_template(
            "api/tokens.html",
            layout="layouts/calm.html" if g.company_side else "layouts/staff.html",
            rows=tokens.of_person(actor().user_id or 0),
            expired=tokens.expired,
            labels=LABELS,
            scopes=request.form.getlist("scopes") if problems else [Scope.CASES_READ],
            typed=request.form if problems else {},
            days=tokens.DAYS,
            most=tokens.MAX_DAYS,
            secret=secret,
            problems=problems,
            errors_on_page=bool(problems),
        ),
        status,
    )


@blueprint.post("/")
@requires(Permission.SIGNED_IN)
def create() -> ResponseReturnValue:
    """Make a token. It is in this answer and nowhere else: a redirect would have to keep it somewhere."""
    wanted = [Scope(word) for word in request.form.getlist("scopes") if word in set(Scope)]
    try:
        with transaction():
            row, secret = tokens.create(
                actor().user_id or 0,
                request.form.get("name", ""),
                wanted,
                request.form.get("days", 0, type=int),
            )
            audit.record(visit(), "token:create", about=f"{row.id} {row.scopes}")
    except Invalid as invalid:
        return _page(problems=invalid.problems, status=422)
    return _page(secret, status=201)


@blueprint.post("/<int:token_id>/revoke")
@requires(Permission.SIGNED_IN)
def revoke(token_id: int) -> ResponseReturnValue:
    """End a token: the next request with it is refused."""
    with transaction():
        row = tokens.revoke(token_id, actor().user_id or 0)
        audit.record(visit(), "token:revoke", about=str(row.id))
        name = row.name
    flash(_("'%(name)s' 토큰을 폐기했습니다.", name=name), "success")
    return redirect(url_for("tokens.own"))
