"""``backoffice serve`` and ``worker``: the processes of an installation."""

import resource
import signal
from collections.abc import Callable
from threading import Thread
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from waitress.server import create_server

from backoffice.cli.output import Command
from backoffice.cli.warming import read_figures, warm
from backoffice.config import Settings
from backoffice.jobs import celery_worker
from backoffice.jobs.worker import Worker

THREADS = 8
CONNECTIONS, WAITING = 2_000, 1_024
"""Browsers that may keep a connection open at once, and those that may knock meanwhile. A browser holds on to its
connection between two clicks: with the server's usual hundred, the 101st company of a closing hour was shut out."""
SPARE = 128
"""Files the process opens besides connections."""
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


def _connections() -> int:
    """As many as wanted, or as many as the system lets the process have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(SPARE, min(CONNECTIONS, soft - SPARE))


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
    warm(app)
    scheme = "https" if settings.base_url.startswith("https://") else "http"
    server = create_server(
        app, host=host, port=port, threads=THREADS, url_scheme=scheme, ident="Ieum",
        connection_limit=_connections(), backlog=WAITING, asyncore_use_poll=True,
    )  # fmt: skip
    worker = Worker(app) if settings.jobs == "embedded" else None
    thread = worker.start() if worker is not None else None
    Thread(target=read_figures, args=(app, server.task_dispatcher), name="figures", daemon=True).start()
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
