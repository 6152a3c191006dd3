"""The people of a journey, each at a browser, and what they do again and again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.accounts.queries import actor
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.identifiers import format_business_number
from backoffice.core.outbox import Job
from backoffice.jobs.running import run_job
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call
from backoffice.reviews.queries import panel_of_call
from tests.browse import Person
from tests.make import PDF, make_call, make_organization, make_user
from tests.story import CHECKS
from workflows.roles import Role


@dataclass
class Cast:
    """Everybody who works on one case."""

    app: Flask
    call: str
    numbers: dict[str, str]
    lead_id: int
    applicant: Person
    partners: list[Person]
    zone_staff: Person
    hq_staff: Person
    approver: Person
    finance: Person
    payer: Person
    chair: Person
    reviewers: list[Person]

    def tick_checklist(self, reference: str) -> None:
        """Headquarters finds nothing against the applicant."""
        page = self.hq_staff.get(f"/staff/cases/{reference}/forms/screening_checklist")
        self.hq_staff.submit(page, "", **dict.fromkeys(CHECKS, "yes"))

    def score(self, reference: str, scores: list[tuple[str, str, str]]) -> None:
        """Every assigned reviewer declares, scores and seals; reviewers who were not chosen see nothing."""
        left = list(scores)
        for reviewer in self.reviewers:
            page = reviewer.get(f"/reviewer/cases/{reference}")
            if page.status == 404:
                continue
            creativity, capability, impact = left.pop(0)
            page = reviewer.submit(page, "/conflict", button=("conflict", "no"))
            page = reviewer.submit(
                page, "/sheet", button=("go", "seal"), comment="구체적인 계획이며 협력 체계가 분명합니다.",
                creativity=creativity, capability=capability, impact=impact,
            )  # fmt: skip
            assert "제출했습니다" in page.text, page.text[:800]
        assert not left

    def sign_everybody(self, reference: str) -> None:
        """Each organization signs for itself."""
        for person in (self.applicant, *self.partners):
            page = person.get(f"/portal/cases/{reference}")
            form = next(form for form in page.forms() if "/signatures/" in (form.get("action") or ""))
            person.submit(page, form.get("action"))

    def final_report(self, reference: str, *, spent: str) -> None:
        """Results, one expenditure and the two deliverables."""
        base = f"/portal/cases/{reference}/forms/final_report"
        self.applicant.submit(
            self.applicant.get(f"{base}/results"), "", button=("go", "next"),
            results="공동 기획을 마치고 사업모델과 과제기획서를 완성하였으며 본과제 신청을 준비하고 있습니다.",
            plan_next="내년 상반기 국가 연구개발 본과제에 함께 신청합니다.",
        )  # fmt: skip
        row = {"usage-0-spent_on": clock.today().isoformat(), "usage-0-category": "personnel"}
        self.applicant.submit(
            self.applicant.get(f"{base}/usage"), "", button=("go", "next"),
            **row, **{"usage-0-payee": "기획 인력", "usage-0-amount": spent},
        )  # fmt: skip
        self.applicant.submit(
            self.applicant.get(f"{base}/deliverables"), "", button=("go", "out"),
            business_model_file=("사업모델.pdf", PDF), rfp_file=("과제기획서.pdf", PDF),
        )  # fmt: skip

    def report_outcomes(self, reference: str, values: dict[str, str]) -> str:
        """The company reports, the zone checks, the approver confirms: the report's reference."""
        report = f"{reference}-OUT1"
        page = self.applicant.get(f"/portal/cases/{report}/forms/outcomes/outcomes")
        typed = {f"outcomes-{code}": value for code, value in values.items()}
        page = self.applicant.submit(
            page,
            "",
            button=("go", "next"),
            story="시제품 수출 계약을 맺었습니다.",
            evidence_file=[("재무제표.pdf", PDF)],
            **typed,
        )
        for person, action, given in (
            (self.applicant, "submit", {}),
            (self.zone_staff, "start_check", {}),
            (self.zone_staff, "forward", {"opinion": "증빙과 일치합니다."}),
            (self.approver, "confirm", {}),
        ):
            done = person.submit(person.get(f"/cases/{report}/actions/{action}"), "", **given)
            assert "처리했습니다" in done.text, done.text[:800]
        return report

    def zone_report(self, zone: str, year: int) -> bytes:
        """Headquarters has the zone's report made, the worker prints it, and the PDF is downloaded."""
        page = self.hq_staff.get(f"/reports/?year={year}")
        token = page.form("/language").fields["csrf_token"]
        page = self.hq_staff.post(
            "/reports/", {"csrf_token": token, "zone": zone, "year": str(year), "edition": "internal"}
        )
        assert "만들고 있습니다" in page.text, page.text[:800]
        with self.app.app_context():
            waiting = list(db.session.scalars(select(Job.id).where(Job.kind == "report")))
            db.session.remove()
        for job_id in waiting:
            run_job(self.app, job_id)
        page = self.hq_staff.get(f"/reports/?year={year}")
        link = next(link for link in page.tree.xpath("//a/@href") if link.endswith(".pdf"))
        content: bytes = self.hq_staff.client.get(link).data
        return content


