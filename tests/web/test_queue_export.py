"""What leaves the queue: exactly the rows of the filter, nothing that could run, and a record of it."""

import csv
import io
from dataclasses import dataclass
from typing import Any

import pytest
import python_calamine
from flask import Flask
from sqlalchemy import select, update

from backoffice.accounts.models import User
from backoffice.cases.models import Case
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db, transaction
from backoffice.organizations.models import Organization
from tests.browse import Person
from tests.crowd import Crowd, make_cases, make_crowd
from tests.make import make_organization, make_user
from tests.queries import counted
from workflows.roles import Role

FILE = "/staff/export/file"
SIMPLE = "column=reference&column=amount&column=title"


@dataclass
class Desk:
    """A crowd of cases in Gimhae, with the people who ask for them."""

    app: Flask
    crowd: Crowd
    officer: Person

    def change(self, **values: Any) -> str:
        """Give the newest case other values; its reference."""
        with self.app.app_context():
            with transaction():
                newest = db.session.scalar(select(Case.id).order_by(Case.id.desc()).limit(1))
                db.session.execute(update(Case).where(Case.id == newest).values(**values))
            return str(db.session.scalar(select(Case.reference).where(Case.id == newest)))

    def references(self) -> set[str]:
        with self.app.app_context():
            return set(db.session.scalars(select(Case.reference)))

    def exports(self) -> list[str]:
        with self.app.app_context():
            query = select(AccessEvent.about).where(AccessEvent.act == "case:export").order_by(AccessEvent.id)
            return list(db.session.scalars(query))


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        make_cases(crowd, 60, state="screening")
        db.session.remove()
    return Desk(app, crowd, Person(app, crowd.officer.email))


