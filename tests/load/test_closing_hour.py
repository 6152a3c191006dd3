"""A short closing hour; the long one is a command."""

import socket
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest

from backoffice.app import create_app
from backoffice.cli.database import prepare
from tests.browser.site import free_port
from tests.load.closing_hour import serving, spend
from tests.machine import HAS_POSTGRESQL, need, settings_for

KEPT_OPEN = 300


def test_browsers_that_keep_their_connections_open_shut_nobody_out(tmp_path: Path) -> None:
    settings, port = settings_for(tmp_path), free_port()
    app = create_app(settings)
    with app.app_context():
        prepare()
    with ExitStack() as open_, serving(settings, port):
        for _ in range(KEPT_OPEN):
            browser = open_.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            browser.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n")
            assert browser.recv(4_096).startswith(b"HTTP/1.1 200")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:  # our own server
            assert answer.status == 200


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_when_everybody_writes_and_submits_at_once_nothing_that_was_acknowledged_is_missing(database: str) -> None:
    need(database == "sqlite" or HAS_POSTGRESQL, "PostgreSQL")
    hour = spend(database, applicants=12, seconds=14)
    assert hour.missing == []
    assert [str(address) for address in hour.addresses if address.failed] == []
    assert len(hour.told.tried) == 12
    assert hour.told.submitted
