"""Writing one section of a form: always saved, never lost, even when something in it cannot be read yet."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import prefill, services
from backoffice.cases import queries as cases
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import Forbidden, Problem
from backoffice.core.i18n import Sentence
from backoffice.forms import checks
from backoffice.forms.build import CharterForm, bound
from backoffice.forms.fields import GroupField
from backoffice.forms.readers import is_unread
from backoffice.organizations import queries as organizations
from backoffice.web import keeping, showing, uploading
from backoffice.web.access import actor, requires
from backoffice.web.case_page import load, zone_choices_for
from backoffice.web.portal import blueprint
from backoffice.web.portal.case import task_list
from backoffice.web.portal.writing import Place, Sheet, Written, open_place, still_open, values
from workflows.forms import Field

BLANK_ROWS = 2
_CEILING, _BALANCE = "amount_within_call", "budget_balanced"
"""The guards whose limits are shown while writing."""


@blueprint.route("/cases/<reference>/forms/<form>/<code>", methods=["GET", "POST"])
@requires(Permission.CASE_APPLY)
def section(reference: str, form: str, code: str) -> ResponseReturnValue:
    """Show a section; on POST save whatever was typed and uploaded."""
    place = open_place(reference, form, code)
    written, fields = cases.written(place.subject.id), place.section.fields
    answers = values(written, form)
    filled = bound(
        fields,
        {**_own_company(place, answers), **answers},
        zones=zone_choices_for(fields),
        previous=_previous(place),
    )
    if request.method == "GET" or not filled.validate_on_submit():
        return _show(place, written, filled)
    problems = _save(place, filled)
    if problems:
        filled.show(problems)
        again = open_place(reference, form, code)
        return _show(again, cases.written(again.subject.id), filled, problems=problems, status=422)
    flash(_("%(at)s 저장했습니다.", at=f"{clock.in_seoul(clock.now()):%H:%M:%S}"), "success")
    return redirect(_next(place))


def _own_company(place: Place, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A fresh list of members begins with the applicant itself."""
    grid = next((field for field in place.section.fields if field.feeds == "members"), None)
    lead = next((member for member in place.subject.members if member.part == "lead"), None)
    if grid is None or lead is None or grid.name in answers:
        return {}
    found = organizations.organization(lead.organization_id)
    zone = organizations.zone_names()[found.zone_id].code if found.zone_id else None
    return {
        grid.name: [{"business_number": found.business_number, "name": found.name_ko, "kind": found.kind, "zone": zone}]
    }


def _previous(place: Place) -> Mapping[str, Any]:
    """Last year's values of the same report, to fill in beside them."""
    row = place.row
    if row.parent_id is None:
        return {}
    for sibling in cases.linked(row.parent_id):
        if sibling.workflow == row.workflow and sibling.year == row.year - 1:
            for form in place.definition.forms:
                for answer in cases.answers(sibling.id, form).values():
                    if isinstance(answer.value, dict) and not is_unread(answer.value):
                        return answer.value
    return {}


def _save(place: Place, filled: CharterForm) -> list[Problem]:
    """Save what was typed and uploaded: what stood in the way of any of it."""
    fields, typed = place.section.fields, filled.answers()
    problems = [item for item in checks.problems(fields, typed, _everywhere(fields)) if not _missing(item, typed)]
    documents = place.definition.documents
    uploaded, refused = uploading.take(fields, documents)
    with transaction():
        row = still_open(place)
        stored = services.store_answers(
            row, place.name, place.form, typed, actor=actor(), seen=keeping.seen(), touched=_touched()
        )
        uploading.attach(row, place.name, uploaded, documents, actor=actor())
    return [*problems, *refused, *[_clash(place, clash) for clash in stored.clashes]]


def _touched() -> frozenset[str] | None:
    """With script a page says which fields were touched, so that the rest may have changed meanwhile."""
    try:
        touched = json.loads(request.form.get("touched", ""))
    except ValueError:
        return None
    return frozenset(map(str, touched)) if isinstance(touched, list) else None


def _everywhere(fields: Sequence[Field]) -> dict[str, int]:
    """While writing, a file that is still missing is no fault."""
    return {field.name: 1 for field in fields if field.type == "files"}


