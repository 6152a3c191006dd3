"""The queue: what waits for me, filtered, sorted and paged by the address alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission, may
from backoffice.accounts import queries as accounts
from backoffice.cases import bulk, handing, queue_page
from backoffice.cases import queries as cases
from backoffice.cases.models import Case
from backoffice.cases.queue import PAGE
from backoffice.core.errors import Problem
from backoffice.core.i18n import Sentence
from backoffice.correspondence.queries import unread_by_office
from backoffice.desk import queries as desk
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.programs import queries as programs
from backoffice.web import queue_filter
from backoffice.web.access import actor, engine, requires
from backoffice.web.case_page import shown_label, tone, zone_name
from backoffice.web.queue_filter import BOXES, SORTS, wanted
from backoffice.web.staff import blueprint
from backoffice.web.staff.queue_choices import choices_of, handler_zones
from workflows.values import Label

_NO_DAY = Sentence("날짜는 2026-11-21처럼 적어 주세요.", "Write the day as 2026-11-21.")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    case: Case
    organization: str
    program: Label
    label: Sentence
    tone: str
    zones: str
    handler: str
    unread: int
    """Messages of its companies that nobody of the office has opened."""


def address(**changes: object) -> str:
    """This list's address with some of its filter changed."""
    arguments = {**queue_filter.kept(with_page=True), **changes}
    kept: dict[str, Any] = {name: value for name, value in arguments.items() if value not in (None, "")}
    return url_for("staff.queue", **kept)


@blueprint.get("/")
@requires(Permission.CASE_READ)
def queue() -> ResponseReturnValue:
    """One page of cases and the number in every box; without a filter the view one starts with."""
    views = desk.views(actor())
    start = next((view for view in views if view.start), None)
    if start is not None and not request.args:
        return redirect(f"{url_for('staff.queue')}?{start.address}")
    return _page(views)


def _page(views: Sequence[desk.View]) -> ResponseReturnValue:
    """The list; a day of its filter that cannot be read is said and left out."""
    filter_, asked = wanted(), queue_filter.spelled()
    page = queue_page.page(actor(), filter_)
    zones = organizations.zone_names()
    handled_by = [row.handler_id for row in page.cases if row.handler_id]
    reach = handler_zones(actor(), zones)
    handlers, handling = accounts.names_and_holders(handled_by, handing.HANDLERS, zones=reach)
    choices = choices_of(filter_, zones, handling)
    problems = [Problem(name, _NO_DAY) for name in queue_filter.unread_days(request.args)]
    body = render_template(
        "staff/queue.html",
        rows=rows_of(page.cases, zones, handlers),
        page=page,
        filter=filter_,
        boxes=BOXES,
        sorts=SORTS,
        counts=page.counts,
        choices=choices,
        narrowed=queue_filter.narrowed(filter_),
        address=address,
        paged=lambda number: address(page=number),
        page_size=PAGE,
        walk={"from": queue_filter.spelled(with_page=True) or "box=mine"},
        exported=queue_filter.kept(),
        spelled=asked,
        views=views,
        view=next((view for view in views if view.address == asked), None),
        shared_zones=sorted(desk.own_zones(actor())),
        zone_names=dict(choices.zones),
        bulk_steps=bulk.offered(engine(), page.places, actor()) if may(actor(), Permission.CASE_BULK) else [],
        most=bulk.MOST,
        problems=problems,
        errors_on_page=bool(problems),
    )
    return make_response(body, 422 if problems else 200)


def program_choices() -> list[tuple[str, Label]]:
    """The published programs, for the filter."""
    return [
        (name, engine().definitions.get(name, version).workflow.title)
        for name, version in sorted(programs.newest_versions().items())
    ]


def rows_of(found: Sequence[Case], zones: Mapping[int, Zone], handlers: Mapping[int, str] | None = None) -> list[Row]:
    """The cases as lines of a list, with the names of everybody in a fixed number of queries."""
    names = organizations.organization_names({row.lead_organization_id or 0 for row in found})
    if handlers is None:
        handlers = accounts.names([row.handler_id for row in found if row.handler_id])
    unread = unread_by_office([row.id for row in found]) if may(actor(), Permission.NOTE_READ) else {}
    own = cases.zones_of([row.id for row in found])
    rows = []
    for row in found:
        definition = engine().definitions.get(row.workflow, row.workflow_version).workflow
        state = definition.state(row.state)
        rows.append(
            Row(
                case=row,
                organization=names.get(row.lead_organization_id or 0, "-"),
                program=definition.title,
                label=shown_label(state),
                tone=tone(state),
                zones=", ".join(zone_name(zones[zone_id]) for zone_id in own[row.id][:1])
                + (f" +{len(own[row.id]) - 1}" if len(own[row.id]) > 1 else ""),
                handler=handlers.get(row.handler_id or 0, ""),
                unread=unread.get(row.id, 0),
            )
        )
    return rows
