"""``backoffice doctor``: what is missing or unsafe is said in one line each."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from backoffice.app import create_app
from backoffice.cases.words import holding
from backoffice.config import Settings
from backoffice.core import outbox
from backoffice.core.db import db, transaction
from backoffice.core.outbox import DEAD, Job
from tests.cli.terminal import run
from tests.jobs.desk import Postbox, free_port, mailing_to, settings_of
from tests.machine import settings_for
from tests.story import Way


def statuses(app: Flask) -> dict[str, str]:
    return {item["check"]: item["status"] for item in run(app, "doctor", "--json").data}


def test_a_sound_installation_is_all_ok(app: Flask) -> None:
    ended = run(app, "doctor")
    assert ended.code == 0, ended.out
    assert {line.split()[0] for line in ended.lines} <= {"ok", "missing", "unsafe"}
    found = statuses(app)
    assert {found[name] for name in ("database", "schema", "files", "mail", "pango-1.0", "graphviz")} == {"ok"}
    if settings_of(app).database.startswith("sqlite"):
        assert found["durability"] == "ok"


def test_a_demo_is_called_unsafe_without_making_the_check_fail(app: Flask) -> None:
    assert statuses(app)["demo"] == "unsafe"
    assert run(app, "doctor").code == 0


def test_a_database_without_schema_is_named_with_the_way_out(tmp_path: Path) -> None:
    fresh = create_app(settings_for(tmp_path))
    ended = run(fresh, "doctor")
    assert ended.code == 1
    assert any(line.startswith("missing schema") and "backoffice db upgrade" in line for line in ended.lines)
    with fresh.app_context():
        db.engine.dispose()


def test_a_database_that_is_away_is_one_line(tmp_path: Path) -> None:
    lonely = create_app(settings_for(tmp_path, f"postgresql://nobody@127.0.0.1:{free_port()}/none"))
    ended = run(lonely, "doctor")
    assert ended.code == 1
    assert [line for line in ended.lines if line.startswith("missing database")]
    assert "Traceback" not in ended.out + ended.err
    listed = run(lonely, "case", "list")
    assert (listed.code, listed.out, len(listed.err.splitlines())) == (1, "", 1)


def test_a_folder_for_files_that_is_gone_is_found(app: Flask) -> None:
    folder = settings_of(app).instance / "files" / "incoming"
    shutil.rmtree(folder)
    try:
        assert (run(app, "doctor").code, statuses(app)["files"]) == (1, "missing")
    finally:
        folder.mkdir()


def test_the_mail_server_is_asked(app: Flask) -> None:
    port = free_port()
    with mailing_to(app, f"smtp://127.0.0.1:{port}"):
        assert statuses(app)["mail"] == "missing"
        with Postbox().open(port):
            assert statuses(app)["mail"] == "ok"


def test_a_key_that_others_can_read_is_unsafe(app: Flask) -> None:
    key = settings_of(app).instance / "secret-key"
    key.write_text("x" * 40)
    key.chmod(0o644)
    try:
        assert (run(app, "doctor").code, statuses(app)["secret key"]) == (1, "unsafe")
    finally:
        key.unlink()


def test_jobs_that_gave_up_are_counted(app: Flask) -> None:
    with app.app_context(), transaction():
        job_id = outbox.enqueue("mail", {})
        db.session.get_one(Job, job_id).status = DEAD
    assert statuses(app)["jobs"] == "unsafe"


def test_a_search_index_that_lost_a_case_is_told_and_built_anew(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with transaction():
            db.session.execute(text(FORGET[db.engine.dialect.name]))
        assert story.case_id not in found("바이오센서")
        db.session.remove()
    assert statuses(app)["search"] == "unsafe"
    assert run(app, "db", "reindex").code == 0
    assert statuses(app)["search"] == "ok"
    with app.app_context():
        assert story.case_id in found("바이오센서")
        db.session.remove()


FORGET = {
    "sqlite": "INSERT INTO case_words (case_words) VALUES ('delete-all')",
    "postgresql": "DELETE FROM case_words",
}


def found(word: str) -> list[int]:
    return list(db.session.scalars(holding(word)))


@pytest.mark.parametrize("fault", ["BACKOFFICE_DEMO", "BACKOFFICE_SECRET_KEY", "https"])
def test_unsafe_settings_are_told(app: Flask, fault: str) -> None:
    before = settings_of(app)
    values = {name: getattr(before, name) for name in Settings.model_fields}
    app.extensions["settings"] = Settings(**{**values, "base_url": "http://ieum.example.kr", "secret_key": ""})
    try:
        ended = run(app, "doctor")
    finally:
        app.extensions["settings"] = before
    assert ended.code == 1
    assert any(line.startswith("unsafe") and fault in line for line in ended.lines)


def test_a_schema_of_the_future_is_noticed(app: Flask) -> None:
    with app.app_context():
        db.session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.commit()
        try:
            assert statuses(app)["schema"] == "missing"
        finally:
            db.session.connection().execute(text("UPDATE alembic_version SET version_num = :old"), {"old": newest()})
            db.session.commit()


def newest() -> str:
    names = (Path(__file__).resolve().parents[2] / "backoffice/migrations/versions").glob("[0-9]*.py")
    return max(path.name.partition("_")[0] for path in names)
