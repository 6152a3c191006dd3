"""``backoffice backup`` and ``restore``: what comes back is what went in, or nothing comes back at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from backoffice.app import create_app
from backoffice.cases.queries import attachments, case_by_id
from backoffice.core.db import db
from backoffice.engine.chain import verify
from tests.cli.terminal import run
from tests.jobs.desk import run_jobs, settings_of
from tests.machine import drop_postgresql, fresh_postgresql, settings_for, worker_name
from tests.story import Way, days_later


@pytest.fixture
def elsewhere(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """Another installation with an empty database of the same make."""
    name = f"ieum_restore_{worker_name()}_{os.getpid()}"
    postgresql = settings_of(app).database.startswith("postgresql")
    other = create_app(settings_for(tmp_path / "elsewhere", fresh_postgresql(name) if postgresql else ""))
    yield other
    with other.app_context():
        db.engine.dispose()
    if postgresql:
        drop_postgresql(name)


def lived_in(app: Flask) -> int:
    """A case with money and files."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened().reviewed().selected().running().paid()
        case_id = story.case_id
        db.session.remove()
    return case_id


def hashes(folder: Path) -> dict[str, str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {name: entry["sha256"] for name, entry in manifest["tables"].items()}


def test_a_restored_office_is_the_same_office(app: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    case_id = lived_in(app)
    run_jobs(app)
    first, second = tmp_path / "first", tmp_path / "second"
    assert run(app, "backup", first).code == 0
    restored = run(elsewhere, "restore", first)
    assert restored.code == 0, restored.err
    assert run(elsewhere, "backup", second).code == 0
    assert hashes(first) == hashes(second)
    with elsewhere.app_context():
        assert verify(db.session())[1] == []
        assert case_by_id(case_id).reference.endswith("-0001")
        store = elsewhere.extensions["files"]
        assert all(store.exists(item.sha256) for item in attachments(case_id))
    assert run(elsewhere, "files", "scrub").code == 0
    assert run(elsewhere, "funding", "reconcile").code == 0


def test_work_goes_on_in_a_restored_office(app: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    lived_in(app)
    run(app, "backup", tmp_path / "first")
    run(elsewhere, "restore", tmp_path / "first")
    with elsewhere.app_context():
        again = Way(elsewhere.extensions["engine"]).submitted()
        assert again.case().id > 1
        db.session.remove()


def test_only_an_empty_database_takes_a_backup(app: Flask, tmp_path: Path) -> None:
    lived_in(app)
    run(app, "backup", tmp_path / "first")
    refused = run(app, "restore", tmp_path / "first")
    assert (refused.code, refused.out) == (1, "")
    assert "not empty" in refused.err


@pytest.mark.parametrize("victim", ["tables/history.jsonl", "tables/user.jsonl", "files"])
def test_a_damaged_backup_is_refused_as_a_whole(app: Flask, elsewhere: Flask, tmp_path: Path, victim: str) -> None:
    lived_in(app)
    folder = tmp_path / "first"
    run(app, "backup", folder)
    path = next((folder / victim).iterdir()) if victim == "files" else folder / victim
    path.write_bytes(path.read_bytes()[:-2] + b"?\n")
    refused = run(elsewhere, "restore", folder)
    assert (refused.code, refused.out) == (1, "")
    assert "damaged" in refused.err


def test_a_backup_that_was_interrupted_is_no_backup(app: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "first"
    run(app, "backup", folder)
    (folder / "manifest.json").unlink()
    assert "no complete backup" in run(elsewhere, "restore", folder).err
    assert "not empty" in run(app, "backup", folder).err


def test_a_file_that_is_gone_is_reported_and_the_rest_is_saved(app: Flask, tmp_path: Path) -> None:
    case_id = lived_in(app)
    with app.app_context():
        digest = attachments(case_id)[0].sha256
        path = settings_of(app).instance / "files" / digest[:2] / digest
    content = path.read_bytes()
    path.unlink()
    try:
        ended = run(app, "backup", tmp_path / "first", "--json")
    finally:
        path.write_bytes(content)
    assert (ended.code, ended.data["lost"]) == (1, [digest])
    assert ended.data["rows"] > 50


def test_nobody_else_on_the_machine_can_read_a_backup(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "first"
    run(app, "backup", folder)
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.rglob("*"))} == {0}
