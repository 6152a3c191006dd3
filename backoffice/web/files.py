"""Handing out files: only through the case they belong to, always as a download, every one logged."""

from urllib.parse import quote

from flask import Blueprint, Response, current_app, flash, make_response, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.core import audit, outbox
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import home_of

blueprint = Blueprint("files", __name__)


def as_download(content: bytes, name: str, media_type: str) -> ResponseReturnValue:
    """A file with its Korean name; browsers save it, they never show it."""
    response = make_response(content)
    response.headers["Content-Type"] = media_type
    return named(response, name)


def named(response: Response, name: str) -> ResponseReturnValue:
    """An answer as a download with its Korean name (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.get("/cases/<reference>/files/<token>")
@requires(Permission.SIGNED_IN)
def download(reference: str, token: str) -> ResponseReturnValue:
    """One attachment of a case the reader may see."""
    row = cases.case(reference, actor())
    found = cases.attachment(row.id, token)
    with transaction():
        audit.record(visit(), "file:read", about=found.name, case_id=row.id)
    content = current_app.extensions["files"].read(found.sha256)
    return as_download(content, found.name, MEDIA_TYPES.get(found.kind, "application/octet-stream"))


@blueprint.get("/cases/<reference>/receipts/<int:number>")
@requires(Permission.SIGNED_IN)
def receipt(reference: str, number: int) -> ResponseReturnValue:
    """The receipt of a submission as PDF; asked for again when it was not made yet."""
    row = cases.case(reference, actor())
    found = cases.submission(row.id, number)
    store = current_app.extensions["files"]
    if found.receipt_file is not None and store.exists(found.receipt_file):
        return as_download(store.read(found.receipt_file), f"접수증_{found.receipt}.pdf", MEDIA_TYPES["pdf"])
    if found.receipt_file is not None:
        raise NotFound
    with transaction():
        outbox.enqueue("receipt", {"submission": found.id}, key=f"receipt:{found.id}")
    flash(_("접수증 PDF를 만들고 있습니다. 잠시 뒤 다시 눌러 주세요."))
    return redirect(home_of(row))
