"""Two submitted versions of a form side by side: what changed, in won and in files, and what was asked in between."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import differences
from backoffice.cases.differences import Change
from backoffice.cases.models import Submission
from backoffice.core import audit, money
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.core.i18n import language
from backoffice.engine import timeline
from backoffice.web import showing
from backoffice.web.access import engine, requires, visit
from backoffice.web.case_page import CasePage, load
from backoffice.web.staff import blueprint
from backoffice.web.staff.case import lead_of
from backoffice.web.walking import walk


@dataclass(frozen=True, slots=True)
class Line:
    """One change as it is read."""

    label: str
    old: str
    new: str
    difference: str
    kind: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that came, went, or has another content than before."""

    label: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None


@blueprint.get("/cases/<reference>/versions")
@requires(Permission.CASE_READ)
def compare(reference: str) -> ResponseReturnValue:
    """The changed fields between two submissions; without a choice the newest and the one before it."""
    page = load(reference)
    old, new = _chosen(page.submissions)
    found = _changes(page, old, new) if old is not None else ()
    body = render_template(
        "staff/versions.html",
        page=page,
        row=page.row,
        old=old,
        new=new,
        lines=[_line(change, page.zone_names) for change in found if change.field.type != "files"],
        forms={
            item.form: item for item in reversed(page.submissions) if len(_of_form(page.submissions, item.form)) > 1
        },
        files=_files([change for change in found if change.field.type == "files"]),
        asked=_between(page, old, new) if old is not None else [],
        corrections=json.loads(new.content).get("corrections", []),
        walk=walk(),
    )
    with transaction():
        audit.record(visit(), "case:compare", about=lead_of(page), case_id=page.row.id)
    return body


def _chosen(submissions: Sequence[Submission]) -> tuple[Submission | None, Submission]:
    """(older, newer) of the same form. Raises NotFound for a version there is not."""
    by_number = {item.number: item for item in submissions}
    if not by_number:
        raise NotFound
    again = [item.number for item in submissions if len(_of_form(submissions, item.form)) > 1]
    new = by_number.get(request.args.get("new", max(again, default=max(by_number)), type=int))
    if new is None:
        raise NotFound
    earlier = [item.number for item in submissions if item.form == new.form and item.number < new.number]
    number = request.args.get("old", max(earlier, default=0), type=int)
    old = by_number.get(number)
    if old is None and "old" in request.args:
        raise NotFound
    if old is not None and old.number > new.number:
        old, new = new, old
    return (old if old is not None and old.form == new.form and old.number != new.number else None), new


def _of_form(submissions: Sequence[Submission], form: str) -> list[Submission]:
    return [item for item in submissions if item.form == form]


def _changes(page: CasePage, old: Submission, new: Submission) -> tuple[Change, ...]:
    versions = (differences.version(json.loads(item.content)) for item in (old, new))
    return differences.changes(page.form(new.form), *versions)


def _line(change: Change, zones: Mapping[str, str]) -> Line:
    place = change.field.label.text(language())
    if change.group is not None:
        group = change.group.label.text(language())
        row = _("%(n)d행", n=change.row) if change.row is not None else _("합계")
        place = (
            f"{group} · {row} · {place}" if change.kind == "total" or change.row is not None else f"{group} · {place}"
        )
    return Line(
        place,
        showing.text(change.field, change.old, zones),
        showing.text(change.field, change.new, zones),
        _signed(change.difference) if change.difference else "",
        change.kind,
    )


def _signed(won: int) -> str:
    return f"{'+' if won > 0 else '−'}{money.thousands(abs(won))}{_('천원')} ({money.reading(abs(won))})"


def _files(changes: Sequence[Change]) -> list[FileLine]:
    """A file that went and one that came in its field under its name, or as the only ones, are one that was replaced."""
    lines: list[FileLine] = []
    for name in dict.fromkeys(change.field.name for change in changes):
        own = [change for change in changes if change.field.name == name]
        gone = [change.old for change in own if change.kind == "removed"]
        label = own[0].field.label.text(language())
        for came in (change.new for change in own if change.kind == "added"):
            twin = next(
                (item for item in gone if item["name"] == came["name"]), gone[0] if len(own) == 2 and gone else None
            )
            if twin is not None:
                gone.remove(twin)
            lines.append(FileLine(label, twin, came))
        lines += [FileLine(label, item, None) for item in gone]
    return lines


def _between(page: CasePage, old: Submission, new: Submission) -> list[timeline.Entry]:
    """What was asked for after the older version, and what the company said to it, oldest first."""
    entries = timeline.timeline(engine(), page.subject, page.history)
    return [
        entry
        for entry in reversed(entries)
        if entry.input and entry.asked is not None and old.submitted_at < entry.at <= new.submitted_at
    ]
