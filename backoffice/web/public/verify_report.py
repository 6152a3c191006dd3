"""Verifying a report: a file by its hash, or a number with the digest on its cover. Nothing that is sent is kept."""

import hashlib
import re
from typing import IO

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.core.errors import Invalid, Problem
from backoffice.core.files import measure
from backoffice.core.i18n import Sentence
from backoffice.extensions import limiter
from backoffice.reports import authenticity
from backoffice.reports.authenticity import SHOWN, Genuine
from backoffice.reports.models import FULL
from backoffice.reports.papers import NAMES
from backoffice.web.access import requires
from backoffice.web.case_page import zone_name
from backoffice.web.public import blueprint

MAX_FILE = 60 * 1024 * 1024
"""Far above any report; hashing it takes a moment."""

NO_DIGEST = Sentence(
    f"표지에 적힌 지문(영문과 숫자 {SHOWN}자) 또는 SHA-256 전체를 적어 주세요.",
    f"Write the digest from the cover ({SHOWN} letters and digits) or the whole SHA-256.",
)
NO_FILE = Sentence("확인할 파일을 골라 주세요.", "Choose the file to verify.")


@blueprint.get("/reports/verify")
@limiter.limit("60 per minute")
@requires(Permission.PUBLIC)
def verify_report() -> ResponseReturnValue:
    """Say whether a number and a digest belong to a published edition."""
    number = request.args.get("number", "").strip().upper()[:40]
    typed = request.args.get("sha256", "").strip()[:120]
    digest = re.sub(r"[\s-]", "", typed).lower()[:64]
    if not number or "sha256" not in request.args:
        return _page(number=number, typed=typed)
    if len(digest) < SHOWN or not re.fullmatch(r"[0-9a-f]+", digest):
        return _page(number=number, typed=typed, problems=[Problem("sha256", NO_DIGEST)], status=422)
    return _page(number=number, typed=typed, asked=True, found=authenticity.of_number(number, digest))


@blueprint.post("/reports/verify")
@limiter.limit("20 per minute")
@requires(Permission.PUBLIC)
def verify_report_file() -> ResponseReturnValue:
    """Say whether a file is, byte for byte, one of the published ones; only its hash is looked at."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _page(problems=[Problem("file", NO_FILE)], status=422)
    try:
        measure(upload.stream, MAX_FILE, "file")
    except Invalid as invalid:
        return _page(problems=list(invalid.problems), status=422)
    return _page(asked=True, found=authenticity.of_file(_hash(upload.stream)), of_file=True)


def _hash(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while piece := stream.read(1024 * 1024):
        digest.update(piece)
    return digest.hexdigest()


def _page(
    *,
    number: str = "",
    typed: str = "",
    asked: bool = False,
    found: Genuine | None = None,
    of_file: bool = False,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    body = render_template(
        "public/verify_report.html",
        number=number,
        typed=typed,
        asked=asked,
        found=found,
        place=_place(found),
        paper=NAMES[found.paper] if found is not None and found.paper != FULL else None,
        of_file=of_file,
        shown=SHOWN,
        problems=problems or [],
        errors_on_page=bool(problems),
        form=FlaskForm(),
    )
    return make_response(body, status)


def _place(found: Genuine | None) -> str:
    if found is None:
        return ""
    return zone_name(found.zone) if found.zone is not None else str(_("전국 종합"))
