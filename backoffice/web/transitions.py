"""The one address for taking a step of any workflow, for every audience."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission, may
from backoffice.cases import queries as cases
from backoffice.cases.models import Case
from backoffice.core.errors import Conflict, NotFound, OfficeError, Problem, Reason, Refused
from backoffice.core.i18n import language
from backoffice.engine.values import Subject, Verdict
from backoffice.engine.verdicts import offered
from backoffice.forms import checks
from backoffice.forms.build import bound
from backoffice.notifications import previews
from backoffice.notifications.previews import Preview
from backoffice.web.access import actor, engine, requires
from backoffice.web.case_page import home_of, reason_address, zone_choices_for
from backoffice.web.walking import after, walk
from workflows.forms import Field

blueprint = Blueprint("transitions", __name__)


@blueprint.route("/cases/<reference>/actions/<action>", methods=["GET", "POST"])
@requires(Permission.CASE_ACT)
def step(reference: str, action: str) -> ResponseReturnValue:
    """Show what a step asks and means; on POST take it."""
    row, subject = cases.case_and_subject(reference, actor())
    unjudged = _unjudged(subject, action)
    fields = _fields(row, unjudged)
    form = bound(fields, {}, zones=zone_choices_for(fields))
    if request.method == "GET":
        return _page(row, _verdict(row, action), form)
    typed = form.answers()
    problems = checks.problems(fields, typed)
    if not form.validate_on_submit() or problems:
        form.show(problems)
        return _page(row, _verdict(row, action), form, problems=problems, status=422)
    answers = {name: value for name, value in typed.items() if value is not None}
    if request.form.get("preview") == "yes":
        return _page(row, _verdict(row, action), form, typed=answers)
    then = after(row)
    try:
        done = engine().perform(
            row.id,
            action,
            actor(),
            revision=request.form.get("revision", type=int) or 0,
            key=_key(),
            input=answers if unjudged.step.input is not None else None,
        )
    except Refused as refused:
        return _page(row, replace(unjudged, reasons=refused.reasons), form, status=409)
    except (Conflict, OfficeError) as error:
        return _page(row, unjudged, form, stopped=error, status=409)
    flash(_("'%(step)s' 처리했습니다.", step=unjudged.step.label.text(language())), "success")
    return redirect(_afterwards(done.reference, then))


def _key() -> str:
    """The name of this attempt, apart from everybody else's and from the office's own: nobody can take theirs."""
    return f"web:{actor().user_id}:{request.form.get('key', '')[:80] or uuid.uuid4().hex}"


def _afterwards(reference: str, then: str | None) -> str:
    """Back to the case; a step may have ended one's part in it, such as a supplier's refusal: then to the list."""
    try:
        here, row = walk(), cases.case(reference, actor())
        return home_of(row, **(here.settled(row).arguments(then) if here is not None else {}))
    except NotFound:
        return url_for("portal.home" if g.company_side else "staff.queue")


def _verdict(row: Case, action: str) -> Verdict:
    """What the engine says about this step for this person. Raises NotFound for a step they could never take."""
    for verdict in engine().actions([row.id], actor())[row.id]:
        if verdict.action == action:
            return verdict
    raise NotFound


def _unjudged(subject: Subject, action: str) -> Verdict:
    """The same without asking any guard: ``perform`` asks them again anyway, and says what they answer."""
    for step, role, from_here in offered(engine().compiled(subject), subject, actor()):
        if step.action == action:
            return Verdict(action, step, role, (), from_here=from_here)
    raise NotFound


def _fields(row: Case, verdict: Verdict) -> Sequence[Field]:
    if verdict.step.input is None:
        return ()
    return engine().definitions.get(row.workflow, row.workflow_version).workflow.forms[verdict.step.input].fields


def _mails(row: Case, verdict: Verdict, typed: Mapping[str, Any]) -> list[Preview]:
    """What the step would send, for people of the office: who receives it is no matter of the companies."""
    if g.company_side or not may(actor(), Permission.CASE_READ):
        return []
    home: str = current_app.extensions["settings"].base_url
    step = verdict.step
    return previews.of_step(
        engine(), row.id, step, typed, role=step.by[0], actor_id=actor().user_id, language=language(), home=home
    )


def _page(
    row: Case,
    verdict: Verdict,
    form: FlaskForm,
    *,
    problems: Sequence[Problem] = (),
    stopped: OfficeError | None = None,
    typed: Mapping[str, Any] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The step's own page; what was typed stays in the form whatever happened."""
    current, here = cases.case(row.reference, actor()), walk()
    reasons: tuple[Reason, ...] = () if verdict.ok else verdict.reasons
    return make_response(
        render_template(
            "public/step.html",
            layout="layouts/calm.html" if g.company_side else "layouts/staff.html",
            row=current,
            verdict=verdict,
            form=form,
            problems=problems,
            reasons=reasons,
            stopped=stopped,
            errors_on_page=bool(problems or stopped),
            key=uuid.uuid4().hex,
            home=home_of(current, **(here.arguments() if here is not None else {})),
            walk=here,
            mails=_mails(row, verdict, typed or {}),
            previewed=typed is not None,
            link=reason_address,
        ),
        status,
    )
