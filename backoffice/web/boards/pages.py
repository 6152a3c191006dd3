"""The addresses of the boards: a page each, and every table of them as a file."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, make_response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, NotFound
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.core.i18n import Sentence
from backoffice.outcomes import exporting
from backoffice.web.access import requires, visit
from backoffice.web.boards import blueprint, outcomes, programs, together
from backoffice.web.boards.asked import Asked
from backoffice.web.boards.boards import Board
from backoffice.web.boards.sheets import Sheet
from backoffice.web.files import named

BOARDS: Mapping[str, tuple[Sentence, Callable[[Asked], Board]]] = {
    "nation": (Sentence("전국", "All zones"), outcomes.nation),
    "zone": (Sentence("특구", "Zone"), outcomes.zone),
    "program": (Sentence("사업", "Programs"), programs.program),
    "councils": (Sentence("협의체·클러스터", "Councils"), together.councils),
    "technologies": (Sentence("기술×특구", "Technologies"), together.technologies),
    "network": (Sentence("협력망", "Network"), together.network),
    "trends": (Sentence("추이·목표", "Trends and targets"), outcomes.trends),
}


@blueprint.get("/")
@requires(Permission.REPORT_READ)
def home() -> ResponseReturnValue:
    """The nation for whoever may read all of it, for others their zone."""
    asked = Asked()
    return redirect(url_for("boards.nation" if asked.allowed is None else "boards.zone", year=asked.year))


@blueprint.get("/nation")
@requires(Permission.REPORT_READ)
def nation() -> ResponseReturnValue:
    """All zones together."""
    return _page("nation")


@blueprint.get("/zone")
@requires(Permission.REPORT_READ)
def zone() -> ResponseReturnValue:
    """One zone."""
    return _page("zone")


@blueprint.get("/program")
@requires(Permission.REPORT_READ)
def program() -> ResponseReturnValue:
    """One program across zones and years."""
    return _page("program")


@blueprint.get("/councils")
@requires(Permission.REPORT_READ)
def councils() -> ResponseReturnValue:
    """Councils, clusters and agreements."""
    return _page("councils")


@blueprint.get("/technologies")
@requires(Permission.REPORT_READ)
def technologies() -> ResponseReturnValue:
    """Strategic technologies by zone."""
    return _page("technologies")


@blueprint.get("/network")
@requires(Permission.REPORT_READ)
def network() -> ResponseReturnValue:
    """Which zones share projects."""
    return _page("network")


@blueprint.get("/trends")
@requires(Permission.REPORT_READ)
def trends() -> ResponseReturnValue:
    """One indicator over zones and years."""
    return _page("trends")


def _page(name: str) -> ResponseReturnValue:
    asked = Asked()
    board = BOARDS[name][1](asked)
    body = render_template(
        "boards/board.html",
        board=board,
        asked=asked,
        boards=[(code, title) for code, (title, _) in BOARDS.items() if code != "nation" or asked.allowed is None],
        base=clock.today(),
        file=lambda table, kind: url_for("boards.file", board=name, table=table, kind=kind, **_typed()),
    )
    return make_response(body, 422 if asked.problems else 200)


def _typed() -> dict[str, Any]:
    """The filter as it stands in the address."""
    names = ("year", "zone", "indicator", "program", "group", "zones")
    return {name: request.args.getlist(name) for name in names if request.args.getlist(name)}


@blueprint.get("/<board>/<table>.<any(csv, xlsx):kind>")
@requires(Permission.REPORT_READ)
def file(board: str, table: str, kind: str) -> ResponseReturnValue:
    """One table of a board as a file: numbers in base units. Raises NotFound, or Invalid with every problem."""
    if board not in BOARDS:
        raise NotFound
    asked = Asked()
    found = BOARDS[board][1](asked)
    sheet = next((one for one in found.sheets if one.code == table), None)
    if sheet is None:
        raise NotFound
    if asked.problems:
        raise Invalid(asked.problems)
    with transaction():
        audit.record(visit(), "board:export", about=f"{board} {table} {request.query_string.decode()[:150]}")
    return _download(sheet, f"{found.title} {sheet.title} {asked.year}", kind)


def _download(sheet: Sheet, name: str, kind: str) -> ResponseReturnValue:
    heads = [str(head) for head in sheet.file_head or sheet.head]
    rows = [[field.raw for field in row] for row in sheet.rows]
    numeric = frozenset(range(sheet.words, len(heads)))
    content = (
        exporting.as_csv(heads, rows, numeric)
        if kind == "csv"
        else exporting.as_workbook(str(sheet.title), heads, rows, numeric=numeric)
    )
    return named(Response(stream_with_context(content), mimetype=MEDIA_TYPES[kind]), f"{name}.{kind}")
