"""Writing on a case for the office: a note nobody else reads, or a message to its companies."""

from typing import Protocol

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.cases.models import Case
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid
from backoffice.correspondence import services
from backoffice.correspondence.queries import MESSAGE, NOTE
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import load
from backoffice.web.correspondence import demand_office, form_key, of_office, read_typed
from backoffice.web.staff import blueprint
from backoffice.web.staff.case import respond


@blueprint.post("/cases/<reference>/notes")
@requires(Permission.NOTE_WRITE)
def write_note(reference: str) -> ResponseReturnValue:
    """Leave a note for the office."""
    done = _("내부 메모를 남겼습니다. 신청기업에는 보이지 않습니다.")
    return _write(reference, NOTE, Permission.NOTE_WRITE, services.write_note, done=done, then="#notes")


@blueprint.post("/cases/<reference>/notes/<int:note_id>/withdraw")
@requires(Permission.NOTE_WRITE)
def withdraw_note(reference: str, note_id: int) -> ResponseReturnValue:
    """Take one's own note back."""
    page = load(reference)
    demand_office(page, Permission.NOTE_WRITE)
    with transaction():
        row = cases.case(reference, actor())
        services.withdraw_note(row, note_id, actor())
        audit.record(visit(), "note:withdraw", about=str(note_id), case_id=row.id)
    flash(_("메모를 철회했습니다."), "success")
    return redirect(url_for("staff.case", reference=reference) + "#notes")


@blueprint.post("/cases/<reference>/messages")
@requires(Permission.MESSAGE_WRITE)
def write_message(reference: str) -> ResponseReturnValue:
    """Write to the companies of the case."""
    done = _("기업에 메시지를 보냈습니다. 새 메시지가 있다는 메일이 나갑니다.")
    return _write(
        reference, MESSAGE, Permission.MESSAGE_WRITE, services.write_to_company, done=done, then="#conversation"
    )


class _Write(Protocol):
    def __call__(self, row: Case, author: Actor, text: str, *, key: str) -> None: ...


def _write(
    reference: str, field: str, permission: Permission, write: _Write, *, done: str, then: str
) -> ResponseReturnValue:
    """What was typed into a card of the case, kept and in the access log; or the page again with what is wrong."""
    page = load(reference)
    demand_office(page, permission)
    try:
        text = read_typed(field, of_office(page))
    except Invalid as invalid:
        return respond(page, of_office(page, invalid.problems), 422)
    with transaction():
        row = cases.case(reference, actor())
        write(row, actor(), text, key=form_key())
        audit.record(visit(), permission.value, case_id=row.id)
    flash(done, "success")
    return redirect(url_for("staff.case", reference=reference) + then)
