"""What "My work" holds: cases that wait for somebody, not those that only rest until the system moves them on."""

from datetime import timedelta

from flask import Flask

from backoffice.core import clock
from backoffice.core.db import db
from tests.browse import Person
from tests.crowd import make_cases, make_crowd


def test_what_only_rests_for_years_is_nobodys_work_until_a_month_before_it_moves_on(app: Flask) -> None:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        for state, days in (("tracking", 900), ("tracking", 20), ("screening", 900)):
            make_cases(crowd, 1, state=state, due=clock.now() + timedelta(days=days))
        email = crowd.officer.email
        db.session.remove()
    person = Person(app, email)
    mine, every = (person.get(f"/staff/?box={box}") for box in ("mine", "all"))
    rows = "//table//tbody/tr"
    assert (len(mine.tree.xpath(rows)), len(every.tree.xpath(rows))) == (2, 3)
    assert "30일 전부터 나옵니다" in mine.text
    with clock.travelling(clock.now() + timedelta(days=875)):
        assert len(Person(app, email).get("/staff/").tree.xpath(rows)) == 3
