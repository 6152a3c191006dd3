"""``backoffice report``: annual reports as PDF, one or all of a year."""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from backoffice.cli.output import Failure, Noun, lines_of, say, say_and_fail, store
from backoffice.core.db import db, steady_transaction, transaction
from backoffice.core.errors import NotFound, OfficeError, Refused
from backoffice.core.i18n import Sentence
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.reports import freezing, gaps, papers, queries, services
from backoffice.reports.models import FULL, HWPX, PDF, XLSX, ReportIssue, Snapshot
from backoffice.reports.services import Order, Printed

group = Noun("report", help="Annual reports.")

EDITION = click.option("--edition", type=click.Choice(["public", "internal"]), default="internal", show_default=True)
YEAR = click.option("--year", type=click.IntRange(2000, 2100), required=True)
PRINTERS = 2
"""Reports printed at the same time by a batch."""


@group.command()
@click.option("--zone", "code", help="Code of a zone, such as GS-GIMHAE.")
@click.option("--national", is_flag=True, help="All zones together.")
@YEAR
@EDITION
@click.option(
    "--document",
    "paper",
    type=click.Choice(list(papers.KINDS)),
    default=FULL,
    show_default=True,
    help="The report, its summary on one page, or its table for the press.",
)
@click.option("--format", "kind", type=click.Choice([PDF, XLSX, HWPX]), default=PDF, show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
def build(code: str | None, national: bool, year: int, edition: str, paper: str, kind: str, output: Path) -> None:
    """Make the annual report of a zone, or of the nation, or another paper of the same figures."""
    if (code is None) == (not national):
        raise click.UsageError("give either --zone CODE or --national")
    if kind not in papers.KINDS[paper]:
        raise click.UsageError(f"--document {paper} comes as {', '.join(papers.KINDS[paper])}")
    _writable(output)
    snapshot_id = _issue(_zone(code) if code else None, year, edition)
    issue = db.session.get_one(Snapshot, snapshot_id)
    number, made = issue.number, papers.made(issue, paper, kind, store())
    if not made.cached:
        with transaction():
            services.keep(snapshot_id, made, store())
    _write(output, made.content)
    told = {"number": number, "document": paper, "format": kind, "file": str(output), "pages": made.pages,
            "bytes": len(made.content), "cached": made.cached}  # fmt: skip
    say(told, [f"{number}: {made.pages} pages, {output}" if kind == PDF else f"{number}: {output}"])


@group.command()
@click.option("--year", type=click.IntRange(2000, 2100), help="Only issues of this year.")
@click.option("--zone", "code", help="Only issues of this zone, such as GS-GIMHAE.")
def issues(year: int | None, code: str | None) -> None:
    """List the issues of reports with where each of them stands, the oldest first."""
    rows = queries.all_issues(year, _zone(code).id if code else None)
    say({"issues": [_issue_record(row) for row in rows]}, [_issue_line(row) for row in rows])


def _issue_line(row: ReportIssue) -> str:
    found = gaps.read(row.gaps)
    return f"{row.number}  {row.state}  {row.base_date}" + (f"  ({gaps.told(found)})" if found else "")


def _issue_record(row: ReportIssue) -> dict[str, Any]:
    return {
        "number": row.number,
        "year": row.year,
        "state": row.state,
        "base_date": row.base_date.isoformat(),
        "internal": row.number_of("internal") if row.internal_id else None,
        "public": row.number_of("public") if row.public_id else None,
        "digest": row.digest,
        "not_confirmed": {one.kind: one.count for one in gaps.read(row.gaps)},
        "waiver": row.waiver,
    }


@dataclass(slots=True)
class _Sheet:
    """One report of a batch: what became of it."""

    name: str
    order: Order | None = None
    error: str = ""
    printing: Future[Printed] | None = None


@group.command()
@YEAR
@EDITION
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True)
def batch(year: int, edition: str, output: Path) -> None:
    """Print the reports of every zone that has figures, and of the nation, into a folder."""
    output.mkdir(parents=True, exist_ok=True)
    _writable(output / "report.pdf")
    sheets = [_sheet(zone, year, edition) for zone in (*organizations.zones(), None)]
    wanted = [sheet for sheet in sheets if sheet.order is not None]
    if not wanted:
        raise Failure(*{sheet.error for sheet in sheets[-1:]})
    with ThreadPoolExecutor(PRINTERS) as printers:
        for sheet in wanted:
            assert sheet.order is not None  # noqa: S101  # chosen above
            known = services.kept(sheet.order, store())
            sheet.printing = (
                printers.submit(_same, known) if known else printers.submit(services.print_out, sheet.order)
            )
        records = [_finish(sheet, output) for sheet in wanted]
    skipped = [{"zone": sheet.name, "error": sheet.error} for sheet in sheets if sheet.order is None]
    lines = [record["line"] for record in records] + [f"{one['zone']}: {one['error']}" for one in skipped]
    answer = say_and_fail if any("error" in record for record in records) else say
    answer({"reports": [_without_line(record) for record in records], "skipped": skipped}, lines)


