"""A reviewer's private calendar address: what is still to be scored, and until when."""

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid
from backoffice.core.i18n import language
from backoffice.desk import queries as desk
from backoffice.desk import services
from backoffice.web.access import actor, requires, visit
from backoffice.web.reviewer import blueprint

EVERYTHING = "box=all"
"""A reviewer's calendar has no filter."""


@blueprint.get("/calendar")
@requires(Permission.REVIEW_WRITE)
def calendar() -> ResponseReturnValue:
    """The addresses that answer, and a new one."""
    return _page()


def _page(token: str = "", stopped: str = "", status: int = 200) -> ResponseReturnValue:
    address = url_for("calendar.feed", token=token, _external=True) if token else ""
    body = render_template("reviewer/calendar.html", feeds=desk.feeds(actor()), address=address, stopped=stopped)
    response = make_response(body, status)
    if token:
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/calendar/feeds")
@requires(Permission.REVIEW_WRITE)
def open_feed() -> ResponseReturnValue:
    """A private address. It is shown once."""
    try:
        with transaction():
            token = services.open_feed(actor(), EVERYTHING)
            audit.record(visit(), "calendar:open")
    except Invalid as invalid:
        return _page(stopped=invalid.sentence.text(language()), status=422)
    return _page(token)


@blueprint.post("/calendar/feeds/<int:feed_id>/revoke")
@requires(Permission.REVIEW_WRITE)
def revoke_feed(feed_id: int) -> ResponseReturnValue:
    """The address answers nobody from now on."""
    with transaction():
        services.revoke_feed(actor(), feed_id)
        audit.record(visit(), "calendar:revoke")
    return redirect(url_for("reviewer.calendar") + "#feeds")
