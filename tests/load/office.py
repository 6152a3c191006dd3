"""The office of the closing hour: a call about to close, companies with drafts, and what must be true afterwards."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from backoffice.app import create_app
from backoffice.cases.models import Answer, Case, Submission
from backoffice.cli.database import prepare
from backoffice.config import Settings
from backoffice.core.db import db
from tests.bench.ground import place_for
from tests.make import PASSWORD, Story, make_call

Applicants = list[dict[str, str]]


@contextmanager
def office(database: str, base_url: str) -> Iterator[tuple[Flask, Settings]]:
    """An empty office on ``sqlite`` or ``postgresql``, gone afterwards."""
    with place_for(database) as settings:
        settings = settings.model_copy(update={"base_url": base_url})
        app = create_app(settings)
        with app.app_context():
            prepare()
        yield app, settings
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def companies(app: Flask, number: int) -> Applicants:
    """So many companies with a complete draft each, and somebody signed in for each."""
    found = []
    with app.app_context():
        call = make_call()
        stories = [Story(app.extensions["engine"], call=call) for _ in range(number)]
        drafts = [(story.case().reference, story.applicant.email) for story in stories]
        db.session.remove()
    for place, (reference, email) in enumerate(drafts):
        found.append(
            {"reference": reference, "session": _signed_in(app, email, f"10.0.{place // 250}.{place % 250 + 1}")}
        )
    return found


def _signed_in(app: Flask, email: str, address: str) -> str:
    """The session cookie of a real sign-in, from an address of one's own."""
    client = app.test_client()
    page = client.get("/sign-in", environ_base={"REMOTE_ADDR": address}).get_data(as_text=True)
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    typed = {"csrf_token": token, "email": email, "password": PASSWORD}
    answer = client.post("/sign-in", data=typed, environ_base={"REMOTE_ADDR": address})
    cookie = client.get_cookie("ieum")
    if answer.status_code != 302 or cookie is None:
        raise RuntimeError(f"{email} could not sign in: {answer.status_code}")
    return str(cookie.value)


@dataclass
class Told:
    """What the applicants wrote down, by reference."""

    tried: dict[str, list[str]] = field(default_factory=dict)
    """Every text anybody sent, in order."""
    saved: dict[str, str] = field(default_factory=dict)
    """The last text that was acknowledged."""
    submitted: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> "Told":
        found = cls()
        for line in path.read_text(encoding="utf-8").splitlines():
            what, reference, text = json.loads(line)
            if what == "tried":
                found.tried.setdefault(reference, []).append(text)
            elif what == "saved":
                found.saved[reference] = text
            else:
                found.submitted.add(reference)
        return found


def faults(app: Flask, told: Told) -> list[str]:
    """Everything that was acknowledged and is not there. Empty is what must be."""
    found = []
    with app.app_context():
        cases = {row.draft_reference or row.reference: row for row in db.session.scalars(select(Case))}
        kept = {row.case_id: row.value for row in db.session.scalars(select(Answer).where(Answer.field == "goal"))}
        receipts: dict[int, list[Submission]] = {}
        for row in db.session.scalars(select(Submission)):
            receipts.setdefault(row.case_id, []).append(row)
        for reference, text in told.saved.items():
            later = told.tried[reference][told.tried[reference].index(text) :]
            if kept.get(cases[reference].id) not in later:
                found.append(f"{reference}: a saved text is not there")
        for reference in told.submitted:
            got = receipts.get(cases[reference].id, [])
            if len(got) != 1 or not got[0].receipt:
                found.append(f"{reference}: {len(got)} receipts for an acknowledged submission")
            elif json.dumps(told.saved[reference], ensure_ascii=False)[1:-1] not in got[0].content:
                found.append(f"{reference}: the receipt is not for the last saved text")
    return found
