"""Calls: create, publish, extend with a reason, money and panel."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.form import BaseForm

from backoffice.access.permissions import Permission, may
from backoffice.accounts import queries as accounts
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import Sentence
from backoffice.core.money import read_integer, read_thousands
from backoffice.forms.readers import read_date
from backoffice.funding import queries as funding
from backoffice.funding.services import set_budget
from backoffice.programs import queries as programs
from backoffice.programs import services
from backoffice.programs.models import Call
from backoffice.reviews import queries as reviews
from backoffice.reviews.services import compose_panel
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.staff import blueprint
from workflows.roles import Role

CRITERIA_ROWS = 6
NOTICE = timedelta(days=30)
"""The notice period of a call (Decree 9(1))."""


class CallForm(FlaskForm):
    workflow = SelectField()
    title_ko = StringField()
    title_en = StringField()
    summary_ko = TextAreaField()
    summary_en = TextAreaField()
    opens_on = StringField()
    opens_time = StringField(default="09:00")
    closes_on = StringField()
    closes_time = StringField(default="18:00")
    grace = StringField(default="0")
    max_amount = StringField()
    budget = StringField()
    awards = StringField(default="0")
    min_score = StringField(default="60")
    presentation = BooleanField()
    contact = StringField()


@blueprint.get("/calls")
@requires(Permission.CALL_READ)
def calls() -> ResponseReturnValue:
    """Every call with its period and money."""
    rows = programs.all_calls()
    return render_template("staff/calls.html", calls=rows, lines={row.id: funding.budget_line(row.id) for row in rows})


@blueprint.get("/calls/<code>")
@requires(Permission.CALL_READ)
def call(code: str) -> ResponseReturnValue:
    row = programs.call(code)
    panel = reviews.panel_of_call(row.id)
    people = accounts.names([panel.chair_id, *panel.members]) if panel else {}
    return render_template(
        "staff/call.html",
        call=row,
        definition=engine().definitions.get(row.workflow, row.workflow_version).workflow,
        line=funding.budget_line(row.id),
        panel=panel,
        people=people,
        changes=programs.changes(row.id),
        reviewers=sorted(accounts.named_holders((Role.REVIEWER,)).items(), key=lambda item: item[1]),
        chairs=sorted(accounts.named_holders((Role.CHAIR,)).items(), key=lambda item: item[1]),
        may_manage=may(actor(), Permission.CALL_MANAGE),
        form=FlaskForm(),
    )


@blueprint.route("/calls/new", methods=["GET", "POST"])
@requires(Permission.CALL_MANAGE)
def new_call() -> ResponseReturnValue:
    """A new call; it stays hidden until it is published."""
    start = clock.today() + timedelta(days=1)
    form = CallForm(data={"opens_on": start.isoformat(), "closes_on": (start + NOTICE).isoformat()})
    form.workflow.choices = [
        (name, engine().definitions.get(name, version).workflow.title.ko)
        for name, version in programs.published_digests()
        if engine().definitions.get(name, version).workflow.takes_calls
    ]
    if not form.validate_on_submit():
        return render_template("staff/call_new.html", form=form, problems=[], rows=CRITERIA_ROWS, values=request.form)
    try:
        new, budget = _read(form)
        with transaction():
            row = services.create_call(new, actor().user_id)
            set_budget(row.id, budget)
            code = row.code
    except Invalid as invalid:
        body = render_template(
            "staff/call_new.html", form=form, problems=invalid.problems, rows=CRITERIA_ROWS, values=request.form
        )
        return make_response(body, 422)
    flash(_("공고 %(code)s를 만들었습니다. 내용을 확인하고 게시해 주세요.", code=code), "success")
    return redirect(url_for("staff.call", code=code))


def _read(form: BaseForm) -> tuple[services.NewCall, int]:
    """What was typed as a call and its budget in won. Raises Invalid with every problem."""
    problems: list[Problem] = []

    def take(reader: Callable[[str, str], Any], text: str | None, name: str) -> Any:
        try:
            return reader(text or "", name)
        except Invalid as invalid:
            problems.extend(invalid.problems)
            return None

    opens = take(_moment, f"{form['opens_on'].data} {form['opens_time'].data}", "opens_on")
    closes = take(_moment, f"{form['closes_on'].data} {form['closes_time'].data}", "closes_on")
    numbers = {name: take(read_integer, form[name].data, name) for name in ("grace", "awards", "min_score")}
    max_amount = take(read_thousands, form["max_amount"].data, "max_amount")
    budget = take(read_thousands, form["budget"].data, "budget")
    criteria = _criteria(problems)
    if not (form["title_ko"].data or "").strip():
        problems.append(Problem("title_ko", Sentence("공고 제목을 입력해 주세요.", "Fill in the title.")))
    if problems:
        raise Invalid(problems)
    return services.NewCall(
        workflow=form["workflow"].data,
        year=clock.in_seoul(opens).year,
        title_ko=form["title_ko"].data.strip(),
        title_en=(form["title_en"].data or "").strip() or form["title_ko"].data.strip(),
        summary_ko=form["summary_ko"].data or "",
        summary_en=form["summary_en"].data or form["summary_ko"].data or "",
        opens_at=opens,
        closes_at=closes,
        grace_minutes=numbers["grace"],
        max_amount=max_amount,
        expected_awards=numbers["awards"],
        min_score=numbers["min_score"],
        presentation=bool(form["presentation"].data),
        contact=form["contact"].data or "",
        criteria=criteria,
    ), budget


def _moment(text: str, name: str) -> datetime:
    """``2026-12-01 18:00`` in Seoul. Raises Invalid."""
    day, _blank, clock_time = text.strip().rpartition(" ")
    hour, colon, minute = clock_time.partition(":")
    if not (colon and hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise Invalid.field(name, "시각은 18:00처럼 적어 주세요.", "Write the time as 18:00.")
    read = read_date(day, name)
    return clock.seoul(read.year, read.month, read.day, int(hour), int(minute))


def _criteria(problems: list[Problem]) -> list[services.NewCriterion]:
    found = []
    for number in range(CRITERIA_ROWS):
        label = request.form.get(f"criterion-{number}-label", "").strip()
        if not label:
            continue
        try:
            points = read_integer(request.form.get(f"criterion-{number}-points", ""), f"criterion-{number}-points")
        except Invalid as invalid:
            problems.extend(invalid.problems)
            continue
        english = request.form.get(f"criterion-{number}-label-en", "").strip() or label
        hint = request.form.get(f"criterion-{number}-hint", "").strip()
        found.append(services.NewCriterion(f"c{number + 1}", label, english, points, hint, hint))
    return found


@blueprint.post("/calls/<code>/publish")
@requires(Permission.CALL_MANAGE)
def publish(code: str) -> ResponseReturnValue:
    with transaction():
        services.publish_call(programs.call(code))
        audit.record(visit(), "call:publish", about=code)
    flash(_("공고를 게시했습니다."), "success")
    return redirect(url_for("staff.call", code=code))


@blueprint.post("/calls/<code>/extend")
@requires(Permission.CALL_MANAGE)
def extend(code: str) -> ResponseReturnValue:
    """Move the closing time later; drafts get the new deadline at once."""
    closes = _moment(f"{request.form.get('closes_on', '')} {request.form.get('closes_time', '')}", "closes_on")
    with transaction():
        row = programs.call(code)
        services.extend_call(row, closes, reason=request.form.get("reason", ""), actor_id=actor().user_id)
        _recount(row)
        audit.record(visit(), "call:extend", about=code, reason=request.form.get("reason"))
    flash(_("마감을 연장했습니다."), "success")
    return redirect(url_for("staff.call", code=code))


def _recount(row: Call) -> None:
    for case_id in programs.open_case_ids(row.id):
        engine().recompute_due(case_id)


@blueprint.post("/calls/<code>/panel")
@requires(Permission.REVIEW_MANAGE)
def panel(code: str) -> ResponseReturnValue:
    """Set chair and reviewers of a call."""
    members = [int(value) for value in request.form.getlist("members") if value.isdigit()]
    chair = request.form.get("chair", type=int) or 0
    known = set(accounts.named_holders((Role.REVIEWER, Role.CHAIR)))
    if chair not in known or not set(members) <= known:
        raise Invalid.field("members", "목록에 있는 위원을 골라 주세요.", "Choose reviewers of the list.")
    with transaction():
        compose_panel(programs.call(code), chair, members)
    flash(_("평가위원단을 구성했습니다."), "success")
    return redirect(url_for("staff.call", code=code))
