"""Deadlines: what is due in one's zones, and giving one case another date."""

import uuid

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import agenda
from backoffice.core import clock
from backoffice.core.errors import Conflict, Invalid, Problem, Refused
from backoffice.core.i18n import Sentence
from backoffice.engine import extending
from backoffice.forms.readers import read_date
from backoffice.organizations import queries as organizations
from backoffice.web.access import actor, engine, requires
from backoffice.web.case_page import load, reason_address, zone_name
from backoffice.web.staff import blueprint
from backoffice.web.staff.queue import program_choices, rows_of
from workflows.roles import READ_ONLY, ROLE_LABELS, Role

BUCKETS = {
    "overdue": Sentence("기한 초과", "Overdue"),
    "today": Sentence("오늘", "Today"),
    "week": Sentence("이번 주", "This week"),
    "month": Sentence("이번 달", "This month"),
    "later": Sentence("그 뒤", "Later"),
}


def wanted() -> agenda.Wanted:
    """The filter the address asks for; what it cannot mean is left out."""
    args = request.args
    bucket, owner = args.get("due", "overdue"), args.get("owner", "")
    return agenda.Wanted(
        bucket=bucket if bucket in BUCKETS else "overdue",
        zone=args.get("zone", type=int),
        workflow=args.get("program", "")[:48],
        owner=owner if owner in set(Role) else "",
        page=max(1, min(args.get("page", 1, type=int), 100_000)),
    )


def address(**changes: object) -> str:
    """This page's address with some of its filter changed."""
    arguments = {**request.args.to_dict(), **changes}
    return url_for("staff.deadlines", **{name: value for name, value in arguments.items() if value not in (None, "")})  # type: ignore[arg-type]  # any value becomes text


@blueprint.get("/deadlines")
@requires(Permission.CASE_READ)
def deadlines() -> ResponseReturnValue:
    """What is due in one stretch of time, and the number in every other."""
    filter_ = wanted()
    found = agenda.agenda(actor(), filter_)
    zones = organizations.zone_names()
    return render_template(
        "staff/deadlines.html",
        rows=rows_of(found.cases, zones),
        found=found,
        filter=filter_,
        buckets=BUCKETS,
        zones=[(zone.id, zone_name(zone)) for zone in zones.values() if zone.stratum == organizations.INNOVATION],
        programs=program_choices(),
        owners=[role for role in ROLE_LABELS if role not in READ_ONLY | {Role.SYSTEM, Role.ADMIN}],
        address=address,
        paged=lambda number: address(page=number),
    )


@blueprint.route("/cases/<reference>/deadline", methods=["GET", "POST"])
@requires(Permission.DEADLINE_MOVE)
def move_deadline(reference: str) -> ResponseReturnValue:
    """Give one case another date, with a reason."""
    page = load(reference)
    if request.method == "GET":
        return _form(reference)
    form = request.form
    try:
        done = extending.move_deadline(
            engine(),
            page.row.id,
            actor(),
            to=read_date(form.get("to", ""), "to"),
            reason=form.get("reason", ""),
            revision=form.get("revision", 0, type=int),
            key=f"due:{form.get('key', '')[:80] or uuid.uuid4().hex}",
        )
    except Invalid as invalid:
        return _form(reference, problems=invalid.problems, status=422)
    except Conflict as conflict:
        return _form(reference, stopped=conflict.sentence, status=409)
    except Refused:
        return _form(reference, status=409)
    flash(_("기한을 바꾸고 처리할 사람에게 알렸습니다."), "success")
    return redirect(url_for("staff.case", reference=done.reference) + "#history")


def _form(
    reference: str, *, problems: tuple[Problem, ...] = (), stopped: Sentence | None = None, status: int = 200
) -> ResponseReturnValue:
    """The form, or the reasons why the date cannot be moved; what was typed stays."""
    page = load(reference)
    found = extending.movable(engine(), page.subject, actor())
    body = render_template(
        "staff/deadline.html",
        page=page,
        row=page.row,
        found=found,
        counted=clock.in_seoul(found.counted).date() if found.counted else None,
        problems=problems,
        stopped=stopped,
        errors_on_page=bool(problems or stopped),
        key=uuid.uuid4().hex,
        link=reason_address,
    )
    return make_response(body, status)
