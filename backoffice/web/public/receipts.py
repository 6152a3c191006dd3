"""Verifying a receipt: number and hash against what was submitted."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.cases.queries import submission_by_receipt
from backoffice.extensions import limiter
from backoffice.web.access import requires
from backoffice.web.public import blueprint


@blueprint.get("/receipts")
@limiter.limit("60 per minute")
@requires(Permission.PUBLIC)
def verify_receipt() -> ResponseReturnValue:
    """Say whether a receipt is genuine. Nothing about its content is told."""
    number = request.args.get("number", "").strip()[:32]
    digest = request.args.get("sha256", "").strip().lower()[:64]
    found = submission_by_receipt(number) if number else None
    genuine = found is not None and found.sha256 == digest
    return render_template("public/receipts.html", number=number, digest=digest, found=found, genuine=genuine)
