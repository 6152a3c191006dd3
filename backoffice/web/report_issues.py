"""One issue of a report: its state and history, what is not confirmed, its documents, and what can be decided now."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission, may
from backoffice.accounts import queries as accounts
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Forbidden, Invalid, Problem, Reason, Refused
from backoffice.core.i18n import Sentence
from backoffice.reports import gaps, issuing, queries, shelf
from backoffice.reports.display import with_unit
from backoffice.reports.gaps import Gap
from backoffice.reports.issuing import Standpoint
from backoffice.reports.models import DRAFT, IN_REVIEW, ReportIssue, Snapshot
from backoffice.web.access import actor, requires, visit
from backoffice.web.report_words import ACTS, EDITIONS, NOTES, STATES, place_name
from backoffice.web.reports import blueprint, order_print

NEEDED = {
    issuing.REQUEST: Permission.REPORT_BUILD,
    issuing.RECALL: Permission.REPORT_BUILD,
    issuing.CHECK: Permission.REPORT_CHECK,
    issuing.RETURN: Permission.REPORT_CHECK,
    issuing.APPROVE: Permission.REPORT_APPROVE,
    issuing.PUBLISH: Permission.REPORT_APPROVE,
}
"""Who may take which step."""

DOORS = {
    Permission.REPORT_BUILD: "reports.prepare_issue",
    Permission.REPORT_CHECK: "reports.review_issue",
    Permission.REPORT_APPROVE: "reports.decide_issue",
}
"""Where a step is posted."""

LEADING = (issuing.REQUEST, issuing.APPROVE, issuing.PUBLISH)
"""The steps that lead to the publication stand first."""

_WHO = {
    Permission.REPORT_BUILD: Sentence("특구 담당자나 본부 담당자가 합니다.", "Zone or headquarters staff do this."),
    Permission.REPORT_CHECK: Sentence("본부 담당자나 승인권자가 합니다.", "Headquarters staff or an approver do this."),
    Permission.REPORT_APPROVE: Sentence("승인권자가 합니다.", "An approver does this."),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A step of the page: open, or closed with every reason. ``waive`` asks for the reason that answers the gaps."""

    act: str
    label: Sentence
    reasons: tuple[Reason, ...]
    told: bool
    waive: bool = False


def choices(row: ReportIssue, by: Standpoint, found: Sequence[Gap]) -> list[Choice]:
    """Every step that leads on from where the issue stands."""
    offered = []
    for act, step in issuing.STEPS.items():
        if row.state not in step.sources:
            continue
        permission = NEEDED[act]
        reasons = issuing.reasons_against(row, act, by)
        if not shelf.reaches(actor(), permission, row) or not may(actor(), permission):
            reasons = [Reason("role", _WHO[permission])]
        waive = act == issuing.APPROVE and bool(found)
        offered.append(Choice(act, ACTS[act], tuple(reasons), step.told or waive, waive))
    return sorted(offered, key=lambda one: (bool(one.reasons), one.act not in LEADING))


@blueprint.get("/<number>")
@requires(Permission.REPORT_READ)
def issue(number: str) -> ResponseReturnValue:
    """The page of an issue; the numbers on the covers of its editions lead here, too."""
    line = shelf.one(number, actor())
    if line.issue.number != number:
        return redirect(url_for("reports.issue", number=line.issue.number))
    return _page(line)


