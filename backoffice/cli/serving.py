"""``backoffice serve`` and ``worker``: the processes of an installation."""

import signal
from collections.abc import Callable
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from waitress.server import create_server

from backoffice.cli.output import Command
from backoffice.config import Settings
from backoffice.jobs import celery_worker
from backoffice.jobs.worker import Worker

THREADS = 8
GRACE = 30.0
"""Seconds a stopping server waits for the job at hand; a longer one is taken up again when its lease ends."""


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the application behind Flask's proxy
    return app


def _settings(app: Flask) -> Settings:
    found: Settings = app.extensions["settings"]
    return found


def _when_told(stop: Callable[[], None]) -> None:
    """Call ``stop`` on Ctrl-C and on a service manager's polite request to end."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def _leave() -> None:
    raise SystemExit(0)


@click.command(cls=Command)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@with_appcontext
def serve(port: int, host: str) -> None:
    """Serve the pages, with a worker inside unless jobs are carried by Celery."""
    app = _app()
    settings = _settings(app)
    scheme = "https" if settings.base_url.startswith("https://") else "http"
    server = create_server(app, host=host, port=port, threads=THREADS, url_scheme=scheme, ident="Ieum")
    worker = Worker(app) if settings.jobs == "embedded" else None
    thread = worker.start() if worker is not None else None
    _when_told(_leave)
    click.echo(f"serving {settings.base_url} on http://{host}:{port}")
    try:
        server.run()
    finally:
        server.close()
        if worker is not None and thread is not None:
            worker.stop()
            thread.join(GRACE)


@click.command(cls=Command)
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="Celery only.")
@with_appcontext
def worker(processes: int) -> None:
    """Run background jobs until told to stop; the job at hand is finished first."""
    app = _app()
    if _settings(app).jobs == "celery":
        celery_worker.serve(app, app.extensions["celery"], processes=processes)
        return
    loop = Worker(app)
    _when_told(loop.stop)
    click.echo("working; stop with Ctrl-C")
    loop.run()
