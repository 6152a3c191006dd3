"""The demo, built once for each database in a run of the tests, and copied for everybody who wants one.

Building it takes half a minute; a copy takes a tenth of a second.
"""

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from flask import Flask

from backoffice.app import create_app
from backoffice.cli.database import prepare
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.demo.build import reset
from tests.demo.content import digests
from tests.machine import drop_postgresql, fresh_postgresql, settings_for

HOUR = 10
"""At which the demo is built, whatever hour the tests run at."""
DAY: date = (clock.in_seoul(clock.now()) - timedelta(hours=HOUR)).date()
"""One build day for all: the last one that has reached that hour."""


@dataclass(frozen=True, slots=True)
class Mold:
    """What was noted when the demo was built."""

    day: date
    seconds: float
    fresh: dict[str, str]
    """What it held before anybody signed in."""


def empty_office(folder: Path, database_url: str = "") -> Flask:
    """An application on a database of the present schema and nothing else."""
    app = create_app(settings_for(folder, database_url))
    with app.app_context():
        prepare()
        db.session.remove()
    return app


class Molds:
    """The demos of one run of the tests, by database, under a folder its processes share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mine: list[str] = []

    def cast(self, database: str, folder: Path, name: str = "") -> tuple[Mold, str]:
        """A copy of the demo in an empty folder, on PostgreSQL in a database of that name: what was noted, and its address."""
        with self._alone(database):
            note = self.folder / f"{database}.json"
            if not note.exists():
                note.write_text(json.dumps(asdict(self._build(database)), default=str), encoding="utf-8")
            read = json.loads(note.read_text(encoding="utf-8"))
            url = fresh_postgresql(name, self._name) if database == "postgresql" else ""
            shutil.copytree(self.folder / database, folder, dirs_exist_ok=True)
        return Mold(date.fromisoformat(read["day"]), read["seconds"], read["fresh"]), url

    def break_mine(self) -> None:
        """Drop the databases made here; who comes after that builds again."""
        for database in self.mine:
            with self._alone(database):
                (self.folder / f"{database}.json").unlink(missing_ok=True)
                if database == "postgresql":
                    drop_postgresql(self._name)

    def _build(self, database: str) -> Mold:
        folder = self.folder / database
        shutil.rmtree(folder, ignore_errors=True)
        app = empty_office(folder, fresh_postgresql(self._name) if database == "postgresql" else "")
        self.mine.append(database)
        seconds = build_on(app, DAY)
        with app.app_context():
            found = Mold(DAY, seconds, digests())
            db.session.remove()
            db.engine.dispose()  # a file is whole and a database can be copied when nobody has it open
        return found

    @property
    def _name(self) -> str:
        return f"ieum_mold_{hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]}"

    @contextmanager
    def _alone(self, database: str) -> Iterator[None]:
        self.folder.mkdir(exist_ok=True)
        with (self.folder / f"{database}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def build_on(app: Flask, day: date) -> float:
    """Build the demo as on a day: how many seconds it took."""
    start = time.monotonic()
    with clock.travelling(clock.seoul(day.year, day.month, day.day, HOUR)):
        reset(app)
    return time.monotonic() - start
