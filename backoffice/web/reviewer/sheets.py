"""The list of assigned files, and one file with its sheet."""

import json
from collections.abc import Mapping, Sequence
from functools import partial

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.cases.models import Case
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.core.i18n import Sentence
from backoffice.programs.models import Criterion
from backoffice.programs.queries import call_by_id
from backoffice.reviews import queries as reviews
from backoffice.reviews import services, writing
from backoffice.reviews.models import Sheet
from backoffice.web import keeping
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import CasePage, load
from backoffice.web.reviewer import blueprint


@blueprint.get("/")
@requires(Permission.REVIEW_WRITE)
def home() -> ResponseReturnValue:
    """What is still to be scored, then what is done."""
    assigned = reviews.assigned_to(actor().user_id or 0)
    return render_template(
        "reviewer/home.html",
        waiting=[item for item in assigned if not item.sheet.sealed_at],
        done=[item for item in assigned if item.sheet.sealed_at],
    )


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
        text_of=partial(writing.text_of, sheet),
        seen=json.dumps(dict.fromkeys(writing.names(_criteria(page.row)), sheet.revision)) if declared else "{}",
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
    """Keep the scores; seal them when asked. What was typed is kept whatever is wrong with it."""
    page = load(reference)
    criteria = _criteria(page.row)
    typed = {name: request.form.get(name, "") for name in writing.names(criteria)}
    sealing = request.form.get("go") == "seal"
    problems: list[Problem] = []
    try:
        with transaction():
            sheet = _sheet(page)
            problems = _clashed(sheet, typed, criteria) or writing.problems(sheet, criteria)
        if sealing and not problems:
            with transaction():
                services.seal(_sheet(page))
    except Refused as refused:
        problems = [Problem(writing.COMMENT, refused.sentence)]
    except Invalid as invalid:
        problems = list(invalid.problems)
    if problems:
        return _show(load(reference), _sheet(page), problems=problems, status=422)
    flash(_("평가표를 제출했습니다.") if sealing else _("저장했습니다."), "success")
    return redirect(url_for("reviewer.home") if sealing else url_for("reviewer.case", reference=reference))


def _clashed(sheet: Sheet, typed: Mapping[str, str], criteria: Sequence[Criterion]) -> list[Problem]:
    """Save what can be saved; a problem for each field in which another window was faster."""
    return [
        Problem(
            name,
            Sentence(
                f"다른 창에서 먼저 저장했습니다. 지금 저장된 내용: {writing.text_of(sheet, name)}. 다시 저장하면 아래 내용으로 바뀝니다.",
                f"Another window saved first. Saved now: {writing.text_of(sheet, name)}. Saving again replaces it with what you typed.",
            ),
        )
        for name in writing.write(sheet, typed, criteria, seen=keeping.seen())
    ]


@blueprint.post("/cases/<reference>/sheet/fields")
@requires(Permission.REVIEW_WRITE)
def save_fields(reference: str) -> ResponseReturnValue:
    """Save what was just typed; answer the revisions, and both texts of a clash."""
    page = load(reference)
    criteria, sent = _criteria(page.row), keeping.sent()
    if sent.user != actor().user_id:
        return jsonify(error="other_person"), 409
    typed = {name: sent.fields[name][0][1] for name in writing.names(criteria) if sent.fields.get(name)}
    with transaction():
        sheet = _sheet(page)
        fresh = all(sent.seen.get(name) == sheet.revision for name in typed)
        clashes = writing.write(sheet, typed, criteria, seen=sent.seen)
        stored = {name: writing.text_of(sheet, name) for name in clashes}
        # Only who had seen everything goes on from the new revision in the other fields, too.
        known = writing.names(criteria) if fresh else [name for name in typed if name not in clashes]
        revision = sheet.revision
    return jsonify(
        saved=f"{clock.in_seoul(clock.now()):%H:%M:%S}",
        revisions=dict.fromkeys(known, revision),
        clashes=[
            {
                "field": name,
                "revision": revision,
                "own": True,
                "mine": typed[name],
                "stored": text,
                "inputs": [[name, text]],
            }
            for name, text in stored.items()
        ],
    )


@blueprint.post("/cases/<reference>/reopen")
@requires(Permission.REVIEW_WRITE)
def reopen(reference: str) -> ResponseReturnValue:
    """Amend a sealed sheet while its round is still running."""
    page = load(reference)
    with transaction():
        services.unseal(_sheet(page))
    flash(_("평가표를 다시 열었습니다. 고친 뒤 다시 제출해 주세요."), "success")
    return redirect(url_for("reviewer.case", reference=reference))