def csv_rows(person: Person, query: str) -> list[dict[str, str]]:
    answer = person.client.get(f"{FILE}?format=csv&{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def sheet_rows(person: Person, query: str) -> list[dict[str, Any]]:
    answer = person.client.get(f"{FILE}?format=xlsx&{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    head, *lines = book.get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


@pytest.mark.parametrize("read", [csv_rows, sheet_rows])
def test_both_formats_hold_every_row_of_the_filter_and_no_other(desk: Desk, read: Any) -> None:
    chosen = desk.change(amount=45_350_000, year=2001)
    assert {row["접수번호"] for row in read(desk.officer, f"box=all&page=2&{SIMPLE}")} == desk.references()
    (row,) = read(desk.officer, f"box=all&year=2001&{SIMPLE}")
    assert row["접수번호"] == chosen
    assert float(row["신청 금액(원)"]) == 45_350_000
    assert read(desk.officer, f"box=all&year=1999&{SIMPLE}") == []
    assert list(row) == ["접수번호", "과제명", "신청 금액(원)"]


def test_a_list_of_thousands_leaves_whole(desk: Desk) -> None:
    with desk.app.app_context():
        make_cases(desk.crowd, 2_440, state="screening")
        with transaction():
            db.session.execute(update(Case).values(title="나" * 160))
    for read in (csv_rows, sheet_rows):
        found = read(desk.officer, f"box=all&zone={desk.crowd.zone_id}&{SIMPLE}")
        assert len(found) == 2_500
        assert {row["접수번호"] for row in found} == desk.references()


def test_rows_come_in_the_order_of_the_queue(desk: Desk) -> None:
    found = [row["접수번호"] for row in csv_rows(desk.officer, "box=all&sort=reference&column=reference")]
    assert found == sorted(found)
    assert len(found) == 60


def test_every_column_says_what_the_queue_says(desk: Desk) -> None:
    with desk.app.app_context(), transaction():
        handler = db.session.scalar(select(User).where(User.id == desk.crowd.officer.user_id))
        assert handler is not None
        handler.name = "김담당"
        company = db.session.get_one(Organization, desk.crowd.company_id)
        name, number = company.name_ko, company.business_number or ""
    desk.change(handler_id=desk.crowd.officer.user_id, year=2001)
    page = desk.officer.get("/staff/export?box=all&year=2001")
    codes = page.tree.xpath("//input[@name='column']/@value")
    assert len(codes) == 14
    (row,) = csv_rows(desk.officer, "box=all&year=2001&" + "&".join(f"column={code}" for code in codes))
    assert (row["신청 기업"], row["담당"], row["연도"]) == (name, "김담당", "2001")
    assert row["사업자등록번호"].replace("-", "") == number
    assert "김해" in row["강소특구"]
    assert all(row[name] for name in ("사업", "상태", "단계", "처리 차례"))


def test_the_page_keeps_the_filter_and_says_how_many_rows_leave(desk: Desk) -> None:
    queue = desk.officer.get("/staff/?box=all&sort=title&page=2")
    (link,) = [link for link in queue.tree.xpath("//a/@href") if "/staff/export" in link]
    page = desk.officer.get(link)
    assert page.status == 200
    assert "60건을 모두 내보냅니다" in page.text
    kept = {item.get("name"): item.get("value") for item in page.tree.xpath("//form//input[@type='hidden']")}
    assert (kept["box"], kept["sort"]) == ("all", "title")
    assert "page" not in kept


def test_a_text_that_looks_like_a_formula_stays_a_text(desk: Desk) -> None:
    for title in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        desk.change(title=title, year=2001)
        (row,) = csv_rows(desk.officer, f"box=all&year=2001&{SIMPLE}")
        assert row["과제명"].startswith("'")
    desk.change(title="=HYPERLINK(1)")
    (told,) = sheet_rows(desk.officer, f"box=all&year=2001&{SIMPLE}")
    assert told["과제명"] == "=HYPERLINK(1)"


def test_an_officer_of_another_zone_takes_none_of_the_rows(desk: Desk) -> None:
    with desk.app.app_context():
        other = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG")
        own = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE")
    person = Person(desk.app, other.email)
    for query in (f"box=all&{SIMPLE}", f"box=all&zone={desk.crowd.zone_id}&{SIMPLE}"):
        assert csv_rows(person, query) == []
        assert sheet_rows(person, query) == []
    assert len(csv_rows(Person(desk.app, own.email), f"box=all&{SIMPLE}")) == 60


def test_companies_and_reviewers_have_no_export(desk: Desk) -> None:
    with desk.app.app_context():
        people = [make_user(Role.APPLICANT, organization=make_organization("다른기업")), make_user(Role.REVIEWER)]
    for person in people:
        for address in ("/staff/export", f"{FILE}?format=csv&{SIMPLE}"):
            assert Person(desk.app, person.email).get(address).status == 403
    assert desk.exports() == []


def test_who_may_not_read_organizations_takes_no_business_number(desk: Desk) -> None:
    with desk.app.app_context():
        ministry = Person(desk.app, make_user(Role.MINISTRY).email)
    assert "사업자등록번호" not in ministry.get("/staff/export?box=all").text
    answer = ministry.get(f"{FILE}?format=csv&column=business_number")
    assert answer.status == 422
    assert "고를 수 없는 열이 있습니다" in answer.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("format=csv", "열을 하나 이상 골라 주세요"),
        ("format=csv&column=reference&column=password_hash", "고를 수 없는 열이 있습니다"),
        ("format=csv&column=%00%27", "고를 수 없는 열이 있습니다"),
        ("format=pdf&column=reference", "파일 형식을 골라 주세요"),
        ("column=reference", "파일 형식을 골라 주세요"),
    ],
)
def test_what_an_address_cannot_mean_is_told_in_a_sentence_and_the_choice_stays(
    desk: Desk, query: str, sentence: str
) -> None:
    page = desk.officer.get(f"{FILE}?box=all&{query}")
    assert page.status == 422
    assert sentence in page.text
    ticked = page.tree.xpath("//input[@name='column'][@checked]/@value")
    assert ticked == (["reference"] if "reference" in query else [])
    assert desk.exports() == []


def test_every_export_is_recorded_with_its_filter_and_number_of_rows(desk: Desk) -> None:
    csv_rows(desk.officer, f"box=all&zone={desk.crowd.zone_id}&q=B-&{SIMPLE}")
    (about,) = desk.exports()
    assert about.startswith("csv 60 box=all text=B- zone=")
    assert about.endswith("[reference,title,amount]")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_costs_the_same_for_one_row_and_for_sixty(desk: Desk, kind: str) -> None:
    desk.change(year=2001)
    sent = []
    for query in ("year=2001", ""):
        with desk.app.app_context(), counted() as seen:
            answer = desk.officer.client.get(f"{FILE}?box=all&format={kind}&column=zone&column=handler&{query}")
            assert answer.status_code == 200
            assert answer.data
        sent.append(len(seen))
    assert sent[0] == sent[1] <= 10
