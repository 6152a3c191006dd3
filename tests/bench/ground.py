"""The ground benchmarks run on: an office on a durable database of its own, with a crowd of cases."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from backoffice.app import create_app
from backoffice.cli.database import prepare
from backoffice.config import Settings
from backoffice.core.db import db
from backoffice.engine.perform import Engine
from tests.crowd import Crowd, make_crowd
from tests.machine import drop_postgresql, fresh_postgresql, settings_for

BENCH = Path(__file__).resolve().parents[2] / "instance" / "bench"
_count = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Ground:
    app: Flask
    address: str
    """Where the bare driver reaches the same database: a file, or a PostgreSQL address."""
    crowd: Crowd

    @property
    def engine(self) -> Engine:
        return self.crowd.engine


@contextmanager
def place_for(database: str) -> Iterator[Settings]:
    """The settings of an office with a folder and a database of its own, as durable as in production, gone afterwards."""
    number = next(_count)
    folder, name = BENCH / f"{database}-{os.getpid()}-{number}", f"ieum_bench_{os.getpid()}_{number}"
    folder.mkdir(parents=True)
    # Tests let PostgreSQL acknowledge before the disk has it; a measurement must not.
    address = fresh_postgresql(name).partition("?")[0] if database == "postgresql" else ""
    try:
        yield settings_for(folder, address)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if address:
            drop_postgresql(name)


@contextmanager
def ground(database: str) -> Iterator[Ground]:
    """A fresh office with a crowd of cases on ``sqlite`` or ``postgresql``."""
    with place_for(database) as settings:
        app = create_app(settings)
        with app.app_context():
            prepare()
            address = settings.database_url or str(db.engine.url.database)
            yield Ground(app, address, make_crowd(app.extensions["engine"]))
            db.session.remove()
            db.engine.dispose()
