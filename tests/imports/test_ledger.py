"""The ledger at a browser: filters in the address, editions, restating, exports; and nothing of other zones."""

import csv
import io

import pytest
import python_calamine
from flask import Flask
from sqlalchemy import event, select

from backoffice.core.audit import AccessEvent
from backoffice.core.db import db
from backoffice.outcomes.ledger import HEADS
from backoffice.outcomes.models import Measure
from tests.browse import Page, Person
from tests.imports.conftest import World
from tests.imports.sheets import book, checked, text, value, workbook, zone_table


@pytest.fixture
def measured(app: Flask, world: World) -> int:
    """A few values of two zones; the id of one of them."""
    with app.app_context():
        found = value(world.zone_id, world.nano, "SALES", 2025, 453_500_000)
        value(world.zone_id, world.bio, "SALES", 2024, 77)
        value(world.zone_id, None, "ST-CNT", 2025, 12)
        value(world.other_zone_id, world.elsewhere, "SALES", 2025, 987_654_321)
    return found


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def exported(person: Person) -> list[dict[str, str]]:
    return rows_of(person.client.get("/staff/outcomes/export").data)


def test_the_address_alone_says_what_is_shown(world: World, measured: int) -> None:
    person = world.person(world.hq)
    assert "모두 4건" in person.get("/staff/outcomes").text
    assert "모두 2건" in person.get(f"/staff/outcomes?zone={world.zone_id}&year=2025").text
    assert "4억 5,350만 원" in person.get("/staff/outcomes?indicator=SALES&q=ㄴㄴㅁㄷ").text
    assert "모두 1건" in person.get(f"/staff/outcomes?q={world.bio_number}").text
    assert "조건에 맞는 값이 없습니다" in person.get("/staff/outcomes?year=1999").text
    assert person.get("/staff/outcomes?zone=x&year=y&page=-3&indicator=%00&editions=1&import=z").status == 200


def test_a_page_of_the_ledger_costs_a_dozen_queries_at_most(app: Flask, world: World, measured: int) -> None:
    with app.app_context():
        for year in range(2010, 2024):
            value(world.zone_id, world.nano, "EMP", year, year)
    person = world.person(world.staff)
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    person.get("/staff/outcomes")
    event.remove(engine, "before_cursor_execute", count)
    reads = [statement for statement in asked if statement.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert 0 < len(reads) <= 12


def test_another_zones_values_are_neither_shown_nor_taken_out_nor_restated(
    app: Flask, world: World, measured: int
) -> None:
    stranger = world.person(world.other_staff)
    page = stranger.get("/staff/outcomes?zone=&q=")
    assert "나노메디텍" not in page.text
    assert "모두 1건" in page.text
    assert stranger.get(f"/staff/outcomes?zone={world.zone_id}").text.count("나노") == 0
    assert stranger.get(f"/staff/outcomes/{measured}").status == 404
    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    answer = stranger.post(
        f"/staff/outcomes/{measured}", {"csrf_token": token, "value": "1", "reason": "바꾸고 싶습니다"}
    )
    assert answer.status == 404
    assert [row["기업·기관"] for row in exported(stranger)] == ["포항소재"]
    assert world.person(world.applicant).get("/staff/outcomes").status == 403


def restated(person: Person, page: Page, **typed: str) -> Page:
    return person.submit(page, "", **typed)


def test_a_restated_value_keeps_the_old_one_with_the_reason(app: Flask, world: World, measured: int) -> None:
    person, approver = world.person(world.staff), world.person(world.approver)
    page = restated(
        person, person.get(f"/staff/outcomes/{measured}"), value="4억 6,000만 원", reason="결산 확정으로 정정합니다"
    )
    assert page.status == 200
    assert "다른 승인권자가 승인하면 새 값이 됩니다" in page.text
    assert "4억 6,000만 원" not in person.get("/staff/outcomes").text
    page = approver.submit(approver.get(f"/staff/outcomes/{measured}"), "/accept")
    assert "4억 5,350만 원" in page.text
    assert "결산 확정으로 정정합니다" in page.text
    with app.app_context():
        old, new = db.session.scalars(select(Measure).where(Measure.organization_id == world.nano).order_by(Measure.edition)).all()  # fmt: skip
        assert old.superseded_at is not None
        assert (new.value, new.edition, new.recorded_by) == (460_000_000, 2, world.staff.user_id)
        said = db.session.scalar(select(AccessEvent.reason).where(AccessEvent.act == "outcome:restate"))
    assert said == "결산 확정으로 정정합니다"
    assert "정정됨" in person.get("/staff/outcomes?editions=all").text
    assert "새 값(" not in person.get(f"/staff/outcomes/{measured}").text


@pytest.mark.parametrize(
    ("value_", "reason", "sentence"),
    [("", "결산 확정으로 정정합니다", "새 값을 적어 주세요"), ("십억", "결산 확정으로 정정합니다", "숫자로 읽을 수 없습니다"),
     ("5억 원", "네", "5자 이상"), ("-5억 원", "결산 확정으로 정정합니다", "값이 음수입니다")],
)  # fmt: skip
def test_a_restatement_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    world: World, measured: int, value_: str, reason: str, sentence: str
) -> None:
    person = world.person(world.staff)
    page = restated(person, person.get(f"/staff/outcomes/{measured}"), value=value_, reason=reason)
    assert page.status == 422
    assert sentence in page.text
    assert page.form("").fields["reason"] == reason


