"""A running demo and a real browser."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from backoffice.accounts.queries import by_email
from backoffice.core.db import transaction
from backoffice.organizations.queries import zones
from backoffice.programs import drafting
from backoffice.programs.services import publish_workflow
from backoffice.reports import batches
from tests.browser.site import Site, chromium, serving
from tests.machine import HAS_CHROMIUM, need
from tests.mold import Molds
from tests.versions import PLANNING, loaded, next_version


def write_what_pages_show(app: Flask) -> None:
    """A version after the first of one program, and a draft of the next one of another, so that their
    pages show something; and a batch of reports nobody works on."""
    with app.app_context(), transaction():
        publish_workflow(loaded(next_version(workflow="objection")), None)
        staff = by_email("hq_staff.hq@demo.example")
        assert staff is not None
        drafting.start(PLANNING, staff.id)
        batches.begin("a-batch", 2025, "internal", [*zones(), None], staff.id)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, molds: Molds) -> Iterator[Site]:
    need(HAS_CHROMIUM, "Chromium")
    folder = tmp_path_factory.mktemp("site")
    molds.cast("sqlite", folder)
    with serving(folder) as running:
        write_what_pages_show(running.app)
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    need(HAS_CHROMIUM, "Chromium")
    with chromium() as started:
        yield started
