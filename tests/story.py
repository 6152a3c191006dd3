"""A story that knows the way: one case taken to the place a test is about, by the people whose steps they are."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.accounts.queries import actor
from backoffice.cases.services import save_answers
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.engine.spine import Task
from backoffice.funding.services import sign
from backoffice.reviews import services as reviews
from backoffice.reviews.queries import sheets_of_case
from tests.make import MILLION, Story, attach_file
from workflows.roles import Role

GOOD = {"creativity": 25, "capability": 26, "impact": 35}
BAD = {"creativity": 15, "capability": 16, "impact": 20}


class Way(Story):
    """Each method goes on from where the case is; the clock is the caller's."""

    @property
    def chair(self) -> Actor:
        appointments = self.engine.subject(self.case_id).scope.appointments
        found = actor(next(user for user, role in appointments if role is Role.CHAIR))
        assert found is not None
        return found

    def submitted(self) -> "Way":
        self.do("submit", self.applicant)
        return self

    def screened(self) -> "Way":
        self.do("start_screening", self.zone_staff)
        self.fill("screening_checklist", self.hq_staff, dict.fromkeys(CHECKS, True))
        self.do("pass_screening", self.hq_staff)
        return self

    def reviewed(self, points: dict[str, int] = GOOD) -> "Way":
        self.score(points)
        self.do("skip_presentation" if sum(points.values()) >= 60 else "fail_doc_review", self.chair)
        return self

    def selected(self, amount: int = 50 * MILLION) -> "Way":
        self.do("select", self.approver, amount=amount, resolution="2026-12")
        return self

    def running(self, days: int = 180, first: str = "70") -> "Way":
        self.do("open_agreement", self.hq_staff)
        self.sign_all()
        start = clock.today()
        end = start + timedelta(days=days)
        self.do(
            "sign_agreement", self.approver, starts_on=start.isoformat(), ends_on=end.isoformat(), first_share=first
        )
        return self

    def paid(self) -> "Way":
        self.do("order_payment", self.finance)
        self.do("pay_instalment", self.payer)
        return self

    def reported(self, spent: int) -> "Way":
        usage = [
            {"spent_on": clock.today().isoformat(), "category": "personnel", "payee": "기획 인력", "amount": spent}
        ]
        self.fill("final_report", self.applicant, {**REPORT, "usage": usage})
        attach_file(self.case(), "business_model_file", self.applicant, form="final_report", name="사업모델.pdf")
        attach_file(self.case(), "rfp_file", self.applicant, form="final_report", name="과제기획서.pdf")
        self.do("submit_final", self.applicant)
        return self

    def settled(self) -> "Way":
        self.do("approve_final", self.chair, grade="excellent", opinion="목표를 모두 이루었습니다.")
        self.do("calculate_settlement", self.finance, disallowed=0)
        self.do("confirm_settlement", self.payer)
        return self

    def fill(self, form: str, person: Actor, values: dict[str, Any], *, case_id: int | None = None) -> None:
        with transaction():
            row = self.case(case_id)
            save_answers(
                row, form, self.definition(row).forms[form], values, actor=person, seen=dict.fromkeys(values, 99)
            )

    def score(self, points: dict[str, int]) -> None:
        with transaction():
            for sheet, status in sheets_of_case(self.case_id):
                if status == "open":
                    reviews.declare_no_conflict(sheet)
                    reviews.save_sheet(
                        sheet, points, "기획 내용이 구체적이고 협력 체계가 분명합니다.", seen=sheet.revision
                    )
                    reviews.seal(sheet)

    def sign_all(self) -> None:
        people = (self.applicant, self.partner_user, self.anchor_user)
        with transaction():
            for task in db.session.scalars(
                select(Task).where(Task.case_id == self.case_id, Task.organization_id.is_not(None))
            ):
                person = next(one for one in people if task.organization_id in one.organizations)
                sign(task.id, user_id=person.user_id or 0, organizations=person.organizations)


CHECKS = ("not_barred", "not_duplicate", "no_arrears", "project_cap", "documents_valid")
REPORT = {
    "results": "공동 기획을 마치고 사업모델과 과제기획서를 완성하였으며 본과제 신청을 준비하고 있습니다.",
    "plan_next": "내년 상반기 국가 연구개발 본과제에 신청합니다.",
}


def days_later(days: int) -> Any:
    """A clock that many days ahead."""
    return clock.travelling(clock.now() + timedelta(days=days))
