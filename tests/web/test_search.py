"""The one search, and that a list is the same however the database reads it."""

import itertools
import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from backoffice.accounts.services import grant
from backoffice.cases import queue, queue_page
from backoffice.cases.models import Case, CaseZone
from backoffice.core.db import db, transaction
from backoffice.organizations.queries import zone
from tests.browse import Person
from tests.crowd import make_cases, make_crowd
from tests.journeys.cast import Cast, cast_for, fill_application
from tests.journeys.steps import act
from tests.make import make_user
from workflows.roles import Role


@pytest.fixture
def cast(app: Flask) -> Cast:
    """A submitted application of 나노메디텍 and 청주전자, among sixty cases of another company."""
    found = cast_for(app)
    act(found.applicant, fill_application(found), "submit")
    with app.app_context():
        make_cases(make_crowd(app.extensions["engine"]), 60, state="screening")
    return found


def references(person: Person, words: str = "", **more: str) -> list[str]:
    """The reference of every line of the queue, in its order."""
    query = "&".join(f"{name}={value}" for name, value in {"box": "all", "q": words, **more}.items() if value)
    tree = person.get(f"/staff/?{query}").tree
    return [cell.text.strip() for cell in tree.xpath("//table//td[contains(@class,'id')]")]


def test_one_search_finds_a_case_by_everything_people_remember(cast: Cast) -> None:
    (reference,) = references(cast.hq_staff, "나노메디텍")
    plain = cast.numbers["partner"].replace("-", "")
    words = (
        "노메디",
        "ㄴㄴㅁㄷ",
        "ㅊㅈㅈㅈ",
        "(주)나노메디텍",
        "바이오센서",
        cast.numbers["lead"],
        plain,
        reference.lower(),
    )
    assert {word: references(cast.hq_staff, word) for word in words} == {word: [reference] for word in words}


def test_initial_consonants_that_nobody_has_find_nothing_and_the_page_says_so(cast: Cast) -> None:
    page = cast.hq_staff.get("/staff/?box=all&q=ㅋㅋㅋㅋ")
    assert "조건에 맞는 건이 없습니다." in page.text
    assert references(cast.hq_staff, "ㅋㅋㅋㅋ") == []


def test_a_search_stays_within_the_zones_of_the_one_who_searches(app: Flask, cast: Cast) -> None:
    with app.app_context():
        elsewhere = Person(app, make_user(Role.ZONE_STAFF, zone_code="GS-POHANG").email)
    assert references(elsewhere, "ㄴㄴㅁㄷ") == []
    assert len(references(cast.zone_staff, "ㄴㄴㅁㄷ")) == 1


@pytest.mark.parametrize("sort", queue.SORTS)
def test_a_list_is_the_same_whichever_way_it_is_read(
    app: Flask, cast: Cast, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read as a whole or page by page, begun at indexes or asked case by case, with a word that all have or without one."""
    with app.app_context(), transaction():
        db.session.execute(update(Case).values(search_text=Case.search_text + " 바이오센서 | ㅂㅇㅇㅅㅅ"))
    found = {}
    ways = (queue.CASE_BY_CASE, queue.FROM_INDEXES, queue.OPEN_FROM_INDEXES)
    for few, way, word in itertools.product((0, 1_000), ways, ("", "바이오", "ㅂㅇㅇㅅㅅ", "ㅇ")):
        monkeypatch.setattr(queue_page, "FEW", few)
        for name in ("CASE_BY_CASE", "FROM_INDEXES", "OPEN_FROM_INDEXES"):
            monkeypatch.setattr(queue_page, name, way)
        found[few, way, word] = [
            references(person, word, sort=sort, page=page, box=box)
            for person in (cast.hq_staff, cast.zone_staff)
            for page in ("1", "2", "99")
            for box in ("all", "mine")
        ]
    first = found[0, queue.CASE_BY_CASE, ""]
    assert all(one == first for one in found.values())
    assert len(set(first[0] + first[2])) == 61
    assert first[2] == first[4], "a page beyond the last is the last"


def test_every_box_says_how_many_it_holds_under_the_filter(app: Flask, cast: Cast) -> None:
    (reference,) = references(cast.hq_staff, "ㄴㄴㅁㄷ")
    with app.app_context(), transaction():
        db.session.execute(update(Case).where(Case.reference == reference).values(handler_id=1))
    for words, numbers in (("", ["61", "60"]), ("ㄴㄴㅁㄷ", ["1", "0"]), ("없는말", ["0", "0"])):
        text = cast.hq_staff.get(f"/staff/?box=all&q={words}").text
        assert [re.search(rf"{box} (\d+)", text)[1] for box in ("전체", "미배정")] == numbers  # type: ignore[index]  # the chip is there


@pytest.mark.parametrize("word", ["", "ㄴㄴㅁㄷ", "바이오", "바이", "ㅊㅈㅈㅈ", "없는말", "ㅇ"])
@pytest.mark.parametrize("zone_code", ["", "GS-GIMHAE"])
def test_every_box_counts_the_cases_it_lists(app: Flask, cast: Cast, word: str, zone_code: str) -> None:
    (reference,) = references(cast.hq_staff, "ㄴㄴㅁㄷ")
    fill_application(cast)
    with app.app_context():
        with transaction():
            over = select(Case.id).where(Case.state == "screening").order_by(Case.id).limit(20)
            db.session.execute(update(Case).where(Case.id.in_(over)).values(final="success", waiting_for=None))
            db.session.execute(update(Case).where(Case.reference == reference).values(handler_id=1))
        here = zone(zone_code).id if zone_code else None
        for actor in (make_user(Role.HQ_STAFF), make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE")):
            wanted = queue.Filter(text=word, zone=here)
            listed = {box: queue.count(actor, replace(wanted, box=box)) for box in queue.BOXES}
            assert queue_page.page(actor, wanted).counts == listed


def test_the_box_of_all_cases_counts_a_case_of_two_zones_once_and_no_draft(app: Flask, cast: Cast) -> None:
    fill_application(cast)
    with app.app_context():
        first = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE")
        with transaction():
            for other in ("GS-CHEONGJU", "GS-POHANG"):
                grant(first.user_id or 0, Role.ZONE_STAFF, zone_id=zone(other).id)
        zones = select(func.count()).select_from(CaseZone).group_by(CaseZone.case_id)
        both = max(db.session.scalars(zones))
        drafts = db.session.scalar(select(func.count()).select_from(Case).where(Case.private.is_(True)))
        db.session.remove()
    assert both == 2
    assert drafts == 1
    for person in (Person(app, first.email), cast.hq_staff, cast.zone_staff):
        told = re.search(r"전체 (\d+)", person.get("/staff/?box=all").text)
        rows = {*references(person, page="1"), *references(person, page="2")}
        assert told is not None
        assert int(told[1]) == len(rows)
