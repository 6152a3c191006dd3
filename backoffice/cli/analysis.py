"""``backoffice workflow stats``, ``conformance`` and ``log``: what histories tell about the work itself."""

import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from backoffice.analytics.conformance import replay
from backoffice.analytics.eventlog import WRITERS, events
from backoffice.analytics.selection import Book, Selection, book_of
from backoffice.analytics.stays import PERCENTILES
from backoffice.analytics.tables import Table, analyze, tables
from backoffice.cli.output import Command, Failure, office, say, say_and_fail
from backoffice.cli.workflow import find_definition
from backoffice.core.errors import NotFound
from backoffice.core.i18n import Sentence, language
from backoffice.organizations import queries as organizations

DAY = click.DateTime(formats=["%Y-%m-%d"])
ZONE = click.option("--zone", help="Code of a zone, such as GS-GIMHAE.")
FROM = click.option("--from", "start", type=DAY, help="Only cases started on this day or later.")
TO = click.option("--to", "end", type=DAY, help="Only cases started on this day or before.")


@click.command(cls=Command)
@click.argument("code")
@ZONE
@FROM
@TO
@click.option("--conformance", is_flag=True, help="Also replay every history of the program.")
@with_appcontext
def stats(code: str, zone: str | None, start: datetime | None, end: datetime | None, conformance: bool) -> None:
    """Times, waiting, conversion, returns and lateness of CODE, a code or name, with @VERSION for one version.

    Percentiles are by nearest rank over completed stays; open cases and withdrawn ones are counted apart. With --json
    lengths of time are whole microseconds.
    """
    wanted, book = _selected(code, zone, start, end)
    found = analyze(wanted, book)
    names = {row.id: _zone_name(row) for row in organizations.zone_names().values()}
    data = {"workflow": wanted.workflow, "version": wanted.version, "percentiles": PERCENTILES, **asdict(found)}
    lines = [line for table in tables(found, book, names) for line in drawn(table)]
    if conformance:
        checked = replay(office().definitions, wanted.workflow)
        data["conformance"] = asdict(checked)
        lines += [f"{checked.cases} histories replayed, {len(checked.deviations)} deviations"]
    say(data, lines)


@click.command(cls=Command)
@click.argument("code", required=False)
@with_appcontext
def conformance(code: str | None) -> None:
    """Replay every history, or those of CODE, against the version it ran under. Exit status 1 on any deviation."""
    found = replay(office().definitions, find_definition(code).workflow if code else None)
    lines = [f"{one.reference} revision {one.revision} {one.code}: {one.what}" for one in found.deviations]
    answer = say_and_fail if found.deviations else say
    answer(
        asdict(found),
        [*lines, f"{found.cases} histories with {found.rows} rows replayed, {len(found.deviations)} deviations"],
    )


@click.command(cls=Command)
@click.argument("code")
@click.option("--format", "kind", type=click.Choice(sorted(WRITERS)), default="xes", show_default=True)
@ZONE
@FROM
@TO
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The file; - for the terminal.")
@with_appcontext
def log(code: str, kind: str, zone: str | None, start: datetime | None, end: datetime | None, output: Path) -> None:
    """Write the event log of CODE for process-mining tools. It names roles, never persons."""
    wanted, _ = _selected(code, zone, start, end)
    parts = WRITERS[kind](events(wanted))
    if str(output) == "-":
        sys.stdout.writelines(parts)
        return
    part = output.with_name(f".{output.name}.part")
    with part.open("w", encoding="utf-8", newline="") as target:
        target.writelines(parts)
    part.replace(output)
    say({"workflow": wanted.workflow, "file": str(output), "bytes": output.stat().st_size}, [str(output)])


def _selected(code: str, zone: str | None, start: datetime | None, end: datetime | None) -> tuple[Selection, Book]:
    """What the arguments select. Raises Failure or NotFound naming what does not exist."""
    definition = find_definition(code)
    try:
        book = book_of(office().definitions, definition.workflow)
    except KeyError as error:
        raise Failure(f"workflow {code}: no version is published here; run: backoffice db upgrade") from error
    version = definition.version if "@" in code else None
    return Selection(definition.workflow, version, _zone(zone), _day(start), _day(end)), book


def _zone(code: str | None) -> int | None:
    if code is None:
        return None
    found = next((row.id for row in organizations.zones() if row.code == code), None)
    if found is None:
        raise NotFound(Sentence(f"강소특구 코드가 아닙니다: {code}", f"There is no innovation zone {code}."))
    return found


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def _zone_name(row: Any) -> str:
    return str(row.name_en if language() == "en" else row.name_ko)


def drawn(table: Table) -> Iterator[str]:
    """A table as lines for a terminal, columns aligned: a Korean letter is two columns wide."""
    head = tuple(str(one) for one in table.head)
    widths = [max(map(_wide, column)) for column in zip(head, *table.rows, strict=True)]
    yield ""
    yield str(table.title)
    for row in (head, *table.rows):
        cells = (
            cell + " " * (width - _wide(cell)) if place < table.words else " " * (width - _wide(cell)) + cell
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()
    yield f"({table.note})"


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
