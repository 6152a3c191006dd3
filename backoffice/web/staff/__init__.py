"""Pages for the foundation: the queue, cases, calls, organizations."""

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.cases.queries import is_of_own_company
from backoffice.core.errors import NotFound

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@blueprint.before_request
def keep_own_case_apart() -> ResponseReturnValue | None:
    """Whoever belongs to a company in a case sees it as that company does, whatever else they do at the office:
    who handles and who scores it is not for them (decision 025). Costs nobody else a query.
    """
    reference = (request.view_args or {}).get("reference")
    if reference is None or not g.company_side or not is_of_own_company(reference, g.actor):
        return None
    if request.endpoint == "staff.case":
        return redirect(url_for("portal.case", reference=reference))
    raise NotFound
