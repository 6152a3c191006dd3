"""Taking the queue out: choosing columns, and every row of the present filter as a workbook or as CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from flask import Response, make_response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import queue as lists
from backoffice.cases.taking_out import taken_out
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.core.i18n import language
from backoffice.organizations import queries as organizations
from backoffice.outcomes import exporting
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.files import named
from backoffice.web.queue_filter import BOXES, kept, wanted
from backoffice.web.staff import blueprint
from backoffice.web.staff.queue_columns import Column, chosen, offered, reader_of

FORMATS = ("xlsx", "csv")


@blueprint.get("/export")
@requires(Permission.CASE_READ)
def export() -> ResponseReturnValue:
    """Which columns of the present filter to take out, and as what."""
    return _page([column.code for column in offered(actor()) if column.default])


def _page(codes: Sequence[str], problems: Sequence[Problem] = (), status: int = 200) -> ResponseReturnValue:
    filter_ = wanted()
    body = render_template(
        "staff/queue_export.html",
        total=lists.count(actor(), filter_),
        box=BOXES[filter_.box],
        filter=filter_,
        kept=kept(),
        back=url_for("staff.queue", **kept()),
        columns=offered(actor()),
        chosen=codes,
        formats=FORMATS,
        format=request.args.get("format"),
        problems=problems,
        errors_on_page=bool(problems),
    )
    return make_response(body, status)


@blueprint.get("/export/file")
@requires(Permission.CASE_READ)
def export_file() -> ResponseReturnValue:
    """Every row of the filter, across its pages, streamed."""
    codes, kind, filter_ = request.args.getlist("column"), request.args.get("format", ""), wanted()
    try:
        columns = chosen(actor(), codes)
        if kind not in FORMATS:
            raise Invalid.field("format", "파일 형식을 골라 주세요: XLSX 또는 CSV.", "Choose a format: XLSX or CSV.")
    except Invalid as invalid:
        return _page(codes, invalid.problems, 422)
    total = lists.count(actor(), filter_)
    if kind == "xlsx" and total > exporting.MAX_SHEET_ROWS:
        raise Refused.because(
            "too_many", "엑셀 한 장에 담기에는 많습니다. CSV로 받아 주세요.", "Too many for a sheet; take CSV."
        )
    with transaction():
        audit.record(visit(), "case:export", about=_about(kind, total, filter_, columns))
    response = Response(stream_with_context(_content(kind, filter_, columns)), mimetype=MEDIA_TYPES[kind])
    return named(response, f"{_('업무함')}_{clock.today():%Y%m%d}.{kind}")


def _about(kind: str, total: int, filter_: lists.Filter, columns: Sequence[Column]) -> str:
    """How many rows of which filter left the house, and with which columns."""
    asked = {name: value for name, value in asdict(filter_).items() if name != "page" and value not in (None, "")}
    words = " ".join(f"{name}={value}" for name, value in asked.items())
    return f"{kind} {total} {words} [{','.join(column.code for column in columns)}]"


def _content(kind: str, filter_: lists.Filter, columns: Sequence[Column]) -> Iterator[Any]:
    reader = reader_of(actor(), engine().definitions, organizations.zone_names(), language())
    heads = [column.label.text(reader.language) for column in columns]
    numeric = frozenset(place for place, column in enumerate(columns) if column.numeric)
    years = frozenset(place for place, column in enumerate(columns) if column.code == "year")
    rows = ([column.value(reader, row) for column in columns] for row in taken_out(actor(), filter_))
    if kind == "csv":
        return exporting.as_csv(heads, rows, numeric)
    return _begun(exporting.as_workbook(_("업무함"), heads, rows, numeric=numeric, years=years))


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A workbook whose rows were all read already: one that cannot be made is still a page with a sentence.

    Not for CSV: it reads while it is sent, and a cursor opened in the view would not outlive it.
    """
    first = next(pieces)

    def all_of_them() -> Iterator[bytes]:
        yield first
        yield from pieces

    return all_of_them()
