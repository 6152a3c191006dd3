"""``backoffice db``: bring the schema up or down, the shipped zones and definitions in, and the search index in order."""

import click
from flask.cli import AppGroup
from flask_migrate import downgrade as migrate_down
from flask_migrate import upgrade as migrate_up

from backoffice.cases import words
from backoffice.core.db import transaction
from backoffice.organizations.services import load_shipped
from backoffice.programs.layouts import lay_out_published
from backoffice.programs.services import publish_shipped

group = AppGroup("db", help="The database schema.")


def prepare() -> None:
    """Schema, zones and definitions as this version ships them; again and again without harm."""
    migrate_up()
    with transaction():
        load_shipped()
        publish_shipped()
    lay_out_published()


@group.command()
def upgrade() -> None:
    """Bring the schema to this version and load what ships with it."""
    prepare()
    click.echo("database is up to date")


@group.command()
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Take the schema back one step, or to REVISION."""
    migrate_down(revision=revision)
    click.echo("database downgraded")


@group.command()
def reindex() -> None:
    """Build the index anew by which cases are found by a word."""
    with transaction():
        words.build_anew()
    click.echo("search index is up to date")