def _page(line: shelf.Line, problems: Sequence[Problem] = (), status: int = 200) -> ResponseReturnValue:
    row = line.issue
    history, editions = queries.history(row.id), queries.editions_of(row)
    works = may(actor(), Permission.REPORT_FOLLOW) and shelf.reaches(actor(), Permission.REPORT_FOLLOW, row)
    found = issuing.missing(row) if works and row.state in (DRAFT, IN_REVIEW) else gaps.read(row.gaps)
    me = actor().user_id or 0
    by = (
        issuing.standpoint(row, [act for act, _name in history], me, accounts.delegation_ties(me))
        if works
        else Standpoint(True, False)
    )
    compared, newer = queries.around(row)
    body = render_template(
        "staff/report_issue.html",
        row=row,
        place=place_name(line.zone),
        zone_code=line.zone.code if line.zone else "",
        history=history if works else [],
        editions=editions,
        ready=queries.printed_of([one.id for one in editions.values()]),
        errata=_errata(editions),
        compared=compared,
        newer=newer,
        gaps=found,
        choices=choices(row, by, found) if works else [],
        states=STATES,
        deeds=ACTS,
        doors={act: DOORS[permission] for act, permission in NEEDED.items()},
        notes=NOTES,
        leading=LEADING,
        edition_names=EDITIONS,
        may_build=zones_may(row, Permission.REPORT_BUILD),
        problems=problems,
        errors_on_page=bool(problems),
        typed=request.form,
        form=FlaskForm(),
    )
    return make_response(body, status)


def zones_may(row: ReportIssue, permission: Permission) -> bool:
    """Whether the present person holds a permission here."""
    return may(actor(), permission) and shelf.reaches(actor(), permission, row)


def _errata(editions: dict[str, Snapshot]) -> list[dict[str, str]]:
    """The corrections against the issue it is compared with, as they are printed."""
    told = editions.get("internal") or editions.get("public")
    if told is None:
        return []
    return [
        {
            "label": one["label"],
            "year": str(one["year"]),
            "before": with_unit(one["before"], one["unit"], one["unit_label"]),
            "after": with_unit(one["after"], one["unit"], one["unit_label"]),
        }
        for one in json.loads(told.content)["errata"]
    ]


@blueprint.post("/<number>/<any(request, recall):act>")
@requires(Permission.REPORT_BUILD)
def prepare_issue(number: str, act: str) -> ResponseReturnValue:
    """Ask for its review, or take that back."""
    return _step(number, act)


@blueprint.post("/<number>/<any(check, return):act>")
@requires(Permission.REPORT_CHECK)
def review_issue(number: str, act: str) -> ResponseReturnValue:
    """Say what a second person found, or send it back."""
    return _step(number, act)


@blueprint.post("/<number>/<any(approve, publish):act>")
@requires(Permission.REPORT_APPROVE)
def decide_issue(number: str, act: str) -> ResponseReturnValue:
    """Approve it, or publish what is approved."""
    return _step(number, act)


def _step(number: str, act: str) -> ResponseReturnValue:
    note, seen = request.form.get("note", ""), request.form.get("revision", 0, type=int)
    try:
        take(number, act, note, seen)
    except Invalid as invalid:
        problems = [Problem(f"note-{act}", one.sentence) for one in invalid.problems]
        return _page(shelf.one(number, actor()), problems, 422)
    except Refused as refused:
        # What is not confirmed can be answered on the page itself.
        if [one.link for one in refused.reasons] != ["gaps"]:
            raise
        return _page(shelf.one(number, actor()), [Problem(f"note-{act}", refused.sentence)], 422)
    flash(_("%(number)s: %(act)s 처리했습니다.", number=number, act=ACTS[act]), "success")
    return redirect(url_for("reports.issue", number=number))


def take(number: str, act: str, note: str, seen: int) -> None:
    """One step in a transaction of its own; its documents, whose mark it changes, are printed anew by a job.

    Raises Forbidden for another zone's issue, and what ``issuing.take`` raises.
    """
    with transaction():
        row = shelf.one(number, actor()).issue
        if not zones_may(row, NEEDED[act]):
            raise Forbidden
        issuing.take(row, act, note, seen=seen, actor_id=actor().user_id or 0)
        audit.record(visit(), f"report:{act}", about=row.number, reason=note.strip()[:500] or None)
        if act in (issuing.APPROVE, issuing.PUBLISH):
            order_prints(row)


def order_prints(row: ReportIssue) -> None:
    """Have both editions printed as the issue stands now."""
    for snapshot_id in (row.internal_id, row.public_id):
        if snapshot_id is not None:
            order_print(snapshot_id, f"r{row.revision}")
