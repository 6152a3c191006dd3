"""A process that has just started: ready before anybody asks, and busy with figures only while nobody does."""

import gc
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask

from backoffice.cli import warming
from tests.browse import Person
from tests.make import Story
from tests.queries import counted


@dataclass
class Server:
    """The tasks of a server: as many at work as a test says."""

    active_count: int = 0
    queue: list[object] = field(default_factory=list)


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_the_first_visitor_of_a_warm_process_waits_for_no_definition(app: Flask) -> None:
    with app.app_context():
        email = Story(app.extensions["engine"]).applicant.email
        app.extensions["engine"].definitions.forget()
    warming.warm(app)
    person = Person(app, email)
    with app.app_context(), counted() as first:
        person.get("/portal/")
    with app.app_context(), counted() as second:
        person.get("/portal/")
    assert len(first) == len(second)


def test_figures_wait_until_the_last_request_is_a_while_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "QUIET", 0.2)
    monkeypatch.setattr(warming, "LOOK", 0.01)
    server, went_on = Server(active_count=1), threading.Event()

    def wait() -> None:
        warming.wait_for_quiet(server)
        went_on.set()

    threading.Thread(target=wait, daemon=True).start()
    time.sleep(0.4)
    assert not went_on.is_set()
    server.active_count = 0
    assert went_on.wait(10)


def test_figures_are_read_zone_by_zone_and_then_for_the_nation_each_once_it_is_quiet(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[object] = []
    monkeypatch.setattr(warming, "wait_for_quiet", lambda _tasks: happened.append("quiet"))
    monkeypatch.setattr(warming, "read_ahead", lambda _year, place: happened.append(place))
    warming.read_figures(app, Server())
    waits, places = happened[::2], happened[1::2]
    assert set(waits) == {"quiet"}
    assert len(places) > 14
    assert places[-1] is None
