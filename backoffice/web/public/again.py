"""Whether a page that stayed open still has its person: asked by its script before it saves again."""

from flask import g, jsonify
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from backoffice.access.permissions import Permission
from backoffice.web.access import requires
from backoffice.web.public import blueprint


@blueprint.get("/sign-in/again")
@requires(Permission.PUBLIC)
def signed_in_still() -> ResponseReturnValue:
    """Who is signed in, by number, with a fresh token for the page's forms; signing in itself stays with /sign-in."""
    return jsonify(user=g.actor.user_id if g.actor is not None else None, csrf_token=generate_csrf())
