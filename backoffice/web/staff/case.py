"""One case for the office: what matters now, every step with its reasons, then the detail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import HOLDERS, Permission, may
from backoffice.accounts import queries as accounts
from backoffice.cases import queries as cases
from backoffice.cases import queue as lists
from backoffice.cases import services
from backoffice.cases.handing import HANDLERS
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, NotFound
from backoffice.core.paging import page_within, pages_of
from backoffice.engine import timeline
from backoffice.engine.spine import MIGRATION
from backoffice.meetings import dated
from backoffice.reviews import queries as reviews
from backoffice.reviews import services as reviewing
from backoffice.reviews.models import Sheet
from backoffice.web import attached, correspondence
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.case_page import CasePage, load, reason_address
from backoffice.web.correspondence import Correspondence
from backoffice.web.doubted import doubted
from backoffice.web.links import openable_links
from backoffice.web.process_map import map_of_case
from backoffice.web.staff import blueprint
from backoffice.web.walking import walk
from workflows.roles import Role

SEES_SCORES = frozenset({Role.HQ_STAFF, Role.APPROVER, Role.CHAIR, Role.AUDITOR})
"""Scores stay sealed for everybody else until a result is stored."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    sheet: Sheet
    reviewer: str
    status: str


@blueprint.get("/cases/<reference>")
@requires(Permission.CASE_READ)
def case(reference: str) -> ResponseReturnValue:
    """The whole case."""
    page = load(reference)
    if reference != page.row.reference:
        here = walk()
        return redirect(url_for("staff.case", reference=page.row.reference, **(here.arguments() if here else {})))
    return respond(page, correspondence.of_office(page))


def respond(page: CasePage, written: Correspondence, status: int = 200) -> ResponseReturnValue:
    """The page of a case. Looking at it is logged, because it shows data of people."""
    lead, case_id = lead_of(page), page.row.id
    sheets, results = reviews.sheets_and_results(case_id) if _was_reviewed(page) else ([], [])
    names, handlers = accounts.names_and_holders(_people(page, sheets), HANDLERS, zones=page.subject.scope.zones)
    body = render_template(
        "staff/case.html",
        page=page,
        row=page.row,
        entries=timeline.timeline(engine(), page.subject, page.history, names),
        map=map_of_case(page),
        forms=forms_of(page),
        doubted=doubted(page),
        money=page.money if page.roles & HOLDERS[Permission.FUNDING_READ] else None,
        results=results,
        sheets=_lines(sheets, names),
        sees_scores=bool(page.roles & SEES_SCORES),
        handlers=_by_name(handlers) if may(actor(), Permission.CASE_ASSIGN) else [],
        reviewers=_free_reviewers(page, sheets) if may(actor(), Permission.REVIEW_MANAGE) else [],
        handler=names.get(page.row.handler_id or 0, ""),
        event=attached.event_card(page.row, page.definition),
        meeting=dated.meeting_of(page.row, page.definition, page.filled),
        license=attached.license_page(page.row, page.definition),
        license_words=attached.license_words(page.definition),
        links=openable_links(page) if may(actor(), Permission.CASE_OPEN) else [],
        link=reason_address,
        written=written,
        errors_on_page=bool(written.problems),
        walk=walk(),
    )
    with transaction():
        audit.record(visit(), "case:read", about=lead, case_id=case_id)
        correspondence.mark_read(written)
    return make_response(body, status)


@blueprint.get("/cases/<reference>/list/<way>")
@requires(Permission.CASE_READ)
def neighbor(reference: str, way: str) -> ResponseReturnValue:
    """The case after or before this one in the list somebody walks through; at its end back to the list."""
    row, here = cases.case(reference, actor()), walk()
    if way not in {"next", "previous"}:
        raise NotFound
    if here is None:
        return redirect(url_for("staff.queue"))
    onward = way == "next"
    found = lists.neighbor(actor(), here.filter, row, onward=onward)
    if found is None:
        flash(_("이 목록의 마지막 건입니다.") if onward else _("이 목록의 첫 건입니다."), "success")
        return redirect(here.list_address)
    return redirect(url_for("staff.case", reference=found, **here.going(onward=onward).arguments()))


