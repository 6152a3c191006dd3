"""The databases every test of the office runs on, and the office itself."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from backoffice.app import create_app
from backoffice.cli.database import prepare
from backoffice.core.db import db
from backoffice.engine.perform import Engine
from backoffice.extensions import limiter
from backoffice.reports import kept
from tests.emptying import Emptying
from tests.longest import place_of
from tests.machine import (
    HAS_POSTGRESQL,
    drop_postgresql,
    fresh_postgresql,
    need,
    settings_for,
    shared_folder,
    worker_name,
)
from tests.mold import Molds


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file run in one process, which shares what they are made on; some say themselves what belongs together."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: place_of(item.nodeid))


class Sandbox:
    """One application on one database, emptied before every test."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            prepare()
            with db.engine.connect() as connection:
                self.emptying = Emptying(connection)

    def reset(self) -> None:
        with self.app.app_context():
            db.session.remove()
            with db.engine.begin() as connection:
                self.emptying.put_back(connection)
            kept.forget()
        self.app.extensions["engine"].definitions.forget()
        if limiter.enabled:
            with self.app.app_context():
                limiter.reset()
        folder: Path = self.app.extensions["settings"].instance
        shutil.rmtree(folder / "mail", ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return Sandbox(create_app(settings_for(tmp_path_factory.mktemp("sqlite"))))


@pytest.fixture(scope="session")
def postgresql_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    need(HAS_POSTGRESQL, "PostgreSQL")
    name = f"ieum_test_{worker_name()}"
    sandbox = Sandbox(create_app(settings_for(tmp_path_factory.mktemp("postgresql"), fresh_postgresql(name))))
    yield sandbox
    with sandbox.app.app_context():
        db.engine.dispose()
    drop_postgresql(name)


@pytest.fixture(scope="session")
def molds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Molds]:
    """The built demo, to be copied."""
    held = Molds(shared_folder(tmp_path_factory) / "molds")
    yield held
    held.break_mine()


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest) -> Flask:
    """The application with an empty database: zones and definitions only. Runs on both databases."""
    sandbox: Sandbox = request.getfixturevalue(f"{request.param}_sandbox")
    sandbox.reset()
    return sandbox.app


@pytest.fixture
def office(app: Flask) -> Iterator[Engine]:
    """The engine, inside an application context."""
    with app.app_context():
        yield app.extensions["engine"]
        db.session.remove()
