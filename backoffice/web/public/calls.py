"""Open calls and one call in full."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission, may
from backoffice.cases.services import draft_of
from backoffice.meetings import queries as meetings
from backoffice.organizations import queries as organizations
from backoffice.programs import queries as programs
from backoffice.programs.models import Call
from backoffice.web.access import engine, requires
from backoffice.web.attached import EventCard, card_of
from backoffice.web.public import blueprint


@blueprint.get("/")
@requires(Permission.PUBLIC)
def home() -> ResponseReturnValue:
    """What is open now and what comes next."""
    return render_template("public/home.html", open_calls=programs.open_calls(), coming=programs.coming_calls())


@blueprint.get("/calls/<code>")
@requires(Permission.PUBLIC)
def call(code: str) -> ResponseReturnValue:
    """Everything an applicant needs to know before starting."""
    row = programs.published_call(code)
    definition = engine().definitions.get(row.workflow, row.workflow_version).workflow
    form = next((definition.forms[name] for name in definition.state(definition.initial).edit), None)
    own = []
    if g.actor is not None and may(g.actor, Permission.CASE_APPLY):
        names = organizations.organization_names(g.actor.organizations)
        own = [(organization_id, name, draft_of(organization_id, row.id)) for organization_id, name in names.items()]
    return render_template("public/call.html", call=row, definition=definition, form=form, own=own, event=_event(row))


def _event(row: Call) -> EventCard | None:
    """The event a call gathers guests for."""
    found = meetings.event_of_call(row.id)
    return card_of(found) if found is not None else None
