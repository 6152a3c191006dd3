"""From the upload to the ledger and back, at a browser: columns, check, answers, booking, undo."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from backoffice.core.audit import AccessEvent
from backoffice.core.db import db
from backoffice.outcomes.models import Measure, Target
from tests.browse import Page, Person
from tests.imports.conftest import World
from tests.imports.sheets import checked, text, upload, value, workbook, zone_table


def table(world: World, *, nano: Any = 1234, bio: Any = "4억 5,350만 원") -> bytes:
    return workbook(
        zone_table(
            (1, "경남 김해", "나노메디텍", world.nano_number, nano, 12),
            (2, "경남 김해", "김해바이오", int(world.bio_number), bio, "-"),
        )
    )


def here(page: Page) -> str:
    return page.address.partition("?")[0]


def answered(person: Person, page: Page, **answers: str) -> Page:
    return person.submit(page, here(page) + "/answers", **answers)


def standing(app: Flask) -> set[tuple[int | None, str, int, int, int]]:
    """(firm, indicator, year, value, edition) of what stands in the ledger."""
    with app.app_context():
        rows = db.session.scalars(select(Measure).where(Measure.superseded_at.is_(None)))
        return {(row.organization_id, row.indicator, row.year, int(row.value), row.edition) for row in rows}


def test_a_table_with_titles_units_and_mixed_amounts_comes_in_as_whole_won(app: Flask, world: World) -> None:
    person = world.person(world.staff)
    page = checked(person, "성과.xlsx", table(world))
    assert "가져올 값 3개" in page.text
    page = person.submit(page, "/book")
    assert "3개 값을 가져왔습니다" in page.text
    assert standing(app) == {
        (world.nano, "SALES", 2025, 1_234_000_000, 1),
        (world.nano, "EMP", 2025, 12, 1),
        (world.bio, "SALES", 2025, 453_500_000, 1),
    }
    with app.app_context():
        row = db.session.scalar(select(Measure).where(Measure.organization_id == world.bio))
        assert row is not None
        assert (row.row_number, row.attribution, row.zone_id) == (5, "direct", world.zone_id)
        acts = set(db.session.scalars(select(AccessEvent.act)))
    assert {"import:upload", "import:book"} <= acts


def test_nothing_stands_in_the_ledger_before_it_is_confirmed(app: Flask, world: World) -> None:
    checked(world.person(world.staff), "성과.xlsx", table(world))
    assert standing(app) == set()


def test_a_warning_keeps_the_file_out_until_it_is_answered_and_the_answer_stays_with_the_value(
    app: Flask, world: World
) -> None:
    with app.app_context():
        value(world.zone_id, world.nano, "SALES", 2024, 100_000_000)
    person = world.person(world.staff)
    page = checked(person, "성과.xlsx", table(world))
    assert "전년의 10배를 넘습니다(전년 1억 원, 이번 12억 3,400만 원)" in page.text
    refused = person.post(here(page) + "/book", {"csrf_token": page.form("/answers").fields["csrf_token"]})
    assert refused.status == 409
    assert "답하지 않은 확인사항이 1건" in refused.text
    short = answered(person, page, **{"check-jump": "네"})
    assert short.status == 422
    assert "5자 이상" in short.text
    page = answered(person, page, **{"check-jump": "신제품 출시로 매출이 늘었습니다"})
    person.submit(page, "/book")
    with app.app_context():
        sales = db.session.scalars(select(Measure).where(Measure.year == 2025, Measure.indicator == "SALES"))
        answers = {row.organization_id: row.answer for row in sales}
    assert answers == {world.nano: "신제품 출시로 매출이 늘었습니다", world.bio: ""}


def test_one_line_can_be_answered_apart_from_its_check(app: Flask, world: World) -> None:
    with app.app_context():
        for firm in (world.nano, world.bio):
            value(world.zone_id, firm, "SALES", 2024, 1_000)
    person = world.person(world.staff)
    page = checked(person, "성과.xlsx", table(world))
    boxes = sorted(name for name in page.form("/answers").fields if name.startswith("answer-"))
    page = answered(person, page, **{boxes[0]: "이 기업만의 까닭입니다", "check-jump": "모두의 까닭입니다"})
    fields = page.form("/answers").fields
    assert [fields[name] for name in boxes] == ["이 기업만의 까닭입니다", "모두의 까닭입니다"]
    assert "2개" not in page.text.partition("답하지 않은")[2]


def test_rows_with_errors_are_left_out_by_name_and_the_rest_comes_in(app: Flask, world: World) -> None:
    rows = zone_table(
        (1, "경남 김해", "나노메디텍", world.nano_number, 10, 1),
        (2, "경남 김해", "김해바이오", "116-82-00278", 10, 1),
        (3, "한라산", "김해바이오", world.bio_number, 10, 1),
        (4, "경남 김해", "김해바이오", world.bio_number, "십억", "#"),
    )
    person = world.person(world.staff)
    page = checked(person, "성과.xlsx", workbook(rows))
    for sentence in ("검증번호가 맞지 않습니다", "모르는 특구입니다: '한라산'", "숫자로 읽을 수 없습니다: '십억'"):
        assert sentence in page.text
    assert "오류 6건은 빠집니다" in page.text
    person.submit(page, "/book")
    assert {firm for firm, *_ in standing(app)} == {world.nano}


def test_a_file_of_another_zone_is_refused_row_by_row(app: Flask, world: World) -> None:
    rows = zone_table(
        (1, "경남 김해", "나노메디텍", world.nano_number, 10, 1),
        (2, "경북 포항", "포항소재", world.elsewhere_number, 10, 1),
    )
    person = world.person(world.staff)
    page = checked(person, "성과.xlsx", workbook(rows))
    assert "담당 특구가 아닙니다(경북 포항)" in page.text
    person.submit(page, "/book")
    assert {firm for firm, *_ in standing(app)} == {world.nano}
    both = checked(world.person(world.hq), "전체.xlsx", workbook(rows))
    assert "담당 특구가 아닙니다" not in both.text


def test_the_whole_import_can_be_undone_and_what_it_replaced_comes_back(app: Flask, world: World) -> None:
    with app.app_context():
        value(world.zone_id, world.nano, "SALES", 2025, 900_000_000)
    before = standing(app)
    person = world.person(world.staff)
    page = answered(person, checked(person, "성과.xlsx", table(world)), **{"check-changed": "최종 결산으로 바꿉니다"})
    page = person.submit(page, "/book")
    assert (world.nano, "SALES", 2025, 1_234_000_000, 2) in standing(app)
    assert "5자 이상" in person.submit(page, "/undo", reason="").text
    page = person.submit(page, "/undo", reason="잘못된 파일을 올렸습니다")
    assert "3개 값을 되돌렸습니다" in page.text
    assert standing(app) == before


def test_the_same_file_again_changes_nothing(app: Flask, world: World) -> None:
    person = world.person(world.staff)
    person.submit(checked(person, "성과.xlsx", table(world)), "/book")
    before = standing(app)
    page = checked(person, "성과.xlsx", table(world))
    assert "변동 없는 3건은 그대로 둡니다" in page.text
    assert "가져올 값이 없습니다" in page.text
    assert standing(app) == before


def test_the_columns_somebody_confirmed_are_remembered_for_the_next_file_of_that_form(world: World) -> None:
    person = world.person(world.staff)
    odd = [["특구", "사업자번호", "연도", "외형(백만)"], ["경남 김해", world.nano_number, 2024, 10]]
    page = upload(person, "외형.csv", text(odd), source="김해 특구")
    assert page.form("/mapping").fields["column-3-role"] == ""
    meant = {"column-3-role": "measure:SALES", "column-3-unit": "백만원"}
    person.submit(person.submit(page, "/mapping", button=("go", "check"), **meant), "/book")
    odd[1][2:] = [2025, 11]
    page = upload(person, "외형_2025.csv", text(odd), source="김해 특구")
    assert "전에 가져온 같은 서식입니다" in page.text
    fields = page.form("/mapping").fields
    assert (fields["column-3-role"], fields["column-3-unit"]) == ("measure:SALES", "백만원")


def test_what_is_missing_in_the_columns_is_said_and_nothing_typed_is_lost(world: World) -> None:
    person = world.person(world.staff)
    page = upload(person, "성과.csv", text([["기업명", "매출액"], ["나노메디텍", "10"]]))
    answer = person.submit(page, "/mapping", button=("go", "check"), year="내년", unit="억원")
    assert answer.status == 422
    assert "연도를 읽을 수 없습니다" in answer.text
    assert "이 파일의 특구를 골라 주세요" in answer.text
    assert answer.form("/mapping").fields["unit"] == "억원"
    good = person.submit(answer, "/mapping", button=("go", "check"), year="2025", zone="GS-GIMHAE")
    assert good.status == 200
    assert "10억 원" in good.text


def test_another_head_row_and_another_sheet_can_be_chosen(world: World) -> None:
    person = world.person(world.staff)
    page = upload(person, "성과.xlsx", table(world))
    page = person.submit(page, "/mapping", button=("go", "head"), head_from="4", head_to="4")
    assert page.form("/mapping").fields["column-4-role"] == ""
    page = person.submit(page, "/mapping", button=("go", "head"), head_from="3", head_to="3")
    assert page.form("/mapping").fields["column-4-role"] == "measure:SALES"


def test_targets_of_zones_come_in_and_go_back_too(app: Flask, world: World) -> None:
    person = world.person(world.staff)
    rows = text(
        [["특구", "지표", "연도", "목표"], ["경남 김해", "신규창업", "2027", "30"], ["김해", "고용", "2026", "1,200"]]
    )
    page = upload(person, "목표.csv", rows, subject="targets")
    page = person.submit(page, "/mapping", button=("go", "check"))
    page = person.submit(page, "/book")
    with app.app_context():
        assert {(row.indicator, row.year): int(row.value) for row in db.session.scalars(select(Target))} == {
            ("ST-CNT", 2027): 30,
            ("EMP", 2026): 1200,
        }
    person.submit(page, "/undo", reason="목표가 아직 정해지지 않았습니다")
    with app.app_context():
        assert db.session.scalars(select(Target)).all() == []
