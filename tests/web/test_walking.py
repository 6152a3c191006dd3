"""Where somebody stands in the list they walk through: told without counting it again, and right after every step."""

import re

import pytest
from flask import Flask

from backoffice.core.db import db
from backoffice.web.walking import Spot, read_spot
from tests.browse import Page, Person
from tests.crowd import make_cases, make_crowd
from tests.queries import counted


@pytest.fixture
def desk(app: Flask) -> Person:
    """Sixty cases in screening, on two pages of the queue."""
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        make_cases(crowd, 60, state="screening")
        db.session.remove()
        return Person(app, crowd.officer.email)


def opened(person: Person, place: int, address: str = "/staff/?box=all&sort=reference") -> Page:
    rows = person.get(address).tree.xpath("//a[@class='co']/@href")
    return person.get(str(rows[place]))


def spot(page: Page) -> str:
    found = re.search(r"다음 건([\d,]+ / [\d,]+|목록에서 나감 · 남은 [\d,]+건)?", page.text)
    assert found is not None
    return found[1] or ""


def go(person: Person, page: Page, way: str) -> Page:
    return person.get(str(page.tree.xpath(f"//a[@data-walk='{way}']/@href")[0]))


def test_a_case_opened_from_a_list_says_its_place_on_every_page_of_it(desk: Person) -> None:
    page = opened(desk, 2)
    assert spot(page) == "3 / 60"
    assert spot(go(desk, page, "next")) == "4 / 60"
    assert spot(go(desk, page, "previous")) == "2 / 60"
    assert spot(opened(desk, 4, "/staff/?box=all&sort=reference&page=2")) == "55 / 60"


def test_a_case_opened_without_a_list_has_no_place(desk: Person) -> None:
    address = opened(desk, 0).address.partition("?")[0]
    assert "/ 60" not in desk.get(address).text
    assert spot(desk.get(f"{address}?from=box%3Dall")) == ""


def test_a_step_that_takes_the_case_from_the_list_leaves_its_place_to_the_next(desk: Person) -> None:
    page = opened(desk, 2, "/staff/?box=all&state=screening&program=joint_rbd_planning&sort=reference")
    following = go(desk, page, "next").address.partition("?")[0]
    asked = desk.get(str(page.tree.xpath("//a[contains(@href, '/actions/mark_ineligible')]/@href")[0]))
    done = desk.submit(asked, "", reason="신청 자격을 갖추지 못하였습니다.")
    assert spot(done) == "목록에서 나감 · 남은 59건"
    onward = go(desk, done, "next")
    assert (onward.address.partition("?")[0], spot(onward)) == (following, "3 / 59")
    assert spot(desk.submit(done, "/undo")) == "3 / 60"


def test_a_step_after_which_the_case_is_still_in_the_list_keeps_its_place(desk: Person) -> None:
    page = opened(desk, 2)
    asked = desk.get(str(page.tree.xpath("//a[contains(@href, '/actions/mark_ineligible')]/@href")[0]))
    done = desk.submit(asked, "", reason="신청 자격을 갖추지 못하였습니다.")
    assert spot(done) == "3 / 60"
    assert spot(go(desk, done, "next")) == "4 / 60"


def test_the_place_costs_no_statement(app: Flask, desk: Person) -> None:
    page = opened(desk, 2)
    bare, walking = page.address.partition("?")[0], page.address
    with app.app_context():
        desk.get(bare)
        with counted() as without:
            desk.get(bare)
        with counted() as with_place:
            desk.get(walking)
    assert len(with_place) == len(without) <= 15


@pytest.mark.parametrize(
    "at", ["", "x", "0-5", "6-5", "3-", "-1-5", "9" * 30, "3-99999999999", "３-41", "<b>", "1-1-gone"]
)
def test_a_place_that_cannot_be_is_left_out(desk: Person, at: str) -> None:
    address = opened(desk, 0).address.partition("?")[0]
    page = desk.client.get(address, query_string={"from": "box=all", "at": at})
    assert page.status_code == 200
    assert read_spot(at) is None


def test_places_follow_what_happens() -> None:
    here = Spot(3, 41)
    assert (str(here.after), str(here.before), str(Spot(1, 41).before)) == ("4-41", "2-41", "1-41")
    gone = here.settled(listed=False)
    assert (str(gone), str(gone.after), str(gone.settled(listed=True))) == ("3-40-left", "3-40", "3-41")
    assert here.settled(listed=True) == here
    assert read_spot(str(gone)) == gone
    assert str(Spot(1, 1).settled(listed=False)) == "1-0-left"
    assert read_spot("1-0-left") == Spot(1, 0, left=True)
