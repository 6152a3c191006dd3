"""``backoffice demo``: fill an empty installation with the demo, and say who can sign in."""

from dataclasses import asdict

from flask import Flask, current_app

from backoffice.cli.database import prepare
from backoffice.cli.output import Noun, say
from backoffice.core.db import db
from backoffice.core.i18n import language
from backoffice.demo import build
from backoffice.demo.society import PASSWORD
from workflows.roles import ROLE_LABELS

group = Noun("demo", help="The demo.")


@group.command()
def reset() -> None:
    """Bring the schema up and the demo in; again and again without harm. Only in demo mode."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the application behind Flask's proxy
    prepare()
    db.session.remove()
    build.reset(app)
    _tell(f"the demo is ready at {app.extensions['settings'].base_url}")


@group.command()
def accounts() -> None:
    """The people one can sign in as."""
    _tell("demo accounts")


def _tell(headline: str) -> None:
    people = build.accounts()
    place = 1 if language() == "en" else 0
    lines = (f"  {one.email:<44}{ROLE_LABELS[one.role][place]}\t{one.name}\t{one.place}" for one in people)
    data = {"password": PASSWORD, "accounts": [asdict(one) for one in people]}
    say(data, [headline, f"password of every account: {PASSWORD}", *lines])
