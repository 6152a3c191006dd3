"""What a company has to do now, and everything it ever applied for."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.cases import openings, services
from backoffice.cases import queries as cases
from backoffice.cases.models import Case
from backoffice.core.db import transaction
from backoffice.core.errors import Forbidden, Refused
from backoffice.core.i18n import Sentence
from backoffice.correspondence.queries import unread_by_companies
from backoffice.correspondence.sides import company_may
from backoffice.engine.values import Verdict
from backoffice.organizations import queries as organizations
from backoffice.programs import queries as programs
from backoffice.web.access import actor, engine, requires
from backoffice.web.case_page import shown_label, tone
from backoffice.web.portal import blueprint
from workflows.definition import Workflow
from workflows.roles import COMPANY_SIDE


@dataclass(frozen=True, slots=True)
class Card:
    """One case in a company's list, with the step that is open to it now."""

    row: Case
    program: Sentence
    label: Sentence
    tone: str
    open: tuple[Verdict, ...]
    unread: int
    """Messages of the foundation that nobody of the companies has opened."""


@blueprint.get("/")
@requires(Permission.CASE_APPLY)
def home() -> ResponseReturnValue:
    """Cases that wait for the company first, then the rest."""
    rows = cases.own_cases(actor())
    unread = unread_by_companies([row.id for row in rows]) if company_may(actor().roles) else {}
    verdicts = engine().actions([row.id for row in rows if row.final is None], actor())
    cards = [_card(row, verdicts.get(row.id, ()), unread.get(row.id, 0)) for row in rows]
    waiting = [card for card in cards if card.row.final is None and card.open]
    others = [card for card in cards if card not in waiting]
    return render_template(
        "portal/home.html", waiting=waiting, others=others, openings=_openings(),
        houses=sorted(organizations.organization_names(actor().organizations).items()),
    )  # fmt: skip


def _openings() -> list[Workflow]:
    """What companies may start at any time, without a call."""
    return openings.openable(engine().definitions, actor().roles & COMPANY_SIDE)


def _card(row: Case, verdicts: Sequence[Verdict], unread: int) -> Card:
    definition = engine().definitions.get(row.workflow, row.workflow_version).workflow
    state = definition.state(row.state)
    mine = tuple(verdict for verdict in verdicts if verdict.from_here and verdict.step.tone == "primary")
    return Card(row, Sentence(definition.title.ko, definition.title.en), shown_label(state), tone(state), mine, unread)


@blueprint.post("/calls/<code>/start")
@requires(Permission.CASE_APPLY)
def start(code: str) -> ResponseReturnValue:
    """Start a draft for one of the person's companies."""
    organization_id = request.form.get("organization", type=int) or 0
    if organization_id not in actor().organizations:
        raise Forbidden
    call = programs.published_call(code)
    if call not in programs.open_calls():
        raise Refused.because("call_closed", "접수 기간이 아닙니다.", "The call does not take applications now.")
    with transaction():
        row = services.start_draft(
            engine(),
            programs.published_call(code),
            organizations.organization(organization_id),
            actor(),
            key=f"start:{request.form.get('key', '')[:60]}",
        )
        reference = row.reference
    return redirect(url_for("portal.case", reference=reference))


@blueprint.post("/openings/<name>")
@requires(Permission.CASE_APPLY)
def open_case(name: str) -> ResponseReturnValue:
    """Start a case that needs no call, for one of the person's companies."""
    roles = actor().roles & COMPANY_SIDE
    definition = openings.definition_to_open(engine().definitions, name, roles)
    organization_id = request.form.get("organization", type=int) or 0
    if organization_id not in actor().organizations:
        raise Forbidden
    with transaction():
        house = organizations.organization(organization_id)
        role = next(role for role in definition.opened_by if role in roles)
        opening = openings.Opening("", house.zone_id, house)
        key = f"opening:{request.form.get('key', '')[:60] or uuid.uuid4().hex}"
        reference = openings.open_case(engine(), definition, opening, actor(), role=role, key=key).reference
    return redirect(url_for("portal.case", reference=reference))
