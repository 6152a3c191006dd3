"""How every command speaks: text or ``--json`` on stdout, one clear line per failure on stderr, exit status 1."""

import json
import os
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from backoffice.core.db import db
from backoffice.core.errors import Conflict, Invalid, OfficeError, Refused
from backoffice.core.files import FileStore
from backoffice.core.i18n import Language, speaking
from backoffice.engine.perform import Engine
from workflows.loader import DefinitionError

_JSON = "backoffice.json"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Failure(click.ClickException):
    """What went wrong, one line each; the command ends with exit status 1."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines

    def show(self, file: IO[Any] | None = None) -> None:
        for line in self.lines:
            click.echo(_plain(line), err=True, file=file)


class Command(click.Command):
    """A command with ``--json`` that turns what the office refuses into lines, and never shows a stack trace for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(
            click.Option(["--json"], is_flag=True, expose_value=False, help="Print JSON.", callback=_remember)
        )

    def invoke(self, ctx: click.Context) -> Any:
        with speaking(terminal_language()):
            try:
                return super().invoke(ctx)
            except OfficeError as error:
                raise Failure(*lines_of(error)) from error
            except DefinitionError as error:
                raise Failure(*map(str, error.findings)) from error
            except DBAPIError as error:
                db.session.rollback()
                raise Failure(_database(error)) from error
            except UnicodeEncodeError as error:
                raise Failure("arguments and input must be UTF-8 text") from error
            except BrokenPipeError:
                raise
            except OSError as error:
                raise Failure(f"{error.filename or 'system'}: {error.strerror or error}") from error


class Noun(AppGroup):
    """The commands of one noun."""

    command_class = Command


def _remember(context: click.Context, _: click.Parameter, chosen: bool) -> None:
    context.meta[_JSON] = chosen


def say(data: object, lines: Iterable[str]) -> None:
    """Print the answer: ``data`` with ``--json``, otherwise the lines."""
    if click.get_current_context().meta.get(_JSON):
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
        return
    for line in lines:
        click.echo(_plain(line))


def say_and_fail(data: object, lines: Iterable[str]) -> None:
    """Print findings as the answer and end with exit status 1."""
    say(data, lines)
    click.get_current_context().exit(1)


def terminal_language() -> Language:
    """Korean on a Korean terminal, English on every other."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ko" if chosen.startswith("ko") else "en"


def lines_of(error: OfficeError) -> Sequence[str]:
    """A failure in words, every reason and every field on its own line: of one field the first problem is enough."""
    if isinstance(error, Refused):
        return [f"{reason.code}: {reason.sentence}" for reason in error.reasons]
    if isinstance(error, Invalid):
        firsts = {problem.field: problem for problem in reversed(error.problems)}
        return [f"{name}: {problem.sentence}" for name, problem in reversed(firsts.items())]
    if isinstance(error, Conflict):
        return [f"{error.code}: {error.sentence}"]
    return [str(error.sentence)]


def _database(error: DBAPIError) -> str:
    cause = str(error.orig).strip().partition("\n")[0]
    return f"the database cannot be used: {cause}; see: backoffice doctor"


def _plain(line: str) -> str:
    """Nothing stored may steer a terminal."""
    return _CONTROL.sub("?", line)


def office() -> Engine:
    """The engine of this process."""
    found: Engine = current_app.extensions["engine"]
    return found


def store() -> FileStore:
    """The file store of this process."""
    found: FileStore = current_app.extensions["files"]
    return found
