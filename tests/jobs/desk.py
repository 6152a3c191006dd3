"""What tests of jobs need: a worker that runs what is due, the mails that left, and a real mail server nearby."""

import email
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from backoffice.config import Settings
from backoffice.core import outbox
from backoffice.core.db import db
from backoffice.core.outbox import Job
from backoffice.jobs.running import run_job
from backoffice.jobs.worker import Worker
from backoffice.notifications.models import Message


def run_jobs(app: Flask) -> None:
    """Run until nothing is due any more."""
    worker = Worker(app)
    while worker.run_due():
        pass


def run_kinds(app: Flask, *kinds: str) -> None:
    """Run what is due of these kinds until nothing is; a receipt takes seconds and most tests are not about it."""
    while ids := _due(app, kinds):
        for job_id in ids:
            run_job(app, job_id)


def send_mails(app: Flask) -> None:
    run_kinds(app, "mail")


def _due(app: Flask, kinds: tuple[str, ...]) -> list[int]:
    with app.app_context():
        found = outbox.due_ids(1000)
        return [job_id for job_id in found if db.session.get_one(Job, job_id).kind in kinds]


def settings_of(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings


def mails(app: Flask) -> list[EmailMessage]:
    """The mails in the folder, oldest first."""
    folder = settings_of(app).instance / "mail"
    return [read(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def read(content: bytes) -> EmailMessage:
    found = email.message_from_bytes(content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def messages() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def jobs(kind: str) -> list[Job]:
    return list(db.session.scalars(select(Job).where(Job.kind == kind).order_by(Job.id)))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Postbox:
    """A mail server on this machine: keeps what it takes, and answers as it is told."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.answer = answer
        self.taken: list[EmailMessage] = []
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.reached.set()
        self.go_on.wait(30)
        if self.answer.startswith("250"):
            self.taken.append(read(envelope.content))
        return self.answer

    @contextmanager
    def open(self, port: int) -> Iterator[str]:
        """Serve on a port; the address to send to."""
        controller = Controller(self, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            yield f"smtp://127.0.0.1:{port}"
        finally:
            self.go_on.set()
            controller.stop()


@contextmanager
def mailing_to(app: Flask, url: str) -> Iterator[None]:
    """The application sends its mail somewhere else within the block."""
    before = settings_of(app)
    values = {name: getattr(before, name) for name in Settings.model_fields}
    app.extensions["settings"] = Settings(**{**values, "mail_url": url})
    try:
        yield
    finally:
        app.extensions["settings"] = before


def environment(app: Flask, **more: str) -> dict[str, str]:
    """What another process needs to be the same office."""
    settings = settings_of(app)
    return {
        **os.environ,
        "BACKOFFICE_INSTANCE": str(settings.instance),
        "BACKOFFICE_DATABASE_URL": settings.database,
        "BACKOFFICE_SECRET_KEY": settings.secret,
        "BACKOFFICE_DEMO": "true",
        "BACKOFFICE_BASE_URL": settings.base_url,
        "BACKOFFICE_TRUSTED_HOSTS": settings.trusted_hosts,
        "BACKOFFICE_FILES_URL": settings.files_url,
        "BACKOFFICE_MAIL_URL": settings.mail_url,
        **more,
    }


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from backoffice.app import main; main()", *arguments]


@contextmanager
def process(app: Flask, *arguments: str, **variables: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A real ``backoffice`` process beside the test, ended with it."""
    root = Path(__file__).resolve().parents[2]
    running = subprocess.Popen(
        command(*arguments),
        env=environment(app, **variables),
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def until(true: Callable[[], object], seconds: float = 30) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False
