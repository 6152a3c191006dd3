"""Companies and institutes across programs and years."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission, may, zones_with
from backoffice.accounts import queries as accounts
from backoffice.cases import of_organization
from backoffice.cases.models import Case
from backoffice.core import audit, money
from backoffice.core.db import transaction
from backoffice.core.i18n import Sentence, language
from backoffice.funding import queries as funding
from backoffice.organizations import queries as organizations
from backoffice.outcomes import queries as outcomes
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.case_page import KINDS, shown_label, tone
from backoffice.web.staff import blueprint
from backoffice.web.staff.queue import program_choices
from workflows import indicators
from workflows.values import Label

BARRING = "barring"
"""The tag of states in which a sanction keeps an organization out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the organization."""

    case: Case
    program: Label
    label: Sentence
    tone: str
    barring: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What it reached in one indicator and year."""

    label: Label
    year: int
    value: str
    unit: str


@blueprint.get("/organizations")
@requires(Permission.ORGANIZATION_READ)
def organization_list() -> ResponseReturnValue:
    """Find an organization by name, initial consonants or business number."""
    query = request.args.get("q", "")[:80]
    return render_template(
        "staff/organizations.html",
        query=query,
        found=organizations.search_organizations(query),
        total=organizations.count_organizations(),
        zones=organizations.zone_names(),
        kinds=KINDS,
    )


@blueprint.get("/organizations/<int:organization_id>")
@requires(Permission.ORGANIZATION_READ)
def organization(organization_id: int) -> ResponseReturnValue:
    """One organization: its cases page by page, money, outcomes, people, sanctions, and who may be the same."""
    found = organizations.organization(organization_id)
    chosen = request.args.get("program", "")[:48]
    record = of_organization.record(organization_id, actor(), _page_number(), chosen)
    titles = dict(program_choices())
    body = render_template(
        "staff/organization.html",
        organization=found,
        record=record,
        rows=[_line(row) for row in record.cases],
        sanctions=[_line(row) for row in record.sanctions],
        titles=titles,
        chosen=chosen,
        twins=organizations.twins(found),
        people=accounts.people_of(organization_id),
        agreements=funding.agreements_of_organization(organization_id, actor())
        if may(actor(), Permission.FUNDING_READ)
        else None,
        outcomes=_outcomes(organization_id) if may(actor(), Permission.OUTCOME_READ) else None,
        zones=organizations.zone_names(),
        kinds=KINDS,
        paged=lambda number: url_for(
            "staff.organization", organization_id=organization_id, page=number, program=chosen or None
        ),
    )
    with transaction():
        audit.record(visit(), "organization:read", about=found.name_ko)
    return body


def _page_number() -> int:
    return max(1, min(request.args.get("page", 1, type=int), 100_000))


def _line(row: Case) -> Line:
    definition = engine().definitions.get(row.workflow, row.workflow_version).workflow
    state = definition.state(row.state)
    return Line(row, definition.title, shown_label(state), tone(state), BARRING in state.tags)


def _outcomes(organization_id: int) -> list[Outcome]:
    known = indicators.all_indicators()
    rows = outcomes.of_organization(organization_id, zones_with(actor(), Permission.OUTCOME_READ))
    return [
        Outcome(
            known[code].label,
            year,
            money.thousands(int(value)) if known[code].unit == "won" else f"{value.normalize():,f}",
            str(_("천원")) if known[code].unit == "won" else known[code].unit_label.text(language()),
        )
        for code, year, value in rows
        if code in known
    ]
