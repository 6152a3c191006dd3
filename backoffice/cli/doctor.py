"""``backoffice doctor``: what is missing and what is unsafe, one line each."""

import ctypes.util
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlparse

import click
import redis
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from backoffice.cli.output import Command, say, say_and_fail, store
from backoffice.config import Settings
from backoffice.core.db import db
from backoffice.core.errors import Unavailable
from backoffice.core.outbox import DEAD, Job
from backoffice.core.paths import PACKAGE, resource_dir
from backoffice.notifications.delivery import connect

OK, MISSING, UNSAFE = "ok", "missing", "unsafe"
LIBRARIES = {"pango-1.0": "libpango-1.0-0", "pangoft2-1.0": "libpangoft2-1.0-0"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Only what is ``essential`` makes the command fail."""

    check: str
    status: str
    detail: str
    essential: bool = True

    @property
    def serious(self) -> bool:
        return self.essential and self.status != OK


@click.command(cls=Command)
@with_appcontext
def doctor() -> None:
    """Look at everything this installation needs."""
    settings: Settings = current_app.extensions["settings"]
    looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _settings, _programs, _database, _jobs, _files, _mail, _broker,
    )  # fmt: skip
    found = [finding for look in looks for finding in look(settings)]
    serious = any(finding.serious for finding in found)
    answer = say_and_fail if serious else say
    answer([asdict(finding) for finding in found], [f"{one.status:<8}{one.check}: {one.detail}" for one in found])


def _settings(settings: Settings) -> Iterator[Finding]:
    faults = settings.unsafe()
    for fault in faults:
        yield Finding("settings", UNSAFE, fault)
    if not faults:
        yield Finding("settings", OK, f"base address {settings.base_url}")
    if settings.demo:
        yield Finding("demo", UNSAFE, "demo accounts are allowed and no second factor is asked", essential=False)
    key = settings.instance / "secret-key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield Finding("secret key", UNSAFE, f"{key} can be read by others; run: chmod 600 {key}")


def _programs(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", OK if sys.version_info >= (3, 11) else MISSING, version)
    for library, package in LIBRARIES.items():
        found = ctypes.util.find_library(library)
        yield Finding(library, OK if found else MISSING, found or f"install {package}; PDF files need it")
    dot = shutil.which("dot")
    yield Finding("graphviz", OK if dot else MISSING, dot or "install graphviz; process maps need it")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    detail = chromium or "not installed; only the browser tests need it"
    yield Finding("chromium", OK if chromium else MISSING, detail, essential=False)
    fonts = list(resource_dir("static").glob("fonts/**/*.ttf"))
    yield Finding("fonts", OK if fonts else MISSING, f"{len(fonts)} font files for PDF")


def _database(_: Settings) -> Iterator[Finding]:
    try:
        with db.engine.connect() as connection:
            yield Finding("database", OK, f"{connection.dialect.name} answers")
            if connection.dialect.name == "sqlite":
                level = connection.execute(text("PRAGMA synchronous")).scalar()
                safe = level is not None and int(level) >= 2
                yield Finding("durability", OK if safe else UNSAFE, f"SQLite synchronous={level} (2 is FULL)")
            present = MigrationContext.configure(connection).get_current_revision()
    except (SQLAlchemyError, RuntimeError) as error:
        yield Finding("database", MISSING, str(getattr(error, "orig", error)).strip().partition("\n")[0])
        return
    newest = ScriptDirectory(str(PACKAGE / "migrations")).get_current_head()
    if present == newest:
        yield Finding("schema", OK, f"revision {present}")
    else:
        detail = f"revision {present or 'none'}, this version needs {newest}; run: backoffice db upgrade"
        yield Finding("schema", MISSING, detail)


def _jobs(_: Settings) -> Iterator[Finding]:
    try:
        dead = db.session.scalar(select(func.count()).select_from(Job).where(Job.status == DEAD)) or 0
    except SQLAlchemyError:
        db.session.rollback()
        return
    detail = f"{dead} jobs gave up; retry them on the page of background jobs" if dead else "no job gave up"
    yield Finding("jobs", UNSAFE if dead else OK, detail, essential=False)


def _files(settings: Settings) -> Iterator[Finding]:
    """Really write, read and remove a content of random bytes."""
    content = os.urandom(32)
    try:
        files = store()
        kept = files.put(io.BytesIO(content))
        whole = files.read(kept.sha256) == content
        files.delete(kept.sha256)
    except (OSError, Unavailable) as error:
        yield Finding("files", MISSING, f"{settings.files} cannot be written ({error.__class__.__name__})")
        return
    yield Finding("files", OK if whole else UNSAFE, settings.files)


def _mail(settings: Settings) -> Iterator[Finding]:
    target = urlparse(settings.mail)
    if target.scheme == "file":
        folder = _nearest(Path(target.path))
        writable = os.access(folder, os.W_OK)
        yield Finding("mail", OK if writable else MISSING, f"written as files to {target.path}", essential=not writable)
        return
    where = f"{target.scheme}://{target.hostname}:{target.port or 25}"
    if target.scheme not in {"smtp", "smtps"}:
        yield Finding("mail", MISSING, "BACKOFFICE_MAIL_URL must start with file: or smtp:")
        return
    try:
        connect(target).close()
    except OSError as error:
        yield Finding("mail", MISSING, f"{where} does not answer ({error})")
        return
    yield Finding("mail", OK, where)


def _nearest(path: Path) -> Path:
    """The folder itself or the nearest one above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _broker(settings: Settings) -> Iterator[Finding]:
    if settings.jobs != "celery":
        yield Finding("worker", OK, "embedded in the server")
        return
    try:
        with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError as error:
        yield Finding("redis", MISSING, str(error))
        return
    yield Finding("redis", OK, "answers")
