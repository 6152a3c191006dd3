"""One step on many cases: what each says to it, then the step, then the result of every row."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from backoffice.access.permissions import Permission
from backoffice.cases import bulk
from backoffice.cases import queue as lists
from backoffice.cases.models import Case
from backoffice.core import outbox
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import language
from backoffice.forms import checks
from backoffice.forms.build import CharterForm, bound
from backoffice.organizations import queries as organizations
from backoffice.web.access import actor, engine, requires
from backoffice.web.case_page import reason_address, zone_choices
from backoffice.web.queue_filter import kept, read, wanted
from backoffice.web.staff import blueprint
from workflows.forms import Field

_SEEN = re.compile(r"^(?P<reference>[\w-]{3,40}):(?P<revision>\d{1,9})$")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen in the queue: the step of a workflow, and the cases."""

    workflow: str
    action: str
    cases: list[Case]

    def preview(self) -> bulk.Preview:
        return bulk.preview(engine(), self.cases, self.workflow, self.action, actor=actor())


@blueprint.post("/bulk")
@requires(Permission.CASE_BULK)
def bulk_preview() -> ResponseReturnValue:
    """Every chosen case with its verdict, and the step's form once; without a choice back to the list, which says so."""
    try:
        choice = _choice(_chosen_in_queue())
    except Invalid as invalid:
        flash(invalid.sentence.text(language()), "warning")
        return redirect(url_for("staff.queue", **kept(_filter(), with_page=True)))
    found = choice.preview()
    return _page(choice, found, bound(_fields(found), {}, zones=zone_choices()))


def _chosen_in_queue() -> list[Case]:
    """The ticked rows, or all rows of the filter, across its pages and nothing beyond it."""
    if request.form.get("all") == "yes":
        return lists.all_of(actor(), wanted(_filter()), bulk.MOST + 1)
    return lists.these(actor(), request.form.getlist("case")[: bulk.MOST + 1])


def _filter() -> MultiDict[str, str]:
    """The address arguments of the list the choice was made in."""
    return read(request.form.get("filter", ""))


def _choice(cases: list[Case]) -> Choice:
    """Raises Invalid when nothing, too much or no step was chosen."""
    workflow, _colon, action = request.form.get("step", "")[:100].partition(":")
    if not action:
        raise Invalid.field("step", "일괄로 할 처리를 골라 주세요.", "Choose what to do with the cases.")
    if not cases:
        raise Invalid.field("case", "처리할 건을 하나 이상 골라 주세요.", "Choose at least one case.")
    if len(cases) > bulk.MOST:
        most = f"{bulk.MOST:,}"
        raise Invalid.field(
            "case",
            f"한 번에 {most}건까지 처리할 수 있습니다. 조건을 좁혀 주세요.",
            f"At most {most} cases at once; narrow the filter.",
        )
    return Choice(workflow, action, cases)


def _fields(found: bulk.Preview) -> Sequence[Field]:
    if found.step is None or found.step.input is None or found.definition is None:
        return ()
    return found.definition.forms[found.step.input].fields


def _page(
    choice: Choice, found: bulk.Preview, form: CharterForm, *, problems: Sequence[Problem] = ()
) -> ResponseReturnValue:
    names = organizations.organization_names({row.lead_organization_id or 0 for row in choice.cases})
    body = render_template(
        "staff/bulk.html",
        choice=choice,
        found=found,
        names=names,
        form=form,
        problems=problems,
        errors_on_page=bool(problems),
        token=uuid.uuid4().hex,
        link=reason_address,
    )
    return make_response(body, 422 if problems else 200)


@blueprint.post("/bulk/run")
@requires(Permission.CASE_BULK)
def bulk_run() -> ResponseReturnValue:
    """Take the step on the cases of the preview, each at the revision the person saw."""
    seen = _seen()
    choice = _choice(lists.these(actor(), list(seen)))
    token = request.form.get("token", "")
    if not re.fullmatch(r"[0-9a-f]{32}", token):
        raise Invalid.field("token", "화면을 새로 고친 뒤 다시 시도해 주세요.", "Reload the page and try again.")
    found = choice.preview()
    form = bound(_fields(found), {}, zones=zone_choices())
    typed = form.answers()
    problems = checks.problems(_fields(found), typed)
    if found.step is not None and (not form.validate_on_submit() or problems):
        form.show(problems)
        return _page(choice, found, form, problems=problems)
    answers = {name: value for name, value in typed.items() if value is not None}
    asked = found.step is not None and found.step.input is not None
    with transaction():
        run = bulk.start(
            token, actor(), choice.workflow, choice.action,
            rows={row.id: seen[row.reference] for row in choice.cases}, typed=answers if asked else None,
        )  # fmt: skip
        run_id = run.id
    if len(choice.cases) <= bulk.AT_ONCE:
        bulk.carry_out(engine(), run_id, actor())
    return redirect(url_for("staff.bulk_result", token=token))


def _seen() -> dict[str, int]:
    """Reference -> revision of the rows the preview listed as open."""
    rows = (_SEEN.match(text) for text in request.form.getlist("row")[: bulk.MOST + 1])
    return {row["reference"]: int(row["revision"]) for row in rows if row is not None}


@blueprint.get("/bulk/<token>")
@requires(Permission.CASE_BULK)
def bulk_result(token: str) -> ResponseReturnValue:
    """What became of every row, while it runs and afterwards."""
    run = bulk.run_of(token, actor())
    rows = bulk.rows_of(run.id)
    steps = [
        step
        for _row, case in rows[:1]
        for step in engine().definitions.get(case.workflow, case.workflow_version).workflow.transitions
        if step.action == run.action
    ]
    return render_template(
        "staff/bulk_result.html",
        run=run,
        step=steps[0] if steps else None,
        rows=rows,
        counts=bulk.counts(run.id),
        until=bulk.undo_until(engine(), run),
        names=organizations.organization_names({case.lead_organization_id or 0 for _row, case in rows}),
    )


@blueprint.post("/bulk/<token>/undo")
@requires(Permission.CASE_BULK)
def bulk_undo(token: str) -> ResponseReturnValue:
    """Take back every row that was done, as far as nobody acted on it since."""
    run = bulk.run_of(token, actor())
    run_id, size = run.id, sum(bulk.counts(run.id).values())
    if size <= bulk.AT_ONCE:
        bulk.take_back(engine(), run_id, actor())
    else:
        with transaction():
            outbox.enqueue("bulk", {"run": run_id, "undo": True}, key=f"bulk:{token}:undo")
    return redirect(url_for("staff.bulk_result", token=token))
