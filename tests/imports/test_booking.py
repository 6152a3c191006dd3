"""What must hold when a file is booked or taken back: editions, locks, isolation, and nothing half done."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.accounts import queries as accounts
from backoffice.accounts.models import RoleGrant
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Conflict, Forbidden, NotFound, Refused
from backoffice.engine.perform import Engine
from backoffice.imports import booking, queries
from backoffice.imports.models import ImportLine
from backoffice.organizations.models import Organization, Zone
from backoffice.outcomes import services as outcomes
from backoffice.outcomes.models import Import, Measure
from backoffice.outcomes.queries import restatements
from backoffice.reports.services import freeze
from tests.imports.conftest import World
from tests.imports.sheets import book, check, text, value, workbook, zone_table
from tests.make import Story, business_number


def long(*rows: tuple[object, ...]) -> bytes:
    return text([("zone", "organization", "indicator", "year", "value"), *rows])


def findings(import_id: int) -> list[str]:
    rows = db.session.scalars(select(ImportLine).where(ImportLine.import_id == import_id).order_by(ImportLine.id))
    return [finding["code"] for row in rows for finding in row.findings]


def undo(import_id: int, actor: Actor, reason: str = "잘못된 자료였습니다") -> int:
    with transaction():
        return booking.undo(db.session.get_one(Import, import_id), actor, reason)


def newest(firm: int, indicator: str = "SALES", year: int = 2025) -> Measure:
    row = db.session.scalar(
        select(Measure).where(
            Measure.organization_id == firm, Measure.indicator == indicator, Measure.year == year,
            Measure.superseded_at.is_(None),
        )
    )  # fmt: skip
    assert row is not None
    return row


def test_a_value_of_a_confirmed_report_is_restated_with_a_reason_and_stays_with_its_project(
    office: Engine, world: World
) -> None:
    from_report = Story(office).case_id
    value(world.zone_id, world.nano, "SALES", 2025, 500, case_id=from_report, report_id=from_report)
    restated = long(("GS-GIMHAE", world.nano_number, "SALES", 2025, 700))
    import_id = book(world.app, world.staff, "정정.csv", restated, answer="결산 확정으로 정정합니다")
    assert findings(import_id) == ["locked"]
    row = newest(world.nano)
    assert (row.value, row.edition, row.case_id, row.report_id) == (700, 2, from_report, from_report)
    assert row.answer == "결산 확정으로 정정합니다"
    assert [item.before for item in restatements([2025], None)] == [500]


def test_a_year_with_an_issued_report_is_changed_only_as_a_restatement(office: Engine, world: World) -> None:
    value(world.zone_id, None, "ST-CNT", 2025, 5)
    with transaction():
        freeze(db.session.get_one(Zone, world.zone_id), 2025, "internal", None)
    import_id = check(world.app, world.staff, "추가.csv", long(("GS-GIMHAE", "", "ATTR-CNT", 2025, 3)))
    assert findings(import_id) == ["locked"]
    other = check(world.app, world.staff, "추가.csv", long(("GS-GIMHAE", "", "ATTR-CNT", 2024, 3)))
    assert findings(other) == []


def test_what_an_issued_report_was_made_of_cannot_be_undone(office: Engine, world: World) -> None:
    import_id = book(world.app, world.staff, "성과.csv", long(("GS-GIMHAE", "", "ST-CNT", 2025, 5)))
    with clock.travelling(clock.now() + timedelta(minutes=1)), transaction():
        issue = freeze(db.session.get_one(Zone, world.zone_id), 2025, "internal", None).number
    with pytest.raises(Refused) as refused:
        undo(import_id, world.staff)
    assert issue in refused.value.sentence.ko
    assert db.session.scalar(select(Measure.value)) == 5


def test_what_was_restated_since_cannot_be_undone(office: Engine, world: World) -> None:
    import_id = book(world.app, world.staff, "성과.csv", long(("GS-GIMHAE", world.nano_number, "SALES", 2025, 500)))
    with transaction():
        outcomes.restate(newest(world.nano), Decimal(600), denominator=None, reason="결산 정정입니다", actor_id=None)
    with pytest.raises(Refused, match="1건이 그 뒤에 정정"):
        undo(import_id, world.staff)
    assert newest(world.nano).value == 600


def test_two_imports_on_top_of_each_other_are_undone_from_the_newest(office: Engine, world: World) -> None:
    first = book(world.app, world.staff, "1.csv", long(("GS-GIMHAE", world.nano_number, "SALES", 2025, 500)))
    second = book(world.app, world.staff, "2.csv", long(("GS-GIMHAE", world.nano_number, "SALES", 2025, 600)))
    with pytest.raises(Refused):
        undo(first, world.staff)
    undo(second, world.staff)
    assert (newest(world.nano).value, newest(world.nano).edition) == (500, 1)
    undo(first, world.staff)
    assert db.session.scalars(select(Measure)).all() == []
    with pytest.raises(Refused):
        undo(first, world.staff)


def test_a_value_recorded_after_the_check_stops_the_booking_and_nothing_is_half_done(
    office: Engine, world: World
) -> None:
    rows = [("GS-GIMHAE", number, "SALES", 2025, 500) for number in (world.nano_number, world.bio_number)]
    import_id = check(world.app, world.staff, "성과.csv", long(*rows))
    value(world.zone_id, world.bio, "SALES", 2025, 999)
    with pytest.raises(Conflict, match="1건의 값이 바뀌었습니다"), transaction():
        booking.book(db.session.get_one(Import, import_id), world.staff)
    assert [row.value for row in db.session.scalars(select(Measure))] == [999]
    assert db.session.get_one(Import, import_id).status == "checked"


def test_a_lost_role_holds_at_the_booking_too(office: Engine, world: World) -> None:
    import_id = check(world.app, world.staff, "성과.csv", long(("GS-GIMHAE", world.nano_number, "SALES", 2025, 500)))
    with transaction():
        grants = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == world.staff.user_id))
        for grant in grants:
            grant.revoked_at = clock.now()
    person = accounts.actor(world.staff.user_id or 0)
    assert person is not None
    with pytest.raises(Forbidden), transaction():
        booking.book(db.session.get_one(Import, import_id), person)
    assert db.session.scalars(select(Measure)).all() == []


def test_an_import_of_another_zone_does_not_exist_for_its_neighbours(office: Engine, world: World) -> None:
    import_id = check(world.app, world.staff, "성과.csv", long(("GS-GIMHAE", world.nano_number, "SALES", 2025, 500)))
    token = db.session.get_one(Import, import_id).token
    for stranger in (world.other_staff, world.applicant):
        with pytest.raises(NotFound):
            queries.one(token, stranger)
        with pytest.raises(NotFound):
            queries.evidence(token, stranger)
        assert queries.newest(stranger) == []
    assert queries.one(token, world.hq).id == import_id
    assert queries.evidence(token, world.auditor).id == import_id


def test_a_firm_nobody_registered_is_registered_under_the_name_in_the_file_unverified(
    office: Engine, world: World
) -> None:
    number = business_number(7777)
    table = workbook(zone_table((1, "경남 김해", "새로생긴기업", number, 10, 3)))
    import_id = book(world.app, world.staff, "성과.xlsx", table)
    assert set(findings(import_id)) == {"new_organization"}
    row = db.session.scalar(select(Organization).where(Organization.business_number == number))
    assert row is not None
    assert (row.name_ko, row.zone_id, row.verified_at) == ("새로생긴기업", world.zone_id, None)
    assert newest(row.id, "EMP").value == 3


def test_the_same_firm_twice_in_a_file_is_named_by_row(office: Engine, world: World) -> None:
    row = ("GS-GIMHAE", world.nano_number, "SALES", 2025)
    import_id = check(world.app, world.staff, "성과.csv", long((*row, 500), (*row, 500), (*row, 600)))
    found = db.session.scalars(
        select(ImportLine).where(ImportLine.import_id == import_id).order_by(ImportLine.id)
    ).all()
    assert [line.verdict for line in found] == ["ok", "same", "error"]
    assert "2행과 같은 기업·지표·연도" in found[2].findings[0]["ko"]


def test_hidden_rows_broken_formulas_and_other_names_are_never_silent(office: Engine, world: World) -> None:
    table = workbook(
        zone_table(
            (1, "경남 김해", "나노메디텍", world.nano_number, 10, 3), (2, "경남 김해", "(주)김해바이오", world.bio_number, "", 4),
            (3, "경남 김해", "엉뚱한이름", world.bio_number, "", 5),
        ),
        hidden=[4],
        formulas=[("E5", "=1/0", "#DIV/0!")],
    )  # fmt: skip
    import_id = check(world.app, world.staff, "성과.xlsx", table)
    assert findings(import_id) == ["hidden", "hidden", "formula", "duplicate"]


def test_a_name_that_differs_from_the_register_is_asked_about(office: Engine, world: World) -> None:
    table = workbook(zone_table((1, "경남 김해", "엉뚱한이름", world.bio_number, 10, "")))
    assert findings(check(world.app, world.staff, "성과.xlsx", table)) == ["name_differs"]


def test_zone_names_merged_over_their_firms_belong_to_every_row(office: Engine, world: World) -> None:
    table = workbook(
        zone_table((1, "", "나노메디텍", world.nano_number, 10, 3), (2, "", "김해바이오", world.bio_number, 20, 4)),
        merge=[("B4:B5", "경남 김해")],
    )
    import_id = check(world.app, world.staff, "성과.xlsx", table)
    assert queries.verdicts(import_id) == {"ok": 4}


def test_two_years_and_their_growth_are_compared(office: Engine, world: World) -> None:
    head = ["특구", "사업자번호", "매출액(원) 2024년", "매출액(원) 2025년", "증가율"]
    right = text([head, ["김해", world.nano_number, 687, 1179, "71.6%"]])
    wrong = text([head, ["김해", world.nano_number, 687, 1179, "81.6%"]])
    assert findings(check(world.app, world.staff, "성과.csv", right)) == []
    assert findings(check(world.app, world.staff, "성과.csv", wrong)) == ["growth"]


def test_the_evidence_of_a_measure_is_the_file_as_it_was_delivered(office: Engine, world: World) -> None:
    content = long(("GS-GIMHAE", world.nano_number, "SALES", 2025, 500))
    import_id = book(world.app, world.staff, "성과.csv", content)
    row = newest(world.nano)
    assert (row.import_id, row.row_number) == (import_id, 2)
    assert world.app.extensions["files"].read(db.session.get_one(Import, import_id).sha256) == content
