"""A look before starting: each condition met, not met or unknown, and what one has under way already; never a block."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.cases import eligibility
from backoffice.core.errors import NotFound
from backoffice.organizations import queries as organizations
from backoffice.programs import queries as programs
from backoffice.web.access import actor, engine, requires
from backoffice.web.portal import blueprint


@blueprint.get("/calls/<code>/eligibility")
@requires(Permission.CASE_APPLY)
def look_first(code: str) -> ResponseReturnValue:
    """The questions of a call for one of the person's companies; answers stand in the address and are not kept."""
    call = programs.published_call(code)
    house_id = request.args.get("organization", min(actor().organizations, default=0), type=int)
    if house_id not in actor().organizations:
        raise NotFound
    definitions = engine().definitions
    definition = definitions.get(call.workflow, call.workflow_version).workflow
    said = {name: value == "yes" for name, value in request.args.items() if value in {"yes", "no"}}
    house = organizations.organization(house_id)
    return render_template(
        "portal/eligibility.html",
        call=call,
        house=house,
        rules=eligibility.rules(definitions, definition, call, house, said),
        alike=eligibility.alike(house_id, call),
        said=said,
    )
