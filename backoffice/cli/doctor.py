"""``backoffice doctor``: what is missing and what is unsafe, one line each."""

import click
from flask import current_app
from flask.cli import with_appcontext

from backoffice.checkup import OK, Finding, look_at_everything
from backoffice.cli.output import Command, say, say_and_fail, store
from backoffice.config import Settings


@click.command(cls=Command)
@with_appcontext
def doctor() -> None:
    """Look at everything this installation needs."""
    settings: Settings = current_app.extensions["settings"]
    found = look_at_everything(settings, store())
    answer = say_and_fail if any(finding.serious for finding in found) else say
    answer([_data(one) for one in found], [f"{one.status:<8}{one.check}: {_words(one)}" for one in found])


def _words(one: Finding) -> str:
    """What was found, and unless it is well, the way out."""
    return str(one.detail) if one.status == OK or one.way_out is None else f"{one.detail}; {one.way_out}"


def _data(one: Finding) -> dict[str, object]:
    return {"check": one.check, "status": one.status, "detail": _words(one), "essential": one.essential}
