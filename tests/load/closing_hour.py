"""One closing hour: the office prepared, one process serving it, the crowd let in, and what came of it."""

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backoffice.config import Settings
from tests.browser.site import free_port
from tests.load.office import Told, companies, faults, office

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {"submit": 2_000.0}
"""Milliseconds for the slowest hundredth, by name; a page has one second."""
PAGE = 1_000.0
GATHERING = 20
"""Applicants who arrive each second."""


@dataclass(frozen=True, slots=True)
class Address:
    """What one kind of request took, in milliseconds."""

    name: str
    requests: int
    failed: int
    median: float
    slowest: float
    """Of the hundred, the slowest."""

    @property
    def allowed(self) -> float:
        return ALLOWED.get(self.name, PAGE)

    @property
    def fine(self) -> bool:
        return self.slowest <= self.allowed and not self.failed

    def __str__(self) -> str:
        return (
            f"{self.name:12} {self.requests:>6} requests  median {self.median:5.0f} ms  99 % {self.slowest:5.0f} ms "
            f"(at most {self.allowed:.0f})  {self.failed} failed  {'ok' if self.fine else 'FALLS SHORT'}"
        )


@dataclass(frozen=True, slots=True)
class Hour:
    """What came of it."""

    addresses: list[Address]
    told: Told
    missing: list[str]
    """What was acknowledged and is not there."""


def spend(database: str, applicants: int, seconds: float) -> Hour:
    """Let so many applicants write and submit for so long."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, office(database, base_url) as (app, settings):
        place = Path(folder)
        (place / "applicants.json").write_text(json.dumps(companies(app, applicants)), encoding="utf-8")
        with serving(settings, port):
            crowd(place, base_url, applicants, seconds)
        told = Told.read(place / "told")
        return Hour(list(_addresses(place / "crowd_stats.csv")), told, faults(app, told))


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[None]:
    """One process of the product, as an operator starts it."""
    told = {
        "BACKOFFICE_INSTANCE": str(settings.instance), "BACKOFFICE_DATABASE_URL": settings.database_url,
        "BACKOFFICE_SECRET_KEY": settings.secret_key, "BACKOFFICE_BASE_URL": settings.base_url,
        "BACKOFFICE_FILES_URL": settings.files_url, "BACKOFFICE_MAIL_URL": settings.mail_url, "BACKOFFICE_DEMO": "true",
    }  # fmt: skip
    command = [str(Path(sys.executable).with_name("backoffice")), "serve", "--port", str(port)]
    with (settings.instance / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **told}, stdout=log, stderr=log
        )  # our own command
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  # our own server
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


def crowd(place: Path, base_url: str, applicants: int, seconds: float) -> None:
    """Let them all in, and wait until the time is over."""
    told = {
        "IEUM_APPLICANTS": str(place / "applicants.json"), "IEUM_TOLD": str(place / "told"), "IEUM_SECONDS": str(seconds),
    }  # fmt: skip
    command = [
        sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("applicants.py")), "--headless", "--only-summary",
        "-u", str(applicants), "-r", str(GATHERING), "-t", f"{seconds:.0f}s", "--host", base_url,
        "--csv", str(place / "crowd"), "--loglevel", "WARNING", "--exit-code-on-error", "0",
    ]  # fmt: skip
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, **told}, check=True, stdout=subprocess.DEVNULL
    )  # our own command


def _addresses(path: Path) -> Iterator[Address]:
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Name"] != "Aggregated":
                yield Address(
                    row["Name"],
                    int(row["Request Count"]),
                    int(row["Failure Count"]),
                    float(row["50%"]),
                    float(row["99%"]),
                )
