"""Moving the open cases of a version: ask, look at who goes where, have somebody else carry it out, follow the result."""

import re

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.accounts import queries as accounts
from backoffice.cases import bulk, moving, versions
from backoffice.cases.bulk import DONE, REFUSED, WAITING
from backoffice.cases.models import BulkRun
from backoffice.cases.moving import Order
from backoffice.cases.versions import LOSSES, NO_IMAGE, SEPARATION, Survey
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from backoffice.core.i18n import Sentence
from backoffice.programs import queries as programs
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.admin import blueprint
from backoffice.web.admin.definitions import LISTED, definition_of, difference_page
from workflows.migration import plan

OBSTACLES = {
    NO_IMAGE: Sentence(
        "갈 곳이 없는 건이 있습니다. 옮겨 갈 상태를 골라 주세요.", "Cases have nowhere to go; choose a state."
    ),
    LOSSES: Sentence("쓰이지 않게 되는 과제나 답이 있습니다.", "Open tasks or typed answers would no longer count."),
    SEPARATION: Sentence(
        "앞서 누가 처리했는지를 새 판의 직무분리가 보지 못합니다.",
        "Separation of duties would no longer see what was done before.",
    ),
}


def _demand(permission: Permission) -> None:
    """Cases of all zones move: a right that holds for some of them is not enough. Raises Forbidden."""
    if not moving.may_move(actor(), permission):
        raise Forbidden


@blueprint.post("/workflows/<name>/<int:old>/<int:new>/moves")
@requires(Permission.DEFINITION_EDIT)
def ask_to_move(name: str, old: int, new: int) -> ResponseReturnValue:
    """Ask for the migration; somebody else carries it out."""
    _demand(Permission.DEFINITION_EDIT)
    before, after = definition_of(name, old), definition_of(name, new)
    token = request.form.get("token", "")
    if old >= new or not re.fullmatch(r"[0-9a-f]{32}", token):
        raise NotFound
    given = {state: request.form.get(f"to-{state}", "") for state in before.states}
    given = {state: target for state, target in given.items() if target in after.states}
    order = Order(old, new, given, request.form.get("accepted") == "yes", request.form.get("reason", ""))
    found = versions.survey(plan(before, after, given), calls=programs.calls_taking_applications(name, old))
    try:
        with transaction():
            run = moving.ask(actor(), found, order, token=token)
            token = run.token
            audit.record(visit(), "workflow:ask-migrate", about=f"{name} {old} -> {new}", reason=run_reason(run))
    except (Invalid, Refused) as error:
        return difference_page(before, after, stopped=error.sentence)
    flash(_("이관을 요청했습니다. 다른 담당자가 확인하고 실행합니다."), "success")
    return redirect(url_for("admin.move", token=token))


def run_reason(run: BulkRun) -> str:
    return moving.order_of(run).reason


@blueprint.get("/moves/<token>")
@requires(Permission.WORKFLOW_READ)
def move(token: str) -> ResponseReturnValue:
    """What was asked for and who would go where; once decided, how far it is and what became of every case."""
    return _page(moving.run_of(token))


def _survey(run: BulkRun) -> Survey:
    order = moving.order_of(run)
    calls = programs.calls_taking_applications(run.workflow, order.old)
    return versions.survey(moving.plan_of(engine(), run), calls=calls)


def _page(run: BulkRun, *, stopped: Sentence | None = None, status: int = 200) -> ResponseReturnValue:
    order, waits = moving.order_of(run), moving.waits(run)
    found = _survey(run) if waits else None
    journeys = found.journeys[:LISTED] if found else ()
    rows = [] if waits else bulk.rows_of(run.id, most=LISTED)
    visible = versions.seen_by(actor(), [*(one.case_id for one in journeys), *(case.id for _row, case in rows)])
    people = [one for one in (run.actor_id, order.decided_by) if one is not None]
    body = render_template(
        "admin/definitions/moving.html",
        run=run,
        order=order,
        waits=waits,
        old=definition_of(run.workflow, order.old),
        new=definition_of(run.workflow, order.new),
        survey=found,
        shown=moving.seen(found) if found else "",
        against=versions.obstacles(found, accepted=order.accepted) if found else [],
        obstacles=OBSTACLES,
        journeys=[one for one in journeys if one.case_id in visible],
        rows=[(row, case) for row, case in rows if case.id in visible],
        counts=bulk.counts(run.id),
        words={WAITING: _("대기"), DONE: _("옮김"), REFUSED: _("옮기지 않음")},
        names=accounts.names(people),
        decides=moving.may_move(actor(), Permission.DEFINITION_PUBLISH),
        own=run.actor_id == actor().user_id,
        stopped=stopped,
    )
    return make_response(body, status)


@blueprint.post("/moves/<token>/go")
@requires(Permission.DEFINITION_PUBLISH)
def carry_out_move(token: str) -> ResponseReturnValue:
    """Have the job move what the page showed."""
    _demand(Permission.DEFINITION_PUBLISH)
    run = moving.run_of(token)
    if request.form.get("sure") != "yes":
        return _page(run, stopped=Sentence("확인란에 표시해 주세요.", "Tick the box to confirm."), status=422)
    found = _survey(run)
    try:
        with transaction():
            moving.decide(run.id, actor(), found, shown=request.form.get("shown", ""))
            audit.record(visit(), "workflow:decide-migrate", about=_about(run), reason=run_reason(run))
    except (Refused, Conflict) as error:
        return _page(moving.run_of(token), stopped=error.sentence, status=409)
    flash(_("이관을 시작했습니다. 이 화면을 닫아도 계속됩니다."), "success")
    return redirect(url_for("admin.move", token=token))


@blueprint.post("/moves/<token>/refuse")
@requires(Permission.DEFINITION_PUBLISH)
def refuse_move(token: str) -> ResponseReturnValue:
    """Take one's own request back, or refuse somebody else's."""
    _demand(Permission.DEFINITION_PUBLISH)
    run = moving.run_of(token)
    try:
        with transaction():
            moving.give_up(run.id)
            audit.record(visit(), "workflow:refuse-migrate", about=_about(run))
    except Conflict as conflict:
        return _page(moving.run_of(token), stopped=conflict.sentence, status=409)
    flash(_("이관 요청을 거두었습니다. 옮긴 건은 없습니다."), "success")
    return redirect(url_for("admin.move", token=token))


def _about(run: BulkRun) -> str:
    order = moving.order_of(run)
    return f"{run.workflow} {order.old} -> {order.new}"
