"""``backoffice outcomes``: word published figures, bring files of outcomes in, take the ledger out."""

import csv
import io
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from backoffice.access.actors import Actor, Grant
from backoffice.accounts import queries as accounts
from backoffice.cli.output import Failure, Noun, say, say_and_fail, store
from backoffice.core import audit, clock
from backoffice.core.db import db, transaction
from backoffice.core.i18n import language
from backoffice.imports import booking, checking, intake, queries, services
from backoffice.imports import mapping as mappings
from backoffice.imports.mapping import UNITS
from backoffice.organizations.queries import zone as zone_by_code
from backoffice.outcomes import exporting, ledger, wording
from backoffice.outcomes.models import Import
from workflows.roles import Role

group = Noun("outcomes", help="Outcome figures.")

OPERATOR = Actor(None, "명령", "", grants=(Grant(Role.HQ_STAFF),))
"""Whoever holds the machine: an import without --as is headquarters', and the access log says it came by command."""


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
def render(file: Path) -> None:
    """Word every figure of FILE (CSV): row_id, text, check. Exit 1 if any row is refused."""
    rows = wording.read_rows(wording.decode(file.read_bytes()))
    worded = [(row.id, *wording.word(row)) for row in rows]
    records = [{"row_id": row_id, "text": text, "check": check} for row_id, text, check in worded]
    answer = say_and_fail if any(check != wording.OK for _, _, check in worded) else say
    answer(records, _as_csv(worded).split("\n")[:-1])


def _as_csv(worded: list[tuple[str, str, str]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(("row_id", "text", "check"))
    writer.writerows(worded)
    return target.getvalue()


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and book nothing.")
@click.option("--targets", is_flag=True, help="The values are targets of zones.")
@click.option("--sheet", default="", help="Name of the sheet; by default the longest visible one.")
@click.option("--zone", "zone_code", default="", help="Zone of rows that name none.")
@click.option("--year", type=click.IntRange(1990, 2100), help="Year of values that name none.")
@click.option("--unit", type=click.Choice(UNITS), help="Unit of amounts whose head names none.")
@click.option("--source", default="", help="Who delivered the file.")
@click.option("--answer", default="", help="Answer to every finding; without it a file with findings is not booked.")
@click.option("--as", "email", help="Import as this person, within their zones.")
def import_(file: Path, *, dry_run: bool, targets: bool, email: str | None, answer: str, source: str,
            **told: Any) -> None:  # fmt: skip
    """Check FILE (CSV or XLSX) and book it as a whole. Exit 1 if a row has an error or a finding without an answer."""
    person = _person(email)
    with file.open("rb") as stream:
        taken = intake.take(file.name, stream, told["sheet"])
    with transaction():
        row = services.create(taken, person, subject="targets" if targets else "measures", source=source, files=store())
        proposed = mappings.from_json(row.mapping)
        services.set_mapping(
            row,
            replace(
                proposed,
                zone=told["zone_code"] or proposed.zone,
                year=told["year"] or proposed.year,
                unit=told["unit"] or proposed.unit,
            ),
        )
        audit.record(audit.Visit(person.user_id, "command"), "import:upload", about=row.name)
        import_id = row.id
    checking.run(import_id, person, files=store(), writing=transaction)
    _report(_finish(import_id, person, answer=answer, dry_run=dry_run), import_id)


def _person(email: str | None) -> Actor:
    if email is None:
        return OPERATOR
    known = accounts.by_email(email)
    found = accounts.actor(known.id) if known else None
    if found is None:
        raise Failure(f"there is no account {email}")
    return found


def _finish(import_id: int, person: Actor, *, answer: str, dry_run: bool) -> dict[str, Any]:
    """Book what was checked, unless it was only to be checked or something keeps it: what became of it."""
    with transaction():
        row = db.session.get_one(Import, import_id)
        if row.status == "failed":
            raise Failure(row.reason)
        if answer:
            for code in row.counts["checks"]:
                services.answer_check(row, code, answer)
        counts, waiting = queries.verdicts(row.id), queries.unanswered(row.id)
        booked = 0
        if not dry_run and not waiting and booking.count_bookable(row.id):
            booked = booking.book(row, person)
            audit.record(audit.Visit(person.user_id, "command"), "import:book", about=row.name)
        return {
            "import": row.token, "file": row.name, "status": row.status, "booked": booked, "unanswered": waiting,
            "verdicts": counts,
        }  # fmt: skip


def _report(result: dict[str, Any], import_id: int) -> None:
    """Every row that needs a hand, then the numbers."""
    lines = [
        f"{line.row_number}: {line.verdict}: {line.head} {line.cell}: {finding[language()]}"
        for verdict in ("error", "warning")
        for line in queries.every_line(import_id, verdict)
        for finding in line.findings
    ]
    numbers = ", ".join(f"{count} {verdict}" for verdict, count in sorted(result["verdicts"].items()))
    lines.append(f"{result['file']}: {numbers or 'nothing to read'}; {result['booked']} booked")
    if result["unanswered"]:
        lines.append(f"{result['unanswered']} findings wait for an answer: give --answer, or answer them on the page")
    failed = bool(result["verdicts"].get("error") or result["unanswered"])
    (say_and_fail if failed else say)({**result, "findings": lines[:-1]}, lines)


@group.command()
@click.option("--zone", "zone_code", help="Code of a zone, such as GS-GIMHAE.")
@click.option("--year", type=click.IntRange(1990, 2100))
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
@click.option("--editions", type=click.Choice(["current", "all"]), default="current", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="By default standard output.")
def export(zone_code: str | None, year: int | None, *, kind: str, editions: str, output: Path | None) -> None:
    """Every measure with all of its attributes."""
    zone_id = zone_by_code(zone_code).id if zone_code else None
    wanted = ledger.Filter(zone=zone_id, year=year, editions="all" if editions == "all" else "")
    count = ledger.count(None, wanted)
    if kind == "xlsx" and output is None and sys.stdout.isatty():
        raise click.UsageError("give -o FILE for a workbook")
    rows = ledger.export(None, wanted)
    with transaction():
        audit.record(audit.Visit(None, "command"), "outcome:export", about=f"{kind} {count}")
    pieces: Iterable[bytes]
    if kind == "csv":
        pieces = (text.encode() for text in exporting.as_csv(ledger.HEADS, rows, ledger.NUMERIC))
    else:
        pieces = exporting.as_workbook(
            "성과대장", ledger.HEADS, rows, numeric=ledger.NUMERIC, years=ledger.YEARS
        )  # fmt: skip
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    part = output.with_name(f".{output.name}.part")
    with part.open("wb") as target:
        target.writelines(pieces)
    part.replace(output)
    record = {"file": str(output), "measures": count, "at": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"}
    say(record, [f"{output}: {count} measures"])