def _same(known: Printed) -> Printed:
    return known


def _sheet(zone: Zone | None, year: int, edition: str) -> _Sheet:
    """One report of a batch, frozen; a zone without figures is left out with the reason."""
    name = zone.code if zone else freezing.NATION_CODE
    try:
        return _Sheet(name, order=_frozen(zone, year, edition))
    except Refused as refused:
        return _Sheet(name, error=str(refused.sentence))


def _finish(sheet: _Sheet, folder: Path) -> dict[str, Any]:
    """Wait for one report, keep and write it; a failure is reported and does not stop the others."""
    assert sheet.order is not None  # noqa: S101  # only frozen sheets are printed
    assert sheet.printing is not None  # noqa: S101  # only frozen sheets are printed
    path = folder / f"{sheet.order.number}.pdf"
    try:
        made = sheet.printing.result()
        _keep(sheet.order, made)
        _write(path, made.content)
    except OfficeError as error:
        return {"zone": sheet.name, "error": " ".join(lines_of(error)), "line": f"{sheet.name}: {lines_of(error)[0]}"}
    return _record(sheet.order, made, path) | {"line": f"{sheet.order.number}: {made.pages} pages, {path}"}


def _without_line(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "line"}


def _zone(code: str) -> Zone:
    """An innovation zone by code. Raises NotFound naming the code."""
    known: Sequence[Zone] = organizations.zones()
    found = next((zone for zone in known if zone.code == code), None)
    if found is None:
        raise NotFound(Sentence(f"강소특구 코드가 아닙니다: {code}", f"There is no innovation zone {code}."))
    return found


def _issue(zone: Zone | None, year: int, edition: str) -> int:
    """Freeze the figures in a short transaction: the id of the issue."""
    zone_id = zone.id if zone else None
    with steady_transaction():
        again = db.session.get_one(Zone, zone_id) if zone_id is not None else None
        return services.freeze(again, year, edition, None).id


def _frozen(zone: Zone | None, year: int, edition: str) -> Order:
    """What has to be printed of the figures as they stand now."""
    return services.order(db.session.get_one(Snapshot, _issue(zone, year, edition)))


def _keep(wanted: Order, made: Printed) -> None:
    if not made.cached:
        with transaction():
            services.keep(wanted.snapshot_id, made, store())


def _writable(path: Path) -> None:
    """Refuse before the printing what could not be written after it. Raises OSError."""
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(path))
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise (PermissionError(13, "Permission denied", str(path.parent)) if path.parent.is_dir()
               else FileNotFoundError(2, "No such directory", str(path.parent)))  # fmt: skip


def _write(path: Path, content: bytes) -> None:
    """All of the file or nothing of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _record(wanted: Order, made: Printed, path: Path) -> dict[str, Any]:
    return {
        "number": wanted.number,
        "file": str(path),
        "pages": made.pages,
        "bytes": len(made.content),
        "cached": made.cached,
    }
