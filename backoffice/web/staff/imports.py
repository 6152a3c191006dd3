"""Bringing in a file of outcomes: upload, say what the columns mean, look at the check, answer, book, and take it back."""

import io

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.accounts import queries as accounts
from backoffice.core import audit, clock, outbox
from backoffice.core.db import db, transaction
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.core.filetypes import MEDIA_TYPES
from backoffice.core.i18n import Sentence
from backoffice.core.outbox import Job
from backoffice.imports import booking, checking, intake, queries, services
from backoffice.imports import mapping as mappings
from backoffice.imports.mapping import ROLES, UNITS, Mapping, importable
from backoffice.organizations import queries as organizations
from backoffice.outcomes.models import Import
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import zone_name
from backoffice.web.files import stored_download
from backoffice.web.staff import blueprint
from backoffice.web.staff.import_forms import CHECKS, STATUSES, VERDICTS, typed_mapping
from backoffice.web.staff.outcomes import say


@blueprint.get("/imports")
@requires(Permission.OUTCOME_IMPORT)
def imports() -> ResponseReturnValue:
    """What was brought in before, and the upload."""
    return _list()


def _list(problems: list[Problem] | None = None, status: int = 200) -> ResponseReturnValue:
    rows = queries.newest(actor())
    return make_response(
        render_template(
            "staff/imports.html",
            rows=rows,
            people=accounts.names([row.created_by for row in rows if row.created_by]),
            zones=organizations.zone_names(),
            statuses=STATUSES,
            problems=problems or [],
            errors_on_page=bool(problems),
            typed=request.form,
            form=FlaskForm(),
            max_mb=intake.MAX_MB,
        ),
        status,
    )


