"""The queue: what waits for me, filtered, sorted and paged by the address alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from backoffice.access.permissions import Permission, may
from backoffice.accounts import queries as accounts
from backoffice.cases import bulk
from backoffice.cases import queries as cases
from backoffice.cases import queue as lists
from backoffice.cases.models import Case
from backoffice.core.i18n import Sentence
from backoffice.correspondence.queries import unread_by_office
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.programs import queries as programs
from backoffice.web.access import actor, engine, requires
from backoffice.web.case_page import shown_label, tone, zone_name
from backoffice.web.staff import blueprint
from workflows.values import Label

BOXES = {
    "mine": Sentence("내 할 일", "My work"),
    "today": Sentence("오늘 마감", "Due today"),
    "overdue": Sentence("기한 초과", "Overdue"),
    "unassigned": Sentence("미배정", "Unassigned"),
    "all": Sentence("전체", "All"),
}

FILTER = ("box", "q", "zone", "program", "stage", "call", "year", "sort")
"""What of an address is the filter; the page is not."""


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


def wanted(args: MultiDict[str, str] | None = None) -> lists.Filter:
    """The filter an address asks for, by default this one's; what it cannot mean is left out."""
    args = request.args if args is None else args
    box = args.get("box", "mine")
    sort = args.get("sort", "due")
    return lists.Filter(
        box=box if box in BOXES else "mine",
        text=args.get("q", "")[:80],
        zone=args.get("zone", type=int),
        workflow=args.get("program", "")[:48],
        stage=args.get("stage", "")[:48],
        call=args.get("call", type=int),
        year=args.get("year", type=int),
        sort=sort if sort in lists.SORTS else "due",
        page=max(1, args.get("page", 1, type=int)),
    )


def address(**changes: object) -> str:
    """This list's address with some of its filter changed."""
    arguments = {**request.args.to_dict(), **changes}
    kept: dict[str, Any] = {name: value for name, value in arguments.items() if value not in (None, "")}
    return url_for("staff.queue", **kept)


@blueprint.get("/")
@requires(Permission.CASE_READ)
def queue() -> ResponseReturnValue:
    """One page of cases and the number in every box."""
    filter_ = wanted()
    page = lists.page(actor(), filter_)
    zones = organizations.zone_names()
    return render_template(
        "staff/queue.html",
        rows=rows_of(page.cases, zones),
        page=page,
        filter=filter_,
        boxes=BOXES,
        counts=page.counts,
        zones=[(zone.id, zone_name(zone)) for zone in zones.values() if zone.stratum == organizations.INNOVATION],
        programs=program_choices(),
        address=address,
        paged=lambda number: address(page=number),
        arguments=request.args.to_dict(),
        exported={name: value for name, value in request.args.to_dict().items() if name in FILTER},
        bulk_steps=bulk.offered(engine(), page.cases, actor()) if may(actor(), Permission.CASE_BULK) else [],
        most=bulk.MOST,
    )


def program_choices() -> list[tuple[str, Label]]:
    """The published programs, for the filter."""
    return [
        (name, engine().definitions.get(name, version).workflow.title)
        for name, version in sorted(programs.newest_versions().items())
    ]


def rows_of(found: Sequence[Case], zones: Mapping[int, Zone]) -> list[Row]:
    """The cases as lines of a list, with the names of everybody in a fixed number of queries."""
    names = organizations.organization_names({row.lead_organization_id or 0 for row in found})
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
