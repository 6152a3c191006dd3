"""Looking into a file before downloading it: PDF and pictures only, in a frame that may run nothing and reach nothing."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.web.access import actor, requires, visit
from backoffice.web.files import stored

blueprint = Blueprint("previews", __name__)

PREVIEWED = frozenset({"pdf", "png", "jpg"})
"""Kinds by their bytes that a browser shows by itself; everything else is only downloaded."""
_POLICY = "sandbox; default-src 'none'; frame-ancestors 'self'"


@blueprint.get("/cases/<reference>/files/<token>/preview")
@requires(Permission.SIGNED_IN)
def preview(reference: str, token: str) -> ResponseReturnValue:
    """The file for a frame of our own pages."""
    row = cases.case(reference, actor())
    found = cases.attachment(row.id, token)
    if found.kind not in PREVIEWED:
        raise NotFound
    with transaction():
        audit.record(visit(), "file:read", about=found.name, case_id=row.id)
    response = stored(found.sha256)
    response.headers["Content-Type"] = MEDIA_TYPES[found.kind]
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
