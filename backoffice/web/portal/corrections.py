"""Correcting what was asked for, item by item, with what changed since the last submission beside it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.cases import corrections as asking
from backoffice.cases import differences
from backoffice.cases.corrections import Round
from backoffice.cases.differences import Change
from backoffice.core import money
from backoffice.core.db import transaction
from backoffice.core.errors import Problem
from backoffice.core.i18n import language
from backoffice.forms.readers import clean
from backoffice.web import showing
from backoffice.web.access import actor, requires
from backoffice.web.case_page import CasePage, load
from backoffice.web.portal import blueprint
from backoffice.web.portal.writing import open_place, still_open


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change since the last submission, as it is read."""

    label: str
    old: str
    new: str
    difference: str
    kind: str


def asked_now(page: CasePage) -> Round | None:
    """What the company is asked to correct in the present state."""
    if not page.editable_forms():
        return None
    return asking.open_round(page.row.id, page.row.state, page.definition, page.history)


def changes_since(page: CasePage, form: str) -> list[ChangeLine]:
    """What differs from the last submission of a form; nothing while it was never submitted."""
    before = next((item for item in page.submissions if item.form == form), None)
    if before is None:
        return []
    files = [{"field": one.field, "name": one.name, "sha256": one.sha256, "size": one.size} for one in page.files(form)]
    now = differences.with_files(page.answers(form), files)
    old = differences.version(json.loads(before.content))
    return [_line(change, page.zone_names) for change in differences.changes(page.form(form), old, now)]


def _line(change: Change, zones: Mapping[str, str]) -> ChangeLine:
    place = change.field.label.text(language())
    if change.group is not None:
        row = _("합계") if change.kind == "total" else _("%(n)d번째 줄", n=change.row) if change.row else ""
        place = " · ".join(part for part in (change.group.label.text(language()), row, place) if part)
    difference = ""
    if change.difference:
        sign = "+" if change.difference > 0 else "△"
        difference = f"{sign}{money.reading(abs(change.difference))}"
    return ChangeLine(
        place, _shown(change, change.old, zones), _shown(change, change.new, zones), difference, change.kind
    )


def _shown(change: Change, value: object, zones: Mapping[str, str]) -> str:
    if change.field.type == "files":
        return str(value["name"]) if isinstance(value, dict) else ""
    return showing.text(change.field, value, zones)


@blueprint.route("/cases/<reference>/corrections", methods=["GET", "POST"])
@requires(Permission.CASE_APPLY)
def corrections(reference: str) -> ResponseReturnValue:
    """Each item with its place and the answer to it; on POST keep the answers."""
    page = load(reference)
    asked = asked_now(page)
    if asked is None:
        return redirect(url_for("portal.case", reference=reference))
    form, problems = FlaskForm(), list[Problem]()
    typed = {item.number: item.answer for item in asked.items}
    if form.validate_on_submit():
        typed |= {number: clean(request.form.get(f"answer-{number}", typed[number])) for number in typed}
        problems = _keep(page, asked, typed)
        if not problems:
            flash(_("답변을 저장했습니다."), "success")
            return redirect(url_for("portal.corrections", reference=reference))
        asked = asked_now(load(reference)) or asked
    body = render_template(
        "portal/corrections.html",
        page=page,
        row=page.row,
        asked=asked,
        typed=typed,
        form=form,
        changes={name: changes_since(page, name) for name in page.editable_forms()},
        problems=problems,
        errors_on_page=bool(problems),
    )
    return make_response(body, 422 if problems else 200)


def _keep(page: CasePage, asked: Round, typed: Mapping[int, str]) -> list[Problem]:
    seen = {number: request.form.get(f"seen-{number}", 0, type=int) for number in typed}
    name = page.editable_forms()[0]
    place = open_place(page.row.reference, name, page.own_sections(name)[0])
    with transaction():
        row = still_open(place)
        fresh = asking.open_round(row.id, row.state, page.definition, page.history) or asked
        return asking.answer(row.id, fresh, typed, seen, actor())
