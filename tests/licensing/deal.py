"""A technology demand with both sides of the deal, walked through the engine; the clock is the caller's."""

import itertools
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.cases import openings
from backoffice.cases import services as cases
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.engine.perform import Engine
from backoffice.engine.spine import Task
from backoffice.engine.values import Performed
from backoffice.funding.services import set_budget, sign
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call
from backoffice.programs.services import NewCall, create_call, publish_call
from tests.make import MILLION, attach_file, make_organization, make_user
from workflows.roles import Role

_count = itertools.count(1)
DEMAND = {
    "consent_personal": True,
    "consent_sharing": True,
    "title": "혈액 진단용 나노입자 표면처리 기술",
    "technology": "st05",
    "purpose": "진단 키트의 감도를 높이기 위하여 나노입자 표면처리 기술을 도입하고자 합니다.",
    "specification": "입자 크기 20nm 이하, 표면 결합률 95% 이상",
    "wanted_kind": ["ordinary"],
}


class Deal:
    """One demand; the supplier asked first and the one in reserve."""

    def __init__(self, engine: Engine, *, budget: int = 0) -> None:
        self.engine = engine
        self.company = make_organization("나노메디텍")
        self.first = make_organization("재료연구원", kind="institute", zone_code="GS-CHANGWON")
        self.second = make_organization("충북대 산학협력단", kind="anchor", zone_code="GS-CHEONGJU")
        self.applicant = make_user(Role.APPLICANT, organization=self.company)
        self.supplier = make_user(Role.SUPPLIER, organization=self.first)
        self.next_supplier = make_user(Role.SUPPLIER, organization=self.second)
        self.zone_staff = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE")
        self.hq_staff, self.approver = make_user(Role.HQ_STAFF), make_user(Role.APPROVER)
        self.finance, self.payer = make_user(Role.FINANCE), make_user(Role.FINANCE)
        self.case_id = self._answering_a_call(budget) if budget else self._opened()
        self.fill("demand", DEMAND, self.applicant)
        attach_file(self.case(), "introduction_file", self.applicant, form="demand")

    def _opened(self) -> int:
        definition = openings.definition_to_open(self.engine.definitions, "technology_transfer", self.applicant.roles)
        with transaction():
            opening = openings.Opening("", None, db.session.get_one(Organization, self.company.id))
            row = openings.open_case(
                self.engine, definition, opening, self.applicant, role=Role.APPLICANT, key=f"deal-{next(_count)}"
            )
            return row.id

    def _answering_a_call(self, budget: int) -> int:
        with transaction():
            call = create_call(
                NewCall(
                    workflow="technology_transfer", year=clock.today().year, title_ko="기술이전 지원 공고",
                    title_en="Transfer call", opens_at=clock.now() - timedelta(days=1),
                    closes_at=clock.now() + timedelta(days=90), max_amount=30 * MILLION,
                ),
                None,
            )  # fmt: skip
            publish_call(call)
            set_budget(call.id, budget)
            call_id = call.id
        with transaction():
            house = db.session.get_one(Organization, self.company.id)
            call = db.session.get_one(Call, call_id)
            return cases.start_draft(self.engine, call, house, self.applicant, key=f"d-{next(_count)}").id

    def case(self) -> Case:
        return db.session.get_one(Case, self.case_id, populate_existing=True)

    def fill(self, form: str, values: dict[str, Any], person: Actor) -> None:
        with transaction():
            row = self.case()
            charter = self.engine.definitions.get(row.workflow, row.workflow_version).workflow.forms[form]
            cases.save_answers(row, form, charter, values, actor=person, seen=dict.fromkeys(values, 99))

    def do(self, action: str, person: Actor, **typed: Any) -> Performed:
        row = self.case()
        return self.engine.perform(
            row.id, action, person, revision=row.revision, key=f"deal-{next(_count)}", input=typed or None
        )

    def searching(self) -> "Deal":
        self.do("submit_demand", self.applicant)
        self.do("review_demand", self.zone_staff)
        self.do("accept_demand", self.zone_staff, opinion="특화분야에 맞는 수요입니다.")
        return self

    def proposed(self) -> "Deal":
        rows = [
            {
                "technology": name, "supplier": house.name_ko, "business_number": house.business_number,
                "zone": zone,
            }
            for name, house, zone in (
                ("나노입자 표면개질(10-2024-0012345)", self.first, "GS-CHANGWON"),
                ("금 나노입자 합성(10-2023-0054321)", self.second, "GS-CHEONGJU"),
            )
        ]  # fmt: skip
        self.do("propose_match", self.zone_staff, candidates=rows)
        return self

    def negotiating(self, supplier: Actor | None = None) -> "Deal":
        self.do("agree_to_talk", self.applicant)
        self.do("agree_to_talk", supplier or self.supplier)
        self.fill("intent", {"plan": "도입한 기술로 진단 키트를 개량하여 내년 상반기에 출시합니다."}, self.applicant)
        attach_file(self.case(), "intent_file", self.applicant, form="intent")
        self.do("submit_intent", self.applicant)
        self.do("skip_valuation", self.zone_staff, reason="통상실시 소액 계약이라 평가를 생략합니다.")
        return self

    def terms(self, **changes: Any) -> "Deal":
        today = clock.today()
        self.fill(
            "terms",
            {
                "kind": "ordinary", "starts_on": today.isoformat(),
                "ends_on": today.replace(year=today.year + 3, day=1).isoformat(), "upfront": 40 * MILLION,
                "upfront_due": (today + timedelta(days=30)).isoformat(), **changes,
            },
            self.supplier,
        )  # fmt: skip
        return self

    def agreed(self) -> "Deal":
        self.do("agree_terms", self.supplier)
        self.do("agree_terms", self.applicant)
        return self

    def papers(self) -> "Deal":
        """Both organizations sign, and the supplier files the contract."""
        people = (self.applicant, self.supplier, self.next_supplier)
        with transaction():
            for task in db.session.scalars(select(Task).where(Task.case_id == self.case_id)):
                person = next(one for one in people if task.organization_id in one.organizations)
                sign(task.id, user_id=person.user_id or 0, organizations=person.organizations)
        self.fill("contract", {"signed_on": clock.today().isoformat()}, self.supplier)
        attach_file(self.case(), "contract_file", self.supplier, form="contract")
        return self

    def signed(self) -> "Deal":
        self.searching().proposed().negotiating().terms().agreed().papers()
        self.do("sign_contract", self.approver)
        return self

    def delivering(self) -> "Deal":
        self.pay(1, 40 * MILLION)
        self.do("start_delivery", self.supplier)
        return self

    def pay(self, number: int, amount: int) -> None:
        self.do("confirm_payment", self.supplier, number=number, amount=amount, paid_on=clock.today().isoformat())

    def handed_over(self, action: str = "finish_delivery") -> "Deal":
        self.fill("delivery", {"results": "공정 조건과 설비 운용을 전수하였습니다.", "days": 12}, self.supplier)
        attach_file(self.case(), "delivery_file", self.supplier, form="delivery")
        self.do(action, self.supplier)
        self.do(action, self.applicant)
        return self
