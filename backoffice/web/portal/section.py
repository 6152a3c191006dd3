"""Writing one section of a form: always saved, never lost, even when something in it cannot be read yet."""

import json
from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import prefill, services
from backoffice.cases import queries as cases
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import Forbidden, NotFound, Problem
from backoffice.core.i18n import Sentence
from backoffice.forms import checks
from backoffice.forms.build import CharterForm, bound
from backoffice.forms.fields import GroupField
from backoffice.forms.readers import is_unread
from backoffice.organizations.queries import organization
from backoffice.web import keeping, showing, uploading
from backoffice.web.access import actor, requires
from backoffice.web.case_page import CasePage, load, zone_choices_for
from backoffice.web.portal import blueprint
from backoffice.web.portal.case import task_list
from backoffice.web.portal.writing import closed
from workflows.forms import Section

BLANK_ROWS = 2
_CEILING, _BALANCE = "amount_within_call", "budget_balanced"
"""The guards whose limits are shown while writing."""


def _open(reference: str, form: str, code: str) -> tuple[CasePage, Section]:
    """The page and section, if this person may write there now. Raises NotFound or Forbidden."""
    page = load(reference)
    section = page.definition.forms[form].section(code) if form in page.definition.forms else None
    if section is None:
        raise NotFound
    if form not in page.editable_forms():
        raise closed()
    return page, section


@blueprint.route("/cases/<reference>/forms/<form>/<code>", methods=["GET", "POST"])
@requires(Permission.CASE_APPLY)
def section(reference: str, form: str, code: str) -> ResponseReturnValue:
    """Show a section; on POST save whatever was typed and uploaded."""
    page, part = _open(reference, form, code)
    filled = bound(
        part.fields,
        {**_own_company(page, part), **page.answers(form)},
        zones=zone_choices_for(part.fields),
        previous=_previous(page),
    )
    if request.method == "GET" or not filled.validate_on_submit():
        return _show(page, form, part, filled)
    problems = _save(page, form, part, filled)
    if problems:
        filled.show(problems)
        return _show(load(reference), form, part, filled, problems=problems, status=422)
    flash(_("%(at)s 저장했습니다.", at=f"{clock.in_seoul(clock.now()):%H:%M:%S}"), "success")
    return redirect(_next(page, form, part))


def _own_company(page: CasePage, part: Section) -> dict[str, Any]:
    """A fresh list of members begins with the applicant itself."""
    grid = next((field for field in part.fields if field.feeds == "members"), None)
    lead = next((member for member in page.members if member.lead), None)
    if grid is None or lead is None:
        return {}
    found = organization(lead.organization_id)
    zone = page.zones[found.zone_id].code if found.zone_id else None
    return {
        grid.name: [{"business_number": found.business_number, "name": found.name_ko, "kind": found.kind, "zone": zone}]
    }


def _previous(page: CasePage) -> Mapping[str, Any]:
    """Last year's values of the same report, to fill in beside them."""
    if page.row.parent_id is None:
        return {}
    for sibling in cases.linked(page.row.parent_id):
        if sibling.workflow == page.row.workflow and sibling.year == page.row.year - 1:
            for form in page.definition.forms:
                for answer in cases.answers(sibling.id, form).values():
                    if isinstance(answer.value, dict) and not is_unread(answer.value):
                        return answer.value
    return {}


def _save(page: CasePage, form: str, part: Section, filled: CharterForm) -> list[Problem]:
    """Save what was typed and uploaded: what stood in the way of any of it."""
    values = filled.answers()
    problems = [item for item in checks.problems(part.fields, values, _everywhere(part)) if not _missing(item, values)]
    documents = page.definition.documents
    uploaded, refused = uploading.take(part.fields, documents)
    with transaction():
        row = cases.case(page.row.reference, actor())
        written = _written(row.id, form, values)
        clashes = services.save_answers(row, form, page.form(form), written, actor=actor(), seen=keeping.seen())
        uploading.attach(row, form, uploaded, documents, actor=actor())
    return [*problems, *refused, *[_clash(page, form, clash) for clash in clashes]]


