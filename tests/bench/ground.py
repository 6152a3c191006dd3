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
from backoffice.core.db import db
from backoffice.engine.perform import Engine
from tests.conftest import drop_postgresql, fresh_postgresql, settings_for
from tests.crowd import Crowd, make_crowd

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
def ground(database: str) -> Iterator[Ground]:
    """A fresh office on ``sqlite`` or ``postgresql``, as durable as in production, gone afterwards."""
    number = next(_count)
    folder, name = BENCH / f"{database}-{os.getpid()}-{number}", f"ieum_bench_{os.getpid()}_{number}"
    folder.mkdir(parents=True)
    # Tests let PostgreSQL acknowledge before the disk has it; a measurement must not.
    address = fresh_postgresql(name).partition("?")[0] if database == "postgresql" else ""
    app = create_app(settings_for(folder, address))
    try:
        with app.app_context():
            prepare()
            yield Ground(app, address or str(db.engine.url.database), make_crowd(app.extensions["engine"]))
            db.session.remove()
            db.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if address:
            drop_postgresql(name)
