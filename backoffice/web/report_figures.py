"""Where a figure comes from: its rule, its firms and what was left out for everybody; the rows behind it for its readers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission, may
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.core.i18n import language
from backoffice.core.paging import page_within, pages_of
from backoffice.extensions import limiter
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.outcomes.numerals import plain
from backoffice.reports import authenticity, display, frozen, papers, queries, services, shelf
from backoffice.reports.behind import behind
from backoffice.reports.cells import rounded
from backoffice.reports.frozen import Figure
from backoffice.reports.models import HWPX, Snapshot
from backoffice.reports.tracing import Trace, growth, wide
from backoffice.web import figure_rows, reports
from backoffice.web.access import requires, visit
from backoffice.web.entering import half_way
from backoffice.web.reports import blueprint

PAGE = 50


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at an issue: somebody of its zone sees rows, everybody else only what was published."""

    snapshot: Snapshot
    inside: bool


def _reader(number: str) -> Reader | None:
    """None for somebody who should sign in first. Raises NotFound, in the same way for what is not there and not public."""
    snapshot = queries.find_snapshot(number[:40])
    known = g.actor is not None and not half_way(g.actor)
    if snapshot is not None and known and may(g.actor, Permission.REPORT_READ) and shelf.sees(number, g.actor):
        return Reader(snapshot, inside=True)
    if snapshot is not None and authenticity.is_public(snapshot):
        return Reader(snapshot, inside=False)
    if g.actor is None:
        return None
    raise NotFound


def _to_sign_in() -> ResponseReturnValue:
    return redirect(url_for("public.sign_in", next=request.full_path.rstrip("?")))


@blueprint.get("/<number>/figures")
@limiter.limit("120 per minute")
@requires(Permission.PUBLIC)
def figures(number: str) -> ResponseReturnValue:
    """Every figure of an issue, each with the way to its rows; and the issue's other papers."""
    reader = _reader(number)
    if reader is None:
        return _to_sign_in()
    content = services.figures_of(reader.snapshot)
    return render_template(
        "public/figures.html",
        layout=_layout(reader.inside),
        inside=reader.inside,
        issue=reader.snapshot,
        place=_place(content),
        lines=frozen.listed(content),
        kinds=papers.KINDS,
        names=papers.NAMES,
        no_hwpx=papers.NO_HWPX if not papers.has_hwpx() else None,
        hwpx=HWPX,
        arrow=display.arrow,
        label=_label,
    )


@blueprint.get("/<number>/figures/<code>/<int:year>")
@blueprint.get("/<number>/figures/<code>/<int:year>/<zone>")
@limiter.limit("120 per minute")
@requires(Permission.PUBLIC)
def figure(number: str, code: str, year: int, zone: str = "") -> ResponseReturnValue:
    """One figure of an issue as it was frozen, and from what the ledger said at that moment."""
    reader = _reader(number)
    if reader is None:
        return _to_sign_in()
    snapshot = reader.snapshot
    found = frozen.find(services.figures_of(snapshot), code, year, zone)
    if found is None:
        raise NotFound
    if not reader.inside:
        return _shown(found, snapshot, [], inside=False)
    place = organizations.zone(found.zone).id if found.zone else snapshot.zone_id
    traces = behind(code, year, place, [snapshot.created_at, clock.now()], until=snapshot.year)
    page = _shown(found, snapshot, traces, inside=True)
    with transaction():
        audit.record(visit(), "report:figure", about=f"{number} {code} {year} {zone}".strip())
    return page


@blueprint.get("/figures/<code>/<int:year>")
@blueprint.get("/figures/<code>/<int:year>/<zone>")
@requires(Permission.REPORT_READ)
def figure_today(code: str, year: int, zone: str = "") -> ResponseReturnValue:
    """A figure as the ledger says it now: where the figures of dashboards lead."""
    row = organizations.zone(zone) if zone else None
    allowed = reports.readable_zones()
    known = reports.FIRST_YEAR <= year <= clock.today().year
    if not known or (allowed is not None and (row is None or row.id not in allowed)):
        raise NotFound
    try:
        traces = behind(code, year, row.id if row else None, [clock.now()])
    except KeyError:
        raise NotFound from None
    page = _shown(_of_today(code, year, row, traces[0]), None, traces, inside=True)
    with transaction():
        audit.record(visit(), "report:figure", about=f"{code} {year} {zone}".strip())
    return page


def _of_today(code: str, year: int, zone: Zone | None, trace: Trace | None) -> Figure:
    return frozen.of_now(code, year, zone.name_ko if zone else "전국", _rounded(code, trace))


def _rounded(code: str, trace: Trace | None) -> Decimal | None:
    if trace is None or trace.value is None:
        return None
    indicator = wide(code) if "." not in code else None
    return rounded(indicator, trace.value.amount) if indicator is not None else trace.value.amount


def _shown(
    found: Figure, snapshot: Snapshot | None, traces: list[Trace | None], *, inside: bool
) -> ResponseReturnValue:
    then = traces[0] if traces else None
    at = snapshot.created_at if snapshot is not None else clock.now()
    total = len(then.sources) if then is not None else 0
    number = page_within(request.args.get("page", 1, type=int), total, PAGE)
    sources = then.sources[(number - 1) * PAGE : number * PAGE] if then is not None else ()
    return render_template(
        "public/figure.html",
        layout=_layout(inside),
        inside=inside,
        figure=found,
        issue=snapshot,
        at=at,
        trace=then,
        same=_rounded(found.code, then) == found.amount,
        recomputed=_rounded(found.code, then),
        today=_difference(found.code, traces),
        rows=figure_rows.lines(
            sources, lambda code: url_for(request.endpoint or "", **{**(request.view_args or {}), "code": code})
        ),
        growth=growth(then.panel) if then is not None and then.panel is not None else None,
        page=number,
        pages=pages_of(total, PAGE),
        paged=lambda to: url_for(request.endpoint or "", **(request.view_args or {}), page=to),
        with_unit=_said,
        say=display.with_unit,
        arrow=display.arrow,
        percent=display.percent,
        label=_label,
    )


def _said(amount: Decimal | None, found: Figure) -> str:
    """An amount in the unit of a figure, exactly."""
    if amount is None:
        return "-"
    return f"{plain(amount)}{'원' if found.unit == 'won' else found.unit_label}"


def _difference(code: str, traces: list[Trace | None]) -> tuple[Decimal | None, Decimal | None] | None:
    """(then, now) where the ledger of today no longer says what it said at the snapshot; None where it does."""
    if len(traces) < 2:
        return None
    then, now = (_rounded(code, trace) for trace in traces)
    return None if then == now else (then, now)


def _label(found: Figure) -> str:
    """In the reader's language, as far as the charter knows the figure."""
    indicator = wide(found.code) if "." not in found.code else None
    return indicator.label.text(language()) if indicator is not None and language() == "en" else found.label


def _place(content: dict[str, Any]) -> str:
    return str(_("전국 종합")) if content["kind"] == "nation" else str(content["zone"]["name"])


def _layout(inside: bool) -> str:
    return "layouts/staff.html" if inside else "layouts/calm.html"
