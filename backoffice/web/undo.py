"""Taking the last step of a case back, for every audience."""

import uuid

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.core.errors import Conflict, Refused
from backoffice.core.i18n import language
from backoffice.engine import undo
from backoffice.web.access import actor, engine, requires
from backoffice.web.case_page import home_of
from backoffice.web.walking import walk

blueprint = Blueprint("undo", __name__)


@blueprint.post("/cases/<reference>/undo")
@requires(Permission.CASE_ACT)
def last_step(reference: str) -> ResponseReturnValue:
    """Undo the newest step while its window is open; a refusal is said on the page of the case."""
    row = cases.case(reference, actor())
    key = f"undo:{request.form.get('key', '')[:80] or uuid.uuid4().hex}"
    try:
        undo.take_back(engine(), row.id, actor(), revision=request.form.get("revision", 0, type=int), key=key)
    except Refused as refused:
        flash(" ".join(reason.sentence.text(language()) for reason in refused.reasons), "warning")
    except Conflict as conflict:
        flash(conflict.sentence.text(language()), "warning")
    else:
        flash(_("되돌렸습니다. 안내 메일은 나가지 않습니다."), "success")
    here, row = walk(), cases.case(reference, actor())
    return redirect(home_of(row, **(here.settled(row).arguments(here.then) if here is not None else {})))
