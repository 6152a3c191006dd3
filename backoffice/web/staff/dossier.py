"""A case to take along: everything its page shows to this reader, as one ZIP with a manifest."""

import json
import tempfile
from contextlib import ExitStack
from typing import IO, Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.cases.models import Submission
from backoffice.core import audit, clock
from backoffice.core.bundle import Bundle
from backoffice.core.db import db, transaction
from backoffice.core.errors import NotFound, Unavailable
from backoffice.core.files import FileStore
from backoffice.core.i18n import Sentence
from backoffice.core.identifiers import mask_email
from backoffice.engine import chain
from backoffice.notifications.queries import sent_about
from backoffice.reviews import queries as reviews
from backoffice.web import showing
from backoffice.web.access import actor, requires, visit
from backoffice.web.case_page import CasePage, load
from backoffice.web.files import named, sent_from
from backoffice.web.staff import blueprint
from backoffice.web.staff.case import SEES_SCORES, forms_of, lead_of, sheet_lines
from backoffice.web.staff.dossier_papers import as_json, write_correspondence, write_money
from workflows.roles import COMPANY_SIDE, Role

OUTSIDE = COMPANY_SIDE | {Role.REVIEWER}
"""Who sees only this of a case keeps to the pages of its own audience, whatever the person is elsewhere."""


@blueprint.get("/cases/<reference>/dossier")
@requires(Permission.CASE_READ)
def dossier(reference: str) -> ResponseReturnValue:
    """The whole case as a ZIP. Taking it is logged, because it holds data of people."""
    page = load(reference)
    if page.roles and page.roles <= OUTSIDE:
        raise NotFound
    lead, case_id, name = lead_of(page), page.row.id, page.row.reference
    with ExitStack() as unsent:
        made = unsent.enter_context(tempfile.TemporaryFile(prefix="ieum-dossier-"))
        try:
            _write(made, page)
        except OSError as error:
            raise Unavailable(
                Sentence(
                    "서류철을 만들 자리가 부족합니다. 잠시 뒤 다시 받아 주세요.",
                    "No room to make the dossier; try again later.",
                )
            ) from error
        with transaction():
            audit.record(visit(), "case:dossier", about=lead, case_id=case_id)
        response = sent_from(made, unsent)
    return named(response, f"서류철_{name}.zip")


def _write(target: IO[bytes], page: CasePage) -> None:
    now = clock.now()
    bundle = Bundle(target, now)
    bundle.write_text("", "건.json", as_json(_case(page)))
    for item in reversed(page.submissions):
        _submission(bundle, page, item)
    for file in page.attachments:
        bundle.copy(_store(), f"첨부/{_title(page, file.form)}", file.name, sha256=file.sha256, size=file.size)
    _reviews(bundle, page)
    write_correspondence(bundle, page)
    write_money(bundle, page)
    _letters(bundle, page.row.id)
    history = "".join(f"{line}\n" for line in chain.lines(db.session(), page.row.id))
    bundle.write_text("", "이력.jsonl", history)
    bundle.close({"reference": page.row.reference, "made_at": now.isoformat(), "made_by": actor().name})


def _title(page: CasePage, form: str) -> str:
    """The name of a form's folder."""
    known = page.definition.forms.get(form)
    return known.title.ko.replace("/", "·") if known else form


def _store() -> FileStore:
    store: FileStore = current_app.extensions["files"]
    return store


def _case(page: CasePage) -> dict[str, Any]:
    """What stands at the head of the page, and the forms it shows."""
    row = page.row
    return {
        "reference": row.reference, "title": row.title, "program": page.definition.title.ko, "year": row.year,
        "workflow": row.workflow, "workflow_version": row.workflow_version, "state": row.state,
        "state_label": page.state.label.ko, "amount_won": row.amount, "due_at": row.due_at,
        "submitted_at": row.submitted_at, "revision": row.revision, "chain_head": row.chain_head,
        "zones": page.own_zones,
        "organizations": [
            {"name": member.name, "as": member.kind.ko, "zone": member.zone, "lead": member.lead}
            for member in page.members
        ],
        "linked": [line.row.reference for line in page.linked],
        "forms": {name: page.answers(name) for name in forms_of(page)},
    }  # fmt: skip


def _submission(bundle: Bundle, page: CasePage, item: Submission) -> None:
    """The exact bytes the receipt's hash is of, the same to read, and the receipt where it was made."""
    said, folder = json.loads(item.content), f"제출본/{item.number:02d} {_title(page, item.form)}"
    bundle.write_text(folder, "내용.json", item.content)
    sections = showing.sections(page.form(item.form), said["answers"], page.zone_names)
    readable = render_template(
        "staff/dossier_submission.html",
        page=page, row=page.row, submission=item, sections=sections, attachments=said["attachments"],
        corrections=said.get("corrections", []),
    )  # fmt: skip
    bundle.write_text(folder, "내용.html", readable)
    receipt = f"접수증_{item.receipt}.pdf"
    if item.receipt_file is None:
        bundle.await_file(folder, receipt)
    else:
        bundle.copy(_store(), folder, receipt, sha256=item.receipt_file)


def _reviews(bundle: Bundle, page: CasePage) -> None:
    """Results and sheets as far as they are open to this reader; never a declared conflict of interest."""
    scored, results = reviews.sheets_and_results(page.row.id)
    sheets = sheet_lines(scored)
    if not sheets and not results:
        return
    lines = []
    for line in sheets:
        sealed = line.sheet.sealed_at
        said: dict[str, Any] = {
            "reviewer": line.reviewer,
            "round": line.sheet.round,
            "sealed_at": sealed,
            "status": line.status,
        }
        if sealed is not None and page.roles & SEES_SCORES:
            said |= {"total": line.sheet.total, "comment": line.sheet.comment}
        lines.append(said)
    found = [
        {"round": row.round, "average": row.average, "sheets": row.sheets, "stored_at": row.stored_at}
        for row in results
    ]
    bundle.write_text("", "평가.json", as_json({"results": found, "sheets": lines}))


def _letters(bundle: Bundle, case_id: int) -> None:
    """The mails that left, each as a text; addresses are masked as everywhere."""
    for number, mail in enumerate(sent_about(case_id), start=1):
        head = f"To: {mask_email(mail.email)}\nDate: {mail.sent_at}\nSubject: {mail.subject}\n\n"
        bundle.write_text("발송문", f"{number:04d} {mail.event}.txt", head + mail.body)
