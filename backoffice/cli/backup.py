"""``backoffice backup`` and ``restore``: the whole office into a folder, and out of it into an empty database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import Connection, inspect, select

from backoffice.cases.models import Attachment, Submission
from backoffice.cli import archive
from backoffice.cli.output import Command, Failure, say, say_and_fail, store
from backoffice.core import audit, marks
from backoffice.core.db import db, transaction
from backoffice.core.paths import PACKAGE
from backoffice.outcomes.models import Import
from backoffice.reports.models import ReportFile


def _newest_schema() -> str:
    return ScriptDirectory(str(PACKAGE / "migrations")).get_current_head() or ""


@contextmanager
def _one_reading() -> Iterator[Connection]:
    """A connection that sees the database as it is at one moment, whatever others write meanwhile.

    SQLite's snapshots do so by themselves. Raises Failure unless the schema is this version's.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        present = MigrationContext.configure(connection).get_current_revision()
        if present != _newest_schema():
            raise Failure(f"the database has schema {present or 'none'}; run first: backoffice db upgrade")
        yield connection


def _digests(connection: Connection) -> list[str]:
    """The contents that rows rely on."""
    columns = (Attachment.sha256, Submission.receipt_file, Import.sha256, ReportFile.sha256)
    return sorted({digest for column in columns for digest in connection.scalars(select(column)) if digest is not None})


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@with_appcontext
def backup(folder: Path) -> None:
    """Write all rows and files into DIR, which must be new or empty. It holds personal data: keep it safe."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Failure(f"{folder}: is not empty")
    (folder / "files").mkdir(mode=0o700)
    with _one_reading() as connection:
        dumped = archive.dump_tables(connection, folder / "tables")
        wanted = _digests(connection)
    kept = [digest for digest in wanted if archive.dump_file(store(), digest, folder / "files")]
    archive.write_manifest(folder, _newest_schema(), dumped, kept)
    with transaction():
        audit.record(audit.Visit(None, "backoffice backup"), "backup:make", about=str(folder))
    rows, lost = sum(one.rows for one in dumped.values()), sorted(set(wanted) - set(kept))
    lines = [f"missing or damaged, not in the backup: {digest}" for digest in lost]
    answer = say_and_fail if lost else say
    answer(
        {"folder": str(folder), "rows": rows, "files": len(kept), "lost": lost},
        [*lines, f"{rows} rows and {len(kept)} files written to {folder}"],
    )


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@with_appcontext
def restore(folder: Path) -> None:
    """Put the backup in DIR back into an empty database. Nothing is written unless all of it is whole."""
    manifest = archive.read_manifest(folder, _newest_schema())
    if not inspect(db.engine).has_table("case"):
        upgrade()
    with transaction():
        archive.refuse_unless_empty()
    for digest in manifest["files"]:
        with (folder / "files" / digest).open("rb") as source:
            store().put(source)
    with transaction():
        archive.refuse_unless_empty()
        rows = archive.load_tables(folder, manifest["tables"])
        marks.renew([marks.OFFICE])
    files = len(manifest["files"])
    say({"rows": rows, "files": files}, [f"{rows} rows and {files} files restored from {folder}"])