@blueprint.get("/cases/<reference>/linked")
@requires(Permission.CASE_READ)
def linked(reference: str) -> ResponseReturnValue:
    """Every case that hangs on this one, page by page."""
    page = load(reference)
    number = page_within(request.args.get("page", 1, type=int), len(page.linked), lists.PAGE)
    return render_template(
        "staff/linked.html",
        row=page.row,
        lines=page.linked[(number - 1) * lists.PAGE : number * lists.PAGE],
        total=len(page.linked),
        number=number,
        pages=pages_of(len(page.linked), lists.PAGE),
        paged=lambda wanted: url_for("staff.linked", reference=page.row.reference, page=wanted),
    )


def lead_of(page: CasePage) -> str:
    return next((member.name for member in page.members if member.lead), "")


def _was_reviewed(page: CasePage) -> bool:
    """Whether reviewers may have been given sheets so far."""
    opening = page.definition.takes("assign_reviewers")
    return any(row.action in opening or row.kind == MIGRATION for row in page.history) if opening else False


def forms_of(page: CasePage) -> list[str]:
    """The forms that hold anything or may be filled here, but not the inputs of steps."""
    inputs = {step.input for step in page.definition.transitions}
    editable = page.editable_forms()
    return [
        name
        for name in page.definition.forms
        if name not in inputs and (name in editable or page.answers(name) or page.files(name))
    ]


def sheet_lines(sheets: Sequence[tuple[Sheet, str]]) -> list[SheetLine]:
    """Score sheets with the names of who scores."""
    return _lines(sheets, accounts.names([sheet.reviewer_id for sheet, _status in sheets]))


def _lines(sheets: Sequence[tuple[Sheet, str]], names: Mapping[int, str]) -> list[SheetLine]:
    return [SheetLine(sheet, names.get(sheet.reviewer_id, ""), status) for sheet, status in sheets]


def _people(page: CasePage, sheets: Sequence[tuple[Sheet, str]]) -> list[int]:
    """Everybody the page names: who acted, who scores, who handles."""
    acted = [row.actor_id for row in page.history]
    scoring = [sheet.reviewer_id for sheet, _status in sheets]
    return [one for one in {*acted, *scoring, page.row.handler_id} if one is not None]


def _by_name(people: Mapping[int, str]) -> list[tuple[int, str]]:
    return sorted(people.items(), key=lambda item: item[1])


def _free_reviewers(page: CasePage, sheets: Sequence[tuple[Sheet, str]]) -> list[tuple[int, str]]:
    """Panel members who may still be given a sheet in the present state."""
    rounds = [name for name, task in page.state.tasks.items() if task.assign == "reviewers"]
    if not rounds or page.row.call_id is None:
        return []
    taken = {sheet.reviewer_id for sheet, _status in sheets if sheet.round in rounds}
    free = reviews.eligible_of_panel(page.row.id, page.row.call_id)
    return _by_name({user_id: name for user_id, name in free.items() if user_id not in taken})


@blueprint.post("/cases/<reference>/handler")
@requires(Permission.CASE_ASSIGN)
def assign(reference: str) -> ResponseReturnValue:
    """Say who handles the case."""
    page = load(reference)
    chosen = request.form.get("handler", type=int)
    if chosen is not None and chosen not in accounts.named_holders(HANDLERS, zones=page.subject.scope.zones):
        raise Invalid.field("handler", "이 건을 맡을 수 없는 사람입니다.", "This person cannot handle the case.")
    with transaction():
        services.assign_handler([cases.case(reference, actor())], chosen)
        audit.record(visit(), "case:assign", about=str(chosen or ""), case_id=page.row.id)
    flash(_("담당자를 바꾸었습니다."), "success")
    return redirect(url_for("staff.case", reference=reference))


@blueprint.post("/cases/<reference>/reviewers")
@requires(Permission.REVIEW_MANAGE)
def add_reviewer(reference: str) -> ResponseReturnValue:
    """Give one more panel member a sheet in the running round."""
    page = load(reference)
    chosen = request.form.get("reviewer", type=int) or 0
    rounds = [name for name, task in page.state.tasks.items() if task.assign == "reviewers"]
    sheets = reviews.sheets_of_case(page.row.id)
    if chosen not in dict(_free_reviewers(page, sheets)) or not rounds:
        raise Invalid.field("reviewer", "배정할 수 없는 위원입니다.", "This reviewer cannot be assigned.")
    cycle = max((sheet.cycle for sheet, _status in sheets if sheet.round == rounds[0]), default=page.row.revision)
    with transaction():
        reviewing.add_sheet(page.row.id, chosen, name=rounds[0], cycle=cycle)
    flash(_("평가위원을 배정했습니다."), "success")
    return redirect(url_for("staff.case", reference=reference) + "#reviews")
