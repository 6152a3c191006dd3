"""The texts of mails: every mail of a program with a real case's data in both languages, and a test sent to oneself."""

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.cases import queue as lists
from backoffice.cases.models import Case
from backoffice.core import audit, outbox
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid, NotFound
from backoffice.core.i18n import LANGUAGES, language
from backoffice.notifications import previews
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.staff import blueprint
from backoffice.web.staff.queue import program_choices


@blueprint.get("/mails")
@requires(Permission.MESSAGE_WRITE)
def mails() -> ResponseReturnValue:
    """What each mail of a program says about one of its cases."""
    chosen = request.args.get("language", language())
    spoken = chosen if chosen in LANGUAGES else language()
    program, row = _case()
    home: str = current_app.extensions["settings"].base_url
    found = previews.of_definition(engine(), row.id, spoken, home) if row is not None else []
    if row is not None:
        with transaction():
            audit.record(visit(), "mail:preview", case_id=row.id)
    return render_template(
        "staff/mails.html",
        programs=program_choices(),
        program=program,
        row=row,
        mails=found,
        spoken=spoken,
        missing=bool(request.args.get("case")) and row is None,
        key=uuid.uuid4().hex,
    )


def _case() -> tuple[str, Case | None]:
    """The program asked for and the case whose data is shown: the named one, or the newest of the program."""
    program = request.args.get("program", "")[:48]
    reference = request.args.get("case", "").strip()[:40]
    if reference:
        try:
            row = cases.case(reference, actor())
        except NotFound:
            return program, None
        return row.workflow, row
    choices = [name for name, _title in program_choices()]
    program = program if program in choices else ""
    rows = lists.all_of(actor(), lists.Filter(box="all", workflow=program, sort="newest"), 1)
    return (program or rows[0].workflow, rows[0]) if rows else (program, None)


@blueprint.post("/mails/test")
@requires(Permission.MESSAGE_WRITE)
def test_mail() -> ResponseReturnValue:
    """Send one mail about a case to oneself, as a reader of the office gets it, the usual way."""
    row = cases.case(request.form.get("case", "")[:40], actor())
    wanted, key = request.form.get("event", ""), request.form.get("key", "")[:64] or uuid.uuid4().hex
    home: str = current_app.extensions["settings"].base_url
    known = {mail.event: mail for mail in previews.of_definition(engine(), row.id, language(), home)}
    mail = known.get(wanted)
    if mail is None or not mail.body:
        raise Invalid.field(
            "event", "이 건으로는 보낼 수 없는 메일입니다.", "This mail cannot be sent about this case."
        )
    payload = {"event": mail.event, "case": row.id, "revision": mail.revision, "user": actor().user_id}
    with transaction():
        outbox.enqueue("mail", payload, key=f"test:{actor().user_id}:{mail.event}:{key}")
        audit.record(visit(), "mail:test", about=mail.event, case_id=row.id)
    flash(_("%(email)s(으)로 시험 메일을 보냅니다.", email=actor().email), "success")
    return redirect(url_for("staff.mails", case=row.reference) + f"#{mail.event}")
