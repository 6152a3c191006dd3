"""An event for one of its guests: who else comes, whom to meet, the own timetable, and whom to meet again."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.cases.models import Case
from backoffice.core.db import transaction
from backoffice.core.errors import Forbidden, Invalid, NotFound, Problem
from backoffice.core.i18n import Sentence
from backoffice.meetings import queries as meetings
from backoffice.meetings import services
from backoffice.meetings.models import AGAIN, MATCHING, TALK, Event
from backoffice.web import attached
from backoffice.web.access import engine, requires
from backoffice.web.case_page import CasePage, load
from backoffice.web.portal import blueprint

WISHING, SETTLED, MEETING_AGAIN = "wishing", "timetable_settled", "meeting_again"
"""Tags of the event's states: wishes are taken, the timetable is shown, further meetings may be asked for."""


def _purpose(event: Event, tags: frozenset[str]) -> str | None:
    """What guests may wish for now."""
    if MEETING_AGAIN in tags:
        return AGAIN
    return TALK if WISHING in tags and event.kind == MATCHING else None


def _load(reference: str) -> tuple[CasePage, Event, Case]:
    """A guest's page with its event. Raises NotFound for a case of no event."""
    page = load(reference)
    event = meetings.event_of(page.row.id)
    if page.row.lead_organization_id is None or event.case_id != page.row.parent_id:
        raise NotFound
    return page, event, meetings.case_of(event)


@blueprint.route("/cases/<reference>/timetable", methods=["GET", "POST"])
@requires(Permission.CASE_APPLY)
def timetable(reference: str) -> ResponseReturnValue:
    """The own talks once they are settled, the other guests, and whom one wants to meet."""
    page, event, home = _load(reference)
    me, problems = page.row.lead_organization_id or 0, list[Problem]()
    tags = meetings.tags_of(engine().definitions, home)
    seated = meetings.seated(engine().definitions, event.case_id)
    taking_part = me in {line.guest.organization_id for line in seated}
    purpose = _purpose(event, tags) if taking_part else None
    others = [line for line in seated if line.guest.organization_id != me] if taking_part else []
    if FlaskForm().validate_on_submit():
        problems = _save(event, purpose, me, frozenset(line.guest.organization_id for line in others))
        if not problems:
            flash(_("희망 상대를 저장했습니다."), "success")
            return redirect(url_for("portal.timetable", reference=reference))
    talks = meetings.talks_of(event.case_id, me) if SETTLED in tags else []
    body = render_template(
        "portal/timetable.html",
        page=page,
        row=page.row,
        card=attached.card_of(event),
        talks=attached.talk_lines(event, talks),
        me=me,
        others=others,
        purpose=purpose,
        again=purpose == AGAIN,
        wished=_chosen() if problems else meetings.wished_by(event.case_id, purpose, me) if purpose else [],
        most=services.MOST_WISHES,
        problems=problems,
        form=FlaskForm(),
        errors_on_page=bool(problems),
    )
    return make_response(body, 422 if problems else 200)


def _chosen() -> list[int]:
    """The organizations that were chosen, in their order; a place left empty is passed over."""
    chosen = (request.form.get(f"wish-{rank}", 0, type=int) for rank in range(1, services.MOST_WISHES + 1))
    return [organization_id for organization_id in chosen if organization_id]


def _save(event: Event, purpose: str | None, me: int, others: frozenset[int]) -> list[Problem]:
    """Keep the wishes: what is wrong with them. Raises Forbidden when none are taken now."""
    if purpose is None:
        raise Forbidden(
            Sentence(
                "지금은 희망 상대를 바꿀 수 없습니다. 참가가 확정된 뒤, 시간표가 확정되기 전까지 고를 수 있습니다.",
                "Wishes are taken once you are accepted and until the timetable is settled.",
            )
        )
    try:
        with transaction():
            services.set_wishes(event, purpose, me, _chosen(), others=others)
    except Invalid as invalid:
        return list(invalid.problems)
    return []
