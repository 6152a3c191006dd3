"""The receipt: made once, verifiable without the office, kept in the file store."""

import hashlib
import io
import json

import pikepdf
import pytest
from flask import Flask

from backoffice.cases.models import Submission
from backoffice.cases.queries import submissions
from backoffice.core import outbox
from backoffice.core.db import db, transaction
from backoffice.core.files import FileStore
from tests.jobs.desk import jobs, run_jobs
from tests.story import Way

pytestmark = pytest.mark.pdf


def submitted(app: Flask) -> Submission:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        case_id = story.case_id
        db.session.remove()
    run_jobs(app)
    with app.app_context():
        return submissions(case_id)[0]


def store(app: Flask) -> FileStore:
    found: FileStore = app.extensions["files"]
    return found


def test_the_receipt_carries_the_exact_content_so_that_anybody_can_check_its_hash(app: Flask) -> None:
    row = submitted(app)
    assert row.receipt_file is not None
    with pikepdf.open(io.BytesIO(store(app).read(row.receipt_file))) as document:
        inside = document.attachments[f"{row.receipt}.json"].get_file().read_bytes()
        assert str(document.docinfo["/Title"]).endswith(row.receipt)
    assert hashlib.sha256(inside).hexdigest() == row.sha256
    assert json.loads(inside)["answers"]["title"]


def test_a_receipt_asked_for_twice_is_made_once(app: Flask) -> None:
    row = submitted(app)
    with app.app_context(), transaction():
        outbox.enqueue("receipt", {"submission": row.id}, key="again")
    run_jobs(app)
    with app.app_context():
        assert db.session.get_one(Submission, row.id).receipt_file == row.receipt_file
        assert {job.status for job in jobs("receipt")} == {outbox.DONE}


def test_the_same_submission_always_gives_the_same_receipt_byte_for_byte(app: Flask) -> None:
    row = submitted(app)
    with app.app_context():
        with transaction():
            db.session.get_one(Submission, row.id).receipt_file = None
            outbox.enqueue("receipt", {"submission": row.id}, key="again")
        db.session.remove()
    run_jobs(app)
    with app.app_context():
        assert db.session.get_one(Submission, row.id).receipt_file == row.receipt_file
