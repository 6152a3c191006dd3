"""Files in and out at a terminal, and large files behind the pages."""

from pathlib import Path

import python_calamine
from flask import Flask
from sqlalchemy import func, select

from backoffice.core.db import db
from backoffice.imports import services
from backoffice.outcomes.models import Import, Measure
from tests.cli.terminal import run
from tests.imports.conftest import World
from tests.imports.sheets import text, upload, value
from tests.jobs.desk import run_kinds
from tests.make import business_number

HEAD = ("zone", "organization", "name", "indicator", "year", "value")


def table(world: World, *values: object) -> bytes:
    return text(
        [
            HEAD,
            *(("GS-GIMHAE", world.nano_number, "나노메디텍", "SALES", 2025 - n, one) for n, one in enumerate(values)),
        ]
    )


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Measure)) or 0


def test_a_dry_run_says_everything_and_books_nothing(app: Flask, world: World, tmp_path: Path) -> None:
    file = tmp_path / "성과.csv"
    file.write_bytes(table(world, 500, 400))
    ended = run(app, "outcomes", "import", file, "--dry-run")
    assert (ended.code, ended.out.strip()) == (0, "성과.csv: 2 ok; 0 booked")
    assert count(app) == 0
    assert run(app, "outcomes", "import", file).out.strip() == "성과.csv: 2 ok; 2 booked"
    assert count(app) == 2


def test_findings_need_an_answer_and_errors_an_exit_status(app: Flask, world: World, tmp_path: Path) -> None:
    with app.app_context():
        value(world.zone_id, world.nano, "SALES", 2024, 5)
    file = tmp_path / "성과.csv"
    file.write_bytes(table(world, 500))
    ended = run(app, "outcomes", "import", file)
    assert ended.code == 1
    assert "2: warning: value 500: More than 10 times (the year before 5 won, now 500 won)." in ended.lines
    assert "1 findings wait for an answer: give --answer, or answer them on the page" in ended.lines
    ended = run(app, "outcomes", "import", file, "--answer", "a merger in spring", "--json")
    assert (ended.code, ended.data["booked"], ended.data["status"]) == (0, 1, "booked")


def test_a_person_imports_within_their_zones_only(app: Flask, world: World, tmp_path: Path) -> None:
    file = tmp_path / "성과.csv"
    file.write_bytes(table(world, 500))
    ended = run(app, "outcomes", "import", file, "--as", world.other_staff.email)
    assert ended.code == 1
    assert "is not your zone" in ended.lines[0]
    assert count(app) == 0
    assert (
        run(app, "outcomes", "import", file, "--as", "nobody@example.kr").err.strip()
        == "there is no account nobody@example.kr"
    )


def test_what_a_file_does_not_say_is_told_on_the_command_line(app: Flask, world: World, tmp_path: Path) -> None:
    file = tmp_path / "성과.csv"
    file.write_bytes(text([["사업자등록번호", "매출액"], [world.nano_number, "3"]], "cp949"))
    ended = run(app, "outcomes", "import", file)
    assert ended.code == 1
    assert {line.partition(":")[0] for line in ended.err.splitlines()} == {"year", "unit"}
    assert run(app, "outcomes", "import", file, "--year", "2025", "--unit", "억원").code == 0
    with app.app_context():
        assert db.session.scalar(select(Measure.value)) == 300_000_000


def test_the_ledger_is_taken_out_as_text_and_as_a_workbook(app: Flask, world: World, tmp_path: Path) -> None:
    with app.app_context():
        value(world.zone_id, world.nano, "SALES", 2025, 500)
        value(world.other_zone_id, world.elsewhere, "SALES", 2025, 600)
    assert len(run(app, "outcomes", "export").lines) == 3
    assert len(run(app, "outcomes", "export", "--zone", "GS-POHANG", "--year", "2025").lines) == 2
    assert len(run(app, "outcomes", "export", "--year", "2024").lines) == 1
    target = tmp_path / "대장.xlsx"
    assert run(app, "outcomes", "export", "--format", "xlsx", "-o", target).code == 0
    assert python_calamine.CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).height == 3
    assert run(app, "outcomes", "export", "--zone", "GS-NOWHERE").code == 1


def test_a_long_file_is_checked_and_booked_behind_the_page_with_progress(app: Flask, world: World) -> None:
    firms = services.AT_ONCE + 50
    rows = [("GS-GIMHAE", business_number(n), f"기업{n}", "EMP", 2025, n % 90 + 1) for n in range(firms)]
    person = world.person(world.staff)
    page = upload(person, "전체.csv", text([HEAD, *rows]))
    page = person.submit(page, "/mapping", button=("go", "check"))
    assert "뒤에서 처리하고 있습니다" in page.text
    run_kinds(app, "import_check")
    page = person.get(page.address)
    assert f"가져올 값 {firms}개" in page.text
    answers = dict.fromkeys(("check-new_organization", "check-name_differs"), "새로 입주한 기업입니다")
    page = person.submit(page, page.address.partition("?")[0] + "/answers", **answers)
    page = person.submit(page, "/book")
    assert "가져오는 중" in page.text
    run_kinds(app, "import_book")
    assert f"값 {firms}개" in person.get(page.address).text
    assert count(app) == firms
    with app.app_context():
        assert db.session.scalar(select(Import.status)) == "booked"
