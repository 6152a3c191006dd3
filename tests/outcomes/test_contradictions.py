"""Two sources that tell one figure differently, and one file behind the figures of two companies: asked, never silent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from backoffice.cases.models import CaseZone
from backoffice.cases.queries import linked
from backoffice.core.db import db, transaction
from backoffice.core.errors import Reason, Refused
from backoffice.engine.perform import Engine
from backoffice.imports.models import ImportLine
from backoffice.organizations.queries import zone
from backoffice.outcomes.entry_checks import Before
from backoffice.outcomes.models import Measure
from tests.browse import Person
from tests.imports.sheets import book, check, text
from tests.make import MILLION, attach_file, make_user
from tests.story import Way, days_later
from workflows.roles import Role

EXPLANATION = "특구의 표는 가결산이고 이 보고는 확정 결산입니다."
CERTIFICATE = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%% one certificate for all\n%%EOF\n"
WRONG = {
    "items": [{"item": "증빙", "request": "다른 기업의 증빙과 같은 파일입니다. 자기 회사의 증빙으로 바꾸어 주세요."}]
}
TO_HEADQUARTERS = ("submit", "start_check", "forward")


class Reporting(Way):
    """A project that is settled, and the outcome report of its company."""

    def __init__(self, office: Engine, sales: int, *, evidence: bytes = b"") -> None:
        super().__init__(office)
        self.submitted()
        with days_later(11):
            self.screened().reviewed().selected().running(days=20).paid()
        with days_later(40):
            office.breach()
            super().reported(35 * MILLION).settled()
        self.report_id = linked(self.case_id)[0].id
        self.states(SALES=sales)
        self.proves(evidence)

    def states(self, **values: int) -> None:
        self.fill("outcomes", self.applicant, {"outcomes": values}, case_id=self.report_id)

    def explains(self, told: str = EXPLANATION) -> None:
        self.fill("outcomes", self.applicant, {"explanation": told}, case_id=self.report_id)

    def proves(self, content: bytes) -> None:
        report = self.case(self.report_id)
        attach_file(report, "evidence_file", self.applicant, form="outcomes", name="증빙.pdf", content=content)

    def go(self, *actions: str) -> None:
        people = {"forward": self.zone_staff, "start_check": self.zone_staff, "confirm": self.approver}
        people |= {"return_for_correction": self.zone_staff, "request_restatement": self.hq_staff}
        people |= {"approve_restatement": self.approver}
        said: Mapping[str, dict[str, Any]] = {
            "forward": {"opinion": "증빙과 일치합니다."},
            "return_for_correction": WRONG,
            "request_restatement": {"reason": "고용을 잘못 적었습니다."},
        }
        for action in actions:
            self.do(action, people.get(action, self.applicant), case_id=self.report_id, **said.get(action, {}))

    def offered(self, action: str) -> list[Reason]:
        """Why a step is closed before anybody tries it."""
        verdicts = self.engine.actions([self.report_id], self.approver)[self.report_id]
        (verdict,) = [one for one in verdicts if one.action == action]
        assert verdict.ok is not bool(verdict.reasons)
        return list(verdict.reasons)

    def refused(self, action: str) -> list[Reason]:
        with pytest.raises(Refused) as refused:
            self.go(action)
        return list(refused.value.reasons)

    def table(self, sales: int) -> bytes:
        """What the zone sends about the same company and year."""
        row = ("GS-GIMHAE", self.lead.business_number, "SALES", self.case(self.report_id).year, sales)
        return text([("zone", "organization", "indicator", "year", "value"), row])

    def ledger(self) -> list[tuple[int, str, bool]]:
        """Value, answer and whether it stands, of every edition of its sales, oldest first."""
        query = select(Measure).where(Measure.organization_id == self.lead.id, Measure.indicator == "SALES")
        rows = db.session.scalars(query.order_by(Measure.id).execution_options(populate_existing=True))
        return [(int(row.value), row.answer, row.superseded_at is None) for row in rows]


def test_a_report_that_contradicts_the_table_of_its_zone_is_asked_why_and_both_values_stay(
    app: Flask, office: Engine
) -> None:
    story = Reporting(office, 300 * MILLION)
    book(app, story.zone_staff, "특구.csv", story.table(200 * MILLION))
    (reason,) = [one for one in story.refused("submit") if one.code == "figures_unexplained"]
    assert "매출" in reason.sentence.ko
    assert "다른 자료와 다릅니다(특구가 가져온 표 2억 원, 이 보고 3억 원)" in reason.sentence.ko
    assert "값을 고치거나 '크게 달라진 값의 설명' 칸에 까닭을 적어 주세요" in reason.sentence.ko
    story.explains()
    story.go(*TO_HEADQUARTERS, "confirm")
    assert story.ledger() == [(200 * MILLION, "", True), (300 * MILLION, EXPLANATION, True)]


def test_a_report_that_says_what_the_table_says_is_asked_nothing(app: Flask, office: Engine) -> None:
    story = Reporting(office, 300 * MILLION)
    book(app, story.zone_staff, "특구.csv", story.table(300 * MILLION))
    story.go(*TO_HEADQUARTERS, "confirm")
    assert [answer for _, answer, _ in story.ledger()] == ["", ""]


def test_a_table_that_contradicts_a_confirmed_report_restates_it_with_a_reason_or_not_at_all(
    app: Flask, office: Engine
) -> None:
    story = Reporting(office, 300 * MILLION)
    story.go(*TO_HEADQUARTERS, "confirm")
    import_id = check(app, story.zone_staff, "특구.csv", story.table(200 * MILLION))
    line = db.session.scalars(select(ImportLine).where(ImportLine.import_id == import_id)).one()
    assert (line.verdict, [one["code"] for one in line.findings]) == ("warning", ["locked"])
    assert "지금 값: 3억 원" in line.findings[0]["ko"]
    assert story.ledger() == [(300 * MILLION, "", True)]
    book(app, story.zone_staff, "특구.csv", story.table(200 * MILLION), answer="결산 확정으로 정정합니다")
    assert story.ledger() == [(300 * MILLION, "", False), (200 * MILLION, "결산 확정으로 정정합니다", True)]


def test_a_table_booked_while_a_report_is_checked_keeps_the_report_from_being_confirmed_unexplained(
    app: Flask, office: Engine
) -> None:
    story = Reporting(office, 300 * MILLION)
    story.go(*TO_HEADQUARTERS)
    assert story.offered("confirm") == []
    book(app, story.zone_staff, "특구.csv", story.table(200 * MILLION))
    (reason,) = story.offered("confirm")
    assert story.refused("confirm") == [reason]
    assert "특구가 가져온 표 2억 원, 이 보고 3억 원" in reason.sentence.ko
    assert "보완을 요청해" in reason.sentence.ko
    assert story.ledger() == [(200 * MILLION, "", True)]
    story.go("return_for_correction")
    story.explains()
    story.go("resubmit", "start_check", "forward", "confirm")
    assert story.ledger()[-1] == (300 * MILLION, EXPLANATION, True)


def test_restating_another_figure_of_a_report_does_not_take_back_what_a_table_corrected(
    app: Flask, office: Engine
) -> None:
    story = Reporting(office, 300 * MILLION)
    story.go(*TO_HEADQUARTERS, "confirm")
    book(app, story.zone_staff, "특구.csv", story.table(200 * MILLION), answer="결산 확정으로 정정합니다")
    story.go("request_restatement")
    story.fill("outcomes", story.hq_staff, {"outcomes": {"SALES": 300 * MILLION, "EMP": 7}}, case_id=story.report_id)
    for reasons in (story.offered("approve_restatement"), story.refused("approve_restatement")):
        assert any("특구가 가져온 표 2억 원" in one.sentence.ko for one in reasons)
    assert story.ledger()[-1] == (200 * MILLION, "결산 확정으로 정정합니다", True)


def test_evidence_that_came_first_with_another_company_is_changed_or_explained_before_it_is_confirmed(
    office: Engine,
) -> None:
    first, second = Reporting(office, 300 * MILLION, evidence=CERTIFICATE), Reporting(office, 7 * MILLION)
    first.go(*TO_HEADQUARTERS)
    second.proves(CERTIFICATE)
    second.go(*TO_HEADQUARTERS)
    assert first.offered("confirm") == []
    (reason,) = second.offered("confirm")
    assert second.refused("confirm") == [reason]
    assert reason.code == "evidence_shared"
    assert first.case(first.report_id).reference not in reason.sentence.ko + reason.sentence.en
    assert "증빙 '증빙.pdf': 다른 기업의 보고에 먼저 붙은" in reason.sentence.ko
    assert "까닭을 받은 뒤 확정해 주세요" in reason.sentence.ko
    assert second.ledger() == []
    first.go("confirm")
    second.go("return_for_correction")
    second.explains("특구가 입주기업 전체에 발급한 확인서입니다.")
    second.go("resubmit", "start_check", "forward", "confirm")
    assert first.ledger() == [(300 * MILLION, "", True)]
    assert second.ledger() == [(7 * MILLION, "특구가 입주기업 전체에 발급한 확인서입니다.", True)]


def test_a_restatement_with_evidence_of_another_company_is_closed_before_it_is_approved(office: Engine) -> None:
    first, second = Reporting(office, 300 * MILLION, evidence=CERTIFICATE), Reporting(office, 7 * MILLION)
    first.go(*TO_HEADQUARTERS, "confirm")
    second.go(*TO_HEADQUARTERS, "confirm", "request_restatement")
    report = second.case(second.report_id)
    attach_file(report, "evidence_file", second.hq_staff, form="outcomes", name="정정.pdf", content=CERTIFICATE)
    (reason,) = second.offered("approve_restatement")
    assert reason.code == "evidence_shared"
    assert second.refused("approve_restatement") == [reason]


def test_a_report_and_its_evidence_are_both_told_at_once(app: Flask, office: Engine) -> None:
    first, second = Reporting(office, 300 * MILLION, evidence=CERTIFICATE), Reporting(office, 7 * MILLION)
    first.go("submit")
    second.proves(CERTIFICATE)
    second.go(*TO_HEADQUARTERS)
    book(app, second.zone_staff, "특구.csv", second.table(5 * MILLION))
    assert [one.code for one in second.offered("confirm")] == ["figures_unexplained", "evidence_shared"]


def test_a_report_of_the_first_version_stays_on_it_and_is_asked_when_it_is_confirmed(
    app: Flask, office: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("backoffice.cases.services.newest_version", {"outcome_report": 1}.get)
        story = Reporting(office, 300 * MILLION)
    assert story.case(story.report_id).workflow_version == 1
    story.go(*TO_HEADQUARTERS)
    book(app, story.zone_staff, "특구.csv", story.table(200 * MILLION))
    assert story.offered("confirm") == []
    (reason,) = story.refused("confirm")
    assert "특구가 가져온 표 2억 원, 이 보고 3억 원" in reason.sentence.ko
    assert story.ledger() == [(200 * MILLION, "", True)]


def test_what_comes_between_the_guards_and_the_booking_is_refused_by_the_booking(
    app: Flask, office: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Reporting(office, 300 * MILLION)
    assert story.case(story.report_id).workflow_version == 2
    story.go(*TO_HEADQUARTERS)
    book(app, story.zone_staff, "특구.csv", story.table(200 * MILLION))
    blind = {**office.registry.facts, "figures": lambda subjects: {one.id: Before(one.year, {}) for one in subjects}}
    monkeypatch.setattr(office, "registry", replace(office.registry, facts=blind))
    assert story.offered("confirm") == []
    assert [one.code for one in story.refused("confirm")] == ["figures_unexplained"]
    assert story.ledger() == [(200 * MILLION, "", True)]


def test_the_office_sees_what_contradicts_and_no_company_learns_of_another(app: Flask) -> None:
    with app.app_context():
        office: Engine = app.extensions["engine"]
        first = Reporting(office, 300 * MILLION, evidence=CERTIFICATE)
        second = Reporting(office, 7 * MILLION, evidence=CERTIFICATE)
        first.go("submit")
        second.go("submit", "start_check")
        book(app, second.zone_staff, "특구.csv", second.table(5 * MILLION))
        other, mine = (one.case(one.report_id).reference for one in (first, second))
        people = {name: getattr(second, name).email for name in ("zone_staff", "applicant", "hq_staff")}
        db.session.remove()
    for name in ("zone_staff", "hq_staff"):
        page = Person(app, people[name]).get(f"/staff/cases/{mine}")
        card = " ".join(page.tree.xpath("string(//section[@id='doubted'])").split())
        assert "특구가 가져온 표 500만 원, 이 보고 700만 원" in card
        assert f"다른 기업의 보고에 먼저 붙은 파일과 내용이 같습니다. {other}" in card
    page = Person(app, people["applicant"]).get(f"/portal/cases/{mine}")
    assert page.status == 200
    assert other not in page.text
    assert "다른 기업" not in page.text


def test_what_is_told_of_another_report_names_no_zone_the_reader_may_not_see(app: Flask) -> None:
    with app.app_context():
        office: Engine = app.extensions["engine"]
        first = Reporting(office, 300 * MILLION, evidence=CERTIFICATE)
        second = Reporting(office, 7 * MILLION, evidence=CERTIFICATE)
        first.go("submit")
        second.go("submit")
        with transaction():
            here = CaseZone.zone_id == zone("GS-GIMHAE").id
            db.session.execute(delete(CaseZone).where(here, CaseZone.case_id == first.report_id))
        other, mine = (one.case(one.report_id).reference for one in (first, second))
        stranger = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE").email
        db.session.remove()
    page = Person(app, stranger).get(f"/staff/cases/{mine}")
    card = page.tree.xpath("string(//section[@id='doubted'])")
    assert "다른 기업의 보고에 먼저 붙은 파일과 내용이 같습니다." in card
    assert other not in page.text
