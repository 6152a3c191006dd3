"""Addresses for machines that watch over the service."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from backoffice.access.permissions import Permission
from backoffice.core.db import db
from backoffice.web.access import requires

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@requires(Permission.PUBLIC)
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@requires(Permission.PUBLIC)
def readyz() -> ResponseReturnValue:
    """The database answers too; 503 when it does not."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}
