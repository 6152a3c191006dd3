"""All reports of a year in one go: begin, watch a bar for each, call off, take up again, take them all along."""

import secrets
import tempfile
from contextlib import ExitStack
from typing import IO

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from backoffice.access.permissions import Permission
from backoffice.core import audit, clock
from backoffice.core.bundle import Bundle
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.organizations import queries as organizations
from backoffice.reports import batches, queries
from backoffice.reports.models import DONE, DRAFT, FAILED, ReportBatch
from backoffice.web.access import actor, requires, visit
from backoffice.web.files import named, sent_from
from backoffice.web.report_words import STATES
from backoffice.web.reports import EDITIONS, FIRST_YEAR, blueprint, readable_zones


def _batch(token: str) -> ReportBatch:
    """Raises NotFound for who does not read the reports of all zones."""
    if readable_zones() is not None:
        raise NotFound
    return batches.batch_of(token[:32])


@blueprint.post("/batches")
@requires(Permission.REPORT_BUILD)
def begin_batch() -> ResponseReturnValue:
    """Ask for the reports of every zone and of the nation; a double click asks once."""
    year, edition = request.form.get("year", 0, type=int), request.form.get("edition", "")
    if readable_zones() is not None or edition not in EDITIONS or not FIRST_YEAR <= year <= clock.today().year:
        raise NotFound
    token = request.form.get("token", "")[:32] or secrets.token_urlsafe(16)
    with transaction():
        batch = batches.begin(token, year, edition, [*organizations.zones(), None], actor().user_id or 0)
        audit.record(visit(), "report:batch", about=f"{year} {edition}")
        token = batch.token
    return redirect(url_for("reports.batch", token=token))


@blueprint.get("/batches/<token>")
@requires(Permission.REPORT_BUILD)
def batch(token: str) -> ResponseReturnValue:
    """Where each report stands. The page may be closed: the jobs go on, and it shows the same when it is opened again."""
    found = _batch(token)
    lines = batches.lines(found)
    part = "components/batch_lines.html" if "HX-Request" in request.headers else "staff/report_batch.html"
    return render_template(
        part,
        batch=found,
        lines=lines,
        done=sum(line.row.status == DONE for line in lines),
        failed=sum(line.row.status == FAILED for line in lines),
        over=all(line.row.status in batches.OVER for line in lines),
        drafts=[line.issue for line in lines if line.row.status == DONE and line.issue and line.issue.state == DRAFT],
        states=STATES,
        form=FlaskForm(),
    )


@blueprint.post("/batches/<token>/cancel")
@requires(Permission.REPORT_BUILD)
def cancel_batch(token: str) -> ResponseReturnValue:
    found = _batch(token)
    with transaction():
        count = batches.cancel(found)
        audit.record(visit(), "report:batch-cancel", about=str(count))
    flash(ngettext("%(num)d건을 취소했습니다.", "%(num)d건을 취소했습니다.", count), "success")
    return redirect(url_for("reports.batch", token=token))


@blueprint.post("/batches/<token>/resume")
@requires(Permission.REPORT_BUILD)
def resume_batch(token: str) -> ResponseReturnValue:
    """Take up again what was called off or failed; what is done stays as it is."""
    found = _batch(token)
    with transaction():
        count = batches.resume(found)
        audit.record(visit(), "report:batch-resume", about=str(count))
    flash(ngettext("%(num)d건을 다시 만듭니다.", "%(num)d건을 다시 만듭니다.", count), "success")
    return redirect(url_for("reports.batch", token=token))


@blueprint.get("/batches/<token>.zip")
@requires(Permission.REPORT_BUILD)
def batch_files(token: str) -> ResponseReturnValue:
    """Every PDF that is made, with a manifest of hashes."""
    found = _batch(token)
    numbers = [line.number for line in batches.lines(found) if line.row.status == DONE]
    if not numbers:
        flash(_("아직 만들어진 보고서가 없습니다."))
        return redirect(url_for("reports.batch", token=token))
    with ExitStack() as unsent:
        made = unsent.enter_context(tempfile.TemporaryFile(prefix="ieum-reports-"))
        _write(made, numbers, found)
        with transaction():
            audit.record(visit(), "report:batch-read", about=", ".join(numbers)[:200])
        response = sent_from(made, unsent)
    return named(response, f"성과보고서_{found.year}_{found.edition}.zip")


def _write(target: IO[bytes], numbers: list[str], found: ReportBatch) -> None:
    bundle = Bundle(target, clock.now())
    for number in numbers:
        files = queries.files_of(queries.snapshot(number).id)
        if files:
            bundle.copy(
                current_app.extensions["files"], "", f"{number}.pdf", sha256=files[0].sha256, size=files[0].size
            )
    bundle.close({"year": found.year, "edition": found.edition, "asked_at": found.created_at.isoformat()})
