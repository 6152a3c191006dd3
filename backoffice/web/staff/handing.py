"""Passing cases on to a colleague: chosen ones, all of a filter, or all of one person's; with a reason that stays."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission
from backoffice.accounts import queries as accounts
from backoffice.cases import bulk, handing
from backoffice.cases import queue as lists
from backoffice.cases.models import Case
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import Sentence, language
from backoffice.correspondence import services as correspondence
from backoffice.organizations import queries as organizations
from backoffice.web.access import actor, requires, visit
from backoffice.web.queue_filter import kept, read, wanted
from backoffice.web.staff import blueprint
from backoffice.web.staff.queue_choices import handler_zones

_SEEN = re.compile(r"^(?P<reference>[\w-]{3,40}):(?P<handler>\d{0,18})$")
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Typed:
    """To whom and why."""

    to: Actor | None
    named: bool
    """Whether anybody, or expressly nobody, was chosen."""
    reason: str
    problems: tuple[Problem, ...]


@blueprint.get("/handover")
@requires(Permission.CASE_ASSIGN)
def handlers() -> ResponseReturnValue:
    """Who handles how many open cases: where the hand-over of all of a person's cases begins."""
    loads = handing.loads(actor())
    names = accounts.names(list(loads))
    people = sorted(((user_id, names.get(user_id, ""), loads[user_id]) for user_id in loads), key=lambda one: one[1])
    return render_template("staff/handlers.html", people=people)


@blueprint.post("/bulk/handler")
@requires(Permission.CASE_ASSIGN)
def hand_over() -> ResponseReturnValue:
    """Every chosen case with who handles it; once somebody is named, which can be passed on and which not."""
    rows = _chosen()
    try:
        _bounded(rows)
    except Invalid as invalid:
        flash(invalid.sentence.text(language()), "warning")
        return redirect(url_for("staff.queue", **kept(read(request.form.get("filter", "")), with_page=True)))
    return _page(rows, _typed() if "handler" in request.form else Typed(None, False, "", ()))


def _chosen() -> list[Case]:
    if request.form.get("row"):
        return lists.these(actor(), list(_seen()))
    if request.form.get("person", type=int):
        return handing.of_person(request.form.get("person", 0, type=int), actor(), bulk.MOST + 1)
    if request.form.get("all") == "yes":
        return lists.all_of(actor(), wanted(read(request.form.get("filter", ""))), bulk.MOST + 1)
    return lists.these(actor(), request.form.getlist("case")[: bulk.MOST + 1])


def _bounded(rows: Sequence[Case]) -> None:
    if not rows:
        raise Invalid.field("case", "처리할 건을 하나 이상 골라 주세요.", "Choose at least one case.")
    if len(rows) > bulk.MOST:
        most = f"{bulk.MOST:,}"
        raise Invalid.field(
            "case",
            f"한 번에 {most}건까지 처리할 수 있습니다. 조건을 좁혀 주세요.",
            f"At most {most} cases at once; narrow the filter.",
        )


def _seen() -> dict[str, int | None]:
    """Reference -> the handler the person saw."""
    rows = (_SEEN.match(text) for text in request.form.getlist("row")[: bulk.MOST + 1])
    return {row["reference"]: int(row["handler"]) if row["handler"] else None for row in rows if row is not None}


def _typed() -> Typed:
    choice, reason = request.form.get("handler", ""), request.form.get("reason", "").strip()
    to = accounts.actor(int(choice)) if choice.isdigit() and len(choice) < 18 else None
    named = choice == NOBODY or to is not None
    problems = []
    if not named:
        problems.append(Problem("handler", Sentence("넘겨받을 사람을 골라 주세요.", "Choose who receives the cases.")))
    if len(reason) < 5:
        sentence = Sentence(
            "넘기는 사유를 다섯 글자 이상 적어 주세요.", "Write the reason, in at least five characters."
        )
        problems.append(Problem("reason", sentence))
    else:
        try:
            correspondence.read_text(reason[:1000], "reason")
        except Invalid as invalid:
            problems.extend(invalid.problems)
    return Typed(to, named, reason[:1000], tuple(problems))


def _page(rows: Sequence[Case], typed: Typed) -> ResponseReturnValue:
    zones = organizations.zone_names()
    holders = accounts.named_holders(handing.HANDLERS, zones=handler_zones(actor(), zones))
    checked = typed.named and not typed.problems
    lines = handing.preview(rows, typed.to, actor()) if checked else [bulk.Line(row, ()) for row in rows]
    body = render_template(
        "staff/hand_over.html",
        lines=lines,
        checked=checked,
        typed=typed,
        names=organizations.organization_names({row.lead_organization_id or 0 for row in rows}),
        people=accounts.names([row.handler_id for row in rows if row.handler_id]),
        holders=sorted(holders.items(), key=lambda item: item[1]),
        token=uuid.uuid4().hex,
        problems=typed.problems,
        errors_on_page=bool(typed.problems),
    )
    return make_response(body, 422 if typed.problems else 200)


@blueprint.post("/bulk/handler/run")
@requires(Permission.CASE_ASSIGN)
def hand_over_run() -> ResponseReturnValue:
    """Pass the cases of the preview on; the reason goes into the access log and a note of each case."""
    seen, typed, token = _seen(), _typed(), request.form.get("token", "")
    rows = lists.these(actor(), list(seen))
    _bounded(rows)
    if typed.problems:
        return _page(rows, typed)
    if not re.fullmatch(r"[0-9a-f]{32}", token):
        raise Invalid.field("token", "화면을 새로 고친 뒤 다시 시도해 주세요.", "Reload the page and try again.")
    shown = {row.id: seen[row.reference] for row in rows}
    names = accounts.names([handler for handler in shown.values() if handler])
    with transaction():
        chosen = {"handler": typed.to.user_id if typed.to else None, "reason": typed.reason}
        run = bulk.start(token, actor(), "", handing.ASSIGN, rows={}, typed=chosen)
        if run.finished_at is None:
            done = handing.hand_over(run, handing.preview(rows, typed.to, actor()), typed.to, seen=shown)
            _note(done, typed, names, before=shown, token=token)
    return redirect(url_for("staff.bulk_result", token=token))


def _note(
    done: Sequence[Case], typed: Typed, names: Mapping[int, str], *, before: Mapping[int, int | None], token: str
) -> None:
    nobody, to = _("미배정"), typed.to.name if typed.to is not None else _("미배정")
    for row in done:
        change = f"{names.get(before[row.id] or 0, nobody)} → {to}"
        text = _("담당 변경: %(change)s", change=change) + "\n" + _("사유: %(reason)s", reason=typed.reason)
        correspondence.write_note(row, actor(), text, key=f"hand-over:{token}")
        audit.record(visit(), "case:assign", about=change, case_id=row.id, reason=typed.reason)
