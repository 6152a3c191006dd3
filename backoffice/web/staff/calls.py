"""Calls: create, publish, extend with a reason, money and panel."""

from collections.abc import Callable, Mapping, Sequence
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
from backoffice.core import audit, clock, outbox
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem
from backoffice.core.i18n import Sentence
from backoffice.core.money import read_integer, read_thousands, thousands
from backoffice.core.periods import roll_forward
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
    return _call_page(code)


def _call_page(code: str, problems: Sequence[Problem] = (), status: int = 200) -> ResponseReturnValue:
    """A call with its money, panel and changes; what was typed for an extension stays."""
    row = programs.call(code)
    panel = reviews.panel_of_call(row.id)
    people = accounts.names([panel.chair_id, *panel.members]) if panel else {}
    body = render_template(
        "staff/call.html",
        call=row,
        drafts=len(programs.draft_ids(row.id)),
        problems=problems,
        errors_on_page=bool(problems),
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
    return make_response(body, status)


@blueprint.route("/calls/new", methods=["GET", "POST"])
@requires(Permission.CALL_MANAGE)
def new_call() -> ResponseReturnValue:
    """A new call, from nothing or like an earlier one; it stays hidden until it is published."""
    start = clock.today() + timedelta(days=1)
    model, values = _model()
    form = CallForm(data={"opens_on": start.isoformat(), "closes_on": (start + NOTICE).isoformat(), **model})
    form.workflow.choices = [
        (name, engine().definitions.get(name, version).workflow.title.ko)
        for name, version in programs.published_digests()
        if engine().definitions.get(name, version).workflow.takes_calls
    ]
    if not form.validate_on_submit():
        return render_template("staff/call_new.html", form=form, problems=[], rows=CRITERIA_ROWS, values=values)
    try:
        new, budget = _read(form)
        with transaction():
            row = services.create_call(new, actor().user_id)
            set_budget(row.id, budget)
            audit.record(visit(), "call:create", about=row.code, reason=request.args.get("like", "")[:24] or None)
            code = row.code
    except Invalid as invalid:
        body = render_template(
            "staff/call_new.html", form=form, problems=invalid.problems, rows=CRITERIA_ROWS, values=request.form
        )
        return make_response(body, 422)
    flash(_("공고 %(code)s를 만들었습니다. 내용을 확인하고 게시해 주세요.", code=code), "success")
    return redirect(url_for("staff.call", code=code))


def _model() -> tuple[dict[str, Any], Mapping[str, str]]:
    """The fields and criteria of the call this one is made like, a year later; what was sent goes before it."""
    code = request.args.get("like", "")[:24]
    if not code or request.method == "POST":
        return {}, request.form
    row = programs.call(code)
    line = funding.budget_line(row.id)
    opens, closes = (next_year(clock.in_seoul(instant)) for instant in (row.opens_at, row.closes_at))
    model = {
        "workflow": row.workflow,
        "title_ko": row.title_ko.replace(str(row.year), str(row.year + 1)),
        "title_en": row.title_en.replace(str(row.year), str(row.year + 1)),
        "summary_ko": row.summary_ko,
        "summary_en": row.summary_en,
        "opens_on": opens.date().isoformat(),
        "opens_time": f"{opens:%H:%M}",
        "closes_on": closes.date().isoformat(),
        "closes_time": f"{closes:%H:%M}",
        "grace": str(row.grace_minutes),
        "max_amount": thousands(row.max_amount),
        "budget": thousands(line.total) if line else "",
        "awards": str(row.expected_awards),
        "min_score": str(row.min_score),
        "presentation": row.presentation,
        "contact": row.contact,
    }
    values = {}
    for number, item in enumerate(row.criteria):
        parts = {"label": item.label_ko, "label-en": item.label_en, "hint": item.hint_ko, "points": item.max_points}
        values.update({f"criterion-{number}-{name}": str(value) for name, value in parts.items()})
    return model, values


def next_year(moment: datetime) -> datetime:
    """The same day a year later, moved on to a business day; 29 February becomes 28 February."""
    day = (
        moment.replace(year=moment.year + 1, day=min(moment.day, 28))
        if moment.month == 2
        else moment.replace(year=moment.year + 1)
    )
    return day + (roll_forward(day.date()) - day.date())


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
    """Move the closing time later; drafts get the new deadline at once, and their writers a mail."""
    try:
        closes = _moment(f"{request.form.get('closes_on', '')} {request.form.get('closes_time', '')}", "closes_on")
        with transaction():
            row = programs.call(code)
            services.extend_call(row, closes, reason=request.form.get("reason", "")[:200], actor_id=actor().user_id)
            _recount(row)
            told = _tell_writers(row)
            audit.record(visit(), "call:extend", about=code, reason=request.form.get("reason", "")[:200])
    except Invalid as invalid:
        named = [Problem(_FIELDS.get(one.field, one.field), one.sentence) for one in invalid.problems]
        return _call_page(code, named, 422)
    flash(_("마감을 연장하고, 작성 중인 %(n)d건의 기업에 메일로 알립니다.", n=told), "success")
    return redirect(url_for("staff.call", code=code))


_FIELDS = {"closes_at": "closes_on"}
"""A name of the service -> the field it was typed in."""


def _tell_writers(row: Call) -> int:
    """A mail to everybody who writes an application to this call: how many drafts there are."""
    drafts = programs.draft_ids(row.id)
    closing = f"call:{row.id}:closes:{row.closes_at.isoformat()}"
    outbox.enqueue_orders(
        [outbox.Order("mail", {"event": "call_extended", "case": one}, f"{closing}:{one}") for one in drafts]
    )
    return len(drafts)


def _recount(row: Call) -> None:
    engine().recompute_due(programs.open_case_ids(row.id))


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