def _missing(problem: Problem, typed: Mapping[str, Any]) -> bool:
    """Whether a problem only says that something is not there yet: drafts may be incomplete."""
    name, *rest = problem.field.split("-")
    value = typed.get(name)
    if rest and isinstance(value, list) and len(rest) == 2:
        value = value[int(rest[0])].get(rest[1])
    return checks.is_empty(value) or (not rest and isinstance(value, list))


def _clash(place: Place, clash: services.Clash) -> Problem:
    """Somebody else saved the field meanwhile: show theirs, keep what was typed on the page."""
    field = place.form.field(clash.field)
    theirs = "…"
    if field and field.type != "group":
        theirs = showing.text(field, clash.value, dict(zone_choices_for([field])))
    return Problem(
        clash.field,
        Sentence(
            f"다른 사람이 먼저 저장했습니다. 지금 저장된 내용: {theirs}. 다시 저장하면 아래 내용으로 바뀝니다.",
            f"Somebody else saved first. Saved now: {theirs}. Saving again replaces it with what you typed.",
        ),
    )


def _show(
    place: Place, written: Written, filled: CharterForm, *, problems: list[Problem] | None = None, status: int = 200
) -> ResponseReturnValue:
    for field in filled:
        if isinstance(field, GroupField):
            blank = max(BLANK_ROWS, field.charter.min_rows - len(field.typed))
            while len(field.entries) < len(field.typed) + blank and len(field.entries) < field.charter.max_rows:
                field.append_entry()
    sheet = Sheet(place, written, cases.attachments(place.subject.id))
    sections = place.form.sections
    return make_response(
        render_template(
            "portal/section.html",
            page=sheet,
            row=place.row,
            form_name=place.name,
            section=place.section,
            number=sections.index(place.section) + 1,
            form=filled,
            tasks=task_list(sheet, place.name, place.roles),
            seen=json.dumps(sheet.revisions(place.name)),
            problems=problems or [],
            errors_on_page=bool(problems),
            last=place.section == place.own.sections[-1],
            earlier=bool(prefill.earlier(place.row, place.name, actor(), limit=1)),
            **_limits(place),
        ),
        status,
    )


def _limits(place: Place) -> dict[str, Any]:
    """The call's ceiling in won for the amount asked for and the grid that adds up to it, where a step checks it."""
    fields = place.form.fields
    amount = next((field.name for field in fields if field.feeds == "amount"), None)
    grid = next((field.name for field in fields if field.total is not None), None)
    state = place.subject.state
    checked = {guard.name for step in place.definition.transitions if state in step.source for guard in step.requires}
    terms = place.subject.call
    most = terms.max_amount if terms is not None and _CEILING in checked else 0
    names = [name for name in (amount, grid if amount is not None else None) if name is not None]
    return {
        "ceilings": dict.fromkeys(names, most) if most else {},
        "amount_field": amount if _BALANCE in checked else None,
    }


def _next(place: Place) -> str:
    """Where the pressed button leads: more rows here, out, the next section, or the last look."""
    here = partial(url_for, "portal.section", reference=place.reference, form=place.name)
    if request.form.get("more_rows"):
        return here(code=place.section.code) + f"#{request.form['more_rows'][:48]}"
    if request.form.get("go") == "out":
        return url_for("portal.case", reference=place.reference)
    if request.form.get("go") == "stay":
        return here(code=place.section.code)
    sections = place.own.sections
    number = sections.index(place.section)
    if number + 1 < len(sections):
        return here(code=sections[number + 1].code)
    return url_for("portal.check", reference=place.reference)


@blueprint.post("/cases/<reference>/files/<token>/remove")
@requires(Permission.CASE_APPLY)
def remove_file(reference: str, token: str) -> ResponseReturnValue:
    """Take a file out of the form; what was submitted keeps it."""
    page = load(reference)
    found = cases.attachment(page.row.id, token)
    part = page.form(found.form).section_of(found.field)
    if found.form not in page.editable_forms() or part is None or not part.written_by(page.roles):
        raise Forbidden
    with transaction():
        services.remove(cases.attachment(page.row.id, token), actor())
    flash(_("'%(name)s'을(를) 뺐습니다.", name=found.name), "success")
    return redirect(url_for("portal.section", reference=reference, form=found.form, code=part.code))
