"""The receipt job: the PDF that proves what was submitted and when, with the exact content inside."""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment
from sqlalchemy import select

from backoffice.accounts import queries as accounts
from backoffice.cases.models import StoredFile, Submission
from backoffice.cases.queries import case_by_id
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.i18n import speaking
from backoffice.core.identifiers import mask_name
from backoffice.engine.perform import Engine
from backoffice.jobs.work import Work
from backoffice.notifications.wording import moment
from backoffice.organizations.queries import organization_names
from backoffice.reports import pdf
from backoffice.reports.documents import printed_pages


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says: who submitted what to which program, when, and the fingerprint of every byte."""

    number: str
    reference: str
    title: str
    program: str
    form: str
    round: int
    organization: str
    submitted_by: str
    """Masked: a receipt is passed around."""
    submitted_at: datetime
    sha256: str
    files: tuple[dict[str, Any], ...]
    verify_at: str


def make(work: Work) -> None:
    """Render the receipt of a submission and keep it. A second time changes nothing. Raises NotFound, PdfFailed."""
    row = _submission(work.payload)
    if row.receipt_file is not None:
        return
    content = pdf.render(document(row, describe(work.engine, row, work.settings.base_url)))
    stored = work.files.put(io.BytesIO(content))
    with work.writing():
        if db.session.get(StoredFile, stored.sha256) is None:
            db.session.add(StoredFile(sha256=stored.sha256, size=stored.size))
            db.session.flush()
        _submission(work.payload).receipt_file = stored.sha256


def _submission(payload: dict[str, Any]) -> Submission:
    """The submission a job is about: by its number, or as what a step submitted at that moment. Raises NotFound."""
    if "submission" in payload:
        row = db.session.get(Submission, payload["submission"])
    else:
        at = datetime.fromisoformat(payload["submitted_at"])
        row = db.session.scalar(
            select(Submission).where(Submission.case_id == payload["case"], Submission.submitted_at == at)
        )
    if row is None:
        raise NotFound
    return row


def describe(engine: Engine, row: Submission, base_url: str) -> Receipt:
    case = case_by_id(row.case_id)
    definition = engine.compiled(engine.subject(case.id)).workflow
    said = json.loads(row.content)
    by = accounts.names([row.submitted_by]).get(row.submitted_by, "") if row.submitted_by is not None else ""
    lead = case.lead_organization_id
    return Receipt(
        number=row.receipt,
        reference=case.reference,
        title=case.title or definition.title.ko,
        program=definition.title.ko,
        form=definition.forms[row.form].title.ko,
        round=row.number,
        organization=organization_names([lead]).get(lead, "") if lead is not None else "",
        submitted_by=mask_name(by),
        submitted_at=row.submitted_at,
        sha256=row.sha256,
        files=tuple(said["attachments"]),
        verify_at=f"{base_url.rstrip('/')}/receipts",
    )


def document(row: Submission, receipt: Receipt) -> pdf.Document:
    """The printed receipt; the submitted content travels inside, so that its hash can be checked without the office."""
    with speaking("ko"):
        html = _pages().get_template("reports/receipt.html").render(receipt=receipt)
    inside = pdf.Attached(f"{receipt.number}.json", row.content.encode(), "제출 내용(SHA-256의 대상)")
    return pdf.Document(
        html=html,
        title=f"접수증 {receipt.number}",
        created=row.submitted_at,
        identifier=row.sha256,
        stylesheet="receipt.css",
        attachments=(inside,),
    )


@cache
def _pages() -> Environment:
    return printed_pages({"moment": moment, "kilobytes": lambda size: f"{max(1, size // 1024):,}KB"})
