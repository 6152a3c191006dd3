"""An office outside of the demo, where roles that see others' data must prove themselves twice."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.make import make_organization, make_user
from tests.web.account.gate import Visitor, visitor
from workflows.roles import Role


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """The same application with the duty switched on, as it is everywhere but in the demo."""
    settings = app.extensions["settings"]
    settings.demo = False
    yield app
    settings.demo = True


@pytest.fixture
def officer(house: Flask) -> Visitor:
    with house.app_context():
        return visitor(house, make_user(Role.HQ_STAFF, name="한담당"))


@pytest.fixture
def applicant(house: Flask) -> Visitor:
    with house.app_context():
        return visitor(house, make_user(Role.APPLICANT, organization=make_organization(), name="신청인"))
