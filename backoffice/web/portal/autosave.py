"""Saving single fields while somebody writes: what was typed, the revisions it was typed over, and who was faster."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.cases import services
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.forms.build import inputs_of, typed_answers
from backoffice.web import keeping, showing
from backoffice.web.access import actor, requires
from backoffice.web.case_page import zone_choices_for
from backoffice.web.portal import blueprint
from backoffice.web.portal.writing import Place, open_place, still_open


@blueprint.post("/cases/<reference>/forms/<form>/<code>/fields")
@requires(Permission.CASE_APPLY)
def save_fields(reference: str, form: str, code: str) -> ResponseReturnValue:
    """Save the changed fields of a section, however unfinished; answer their revisions, and both texts of a clash."""
    place = open_place(reference, form, code)
    typed = keeping.sent()
    if typed.user != actor().user_id:
        return jsonify(error="other_person"), 409
    charter = [field for field in place.section.fields if field.name in typed.fields and field.type != "files"]
    choices = zone_choices_for(charter)
    sent = [pair for field in charter for pair in typed.fields[field.name]]
    values = typed_answers(charter, sent, zones=choices)
    with transaction():
        row = still_open(place)
        stored = services.store_answers(row, form, place.form, values, actor=actor(), seen=typed.seen)
    return jsonify(
        saved=f"{clock.in_seoul(clock.now()):%H:%M:%S}",
        revisions=stored.revisions,
        clashes=[_told(place, clash, values[clash.field], choices) for clash in stored.clashes],
    )


def _told(place: Place, clash: services.Clash, mine: Any, choices: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
    """Both texts of a field somebody else saved first, and what to put into its inputs to take the stored one."""
    field = place.form.field(clash.field)
    assert field is not None  # noqa: S101  # only fields of this form were saved
    names = dict(choices)
    return {
        "field": clash.field,
        "revision": clash.revision,
        "own": clash.saved_by == actor().user_id,
        "stored": showing.plain(field, clash.value, names),
        "mine": showing.plain(field, mine, names),
        "inputs": inputs_of(field, clash.value, zones=choices),
    }
