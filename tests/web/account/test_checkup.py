"""The state of the installation on a page: what the command finds, each with its way out, and never a secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from backoffice import checkup
from backoffice.config import Settings
from backoffice.core import outbox
from backoffice.core.db import db, transaction
from backoffice.core.outbox import DEAD, Job
from tests.browse import Page, Person
from tests.cli.terminal import run
from tests.jobs.desk import free_port, settings_of
from tests.make import make_user
from workflows.roles import Role

PASSWORDS = ("mail-hunter2", "redis-hunter2", "s3-hunter2", "oidc-hunter2")


@pytest.fixture
def admin(app: Flask) -> Person:
    with app.app_context():
        return Person(app, make_user(Role.ADMIN).email)


@contextmanager
def set_otherwise(app: Flask, **changed: object) -> Iterator[None]:
    before = settings_of(app)
    values = {name: getattr(before, name) for name in Settings.model_fields}
    app.extensions["settings"] = Settings(**{**values, **changed})
    try:
        yield
    finally:
        app.extensions["settings"] = before


def rows(page: Page) -> list[str]:
    found = page.tree.xpath("//section[@id='checkup']//dt")
    return [" ".join(f"{name.text_content()} {name.getnext().text_content()}".split()) for name in found]


def test_the_page_shows_what_the_command_finds(app: Flask, admin: Person) -> None:
    found = run(app, "doctor", "--json").data
    shown = rows(admin.get("/admin/settings"))
    assert len(shown) == len(found)
    wrong = [one["check"] for one in found if one["status"] != "ok"]
    assert sum("해결 방법" in row for row in shown) == len(wrong)
    assert any(row.startswith("데이터베이스 정상") for row in shown)


def test_what_is_wrong_says_the_way_out_in_the_readers_language(app: Flask, admin: Person) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Job, outbox.enqueue("mail", {})).status = DEAD
    with set_otherwise(app, mail_url=f"smtp://127.0.0.1:{free_port()}"):
        page = admin.get("/admin/settings")
    shown = " ".join(rows(page))
    assert "응답하지 않습니다" in shown
    assert "BACKOFFICE_MAIL_URL이 맞는지" in shown
    assert "멈춘 작업 1건" in shown
    assert page.tree.xpath("//section[@id='checkup']//a[@href='/admin/jobs']")


def test_no_secret_is_shown_whatever_other_systems_say_about_it(app: Flask, admin: Person) -> None:
    mail, redis, files, oidc = PASSWORDS
    with set_otherwise(
        app, jobs="celery", redis_url=f"redis://:{redis}@127.0.0.1:{free_port()}/0",
        mail_url=f"smtp://post:{mail}@127.0.0.1:{free_port()}/",
        files_url=f"s3://bucket/ieum?secret_access_key={files}", oidc_client_secret=oidc,
        secret_key="the-key-of-the-house-" * 2,
    ):  # fmt: skip
        page = admin.get("/admin/settings").response.get_data(as_text=True)
        said = run(app, "doctor").out
    for word in (*PASSWORDS, "the-key-of-the-house"):
        assert word not in page
        assert word not in said


def test_words_of_other_systems_lose_the_secrets_they_repeat(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, redis_url="redis://:p%40ssw0rd@127.0.0.1/0", secret_key="k" * 40)
    finding = checkup.Finding("redis", checkup.MISSING, checkup.Sentence("p@ssw0rd 틀림", "bad p%40ssw0rd"))
    told = checkup.without(checkup.secrets_of(settings), finding)
    assert (told.detail.ko, told.detail.en) == (f"{checkup.HIDDEN} 틀림", f"bad {checkup.HIDDEN}")


def test_every_fault_of_the_settings_is_told_in_korean() -> None:
    everything = [
        Settings(base_url="http://ieum.example.kr", demo=True, trusted_hosts="*", secret_key=""),
        Settings(oidc_issuer="http://id.example.kr"),
        Settings(base_url="https://ieum.example.kr", secret_key="x" * 40),
    ]
    faults = {fault for settings in everything for fault in settings.unsafe()}
    assert faults == set(checkup.KOREAN)


def test_only_administrators_see_the_state_of_the_installation(app: Flask) -> None:
    with app.app_context():
        others = [make_user(role).email for role in (Role.HQ_STAFF, Role.AUDITOR, Role.ZONE_STAFF)]
    for email in others:
        assert Person(app, email).client.get("/admin/settings").status_code == 403
