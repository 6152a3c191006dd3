"""One case of a company: where it stands, what to do next, what was said and submitted."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.cases import services
from backoffice.cases.models import Attachment
from backoffice.core.db import db, transaction
from backoffice.core.errors import NotFound, Problem
from backoffice.engine import timeline
from backoffice.engine.spine import Task
from backoffice.forms import checks
from backoffice.funding.services import sign
from backoffice.web import attached, correspondence, showing
from backoffice.web.access import actor, engine, requires
from backoffice.web.case_page import CasePage, load, reason_address
from backoffice.web.correspondence import Correspondence
from backoffice.web.links import openable_links
from backoffice.web.portal import blueprint
from backoffice.web.portal.corrections import asked_now, changes_since
from workflows.forms import Form, Section
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One line of the task list: a section of a form and how far it is."""

    form: str
    section: Section
    state: str
    problems: int
    mine: bool
    """Whether the reader writes it; others of the case write the rest."""


class Filled(Protocol):
    """Forms with what was answered and attached."""

    def form(self, name: str) -> Form: ...
    def answers(self, form: str) -> dict[str, Any]: ...
    def files(self, form: str) -> list[Attachment]: ...


def task_list(page: Filled, form: str, roles: Collection[Role]) -> list[TaskLine]:
    """The sections of a form with their state: empty, open or done; and which of them these roles write."""
    answers = page.answers(form)
    attached: dict[str, int] = {}
    for item in page.files(form):
        attached[item.field] = attached.get(item.field, 0) + 1
    return [
        TaskLine(form, section, *checks.section_state(section, answers, attached), section.written_by(roles))
        for section in page.form(form).sections
    ]


@blueprint.get("/cases/<reference>")
@requires(Permission.CASE_APPLY)
def case(reference: str) -> ResponseReturnValue:
    """The whole case, the next step first."""
    page = load(reference)
    if reference != page.row.reference:
        return redirect(url_for("portal.case", reference=page.row.reference))
    return respond(page, correspondence.of_company(page))


def respond(page: CasePage, written: Correspondence, status: int = 200) -> ResponseReturnValue:
    """The page of a case; what the office wrote has been read with it."""
    body = render_template(
        "portal/case.html",
        page=page,
        row=page.row,
        tasks={form: task_list(page, form, page.roles) for form in page.editable_forms()},
        asked=asked_now(page),
        entries=timeline.public_timeline(engine(), page.subject, page.roles, page.history),
        links=openable_links(page),
        signatures=_signatures(page),
        agreement=page.money.agreement,
        instalments=page.money.instalments,
        event=attached.event_card(page.row, page.definition),
        license=attached.license_page(page.row, page.definition),
        license_words=attached.license_words(page.definition),
        link=reason_address,
        written=written,
        errors_on_page=bool(written.problems),
    )
    correspondence.try_to_mark_read(written)
    return make_response(body, status)


def _signatures(page: CasePage) -> list[tuple[Task, str]]:
    """The signatures asked for in this state, each with the organization's name."""
    if not page.state.tasks:
        return []
    names = {member.organization_id: member.name for member in page.members}
    query = select(Task).where(
        Task.case_id == page.row.id, Task.name.in_(page.state.tasks), Task.organization_id.is_not(None)
    )
    return [(task, names.get(task.organization_id or 0, "")) for task in db.session.scalars(query.order_by(Task.id))]


@blueprint.post("/cases/<reference>/signatures/<int:task_id>")
@requires(Permission.CASE_APPLY)
def sign_task(reference: str, task_id: int) -> ResponseReturnValue:
    """Sign the agreement for one's organization."""
    row = cases.case(reference, actor())
    with transaction():
        task = db.session.get(Task, task_id)
        if task is None or task.case_id != row.id:
            raise NotFound
        sign(task_id, user_id=actor().user_id or 0, organizations=actor().organizations)
    flash(_("협약에 서명했습니다."), "success")
    return redirect(url_for("portal.case", reference=reference))


@blueprint.post("/cases/<reference>/links/<name>")
@requires(Permission.CASE_APPLY)
def open_link(reference: str, name: str) -> ResponseReturnValue:
    """Open a linked case, such as an objection."""
    page = load(reference)
    link = dict(openable_links(page)).get(name)
    if link is None:
        raise NotFound
    role = next(role for role in link.opened_by if role in page.roles)
    with transaction():
        child = services.open_linked(
            engine(),
            cases.case(reference, actor()),
            link,
            actor(),
            role=role,
            year=page.row.year,
            key=f"link:{page.row.id}:{name}:{request.form.get('key', '')[:60]}",
        )
        opened = child.reference
    return redirect(url_for("portal.case", reference=opened))


@blueprint.get("/cases/<reference>/check")
@requires(Permission.CASE_APPLY)
def check(reference: str) -> ResponseReturnValue:
    """Everything that will be submitted, what is still missing, and the button."""
    page = load(reference)
    forms = page.editable_forms()
    if not forms:
        return redirect(url_for("portal.case", reference=reference))
    problems = {form: form_problems(page, form) for form in forms}
    return render_template(
        "portal/check.html",
        page=page,
        row=page.row,
        forms=forms,
        problems=problems,
        mine={form: page.own_sections(form) for form in forms},
        link=reason_address,
        asked=asked_now(page),
        changes={form: changes_since(page, form) for form in forms},
    )


def form_problems(page: CasePage, form: str) -> list[tuple[str, Problem]]:
    """(section code, problem) of everything that keeps a form from being submitted."""
    answers = page.answers(form)
    attached: dict[str, int] = {}
    for item in page.files(form):
        attached[item.field] = attached.get(item.field, 0) + 1
    return [
        (section.code, problem)
        for section in page.form(form).sections
        for problem in checks.problems(section.fields, answers, attached)
    ]


@blueprint.get("/cases/<reference>/submissions/<int:number>")
@requires(Permission.CASE_APPLY)
def submission(reference: str, number: int) -> ResponseReturnValue:
    """What was submitted, word for word, with its receipt."""
    page = load(reference)
    found = cases.submission(page.row.id, number)
    content = json.loads(found.content)
    return render_template(
        "portal/submission.html",
        page=page,
        row=page.row,
        submission=found,
        sections=showing.sections(page.form(found.form), content["answers"], page.zone_names),
        attachments=content["attachments"],
        corrections=content.get("corrections", []),
        submitted_at=datetime.fromisoformat(content["submitted_at"]),
    )
