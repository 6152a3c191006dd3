"""Starting a case at the foundation: what may be started, and its first page."""

import uuid

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.cases import openings, services
from backoffice.cases import queries as cases
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, NotFound, Problem
from backoffice.core.i18n import Sentence
from backoffice.core.identifiers import read_business_number
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Organization
from backoffice.organizations.services import NewOrganization, register
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.case_page import load, zone_name
from backoffice.web.links import openable_links
from backoffice.web.staff import blueprint
from workflows.definition import Workflow
from workflows.roles import COMPANY_SIDE

TITLE = (5, 80)
NEEDS_A_COMPANY = (
    "이 건은 대상 기업이 있어야 합니다. 사업자등록번호를 입력해 주세요.",
    "This case needs a company; write its business number.",
)
NOT_REGISTERED = (
    "등록되지 않은 기관입니다. 기관명을 함께 적으면 새로 등록합니다.",
    "Not registered yet; write its name too and it will be registered.",
)


@blueprint.get("/openings")
@requires(Permission.CASE_OPEN)
def opening_list() -> ResponseReturnValue:
    """The definitions this person may start a case of."""
    roles = actor().roles - COMPANY_SIDE
    return render_template("staff/openings.html", definitions=openings.openable(engine().definitions, roles))


@blueprint.route("/openings/<name>", methods=["GET", "POST"])
@requires(Permission.CASE_OPEN)
def open_case(name: str) -> ResponseReturnValue:
    """Title, zone and, if there is one, the organization; everything else is written in the case."""
    roles = actor().roles - COMPANY_SIDE
    definition = openings.definition_to_open(engine().definitions, name, roles)
    zones, form = _zones(definition), FlaskForm()
    if not form.validate_on_submit():
        return _page(definition, zones, form, [], 200)
    try:
        with transaction():
            opening = _read(definition, zones)
            role = next(role for role in definition.opened_by if role in roles)
            key = f"opening:{request.form.get('key', '')[:60] or uuid.uuid4().hex}"
            row = openings.open_case(engine(), definition, opening, actor(), role=role, key=key)
            audit.record(visit(), "case:open", about=row.reference, case_id=row.id)
            reference = row.reference
    except Invalid as invalid:
        return _page(definition, zones, form, list(invalid.problems), 422)
    flash(_("%(reference)s 건을 만들었습니다.", reference=reference), "success")
    return redirect(url_for("staff.case", reference=reference))


def _zones(definition: Workflow) -> list[tuple[int, str]]:
    allowed = openings.zones_to_open_in(definition, actor())
    return [
        (zone.id, zone_name(zone))
        for zone in organizations.zones(clock.today())
        if allowed is None or zone.id in allowed
    ]


def _page(
    definition: Workflow, zones: list[tuple[int, str]], form: FlaskForm, problems: list[Problem], status: int
) -> ResponseReturnValue:
    body = render_template(
        "staff/opening.html",
        definition=definition,
        zones=zones,
        form=form,
        problems=problems,
        values=request.form,
        errors_on_page=bool(problems),
    )
    return make_response(body, status)


def _read(definition: Workflow, zones: list[tuple[int, str]]) -> openings.Opening:
    """What was typed. Raises Invalid with every problem."""
    problems: list[Problem] = []
    title = " ".join(request.form.get("title", "").split())
    if not TITLE[0] <= len(title) <= TITLE[1]:
        ko = f"제목은 {TITLE[0]}자에서 {TITLE[1]}자 사이로 적어 주세요."
        problems.append(Problem("title", Sentence(ko, f"Write a title of {TITLE[0]} to {TITLE[1]} characters.")))
    zone_id = request.form.get("zone", type=int)
    if zone_id not in dict(zones):
        problems.append(Problem("zone", Sentence("특구를 골라 주세요.", "Choose the zone.")))
    organization = None
    try:
        organization = _organization(definition, zone_id)
    except Invalid as invalid:
        problems.extend(invalid.problems)
    if problems:
        raise Invalid(problems)
    return openings.Opening(title, zone_id, organization)


def _organization(definition: Workflow, zone_id: int | None) -> Organization | None:
    """The organization the case is about; a case that waits for a company first needs one. Raises Invalid."""
    number = request.form.get("business_number", "").strip()
    if not number:
        if definition.state(definition.initial).owner in COMPANY_SIDE:
            raise Invalid.field("business_number", *NEEDS_A_COMPANY)
        return None
    digits = read_business_number(number, "business_number")
    known = organizations.by_business_number(digits)
    name = " ".join(request.form.get("organization_name", "").split())[:80]
    if known is None and not name:
        raise Invalid.field("organization_name", *NOT_REGISTERED)
    return known or register(NewOrganization("company", name, digits, zone_id=zone_id))


@blueprint.post("/cases/<reference>/links/<name>")
@requires(Permission.CASE_OPEN)
def open_link(reference: str, name: str) -> ResponseReturnValue:
    """Open a linked case, such as a sanction, beside the one on the page."""
    page = load(reference)
    link = dict(openable_links(page)).get(name)
    if link is None:
        raise NotFound
    role = next(role for role in link.opened_by if role in page.roles)
    with transaction():
        row = cases.case(reference, actor())
        key = f"link:{row.id}:{name}:{request.form.get('key', '')[:60]}"
        child = services.open_linked(engine(), row, link, actor(), role=role, year=row.year, key=key)
        audit.record(visit(), "case:open", about=child.reference, case_id=child.id)
        opened = child.reference
    return redirect(url_for("staff.case", reference=opened))