def next_day(day: date) -> datetime:
    """Nine in the morning of the day after, in Seoul."""
    after = day + timedelta(days=1)
    return clock.seoul(after.year, after.month, after.day, 9)


def cast_for(app: Flask) -> Cast:
    """A call and everybody around it."""
    with app.app_context():
        call = make_call()
        lead = make_organization("나노메디텍")
        partner = make_organization("청주전자", zone_code="GS-CHEONGJU")
        anchor = make_organization("인제대학교", kind="anchor")
        panel = panel_of_call(call.id)
        assert panel is not None
        people = {
            "applicant": make_user(Role.APPLICANT, organization=lead),
            "partner": make_user(Role.APPLICANT, organization=partner),
            "anchor": make_user(Role.APPLICANT, organization=anchor),
            "zone_staff": make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE"),
            "hq_staff": make_user(Role.HQ_STAFF),
            "approver": make_user(Role.APPROVER),
            "finance": make_user(Role.FINANCE),
            "payer": make_user(Role.FINANCE),
            "chair": _known(panel.chair_id),
        }
        reviewers = [_known(user_id).email for user_id in panel.members]
        numbers = {name: format_business_number(row.business_number or "") for name, row in
                   {"lead": lead, "partner": partner, "anchor": anchor}.items()}  # fmt: skip
        call_code, lead_id = db.session.get_one(Call, call.id).code, db.session.get_one(Organization, lead.id).id
        emails = {name: person.email for name, person in people.items()}
    at = {name: Person(app, email) for name, email in emails.items()}
    return Cast(
        app, call_code, numbers, lead_id, at["applicant"], [at["partner"], at["anchor"]], at["zone_staff"],
        at["hq_staff"], at["approver"], at["finance"], at["payer"], at["chair"],
        [Person(app, email) for email in reviewers],
    )  # fmt: skip


def _known(user_id: int) -> Actor:
    found = actor(user_id)
    assert found is not None
    return found


def fill_application(cast: Cast) -> str:
    """Every section of the application, through the pages: the draft's reference."""
    person = cast.applicant
    page = person.submit(person.get(f"/calls/{cast.call}"), "/start")
    reference = page.address.rpartition("/")[2]
    base = f"/portal/cases/{reference}/forms/application"
    yes = {"consent_personal": "yes", "consent_sharing": "yes", "pledge": "yes"}
    person.submit(person.get(f"{base}/consent"), "", button=("go", "next"), **yes)
    today = clock.today()
    person.submit(
        person.get(f"{base}/overview"), "", button=("go", "next"), title="나노입자 바이오센서 공동 R&BD 기획",
        summary="혈액 한 방울로 감염성 질환을 15분 안에 판별하는 바이오센서의 사업화를 함께 기획합니다.", technology="st05",
        need="의료 현장에서 빠르고 값싼 진단 수단이 필요하며 현재 제품은 수입에 의존하고 있습니다.",
        goal="사업모델 보고서와 과제기획서를 만들고 국가 연구개발 본과제에 함께 신청합니다.",
        starts_on=(today + timedelta(days=60)).isoformat(), ends_on=(today + timedelta(days=240)).isoformat(),
    )  # fmt: skip
    rows = [
        (cast.numbers["lead"], "나노메디텍", "company", "GS-GIMHAE"),
        (cast.numbers["partner"], "청주전자", "company", "GS-CHEONGJU"),
        (cast.numbers["anchor"], "인제대학교", "anchor", "GS-GIMHAE"),
    ]
    page = person.submit(person.get(f"{base}/members"), "", button=("more_rows", "members"), **_member_fields(rows[:2]))
    person.submit(page, "", button=("go", "next"), **_member_fields(rows))
    budget = {
        "requested": "50,000", "budget-0-category": "personnel", "budget-0-item": "기획 인력", "budget-0-grant": "40,000",
        "budget-0-own": "5,000", "budget-1-category": "indirect", "budget-1-item": "간접비", "budget-1-grant": "10,000",
    }  # fmt: skip
    person.submit(person.get(f"{base}/budget"), "", button=("go", "next"), **budget)
    files = {
        "plan_file": ("공동기획 계획서.pdf", PDF),
        "intent_file": [("확인서1.pdf", PDF), ("확인서2.pdf", PDF + b"2")],
    }
    page = person.submit(person.get(f"{base}/attachments"), "", button=("go", "next"), **files)
    assert "모두 작성했습니다" in page.text, page.text[:1500]
    return reference


def _member_fields(rows: list[tuple[str, str, str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for number, row in enumerate(rows):
        for name, value in zip(("business_number", "name", "kind", "zone"), row, strict=True):
            fields[f"members-{number}-{name}"] = value
    return fields
