"""Technology transfer through the pages alone: from a company's demand to the contract, royalties and the outcome report."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.identifiers import format_business_number
from tests.browse import Person
from tests.journeys.steps import act, refused, write
from tests.make import PDF, make_organization, make_user
from workflows.roles import Role


@dataclass
class Table:
    """Both sides of a deal and the people of the foundation."""

    company: Person
    supplier: Person
    reserve: Person
    staff: Person
    approver: Person
    finance: Person
    numbers: tuple[str, str]


@pytest.fixture
def table(app: Flask) -> Table:
    with app.app_context():
        houses = [
            make_organization("나노메디텍"),
            make_organization("재료연구원", kind="institute", zone_code="GS-CHANGWON"),
            make_organization("충북대 산학협력단", kind="anchor", zone_code="GS-CHEONGJU"),
        ]
        roles = (Role.APPLICANT, Role.SUPPLIER, Role.SUPPLIER)
        emails = [make_user(role, organization=house).email for role, house in zip(roles, houses, strict=True)]
        emails.append(make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE").email)
        emails += [make_user(role).email for role in (Role.APPROVER, Role.FINANCE)]
        first, second = (format_business_number(house.business_number or "") for house in houses[1:])
        db.session.remove()
    return Table(*(Person(app, email) for email in emails), numbers=(first, second))


def file_demand(table: Table) -> str:
    """The company starts a demand of its own accord and submits it."""
    home = table.company.get("/portal/")
    reference = table.company.submit(home, "/technology_transfer").address.rpartition("/")[2]
    assert "올려 주세요" in refused(table.company, reference, "submit_demand")
    write(table.company, reference, "demand", "consent", consent_personal="yes", consent_sharing="yes")
    write(
        table.company, reference, "demand", "demand", title="혈액 진단용 나노입자 표면처리 기술", technology="st05",
        purpose="진단 키트의 감도를 높이기 위하여 나노입자 표면처리 기술을 도입하고자 합니다.",
        specification="입자 크기 20nm 이하, 표면 결합률 95% 이상", wanted_kind=["ordinary"],
    )  # fmt: skip
    write(table.company, reference, "demand", "attachments", introduction_file=("소개서.pdf", PDF))
    act(table.company, reference, "submit_demand")
    return reference


def find_partner(table: Table, reference: str) -> None:
    """The first supplier declines; the second, from the reserve list, agrees to talk."""
    act(table.staff, reference, "review_demand")
    act(table.staff, reference, "accept_demand", opinion="특화분야에 맞는 수요입니다.")
    rows = {
        "candidates-0-technology": "나노입자 표면개질", "candidates-0-supplier": "재료연구원",
        "candidates-0-business_number": table.numbers[0], "candidates-0-zone": "GS-CHANGWON",
        "candidates-1-technology": "금 나노입자 합성", "candidates-1-supplier": "충북대 산학협력단",
        "candidates-1-business_number": table.numbers[1], "candidates-1-zone": "GS-CHEONGJU",
    }  # fmt: skip
    page = table.staff.get(f"/cases/{reference}/actions/propose_match")
    page = table.staff.submit(page, "", button=("more_rows", "candidates"), **rows)
    if "처리했습니다" not in page.text:
        act(table.staff, reference, "propose_match", **rows)
    act(table.supplier, reference, "decline_match", reason="이미 전용실시권을 허락한 기술입니다.")
    assert table.supplier.get(f"/portal/cases/{reference}").status == 404
    act(table.staff, reference, "propose_next")
    act(table.company, reference, "agree_to_talk")
    act(table.reserve, reference, "agree_to_talk")


def conclude(table: Table, reference: str) -> None:
    """Letter of intent, terms that both agree to, signatures, and the foundation's confirmation."""
    write(
        table.company, reference, "intent", "intent", plan="도입한 기술로 진단 키트를 개량하여 내년 상반기에 출시합니다.",
        intent_file=("의향서.pdf", PDF),
    )  # fmt: skip
    act(table.company, reference, "submit_intent")
    act(table.staff, reference, "skip_valuation", reason="통상실시 소액 계약이라 평가를 생략합니다.")
    today = clock.today()
    write(
        table.reserve, reference, "terms", "terms", kind="ordinary", starts_on=today.isoformat(),
        ends_on=today.replace(year=today.year + 2, day=1).isoformat(),
    )  # fmt: skip
    due = today + timedelta(days=30)
    write(table.reserve, reference, "terms", "price", upfront="40,000", upfront_due=due.isoformat(), rate="3")
    act(table.reserve, reference, "agree_terms")
    act(table.company, reference, "agree_terms")
    for person in (table.company, table.reserve):
        page = person.get(f"/portal/cases/{reference}")
        form = next(form for form in page.forms() if "/signatures/" in (form.get("action") or ""))
        person.submit(page, form.get("action"))
    write(
        table.reserve, reference, "contract", "contract", signed_on=today.isoformat(),
        contract_file=("계약서.pdf", PDF),
    )  # fmt: skip
    act(table.approver, reference, "sign_contract")


def test_a_demand_becomes_a_license_with_royalties_and_yearly_outcomes(table: Table) -> None:
    reference = file_demand(table)
    find_partner(table, reference)
    conclude(table, reference)
    today = clock.today().isoformat()
    assert "선급기술료 4,000만 원" in table.reserve.get(f"/portal/cases/{reference}").text
    act(table.reserve, reference, "confirm_payment", number="1", amount="40,000", paid_on=today)
    act(table.reserve, reference, "start_delivery")
    act(table.finance, reference, "pay_broker", broker="한빛기술거래", amount="2,000", paid_on=today)
    write(
        table.reserve, reference, "delivery", "delivery", results="공정 조건과 설비 운용을 전수하였습니다.", days="12",
        delivery_file=("전수결과.pdf", PDF),
    )  # fmt: skip
    act(table.reserve, reference, "finish_delivery")
    act(table.company, reference, "finish_delivery")
    act(table.company, reference, "report_sales", year=str(clock.today().year), sales="500,000")
    paid = table.company.get(f"/portal/cases/{reference}")
    assert "15,000" in paid.text
    wrong = refused(table.reserve, reference, "confirm_payment", number="2", amount="15,001", paid_on=today)
    assert "남은 금액은 1,500만 원" in wrong
    act(table.reserve, reference, "confirm_payment", number="2", amount="15,000", paid_on=today)
    office = table.staff.get(f"/staff/cases/{reference}")
    assert "이미 전용실시권을 허락한 기술입니다" in office.text
    assert re.search(rf"{reference}-OUT1", office.response.get_data(as_text=True))
    assert "재료연구원" in table.company.get(f"/portal/cases/{reference}").text
    assert "재료연구원" not in table.reserve.get(f"/portal/cases/{reference}").text
