"""The pages of an event for the office: its guests with admission and attendance, and its timetable."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import HOLDERS, Permission
from backoffice.cases import queries as cases
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Conflict, Forbidden, Refused
from backoffice.core.i18n import Sentence, language
from backoffice.engine.values import Verdict
from backoffice.meetings import queries as meetings
from backoffice.meetings import services
from backoffice.meetings.matching import pair_of, ranked
from backoffice.meetings.models import TALK, Event
from backoffice.meetings.queries import GuestLine
from backoffice.web import attached
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.case_page import CasePage, load, shown_label, tone
from backoffice.web.staff import blueprint
from workflows.definition import Transition

SCHEDULING = "scheduling"
"""The tag of the event's states in which its timetable may be changed."""


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A guest as the list shows it, with the steps that need no further words."""

    line: GuestLine
    label: Sentence
    tone: str
    open: tuple[Verdict, ...]


def _load(reference: str) -> tuple[CasePage, Event]:
    """The event's page. Raises NotFound for a case that is no event."""
    page = load(reference)
    event = meetings.event_of(page.row.id)
    return (page, event) if event.case_id == page.row.id else (load(meetings.case_of(event).reference), event)


def _may_change(page: CasePage) -> bool:
    """Whether this person may change the timetable now."""
    return bool(page.roles & HOLDERS[Permission.EVENT_MANAGE]) and SCHEDULING in page.state.tags


@blueprint.get("/cases/<reference>/guests")
@requires(Permission.CASE_READ)
def guests(reference: str) -> ResponseReturnValue:
    """Everybody who applied: where each stands, and what can be done for many at once."""
    page, event = _load(reference)
    rows = _rows(meetings.guests(engine().definitions, event.case_id))
    steps = {verdict.action: verdict.step for row in rows for verdict in row.open}
    return render_template(
        "staff/guests.html",
        page=page,
        row=page.row,
        card=attached.card_of(event),
        rows=rows,
        steps=list(steps.values()),
        counts=Counter(row.label.text(language()) for row in rows),
        satisfaction=meetings.satisfaction(event.case_id),
    )


def _rows(lines: Sequence[GuestLine]) -> list[GuestRow]:
    definitions = engine().definitions
    shown = [line for line in lines if not line.case.private]
    verdicts = engine().actions([line.case.id for line in shown if line.case.final is None], actor())
    found = []
    for line in shown:
        state = definitions.get(line.case.workflow, line.case.workflow_version).workflow.state(line.case.state)
        easy = tuple(one for one in verdicts.get(line.case.id, ()) if one.ok and _is_easy(one.step))
        found.append(GuestRow(line, shown_label(state), tone(state), easy))
    return found


def _is_easy(step: Transition) -> bool:
    """A step that may be taken for many at once."""
    return step.bulk and step.input is None


@blueprint.post("/cases/<reference>/guests")
@requires(Permission.EVENT_MANAGE)
def act_on_guests(reference: str) -> ResponseReturnValue:
    """Take one step for every chosen guest; each is a step of its own, and one refusal does not stop the others."""
    page, event = _load(reference)
    chosen = {int(value) for value in request.form.getlist("guest") if value.isdigit()}
    action = request.form.get("action", "")[:48]
    done, refused = 0, []
    for row in _rows(meetings.guests(engine().definitions, event.case_id)):
        verdict = next((one for one in row.open if one.action == action), None)
        if row.line.case.id not in chosen or verdict is None:
            continue
        case, name = cases.case(row.line.case.reference, actor()), row.line.organization
        try:
            engine().perform(case.id, action, actor(), revision=case.revision, key=uuid.uuid4().hex)
            done += 1
        except (Refused, Conflict) as error:
            refused.append(f"{name}: {error.sentence.text(language())}")
    flash(_("%(n)d건을 처리했습니다.", n=done), "success" if done else "warning")
    for sentence in refused:
        flash(sentence, "warning")
    return redirect(url_for("staff.guests", reference=page.row.reference))


@blueprint.get("/cases/<reference>/timetable")
@requires(Permission.CASE_READ)
def timetable(reference: str) -> ResponseReturnValue:
    """Every talk by slot and table; wishes that found no place; and the tools to change it while it is being made."""
    page, event = _load(reference)
    rows = meetings.talks(event.case_id)
    wishes = meetings.wishes(event.case_id, TALK)
    seated = meetings.seated(engine().definitions, event.case_id)
    planned = {pair_of(row.first_id, row.second_id) for row in rows}
    names = {line.guest.organization_id: line.organization for line in seated}
    missed = [pair for pair in ranked(wishes) if pair not in planned and set(pair) <= set(names)]
    lines = {(line.row.slot, line.row.table_number): line for line in attached.talk_lines(event, rows)}
    return render_template(
        "staff/timetable.html",
        page=page,
        row=page.row,
        card=attached.card_of(event),
        slots=[(number, meetings.slot_begins(event, number)) for number in range(1, event.slots + 1)],
        tables=range(1, max((row.table_number for row in rows), default=0) + 1),
        lines=lines,
        names=names,
        wishes=len(wishes),
        missed=[(names[one], names[other]) for one, other in missed],
        may_change=_may_change(page),
    )


def _change(reference: str) -> Event:
    """The event whose timetable this person may change now. Raises Forbidden."""
    page, event = _load(reference)
    if not _may_change(page):
        raise Forbidden(
            Sentence(
                "상담 시간표는 매칭 편성 단계에서 담당자만 바꿀 수 있습니다.",
                "The timetable can be changed only while it is being made, by the people in charge.",
            )
        )
    return event


@blueprint.post("/cases/<reference>/timetable")
@requires(Permission.EVENT_MANAGE)
def make_timetable(reference: str) -> ResponseReturnValue:
    """Make the timetable again from the wishes, around the talks that were fixed."""
    event = _change(reference)
    with transaction():
        number = services.make_timetable(engine().definitions, event)
        audit.record(visit(), "event:timetable", about=str(number), case_id=event.case_id)
    flash(_("상담 %(n)d건을 편성했습니다.", n=number), "success")
    return redirect(url_for("staff.timetable", reference=reference))


@blueprint.post("/cases/<reference>/talks")
@requires(Permission.EVENT_MANAGE)
def fix_talk(reference: str) -> ResponseReturnValue:
    """Put two guests together by hand."""
    event = _change(reference)
    one, other = (request.form.get(name, 0, type=int) for name in ("first", "second"))
    with transaction():
        services.fix_talk(engine().definitions, event, (one, other), slot=request.form.get("slot", 0, type=int))
        audit.record(visit(), "event:talk", about=f"{one}-{other}", case_id=event.case_id)
    flash(_("상담을 시간표에 넣었습니다."), "success")
    return redirect(url_for("staff.timetable", reference=reference))


@blueprint.post("/cases/<reference>/talks/<int:talk_id>/remove")
@requires(Permission.EVENT_MANAGE)
def remove_talk(reference: str, talk_id: int) -> ResponseReturnValue:
    event = _change(reference)
    with transaction():
        services.remove_talk(event, talk_id)
        audit.record(visit(), "event:talk", about=f"-{talk_id}", case_id=event.case_id)
    flash(_("상담을 시간표에서 뺐습니다."), "success")
    return redirect(url_for("staff.timetable", reference=reference))
