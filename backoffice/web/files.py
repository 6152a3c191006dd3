"""Handing out files: only through the case they belong to, always as a download, every one logged."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from typing import IO
from urllib.parse import quote

from flask import Blueprint, Response, current_app, flash, make_response, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.core import audit, outbox
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound, Unavailable
from backoffice.core.files import CHUNK
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.core.i18n import Sentence
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import home_of

blueprint = Blueprint("files", __name__)


def as_download(content: bytes, name: str, media_type: str) -> ResponseReturnValue:
    """A file with its Korean name; browsers save it, they never show it."""
    response = make_response(content)
    response.headers["Content-Type"] = media_type
    return named(response, name)


def stored(sha256: str) -> Response:
    """A stored content as an answer, sent while it is read. Raises Unavailable for one that is missing or damaged.

    A damage further behind than the first piece ends the connection before the announced length: no browser keeps that.
    """
    try:
        content = current_app.extensions["files"].open(sha256)
        pieces = iter(content)
        first = next(pieces, b"")
    except OSError as error:
        current_app.logger.exception("the stored file %s cannot be read", sha256)
        raise Unavailable(
            Sentence(
                "파일을 저장소에서 읽지 못했습니다. 담당자에게 알려 주세요.",
                "The file could not be read from the store; tell the office.",
            )
        ) from error
    response = Response(chain((first,), pieces))
    response.content_length = content.size
    response.call_on_close(content.close)
    return response


def stored_download(sha256: str, name: str, media_type: str) -> ResponseReturnValue:
    """The same as a download with its Korean name."""
    response = stored(sha256)
    response.headers["Content-Type"] = media_type
    return named(response, name)


def sent_from(made: IO[bytes], unsent: ExitStack) -> Response:
    """A finished temporary file as a ZIP, sent while it is read; closed when it was, or when nobody reads to its end."""
    size = made.seek(0, 2)
    made.seek(0)
    response = Response(_pieces(made), mimetype=MEDIA_TYPES["zip"])
    response.content_length = size
    response.call_on_close(unsent.pop_all().close)
    return response


def _pieces(made: IO[bytes]) -> Iterator[bytes]:
    """Read to the end it closes itself; what nobody reads to the end is closed with the response."""
    with made:
        while piece := made.read(CHUNK):
            yield piece


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
    return stored_download(found.sha256, found.name, MEDIA_TYPES.get(found.kind, "application/octet-stream"))


@blueprint.get("/cases/<reference>/receipts/<int:number>")
@requires(Permission.SIGNED_IN)
def receipt(reference: str, number: int) -> ResponseReturnValue:
    """The receipt of a submission as PDF; asked for again when it was not made yet."""
    row = cases.case(reference, actor())
    found = cases.submission(row.id, number)
    store = current_app.extensions["files"]
    if found.receipt_file is not None and store.exists(found.receipt_file):
        return stored_download(found.receipt_file, f"접수증_{found.receipt}.pdf", MEDIA_TYPES["pdf"])
    if found.receipt_file is not None:
        raise NotFound
    with transaction():
        outbox.enqueue("receipt", {"submission": found.id}, key=f"receipt:{found.id}")
    flash(_("접수증 PDF를 만들고 있습니다. 잠시 뒤 다시 눌러 주세요."))
    return redirect(home_of(row))
