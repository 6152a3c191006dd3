"""``backoffice funding reconcile`` and ``files scrub``: what does not add up, or is not there, is named."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from backoffice.cases.queries import attachments, submissions
from backoffice.core.db import db
from tests.cli.terminal import run
from tests.jobs.desk import run_jobs, settings_of
from tests.make import MILLION
from tests.story import Way, days_later


def running(app: Flask) -> Way:
    """A case under agreement with one instalment paid, and another one only selected."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        waiting = Way(app.extensions["engine"], call=None).submitted()
        with days_later(11):
            story.screened().reviewed().selected().running().paid()
            waiting.screened().reviewed().selected(30 * MILLION)
        db.session.remove()
    return story


def change(app: Flask, statement: str) -> None:
    with app.app_context():
        db.session.connection().execute(text(statement))
        db.session.commit()


def test_budgets_agreements_and_payments_add_up_in_the_ordinary_course(app: Flask) -> None:
    running(app)
    ended = run(app, "funding", "reconcile", "--json")
    assert (ended.code, ended.data["differences"]) == (0, [])
    assert run(app, "funding", "reconcile").code == 0


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE budget_line SET reserved = reserved + 1 WHERE reserved > 0", "what is reserved"),
        ("UPDATE budget_line SET committed = committed + 1000 WHERE committed > 0", "what is under agreement"),
        ("UPDATE budget_line SET disbursed = disbursed - 1 WHERE disbursed > 0", "what was paid"),
        ("UPDATE agreement SET disbursed = disbursed + 1", "what was paid"),
        ("UPDATE instalment SET amount = amount - 1 WHERE paid_at IS NULL", "the agreed amount"),
        ("UPDATE instalment SET paid_at = NULL, paid_by = NULL", "what was paid"),
        ("UPDATE reservation SET amount = amount + 5 WHERE released_at IS NULL", "what is reserved"),
    ],
)
def test_a_sum_that_was_changed_behind_the_offices_back_is_named(app: Flask, statement: str, what: str) -> None:
    running(app)
    change(app, statement)
    ended = run(app, "funding", "reconcile", "--json")
    assert ended.code == 1
    assert what in {item["what"] for item in ended.data["differences"]}
    assert len(ended.data["differences"]) <= 2


def stored(app: Flask, digest: str) -> Path:
    return settings_of(app).instance / "files" / digest[:2] / digest


def submitted(app: Flask) -> tuple[Way, str]:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        digest = attachments(story.case_id)[0].sha256
        db.session.remove()
    run_jobs(app)
    return story, digest


def test_every_file_that_is_referred_to_is_there_byte_for_byte(app: Flask) -> None:
    submitted(app)
    ended = run(app, "files", "scrub", "--json")
    assert (ended.code, ended.data["damaged"]) == (0, [])
    assert ended.data["intact"] == 3  # two documents and the receipt


def test_a_changed_a_missing_and_a_needless_file_are_told_apart(app: Flask) -> None:
    story, digest = submitted(app)
    with app.app_context():
        receipt = submissions(story.case_id)[0].receipt_file or ""
        reference = story.case().reference
    path, content, needless = stored(app, digest), stored(app, digest).read_bytes(), "ab" * 32
    try:
        path.write_bytes(content[:-1] + b"?")
        stored(app, receipt).unlink()
        stored(app, needless).parent.mkdir(exist_ok=True)
        stored(app, needless).write_bytes(b"nobody's")
        ended = run(app, "files", "scrub")
    finally:
        path.write_bytes(content)
        stored(app, needless).unlink()
    assert ended.code == 1
    assert any(line.startswith(f"changed: {reference} ") for line in ended.lines)
    assert any(line.startswith("missing: receipt R-") for line in ended.lines)
    assert f"unreferenced: {needless}" in ended.lines
