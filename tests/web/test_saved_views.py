"""Saved views through the pages: kept, shared, renamed, deleted, and the one a queue opens with."""

from flask import Flask

from backoffice.core.db import db
from tests.browse import Page, Person
from tests.make import make_user
from workflows.roles import Role

GIMHAE, POHANG = "GS-GIMHAE", "GS-POHANG"


def officer(app: Flask, zone: str | None = GIMHAE, role: Role = Role.ZONE_STAFF) -> Person:
    with app.app_context():
        email = make_user(role, zone_code=zone).email if zone else make_user(role).email
        db.session.remove()
    return Person(app, email)


def saved(person: Person, name: str, address: str = "box=overdue&sort=amount", **more: str) -> Page:
    return person.submit(person.get(f"/staff/?{address}"), "/staff/views", name=name, **more)


def views_of(person: Person) -> str:
    return person.get("/staff/views").text


def test_a_view_keeps_the_filter_under_its_name(app: Flask) -> None:
    person = officer(app)
    page = saved(person, "급한 큰 건")
    assert page.address == "/staff/?box=overdue&sort=amount"
    assert "급한 큰 건" in page.text
    assert "급한 큰 건" in views_of(person)


def test_a_view_of_ones_own_is_nobody_elses(app: Flask) -> None:
    saved(officer(app), "나만 보는 것")
    assert "나만 보는 것" not in views_of(officer(app))


def test_a_view_shared_with_a_zone_reaches_its_colleagues_and_no_other_zone(app: Flask) -> None:
    author, neighbor, stranger = officer(app), officer(app), officer(app, POHANG)
    zone = next(
        value for value in author.get("/staff/").tree.xpath("//select[@id='audience']/option/@value") if ":" in value
    )
    saved(author, "김해가 함께", audience=zone)
    assert "김해가 함께" in views_of(neighbor)
    assert "김해가 함께" not in views_of(stranger)


def test_a_view_shared_with_all_reaches_headquarters_but_no_broker(app: Flask) -> None:
    saved(officer(app), "모두 함께", audience="all")
    assert "모두 함께" in views_of(officer(app, None, Role.HQ_STAFF))
    assert "모두 함께" not in views_of(officer(app, None, Role.BROKER))


def test_nobody_shares_with_a_zone_that_is_not_theirs(app: Flask) -> None:
    hq = officer(app, None, Role.HQ_STAFF).get("/staff/").tree.xpath("//select[@id='audience']/option/@value")
    person = officer(app)
    own = person.get("/staff/").tree.xpath("//select[@id='audience']/option/@value")
    foreign = next(value for value in hq if ":" in value and value not in own)
    assert saved(person, "남의 특구", audience=foreign).status == 422
    assert "남의 특구" not in views_of(officer(app, POHANG))


def test_only_its_owner_renames_or_deletes_a_view(app: Flask) -> None:
    author, colleague = officer(app), officer(app)
    saved(author, "함께", audience="all")
    page = colleague.get("/staff/views")
    assert not page.tree.xpath("//form[contains(@action, '/rename')]")
    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    mine = author.get("/staff/views").tree.xpath("//form[contains(@action, '/rename')]/@action")[0]
    assert colleague.post(mine, {"csrf_token": token, "name": "가로챔"}).status == 404
    renamed = author.submit(author.get("/staff/views"), mine, name="새 이름")
    assert "새 이름" in renamed.text
    author.submit(renamed, mine.replace("rename", "delete"))
    assert "새 이름" not in views_of(colleague)


def test_a_name_that_is_taken_or_empty_is_said_at_the_form_and_nothing_is_lost(app: Flask) -> None:
    person = officer(app)
    saved(person, "하나")
    again = saved(person, "하나", "box=today")
    assert again.status == 422
    assert "'하나' 보기가 이미 있습니다" in again.text
    fixed = person.submit(again, "/staff/views", name="둘")
    assert fixed.address == "/staff/?box=today"
    assert saved(person, "  ", "box=unassigned").status == 422


def test_ones_queue_opens_with_the_view_one_starts_with(app: Flask) -> None:
    person = officer(app)
    saved(person, "처음", start="yes")
    assert person.get("/staff/").address == "/staff/?box=overdue&sort=amount"
    assert person.get("/staff/?box=all").address == "/staff/?box=all"
    page = person.get("/staff/views")
    person.submit(page, "/staff/views/0/start")
    assert person.get("/staff/").address == "/staff/"


def test_a_deleted_view_is_nobodys_start_any_more(app: Flask) -> None:
    author, colleague = officer(app), officer(app)
    saved(author, "함께 시작", audience="all")
    page = colleague.get("/staff/views")
    colleague.submit(page, page.tree.xpath("//form[contains(@action, '/start')]/@action")[0])
    assert colleague.get("/staff/").address.startswith("/staff/?box=overdue")
    mine = author.get("/staff/views")
    author.submit(mine, mine.tree.xpath("//form[contains(@action, '/delete')]/@action")[0])
    assert colleague.get("/staff/").address == "/staff/"


def test_a_shared_view_shows_each_colleague_only_their_own_cases(app: Flask) -> None:
    saved(officer(app), "전체", "box=all", audience="all")
    stranger = officer(app, POHANG)
    assert stranger.get("/staff/?box=all").status == 200
    assert (
        "모두 0건" in stranger.get("/staff/?box=all").text
        or "아직 접수된 건이 없습니다" in stranger.get("/staff/?box=all").text
    )


def test_what_a_filter_cannot_mean_never_breaks_the_queue(app: Flask) -> None:
    person = officer(app)
    for address in ("handler=99999999999999999999", "call=-1", "year=x", "state=%00", "page=0", "stage='"):
        assert person.get(f"/staff/?box=all&{address}").status == 200
    wrong = person.get("/staff/?box=all&due_from=내일")
    assert wrong.status == 422
    assert "날짜는 2026-11-21처럼 적어 주세요" in wrong.text
    assert wrong.tree.xpath("//input[@id='due_from']/@value") == ["내일"]
