"""Published calls for programs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for

from backoffice.access.permissions import Permission
from backoffice.core import clock
from backoffice.core.i18n import language
from backoffice.programs import queries as programs
from backoffice.programs.models import Call
from backoffice.web.access import engine, requires
from backoffice.web.api import blueprint
from backoffice.web.api.description import answers
from backoffice.web.api.reading import said
from backoffice.web.api.shapes import CallsShape


@blueprint.get("/calls")
@requires(Permission.SIGNED_IN)
@answers(CallsShape, said="The calls, the newest first.")
def call_list() -> Mapping[str, Any]:
    """Every published call."""
    now = clock.now()
    return {"items": [_call(row, now) for row in programs.published_calls()]}


def _call(row: Call, now: datetime) -> dict[str, Any]:
    definition = engine().definitions.get(row.workflow, row.workflow_version).workflow
    return {
        "code": row.code,
        "url": url_for("public.call", code=row.code),
        "title": row.title_en if language() == "en" else row.title_ko,
        "program": {"code": row.workflow, "name": said(definition.title)},
        "year": row.year,
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "max_amount": row.max_amount,
        "status": "coming" if now < row.opens_at else "open" if now < row.closes_at else "closed",
    }
