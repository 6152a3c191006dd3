"""Files on their way to a browser: in pieces, with their length announced, and never damaged without anybody noticing."""

import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from backoffice.cases.models import Attachment, StoredFile
from backoffice.core.db import db, transaction
from backoffice.core.files import CHUNK, Damaged, FileStore, LocalFiles
from tests.browse import Person
from tests.cli.terminal import run
from tests.make import PDF, attach_file
from tests.story import Way

LARGE = 32 * 1024 * 1024


@dataclass
class Large:
    """An attachment of thirty-two megabytes, and somebody who may read it."""

    app: Flask
    person: Person
    reference: str
    token: str
    sha256: str

    @property
    def address(self) -> str:
        return f"/cases/{self.reference}/files/{self.token}"

    @property
    def store(self) -> FileStore:
        found: FileStore = self.app.extensions["files"]
        return found

    @property
    def path(self) -> Path:
        assert isinstance(self.store, LocalFiles)
        return self.store.root / self.sha256[:2] / self.sha256


@pytest.fixture
def large(app: Flask, tmp_path: Path) -> Large:
    """The row points to the large content after a small one was uploaded: uploads are limited, other rows are not."""
    source = tmp_path / "large.pdf"
    with source.open("wb") as target:
        target.write(PDF)
        for number in range(LARGE // CHUNK):
            target.write(bytes([number]) * CHUNK)
    with source.open("rb") as stream:
        kept = app.extensions["files"].put(stream)
    with app.app_context():
        story = Way(app.extensions["engine"])
        attach_file(story.case(), "intent_file", story.applicant, name="큰 파일.pdf")
        story.submitted()
        with transaction():
            db.session.add(StoredFile(sha256=kept.sha256, size=kept.size))
            db.session.flush()
            row = db.session.query(Attachment).filter_by(name="큰 파일.pdf").one()
            row.sha256, row.size = kept.sha256, kept.size
            token = row.token
        found = Large(app, Person(app, story.zone_staff.email), story.case().reference, token, kept.sha256)
        db.session.remove()
    return found


@pytest.mark.parametrize("ending", ["", "/preview"])
def test_a_large_file_is_sent_in_little_memory_with_its_length(large: Large, ending: str) -> None:
    large.person.client.get("/healthz")
    tracemalloc.start()
    try:
        answer = large.person.client.get(f"{large.address}{ending}", buffered=False)
        sent = sum(len(piece) for piece in answer.iter_encoded())
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (answer.status_code, sent) == (200, answer.content_length)
    assert sent == LARGE + len(PDF)
    assert used < 12 * 1024 * 1024


def test_a_dossier_with_a_large_file_takes_little_memory(large: Large) -> None:
    address = f"/staff/cases/{large.reference}/dossier"
    large.person.client.get(f"/staff/cases/{large.reference}")
    tracemalloc.start()
    try:
        answer = large.person.client.get(address, buffered=False)
        sent = sum(len(piece) for piece in answer.iter_encoded())
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent == answer.content_length > LARGE
    assert used < 16 * 1024 * 1024


def test_a_missing_and_a_damaged_file_are_said_and_not_sent(large: Large) -> None:
    kept = large.path.read_bytes()
    try:
        large.path.write_bytes(kept[:-1] + b"?")
        answer = large.person.client.get(large.address, buffered=False)
        with pytest.raises(Damaged):
            list(answer.iter_encoded())
        large.path.write_bytes(b"short and wrong")
        assert large.person.client.get(large.address).status_code == 507
        large.path.unlink()
        page = large.person.get(large.address)
        assert (page.status, "읽지 못했습니다" in page.text) == (507, True)
    finally:
        large.path.write_bytes(kept)


def test_a_large_file_is_backed_up_in_little_memory_and_proven(large: Large, tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        ended = run(large.app, "backup", str(tmp_path / "backup"))
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert ended.code == 0, ended.err
    assert (tmp_path / "backup" / "files" / large.sha256).stat().st_size == LARGE + len(PDF)
    assert used < 24 * 1024 * 1024
    large.path.write_bytes(b"wrong")
    try:
        assert large.sha256 in run(large.app, "backup", str(tmp_path / "again")).out
        assert f"changed: {large.reference}" in run(large.app, "files", "scrub").out
    finally:
        large.path.unlink()
