"""How long work takes and where it waits: the analysis of one program, its tables as CSV, its event log."""

from flask import Response, make_response, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.analytics.eventlog import FORMATS, WRITERS, events
from backoffice.analytics.tables import analyze, csv_of, days, tables
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.web.access import requires, visit
from backoffice.web.files import as_download
from backoffice.web.staff import blueprint
from backoffice.web.staff.process_charts import charts_of
from backoffice.web.staff.process_filter import Asked, asked


@blueprint.get("/process")
@requires(Permission.PROCESS_READ)
def process() -> ResponseReturnValue:
    """Charts and tables of one program; what the address asks for and cannot mean is told."""
    wanted = asked()
    found = analyze(wanted.selection, wanted.book) if wanted.selection else None
    body = render_template(
        "staff/process.html",
        asked=wanted,
        found=found,
        tables=tables(found, wanted.book, wanted.zones) if found and found.whole.cases else (),
        charts=charts_of(found, wanted.book, wanted.zones) if found else {},
        days=days,
        formats=sorted(WRITERS),
        table_address=lambda code: _address("staff.process_table", wanted, table=code),
        log_address=lambda kind: _address("staff.process_log", wanted, kind=kind),
    )
    return make_response(body, 422 if wanted.problems else 200)


def _address(endpoint: str, wanted: Asked, **parts: str) -> str:
    """An address with the same filter."""
    return url_for(endpoint, **parts, **{name: text for name, text in wanted.typed.items() if text})  # type: ignore[arg-type]  # the filter's names are no options of url_for


@blueprint.get("/process/tables/<table>.csv")
@requires(Permission.PROCESS_READ)
def process_table(table: str) -> ResponseReturnValue:
    """One table of the page as a CSV file."""
    wanted = asked()
    made = tables(analyze(wanted.chosen(), wanted.book), wanted.book, wanted.zones)
    found = next((one for one in made if one.code == table), None)
    if found is None:
        raise NotFound
    _record(f"{wanted.typed['program']} {table}.csv")
    return as_download(csv_of(found), f"{found.title} {clock.today()}.csv", FORMATS["csv"])


@blueprint.get("/process/log.<kind>")
@requires(Permission.PROCESS_READ)
def process_log(kind: str) -> ResponseReturnValue:
    """The event log of the selection, sent while it is read."""
    wanted = asked()
    selection = wanted.chosen()
    if kind not in WRITERS:
        raise NotFound
    name = f"{selection.workflow}-{clock.today()}.{kind}"
    _record(f"{selection.workflow} log.{kind}")
    answer = Response(stream_with_context(WRITERS[kind](events(selection))), content_type=FORMATS[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _record(about: str) -> None:
    with transaction():
        audit.record(visit(), "process:export", about=about)
