"""The list of assigned files, and one file with its sheet."""

from collections.abc import Sequence

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.cases.models import Case
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.core.i18n import Sentence
from backoffice.core.money import read_integer
from backoffice.programs.models import Criterion
from backoffice.programs.queries import call_by_id
from backoffice.reviews import queries as reviews
from backoffice.reviews import services
from backoffice.reviews.models import Sheet
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import CasePage, load
from backoffice.web.reviewer import blueprint


@blueprint.get("/")
@requires(Permission.REVIEW_WRITE)
def home() -> ResponseReturnValue:
    """What is still to be scored, then what is done."""
    return render_template("reviewer/home.html", assigned=reviews.assigned_to(actor().user_id or 0))


def _sheet(page: CasePage) -> Sheet:
    return reviews.own_sheet(actor().user_id or 0, page.row.id)


def _criteria(row: Case) -> Sequence[Criterion]:
    return call_by_id(row.call_id or 0).criteria


def _show(page: CasePage, sheet: Sheet, *, problems: Sequence[Problem] = (), status: int = 200) -> ResponseReturnValue:
    """The file beside the sheet; before the declaration only what is needed to declare."""
    declared = sheet.conflict == "none"
    forms = _submitted_forms(page) if declared else []
    body = render_template(
        "reviewer/case.html",
        page=page,
        row=page.row,
        sheet=sheet,
        declared=declared,
        forms=forms,
        criteria=_criteria(page.row),
        problems=problems,
        typed=request.form,
        errors_on_page=bool(problems),
        form=FlaskForm(),
    )
    return make_response(body, status)


def _submitted_forms(page: CasePage) -> list[str]:
    return list(dict.fromkeys(item.form for item in reversed(page.submissions)))


@blueprint.get("/cases/<reference>")
@requires(Permission.REVIEW_WRITE)
def case(reference: str) -> ResponseReturnValue:
    page = load(reference)
    with transaction():
        audit.record(visit(), "review:read", about=page.row.title, case_id=page.row.id)
    page = load(reference)
    return _show(page, _sheet(page))


@blueprint.post("/cases/<reference>/conflict")
@requires(Permission.REVIEW_WRITE)
def declare(reference: str) -> ResponseReturnValue:
    """Declare whether anything stands between the reviewer and a fair judgement."""
    page = load(reference)
    conflicted = request.form.get("conflict") == "yes"
    try:
        with transaction():
            sheet = _sheet(page)
            if conflicted:
                services.declare_conflict(sheet, request.form.get("reason", "")[:500])
            else:
                services.declare_no_conflict(sheet)
    except Invalid as invalid:
        return _show(load(reference), _sheet(page), problems=invalid.problems, status=422)
    if conflicted:
        flash(_("이해충돌을 신고하여 이 건의 평가에서 제외되었습니다."), "success")
        return redirect(url_for("reviewer.home"))
    flash(_("이해충돌이 없음을 확인했습니다. 평가를 시작해 주세요."), "success")
    return redirect(url_for("reviewer.case", reference=reference))


@blueprint.post("/cases/<reference>/sheet")
@requires(Permission.REVIEW_WRITE)
def save(reference: str) -> ResponseReturnValue:
    """Keep the scores; seal them when asked. What was typed stays on the page whatever is wrong with it."""
    page = load(reference)
    points, problems = _points(_criteria(page.row))
    comment = request.form.get("comment", "").strip()[:5000]
    try:
        with transaction():
            sheet = _sheet(page)
            services.save_sheet(sheet, points, comment, seen=request.form.get("seen", type=int) or 0)
            if request.form.get("go") == "seal" and not problems:
                services.seal(sheet)
    except Refused as refused:
        problems.append(Problem("comment", refused.sentence))
    except Invalid as invalid:
        problems.extend(invalid.problems)
    if problems:
        return _show(load(reference), _sheet(page), problems=problems, status=422)
    sealed = request.form.get("go") == "seal"
    flash(_("평가표를 제출했습니다.") if sealed else _("저장했습니다."), "success")
    return redirect(url_for("reviewer.home") if sealed else url_for("reviewer.case", reference=reference))


def _points(criteria: Sequence[Criterion]) -> tuple[dict[str, int], list[Problem]]:
    """The points that can be read, and a problem for each that cannot."""
    points: dict[str, int] = {}
    problems: list[Problem] = []
    for item in criteria:
        text = request.form.get(f"score-{item.code}", "").strip()
        if not text:
            continue
        try:
            value = read_integer(text, item.code, ko="점수", en="a score")
        except Invalid as invalid:
            problems.extend(invalid.problems)
            continue
        if not 0 <= value <= item.max_points:
            problems.append(
                Problem(
                    item.code,
                    Sentence(
                        f"'{item.label_ko}'은(는) 0~{item.max_points}점입니다.",
                        f"'{item.label_en}' goes from 0 to {item.max_points}.",
                    ),
                )
            )
            continue
        points[item.code] = value
    return points, problems


@blueprint.post("/cases/<reference>/reopen")
@requires(Permission.REVIEW_WRITE)
def reopen(reference: str) -> ResponseReturnValue:
    """Amend a sealed sheet while its round is still running."""
    page = load(reference)
    with transaction():
        services.unseal(_sheet(page))
    flash(_("평가표를 다시 열었습니다. 고친 뒤 다시 제출해 주세요."), "success")
    return redirect(url_for("reviewer.case", reference=reference))