@blueprint.post("/imports")
@requires(Permission.OUTCOME_IMPORT)
def upload() -> ResponseReturnValue:
    """Keep a file that can be read as a table, and go on to its columns."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        missing = Sentence("올릴 파일을 골라 주세요.", "Choose the file to upload.")
        return _list([Problem("file", missing)], 422)
    try:
        taken = intake.take(sent.filename, sent.stream)
    except Invalid as invalid:
        return _list(list(invalid.problems), 422)
    with transaction():
        row = services.create(
            taken,
            actor(),
            subject=request.form.get("subject", ""),
            source=request.form.get("source", ""),
            files=current_app.extensions["files"],
        )
        audit.record(visit(), "import:upload", about=row.name)
        token = row.token
    return redirect(url_for("staff.import_", token=token))


@blueprint.get("/imports/<token>")
@requires(Permission.OUTCOME_IMPORT)
def import_(token: str) -> ResponseReturnValue:
    """One import, at whatever step it is."""
    row = queries.one(token, actor())
    if row.status in {"uploaded", "failed"} or (request.args.get("step") == "mapping" and row.status == "checked"):
        return _mapping_page(row, mappings.from_json(row.mapping))
    return _check_page(row)


def _enqueue_if_long(row: Import, kind: str, size: int) -> None:
    """Have a long file handled by a job, and remember which one."""
    if size > services.AT_ONCE:
        key = f"{kind}:{row.id}:{clock.now():%Y%m%d%H%M%S%f}"
        job = outbox.enqueue(kind, {"import": row.id, "actor": actor().user_id}, key=key)
        row.counts = {**row.counts, "job": job}


# ---- what the columns mean


def _mapping_page(
    row: Import, mapping: Mapping, problems: list[Problem] | None = None, status: int = 200
) -> ResponseReturnValue:
    zones = queries.writable_zones(actor())
    return make_response(
        render_template(
            "staff/import_mapping.html",
            row=row,
            mapping=mapping,
            rows=services.first_rows(row)[: services.SHOWN_ROWS],
            roles=ROLES,
            indicators=importable(),
            units=UNITS,
            zones=[(zone.code, zone_name(zone)) for zone in organizations.zones() if zones is None or zone.id in zones],
            problems=problems or [],
            errors_on_page=bool(problems),
            form=FlaskForm(),
        ),
        status,
    )


@blueprint.post("/imports/<token>/mapping")
@requires(Permission.OUTCOME_IMPORT)
def map_import(token: str) -> ResponseReturnValue:
    """Take what the columns mean and check the file: at once when it is short, by a job when it is long."""
    row = queries.one(token, actor())
    mapping, problems = typed_mapping(request.form, mappings.from_json(row.mapping))
    if request.form.get("go") == "head":
        return _mapping_page(row, services.with_head(row, mapping, mapping.head_from, mapping.head_to))
    try:
        if problems:
            raise Invalid([*problems, *mappings.problems(mapping)])
        with transaction():
            row = queries.one(token, actor())
            services.set_mapping(row, mapping)
            _enqueue_if_long(row, "import_check", row.sheet["total"])
            import_id, long = row.id, row.sheet["total"] > services.AT_ONCE
    except Invalid as invalid:
        return _mapping_page(queries.one(token, actor()), mapping, list(invalid.problems), 422)
    if not long:
        checking.run(import_id, actor(), files=current_app.extensions["files"], writing=transaction)
    return redirect(url_for("staff.import_", token=token))


@blueprint.post("/imports/<token>/sheet")
@requires(Permission.OUTCOME_IMPORT)
def choose_sheet(token: str) -> ResponseReturnValue:
    """Look at another sheet of the same file."""
    row = queries.one(token, actor())
    content = current_app.extensions["files"].read(row.sha256)
    try:
        taken = intake.take(row.name, io.BytesIO(content), request.form.get("sheet", "")[:100])
    except Invalid as invalid:
        return _mapping_page(row, mappings.from_json(row.mapping), list(invalid.problems), 422)
    with transaction():
        services.look_again(queries.one(token, actor()), taken.peek, actor())
    return redirect(url_for("staff.import_", token=token))


# ---- the check


def _check_page(row: Import, problems: list[Problem] | None = None, status: int = 200) -> ResponseReturnValue:
    verdict = request.args.get("verdict", "")
    page = queries.lines(row.id, verdict if verdict in VERDICTS else "", request.args.get("page", 1, type=int))
    names = organizations.organization_names({line.organization_id for line in page.lines if line.organization_id})
    return make_response(
        render_template(
            "staff/import.html",
            row=row,
            page=page,
            verdict=verdict,
            verdicts=VERDICTS,
            checks=CHECKS,
            statuses=STATUSES,
            counts=queries.verdicts(row.id),
            bookable=booking.count_bookable(row.id),
            unanswered=queries.unanswered(row.id),
            job=db.session.get(Job, row.counts["job"]) if row.counts.get("job") else None,
            zones=organizations.zone_names(),
            names=names,
            people=accounts.names([who for who in (row.created_by, row.booked_by) if who]),
            mapping=mappings.from_json(row.mapping),
            sentences=checking.sentences,
            say=say,
            problems=problems or [],
            errors_on_page=bool(problems),
            typed=request.form,
            paged=lambda number: url_for("staff.import_", token=row.token, verdict=verdict or None, page=number),
            here=lambda **more: url_for("staff.import_", token=row.token, **more),
            form=FlaskForm(),
        ),
        status,
    )


@blueprint.post("/imports/<token>/answers")
@requires(Permission.OUTCOME_IMPORT)
def answer_import(token: str) -> ResponseReturnValue:
    """Keep the answers, of single lines first, then of whole checks; what is too short is shown again."""
    problems: list[Problem] = []
    with transaction():
        row = queries.one(token, actor())
        for name, text in sorted(request.form.items()):
            problems += _answered(row, name, text)
    if problems:
        return _check_page(queries.one(token, actor()), problems, 422)
    flash(_("답을 저장했습니다."), "success")
    verdict, page = request.args.get("verdict"), request.args.get("page")
    return redirect(url_for("staff.import_", token=token, verdict=verdict, page=page))


def _answered(row: Import, name: str, text: str) -> list[Problem]:
    """Keep one answer: ``answer-12`` is about a line, ``check-jump`` about every line it left open."""
    kind, _dash, about = name.partition("-")
    try:
        if kind == "answer" and about.isascii() and about.isdigit() and len(about) < 19:
            services.answer_line(row, int(about), text)
        elif kind == "check" and about in CHECKS and text.strip():
            services.answer_check(row, about, text)
    except Invalid as invalid:
        return list(invalid.problems)
    return []


@blueprint.post("/imports/<token>/book")
@requires(Permission.OUTCOME_IMPORT)
def book_import(token: str) -> ResponseReturnValue:
    """Put the checked values into the ledger, all of them or none."""
    with transaction():
        row = queries.one(token, actor())
        if row.status == "booked":
            return redirect(url_for("staff.import_", token=token))
        booking.ready(row, actor())
        if booking.count_bookable(row.id) > services.AT_ONCE:
            services.start_booking(row)
            _enqueue_if_long(row, "import_book", booking.count_bookable(row.id))
            return redirect(url_for("staff.import_", token=token))
        count = booking.book(row, actor())
        audit.record(visit(), "import:book", about=row.name)
    flash(_("%(n)d개 값을 가져왔습니다.", n=count), "success")
    return redirect(url_for("staff.import_", token=token))


@blueprint.post("/imports/<token>/check")
@requires(Permission.OUTCOME_IMPORT)
def check_again(token: str) -> ResponseReturnValue:
    """Check the same file with the same columns again, because the ledger moved or a job was lost."""
    with transaction():
        row = queries.one(token, actor())
        services.set_mapping(row, mappings.from_json(row.mapping))
        _enqueue_if_long(row, "import_check", row.sheet["total"])
        import_id, long = row.id, row.sheet["total"] > services.AT_ONCE
    if not long:
        checking.run(import_id, actor(), files=current_app.extensions["files"], writing=transaction)
    return redirect(url_for("staff.import_", token=token))


@blueprint.post("/imports/<token>/undo")
@requires(Permission.OUTCOME_IMPORT)
def undo_import(token: str) -> ResponseReturnValue:
    """Take the whole import out of the ledger again."""
    reason = request.form.get("reason", "")[:1000]
    try:
        with transaction():
            row = queries.one(token, actor())
            count = booking.undo(row, actor(), reason)
            audit.record(visit(), "import:undo", about=row.name, reason=reason)
    except Refused as refused:
        problems = [Problem("reason", item.sentence) for item in refused.reasons]
        return _check_page(queries.one(token, actor()), problems, 409)
    flash(_("%(n)d개 값을 되돌렸습니다.", n=count), "success")
    return redirect(url_for("staff.import_", token=token))


@blueprint.get("/imports/<token>/file")
@requires(Permission.OUTCOME_READ)
def import_file(token: str) -> ResponseReturnValue:
    """The file as it was delivered: the evidence of its values."""
    row = queries.evidence(token, actor())
    name, kind, sha256 = row.name, row.kind, row.sha256
    with transaction():
        audit.record(visit(), "import:read", about=name)
    return stored_download(sha256, name, MEDIA_TYPES[kind])
