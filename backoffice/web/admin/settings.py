"""The configuration in force, without its secrets, and what of it is not safe. It is changed in the environment only."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.config import Settings
from backoffice.web.access import requires
from backoffice.web.admin import blueprint

SECRET = frozenset({"secret_key", "oidc_client_secret"})
ADDRESSES = frozenset({"database_url", "redis_url", "files_url", "mail_url"})
"""Addresses that may carry a password."""


def shown(settings: Settings) -> list[tuple[str, str]]:
    """Name in the environment -> value in force; of a secret only whether it is set."""
    in_force = {"database_url": settings.database, "files_url": settings.files, "mail_url": settings.mail}
    found = []
    for name in type(settings).model_fields:
        value = str(in_force.get(name, getattr(settings, name)))
        if name in SECRET:
            value = "●●●●" if value else ""
        elif name in ADDRESSES:
            value = without_password(value)
        found.append((f"BACKOFFICE_{name.upper()}", value))
    return found


def without_password(address: str) -> str:
    """An address with its user and password hidden, and without what follows the question mark."""
    plain = address.partition("?")[0]
    scheme, mark, rest = plain.partition("://")
    place, slash, path = rest.partition("/")
    hidden = f"●●●●@{place.rpartition('@')[2]}" if "@" in place else place
    return f"{scheme}{mark}{hidden}{slash}{path}"


@blueprint.get("/settings")
@requires(Permission.JOB_MANAGE)
def settings() -> ResponseReturnValue:
    present: Settings = current_app.extensions["settings"]
    return render_template("admin/settings.html", rows=shown(present), faults=present.unsafe(), demo=present.demo)
