"""``backoffice demo``: who can sign in, and that a demo never touches somebody's own data."""

from flask import Flask

from backoffice.config import Settings
from backoffice.core.db import db
from backoffice.demo.society import PASSWORD
from tests.cli.terminal import run
from tests.jobs.desk import settings_of
from tests.story import Way


def test_the_demo_accounts_are_listed_with_their_password(app: Flask) -> None:
    listed = run(app, "demo", "accounts", "--json").data
    assert listed["password"] == PASSWORD
    assert {"hq_staff", "zone_staff", "applicant"} <= {account["role"] for account in listed["accounts"]}
    assert listed["accounts"][0]["email"] in run(app, "demo", "accounts").out


def test_a_database_with_somebodys_own_data_is_left_alone(app: Flask) -> None:
    with app.app_context():
        Way(app.extensions["engine"]).submitted()
        db.session.remove()
    refused = run(app, "demo", "reset")
    assert (refused.code, refused.out, len(refused.err.splitlines())) == (1, "", 1)
    assert len(run(app, "case", "list").lines) == 1


def test_outside_of_demo_mode_nothing_is_built(app: Flask) -> None:
    before = settings_of(app)
    values = {name: getattr(before, name) for name in Settings.model_fields}
    app.extensions["settings"] = Settings(**{**values, "demo": False})
    try:
        refused = run(app, "demo", "reset")
    finally:
        app.extensions["settings"] = before
    assert (refused.code, refused.out) == (1, "")
