"""Filling a form from an earlier application of one's own organization: shown first, and never over what is written."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.cases import prefill, services
from backoffice.cases import queries as cases
from backoffice.cases.models import Case
from backoffice.cases.prefill import Offer
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.web import showing
from backoffice.web.access import actor, engine, requires
from backoffice.web.case_page import zone_choices
from backoffice.web.portal import blueprint
from backoffice.web.portal.writing import Place, open_place, still_open


@blueprint.route("/cases/<reference>/forms/<form>/<code>/earlier", methods=["GET", "POST"])
@requires(Permission.CASE_APPLY)
def take_over(reference: str, form: str, code: str) -> ResponseReturnValue:
    """Choose an earlier application, see what it has for this form, and take it."""
    place = open_place(reference, form, code)
    choices = prefill.earlier(place.row, form, actor())
    wanted = request.values.get("source", choices[0].reference if choices else "")
    source = next((one for one in choices if one.reference == wanted), None)
    if source is None and (wanted or request.method == "POST"):
        raise NotFound
    sheet = FlaskForm()
    if source is not None and sheet.validate_on_submit():
        count = _take(place, source)
        flash(ngettext("%(num)d개 항목을 가져왔습니다.", "%(num)d개 항목을 가져왔습니다.", count), "success")
        return redirect(url_for("portal.section", reference=reference, form=form, code=code))
    found = _offer(place, source) if source is not None else None
    zones = dict(zone_choices())
    lines = [showing.line(field, value, zones) for field, value in found.taken] if found is not None else []
    return render_template(
        "portal/earlier.html", place=place, row=place.row, choices=choices, source=source, offer=found, lines=lines,
        section=place.section, form=sheet,
    )  # fmt: skip


def _offer(place: Place, source: Case) -> Offer:
    before = engine().definitions.get(source.workflow, source.workflow_version).workflow.forms.get(place.name)
    if before is None:
        raise NotFound
    old, now = (
        {name: one.value for name, one in cases.answers(row.id, place.name).items()} for row in (source, place.row)
    )
    return prefill.offer(place.own, before, old, now)


def _take(place: Place, source: Case) -> int:
    """How many answers were taken; what somebody wrote meanwhile stays."""
    with transaction():
        row = still_open(place)
        values = {field.name: value for field, value in _offer(place, source).taken}
        seen = {name: one.revision for name, one in cases.answers(row.id, place.name).items()}
        clashes = services.save_answers(row, place.name, place.form, values, actor=actor(), seen=seen)
        return len(values) - len(clashes)