def test_the_entry_checks_ask_before_a_restatement_and_take_yes_for_an_answer(
    app: Flask, world: World, measured: int
) -> None:
    with app.app_context():
        value(world.zone_id, world.nano, "SALES", 2024, 400_000_000)
    person = world.person(world.staff)
    typed = {"value": "450,000,000,000", "reason": "합병으로 크게 늘었습니다"}
    page = restated(person, person.get(f"/staff/outcomes/{measured}"), **typed)
    assert page.status == 422
    assert "약 1,000배 차이" in page.text
    assert restated(person, page, sure="y", **typed).status == 200


def test_an_export_holds_everything_and_comes_in_again_unchanged(app: Flask, world: World, measured: int) -> None:
    person = world.person(world.staff)
    answer = person.client.get("/staff/outcomes/export?format=csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "filename*=UTF-8''%EC%84%B1%EA%B3%BC" in answer.headers["Content-Disposition"]
    found = rows_of(answer.data)
    assert len(found) == 3
    assert tuple(found[0]) == HEADS
    sales = next(row for row in found if row["값"] == "453500000")
    assert (sales["특구코드"], sales["지표코드"], sales["연도"], sales["판"], sales["단위"]) == (
        "GS-GIMHAE",
        "SALES",
        "2025",
        "1",
        "원",
    )
    again = checked(person, "다시.csv", answer.data)
    assert "변동 없는 3건은 그대로 둡니다" in again.text


def test_a_workbook_has_real_numbers_and_no_formulas(app: Flask, world: World, measured: int) -> None:
    with app.app_context():
        hostile = workbook(zone_table((1, "경남 김해", "=HYPERLINK(1)", world.bio_number, 5, "")))
        book(app, world.staff, "=1+1.xlsx", hostile, answer="@SUM(A1) 확인했습니다")
    person = world.person(world.staff)
    assert {row["답변·사유"] for row in exported(person)} == {"", "'@SUM(A1) 확인했습니다"}
    content = person.client.get("/staff/outcomes/export?format=xlsx&indicator=SALES&year=2025").data
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    head, *lines = sheet.to_python()
    assert tuple(head) == HEADS
    assert {line[7] for line in lines} == {453_500_000.0, 5_000_000.0}
    assert {line[15] for line in lines} == {"", "@SUM(A1) 확인했습니다"}
    again = checked(person, "다시.xlsx", content)
    assert "변동 없는 2건은 그대로 둡니다" in again.text


def test_the_evidence_is_linked_for_those_who_may_read_the_whole_file(app: Flask, world: World) -> None:
    rows = zone_table(
        (1, "경남 김해", "나노메디텍", world.nano_number, 10, 1),
        (2, "경북 포항", "포항소재", world.elsewhere_number, 10, 1),
    )
    with app.app_context():
        book(app, world.hq, "전체.xlsx", workbook(rows))
        book(app, world.staff, "우리.csv", text([["특구", "연도", "신규창업"], ["김해", 2025, 3]]))
    page = world.person(world.staff).get("/staff/outcomes")
    links = [link for link in page.tree.xpath("//a/@href") if link.endswith("/file")]
    assert len(set(links)) == 1
    assert "우리.csv" in page.text
    assert "전체.xlsx" not in page.text
    assert world.person(world.auditor).client.get(links[0]).status_code == 200
    assert world.person(world.other_staff).client.get(links[0]).status_code == 404
