"""The demo served on a port of its own, and Debian's Chromium to look at it."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from waitress.server import create_server

from backoffice.app import create_app
from backoffice.cli.database import prepare
from backoffice.demo import build
from tests.machine import settings_for

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
PASSWORD = "ieum-demo"


@dataclass(frozen=True)
class Site:
    """Where the demo answers, and the application behind it."""

    address: str
    app: Flask


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """The demo in ``folder``, built if it is not there, answering until the block ends."""
    port = free_port()
    settings = settings_for(folder).model_copy(update={"base_url": f"http://127.0.0.1:{port}"})
    app = create_app(settings)
    with app.app_context():
        prepare()
    build.reset(app)
    server = create_server(app, host="127.0.0.1", port=port, threads=6)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield Site(f"http://127.0.0.1:{port}", app)
    finally:
        server.close()
        server.task_dispatcher.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        try:
            yield started
        finally:
            started.close()


def sign_in(page: Page, site: Site, email: str) -> None:
    page.goto(f"{site.address}/sign-in")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url(lambda address: "/sign-in" not in address)
