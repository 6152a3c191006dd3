"""Filling a form of the office, such as a checklist or minutes with their files, on one page."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.cases import services
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Forbidden, Problem
from backoffice.forms import checks
from backoffice.forms.build import CharterForm, bound
from backoffice.forms.fields import GroupField
from backoffice.web import uploading
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import CasePage, load, zone_choices
from backoffice.web.staff import blueprint

BLANK_ROWS = 2


def _editable(reference: str, form: str) -> CasePage:
    """The page of the case, if this person may fill the form now. Raises NotFound, Forbidden."""
    page = load(reference)
    if form not in page.editable_forms():
        raise Forbidden
    return page


@blueprint.route("/cases/<reference>/forms/<form>", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def form(reference: str, form: str) -> ResponseReturnValue:
    """Show the form; on POST save what was typed and uploaded, unless something in it cannot be taken."""
    page = _editable(reference, form)
    charter = page.form(form).part_for(page.roles)
    stored = cases.answers(page.row.id, form)
    filled = bound(charter.fields, {name: row.value for name, row in stored.items()}, zones=zone_choices())
    problems = []
    if filled.validate_on_submit():
        problems = _save(page, form, filled, {name: row.revision for name, row in stored.items()})
        if not problems:
            flash(_("저장했습니다."), "success")
            return redirect(url_for("staff.case", reference=reference) + f"#form-{form}")
        filled.show(problems)
    _blank_rows(filled)
    page = load(reference)
    body = render_template(
        "staff/form.html",
        page=page,
        row=page.row,
        form_name=form,
        form=filled,
        files=[field for field in charter.fields if field.type == "files"],
        problems=problems,
    )
    return make_response(body, 422 if problems else 200)


def _save(page: CasePage, form: str, filled: CharterForm, seen: dict[str, int]) -> list[Problem]:
    """Save what was typed if all of it can be taken, and every file that can: what stood in the way."""
    charter, documents, values = page.form(form).part_for(page.roles), page.definition.documents, filled.answers()
    problems = checks.problems([field for field in charter.fields if field.type != "files"], values)
    problems = [item for item in problems if not checks.is_empty(values.get(item.field))]
    uploaded, refused = uploading.take(charter.fields, documents)
    with transaction():
        row = cases.case(page.row.reference, actor())
        if not problems:
            services.save_answers(row, form, charter, values, actor=actor(), seen=seen)
        uploading.attach(row, form, uploaded, documents, actor=actor())
    return [*problems, *refused]


def _blank_rows(filled: CharterForm) -> None:
    """A few empty rows below what is there, so that a grid can grow without script."""
    for field in filled:
        if isinstance(field, GroupField):
            blank = max(BLANK_ROWS, field.charter.min_rows - len(field.typed))
            while len(field.entries) < len(field.typed) + blank and len(field.entries) < field.charter.max_rows:
                field.append_entry()


@blueprint.post("/cases/<reference>/files/<token>/remove")
@requires(Permission.CASE_READ)
def remove_file(reference: str, token: str) -> ResponseReturnValue:
    """Take a file out of a form of the office; it stays in the store and in the access log."""
    page = load(reference)
    found = cases.attachment(page.row.id, token)
    if _editable(reference, found.form).form(found.form).part_for(page.roles).field(found.field) is None:
        raise Forbidden
    with transaction():
        services.remove(cases.attachment(page.row.id, token), actor())
        audit.record(visit(), "file:remove", about=found.name, case_id=page.row.id)
    flash(_("'%(name)s'을(를) 뺐습니다.", name=found.name), "success")
    return redirect(url_for("staff.form", reference=reference, form=found.form))
