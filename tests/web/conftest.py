"""Who sits at the browsers of the tests of this folder."""

import pytest
from flask import Flask

from backoffice.core.db import db
from tests.browse import Person
from tests.make import make_user
from tests.web.desk import Desk
from workflows.roles import Role


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        actors = {
            "author": make_user(Role.HQ_STAFF, name="김작성"),
            "colleague": make_user(Role.HQ_STAFF, Role.ADMIN, name="이동료"),
            "approver": make_user(Role.APPROVER, name="박승인"),
        }
        db.session.remove()
    people = {name: Person(app, actor.email) for name, actor in actors.items()}
    return Desk(app, people["author"], people["colleague"], people["approver"], actors)