def _written(case_id: int, form: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What to save of a page: with script it says what was touched, so that the rest may have changed meanwhile."""
    try:
        touched = json.loads(request.form.get("touched", ""))
    except ValueError:
        return dict(values)
    if not isinstance(touched, list):
        return dict(values)
    stored = cases.answers(case_id, form)
    return {name: value for name, value in values.items() if name not in stored or name in touched}


def _everywhere(part: Section) -> dict[str, int]:
    """While writing, a file that is still missing is no fault."""
    return {field.name: 1 for field in part.fields if field.type == "files"}


def _missing(problem: Problem, values: Mapping[str, Any]) -> bool:
    """Whether a problem only says that something is not there yet: drafts may be incomplete."""
    name, *rest = problem.field.split("-")
    value = values.get(name)
    if rest and isinstance(value, list) and len(rest) == 2:
        value = value[int(rest[0])].get(rest[1])
    return checks.is_empty(value) or (not rest and isinstance(value, list))


def _clash(page: CasePage, form: str, clash: services.Clash) -> Problem:
    """Somebody else saved the field meanwhile: show theirs, keep what was typed on the page."""
    field = page.form(form).field(clash.field)
    theirs = showing.text(field, clash.value, page.zone_names) if field and field.type != "group" else "…"
    return Problem(
        clash.field,
        Sentence(
            f"다른 사람이 먼저 저장했습니다. 지금 저장된 내용: {theirs}. 다시 저장하면 아래 내용으로 바뀝니다.",
            f"Somebody else saved first. Saved now: {theirs}. Saving again replaces it with what you typed.",
        ),
    )


def _show(
    page: CasePage,
    form: str,
    part: Section,
    filled: CharterForm,
    *,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    for field in filled:
        if isinstance(field, GroupField):
            blank = max(BLANK_ROWS, field.charter.min_rows - len(field.typed))
            while len(field.entries) < len(field.typed) + blank and len(field.entries) < field.charter.max_rows:
                field.append_entry()
    sections = page.form(form).sections
    return make_response(
        render_template(
            "portal/section.html",
            page=page,
            row=page.row,
            form_name=form,
            section=part,
            number=sections.index(part) + 1,
            form=filled,
            tasks=task_list(page, form),
            seen=json.dumps(page.revisions.get(form, {})),
            problems=problems or [],
            errors_on_page=bool(problems),
            last=part == sections[-1],
            earlier=bool(prefill.earlier(page.row, form, actor(), limit=1)),
            **_limits(page, form),
        ),
        status,
    )


def _limits(page: CasePage, form: str) -> dict[str, Any]:
    """The call's ceiling in won for the amount asked for and the grid that adds up to it, where a step checks it."""
    fields = page.form(form).fields
    amount = next((field.name for field in fields if field.feeds == "amount"), None)
    grid = next((field.name for field in fields if field.total is not None), None)
    checked = {
        guard.name for step in page.definition.transitions if page.row.state in step.source for guard in step.requires
    }
    terms = page.subject.call
    most = terms.max_amount if terms is not None and _CEILING in checked else 0
    names = [name for name in (amount, grid if amount is not None else None) if name is not None]
    return {
        "ceilings": dict.fromkeys(names, most) if most else {},
        "amount_field": amount if _BALANCE in checked else None,
    }


def _next(page: CasePage, form: str, part: Section) -> str:
    """Where the pressed button leads: more rows here, out, the next section, or the last look."""
    here = url_for("portal.section", reference=page.row.reference, form=form, code=part.code)
    if request.form.get("more_rows"):
        return here + f"#{request.form['more_rows'][:48]}"
    if request.form.get("go") == "out":
        return url_for("portal.case", reference=page.row.reference)
    if request.form.get("go") == "stay":
        return here
    sections = page.form(form).sections
    place = sections.index(part)
    if place + 1 < len(sections):
        return url_for("portal.section", reference=page.row.reference, form=form, code=sections[place + 1].code)
    return url_for("portal.check", reference=page.row.reference)


@blueprint.post("/cases/<reference>/files/<token>/remove")
@requires(Permission.CASE_APPLY)
def remove_file(reference: str, token: str) -> ResponseReturnValue:
    """Take a file out of the form; what was submitted keeps it."""
    page = load(reference)
    found = cases.attachment(page.row.id, token)
    part = next(
        (item for item in page.form(found.form).sections if any(f.name == found.field for f in item.fields)), None
    )
    if found.form not in page.editable_forms() or part is None:
        raise Forbidden
    with transaction():
        services.remove(cases.attachment(page.row.id, token), actor())
    flash(_("'%(name)s'을(를) 뺐습니다.", name=found.name), "success")
    return redirect(url_for("portal.section", reference=reference, form=found.form, code=part.code))
