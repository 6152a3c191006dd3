"""Whose token a program uses."""

from collections.abc import Mapping
from typing import Any

from flask import g

from backoffice.access.actors import Grant
from backoffice.access.permissions import Permission
from backoffice.core.i18n import Sentence
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.web.access import actor, requires
from backoffice.web.api import blueprint
from backoffice.web.api.description import answers
from backoffice.web.api.shapes import MeShape
from workflows.roles import ROLE_LABELS


@blueprint.get("/me")
@requires(Permission.SIGNED_IN)
@answers(MeShape, said="The person.")
def me() -> Mapping[str, Any]:
    """The person behind the token, with the roles that hold today."""
    who = actor()
    zones = organizations.zone_names()
    names = organizations.organization_names(who.organizations)
    return {
        "name": who.name,
        "email": who.email,
        "language": who.language,
        "roles": [_grant(grant, zones, names) for grant in who.grants],
        "scopes": sorted(g.token.scopes),
    }


def _grant(grant: Grant, zones: Mapping[int, Zone], names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "role": grant.role.value,
        "label": Sentence(*ROLE_LABELS[grant.role]).text(),
        "zone": zones[grant.zone_id].code if grant.zone_id is not None else None,
        "organization": names.get(grant.organization_id) if grant.organization_id is not None else None,
        "until": grant.valid_to,
    }
