"""Companies and institutes across programs and years."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.organizations import queries as organizations
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.case_page import KINDS, shown_label, tone
from backoffice.web.staff import blueprint


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
    """One organization with every case the reader may see."""
    found = organizations.organization(organization_id)
    with transaction():
        audit.record(visit(), "organization:read", about=found.name_ko)
    found = organizations.organization(organization_id)
    rows = []
    for row in cases.of_organization(organization_id, actor()):
        definition = engine().definitions.get(row.workflow, row.workflow_version).workflow
        state = definition.state(row.state)
        rows.append((row, definition.title, shown_label(state), tone(state)))
    return render_template(
        "staff/organization.html", organization=found, rows=rows, zones=organizations.zone_names(), kinds=KINDS
    )
