"""The case before and after another in a filtered list, for every order, with and without deadlines."""

from datetime import timedelta

import pytest

from backoffice.cases import queue as lists
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.perform import Engine
from tests.crowd import make_cases, make_crowd


@pytest.mark.parametrize("sort", lists.SORTS)
def test_walking_on_visits_the_list_in_its_order_and_back_again(office: Engine, sort: str) -> None:
    crowd = make_crowd(office)
    for days in (3, None, 1, None, 3):
        due = clock.now() + timedelta(days=days) if days is not None else None
        make_cases(crowd, 2, state="screening", due=due)
    for place, row in enumerate(db.session.query(Case).order_by(Case.id)):
        row.amount, row.title = place % 3, f"과제 {place % 4}"
    db.session.commit()
    wanted = lists.Filter(box="all", sort=sort)
    rows = lists.all_of(crowd.officer, wanted, 100)
    names = [row.reference for row in rows]
    onward = [lists.neighbor(crowd.officer, wanted, row, onward=True) for row in rows]
    backward = [lists.neighbor(crowd.officer, wanted, row, onward=False) for row in rows]
    assert onward == [*names[1:], None]
    assert backward == [None, *names[:-1]]
