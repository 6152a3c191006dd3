"""What an installation needs and what of it is missing, and the configuration in force without its secrets."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.checkup import HIDDEN, MISSING, OK, UNSAFE, look_at_everything
from backoffice.config import Settings
from backoffice.core.i18n import Sentence
from backoffice.web.access import requires
from backoffice.web.admin import blueprint

SECRET = frozenset({"secret_key", "oidc_client_secret"})
ADDRESSES = frozenset({"database_url", "redis_url", "files_url", "mail_url"})
"""Addresses that may carry a password."""

NAMES = {
    "settings": Sentence("설정", "Settings"),
    "demo": Sentence("시연 모드", "Demo"),
    "secret key": Sentence("서명 열쇠 파일", "File of the secret key"),
    "fonts": Sentence("글꼴", "Fonts"),
    "database": Sentence("데이터베이스", "Database"),
    "durability": Sentence("내구성", "Durability"),
    "schema": Sentence("데이터베이스 판", "Schema"),
    "jobs": Sentence("뒤에서 하는 작업", "Background jobs"),
    "files": Sentence("파일 저장소", "File store"),
    "mail": Sentence("메일", "Mail"),
    "worker": Sentence("작업 처리기", "Worker"),
}
"""What is looked at, in words; programs keep their own names."""
STATES = {
    OK: (Sentence("정상", "Well"), "success"),
    MISSING: (Sentence("없음", "Missing"), "danger"),
    UNSAFE: (Sentence("안전하지 않음", "Unsafe"), "warning"),
}


def shown(settings: Settings) -> list[tuple[str, str]]:
    """Name in the environment -> value in force; of a secret only whether it is set."""
    in_force = {"database_url": settings.database, "files_url": settings.files, "mail_url": settings.mail}
    found = []
    for name in type(settings).model_fields:
        value = str(in_force.get(name, getattr(settings, name)))
        if name in SECRET:
            value = HIDDEN if value else ""
        elif name in ADDRESSES:
            value = without_password(value)
        found.append((f"BACKOFFICE_{name.upper()}", value))
    return found


def without_password(address: str) -> str:
    """An address with its user and password hidden, and without what follows the question mark."""
    plain = address.partition("?")[0]
    scheme, mark, rest = plain.partition("://")
    place, slash, path = rest.partition("/")
    hidden = f"{HIDDEN}@{place.rpartition('@')[2]}" if "@" in place else place
    return f"{scheme}{mark}{hidden}{slash}{path}"


@blueprint.get("/settings")
@requires(Permission.JOB_MANAGE)
def settings() -> ResponseReturnValue:
    """The same findings as those of the command, and what is set in the environment."""
    present: Settings = current_app.extensions["settings"]
    found = look_at_everything(present, current_app.extensions["files"])
    return render_template(
        "admin/settings.html",
        wrong=[finding for finding in found if finding.status != OK],
        well=[finding for finding in found if finding.status == OK],
        rows=shown(present),
        names=NAMES,
        states=STATES,
    )
