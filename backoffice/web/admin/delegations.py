"""Every delegation of roles, for those who answer for them; a link ends one at the person's page."""

from flask import render_template
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.accounts import delegation
from backoffice.accounts import queries as accounts
from backoffice.organizations.queries import zone_names
from backoffice.web.access import requires
from backoffice.web.admin import blueprint


@blueprint.get("/delegations")
@requires(Permission.USER_MANAGE)
def delegations() -> ResponseReturnValue:
    """Who acts, acted or will act in whose place, and why; newest first."""
    rows = delegation.given()
    people = {one for row in rows for one in (row.user_id, row.delegated_by) if one is not None}
    return render_template(
        "admin/delegations.html", rows=rows, names=accounts.names(sorted(people)), zones=zone_names()
    )
