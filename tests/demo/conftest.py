"""The demo, built once for each database and looked at by every test of this folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask

from backoffice.app import create_app
from backoffice.core.db import db
from tests.machine import HAS_POSTGRESQL, drop_postgresql, need, settings_for, worker_name
from tests.mold import Molds


@dataclass(frozen=True, slots=True)
class Built:
    app: Flask
    day: date
    seconds: float
    fresh: dict[str, str]
    """What it held when it was built, before anybody signed in."""


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, molds: Molds) -> Iterator[Built]:
    folder, name = tmp_path_factory.mktemp("demo"), f"ieum_demo_{worker_name()}"
    need(request.param == "sqlite" or HAS_POSTGRESQL, "PostgreSQL")
    mold, url = molds.cast(request.param, folder, name)
    app = create_app(settings_for(folder, url))
    yield Built(app, mold.day, mold.seconds, mold.fresh)
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
