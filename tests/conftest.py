"""The databases every test of the office runs on, and the office itself."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from backoffice.app import create_app
from backoffice.cli.database import prepare
from backoffice.config import Settings
from backoffice.core.db import Base, db
from backoffice.engine.perform import Engine
from backoffice.extensions import limiter

SERVER = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
REQUIRED = os.environ.get("CI") == "true"


def reachable(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


HAS_POSTGRESQL = reachable("127.0.0.1", 5432)
HAS_REDIS = reachable("127.0.0.1", 6379)
HAS_CHROMIUM = shutil.which("chromium") is not None


def need(found: bool, what: str) -> None:
    """Skip what the machine cannot run; in CI nothing may be missing."""
    if found:
        return
    if REQUIRED:
        pytest.fail(f"{what} is required in CI")
    pytest.skip(f"{what} is not on this machine")


def settings_for(folder: Path, database_url: str = "") -> Settings:
    return Settings(
        instance=folder,
        database_url=database_url,
        secret_key="a secret for tests that is long enough",
        demo=True,
        base_url="http://localhost",
        trusted_hosts="localhost,127.0.0.1",
        files_url=f"file://{folder / 'files'}",
        mail_url=f"file://{folder / 'mail'}",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file run in one process, which shares what they are made on; some say themselves what belongs together."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


class Sandbox:
    """One application on one database, emptied before every test."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            prepare()
            self.seeds = {
                table: [dict(row) for row in db.session.execute(select(table)).mappings()]
                for table in Base.metadata.sorted_tables
            }
            db.session.remove()

    def reset(self) -> None:
        with self.app.app_context():
            db.session.remove()
            tables = Base.metadata.sorted_tables
            with db.engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    names = ", ".join(f'"{table.name}"' for table in tables)
                    connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
                else:
                    for table in reversed(tables):
                        connection.execute(table.delete())
                for table in tables:
                    if self.seeds[table]:
                        connection.execute(insert(table), self.seeds[table])
                        if connection.dialect.name == "postgresql" and "id" in table.c:
                            sequence = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
                            connection.execute(text(f'SELECT setval({sequence}, (SELECT max(id) FROM "{table.name}"))'))
        self.app.extensions["engine"].definitions.forget()
        if limiter.enabled:
            with self.app.app_context():
                limiter.reset()
        folder: Path = self.app.extensions["settings"].instance
        shutil.rmtree(folder / "mail", ignore_errors=True)


def worker_name() -> str:
    """A name no other test run on this machine uses."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{run[:8]}"


def fresh_postgresql(name: str) -> str:
    """Create an empty database and answer its address."""
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{SERVER}/{name}?options=-csynchronous_commit%3Doff"


def drop_postgresql(name: str) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


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
