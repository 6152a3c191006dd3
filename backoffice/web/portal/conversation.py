"""Writing to the foundation about one's case."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Forbidden, Invalid
from backoffice.correspondence import services
from backoffice.correspondence.queries import MESSAGE
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import load
from backoffice.web.correspondence import form_key, of_company, read_typed
from backoffice.web.portal import blueprint
from backoffice.web.portal.case import respond


@blueprint.post("/cases/<reference>/messages")
@requires(Permission.CASE_APPLY)
def write_message(reference: str) -> ResponseReturnValue:
    """Write to the office for one's organization."""
    page = load(reference)
    found = of_company(page)
    if not found.writes_messages:
        raise Forbidden
    try:
        text = read_typed(MESSAGE, found)
    except Invalid as invalid:
        return respond(page, of_company(page, invalid.problems), 422)
    with transaction():
        row = cases.case(reference, actor())
        services.write_to_office(row, actor(), text, key=form_key())
        audit.record(visit(), "message:write", case_id=row.id)
    flash(_("재단에 메시지를 보냈습니다. 답이 오면 메일로 알려 드립니다."), "success")
    return redirect(url_for("portal.case", reference=reference) + "#conversation")
