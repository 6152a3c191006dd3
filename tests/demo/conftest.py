"""The demo, built once for each database and looked at by every test of this folder."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from backoffice.app import create_app
from backoffice.cli.database import prepare
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.demo.build import reset
from tests.conftest import (
    HAS_POSTGRESQL,
    drop_postgresql,
    fresh_postgresql,
    need,
    settings_for,
    worker_name,
)

TODAY = clock.today()
"""One build day for all, whatever hour the tests run at."""


@dataclass(frozen=True, slots=True)
class Built:
    app: Flask
    day: date
    seconds: float


def empty_office(folder: Path, database_url: str = "") -> Flask:
    """An application on a database of the present schema and nothing else."""
    app = create_app(settings_for(folder, database_url))
    with app.app_context():
        prepare()
        db.session.remove()
    return app


def build_on(app: Flask, day: date) -> float:
    """Build the demo as on a day: how many seconds it took."""
    start = time.monotonic()
    with clock.travelling(clock.seoul(day.year, day.month, day.day, 10)):
        reset(app)
    return time.monotonic() - start


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder, url, name = tmp_path_factory.mktemp("demo"), "", f"ieum_demo_{worker_name()}"
    if request.param == "postgresql":
        need(HAS_POSTGRESQL, "PostgreSQL")
        url = fresh_postgresql(name)
    app = empty_office(folder, url)
    yield Built(app, TODAY, build_on(app, TODAY))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if url:
        drop_postgresql(name)


@pytest.fixture
def standing(demo: Built) -> Iterator[Built]:
    """The demo inside an application context."""
    with demo.app.app_context():
        yield demo
        db.session.remove()
