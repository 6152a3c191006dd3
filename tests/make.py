"""Builders for tests: make_x(only what matters). Everything else is plausible by default."""

import io
import itertools
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from flask import current_app

from backoffice.access.actors import Actor
from backoffice.accounts import queries as accounts
from backoffice.accounts.models import User
from backoffice.accounts.services import grant
from backoffice.cases import services as cases
from backoffice.cases.models import Case
from backoffice.cases.uploads import prepare
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.engine.perform import Engine
from backoffice.engine.values import Performed
from backoffice.funding.services import set_budget
from backoffice.organizations.models import Organization
from backoffice.organizations.queries import zone
from backoffice.organizations.services import NewOrganization, register
from backoffice.programs.models import Call
from backoffice.programs.services import NewCall, NewCriterion, create_call, publish_call
from backoffice.reviews.services import compose_panel
from workflows.roles import Role

PASSWORD = "ieum-demo-password"
_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)  # as the product's, but quick
_count = itertools.count(1)
_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)

MILLION = 1_000_000


def business_number(seed: int) -> str:
    """A valid business number for any seed below eight million, each once."""
    digits = [int(ch) for ch in f"{100 + (seed + seed // 10_000) % 800:03d}81{seed % 10_000:04d}"]
    total = sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) + digits[8] * 5 // 10
    return "".join(map(str, digits)) + str((10 - total % 10) % 10)


def make_organization(name: str = "", *, zone_code: str = "GS-GIMHAE", kind: str = "company") -> Organization:
    number = next(_count)
    with transaction():
        row = register(
            NewOrganization(
                kind=kind,
                name_ko=name or f"시험기업{number}",
                business_number=business_number(number),
                zone_id=zone(zone_code).id,
            )
        )
        organization_id = row.id
    return db.session.get_one(Organization, organization_id)


def make_user(
    *roles: Role, zone_code: str | None = None, organization: Organization | None = None, name: str = ""
) -> Actor:
    number = next(_count)
    organization_id = organization.id if organization else None
    zone_id = zone(zone_code).id if zone_code else None
    with transaction():
        person = User(
            email=f"person{number}@example.kr",
            name=name or f"사람{number}",
            password_hash=_HASH,
            organization_id=organization_id,
        )
        db.session.add(person)
        db.session.flush()
        for role in roles:
            grant(person.id, role, zone_id=zone_id, organization_id=organization_id)
        user_id = person.id
    found = accounts.actor(user_id)
    assert found is not None
    return found


CRITERIA = (
    NewCriterion("creativity", "창의성·충실성", "Creativity", 30),
    NewCriterion("capability", "수행 역량", "Capability", 30),
    NewCriterion("impact", "파급효과", "Impact", 40),
)


def make_call(
    *,
    workflow: str = "joint_rbd_planning",
    budget: int = 500 * MILLION,
    presentation: bool = False,
    open_days: int = 10,
    grace: int = 0,
) -> Call:
    """A published call that opened yesterday and closes in ``open_days``, with a panel of four."""
    now = clock.now()
    chair = make_user(Role.CHAIR, name="위원장")
    members = [make_user(Role.REVIEWER) for _ in range(4)]
    with transaction():
        call = create_call(
            NewCall(
                workflow=workflow,
                year=clock.today().year,
                title_ko="공동 R&BD 기획 지원 공고",
                title_en="Joint R&BD planning call",
                opens_at=now - timedelta(days=1),
                closes_at=now + timedelta(days=open_days),
                max_amount=100 * MILLION,
                presentation=presentation,
                grace_minutes=grace,
                criteria=CRITERIA,
            ),
            None,
        )
        publish_call(call)
        set_budget(call.id, budget)
        compose_panel(call, chair.user_id or 0, [member.user_id or 0 for member in members])
        call_id = call.id
    return db.session.get_one(Call, call_id)


def complete_answers(
    lead: Organization, partner: Organization, anchor: Organization, amount: int = 50 * MILLION
) -> dict[str, Any]:
    """Answers that satisfy the application form."""
    today = clock.today()

    def member(row: Organization, kind: str, zone_code: str) -> dict[str, Any]:
        return {
            "business_number": row.business_number,
            "name": row.name_ko,
            "kind": kind,
            "zone": zone_code,
            "contact": "김담당",
            "part": "공동 기획",
        }

    return {
        "consent_personal": True,
        "consent_sharing": True,
        "pledge": True,
        "title": "나노입자 바이오센서 공동 R&BD 기획",
        "summary": "혈액 한 방울로 감염성 질환을 15분 안에 판별하는 바이오센서의 사업화를 함께 기획합니다.",
        "technology": "st05",
        "need": "의료 현장에서 빠르고 값싼 진단 수단이 필요하며 현재 제품은 수입에 의존하고 있습니다.",
        "goal": "사업모델 보고서와 과제기획서를 만들고 국가 연구개발 본과제에 함께 신청합니다.",
        "starts_on": (today + timedelta(days=60)).isoformat(),
        "ends_on": (today + timedelta(days=240)).isoformat(),
        "members": [
            member(lead, "company", "GS-GIMHAE"),
            member(partner, "company", "GS-CHEONGJU"),
            member(anchor, "anchor", "GS-GIMHAE"),
        ],
        "requested": amount,
        "budget": [
            {"category": "personnel", "item": "기획 인력", "grant": amount - 10 * MILLION, "own": 5 * MILLION},
            {"category": "indirect", "item": "간접비", "grant": 10 * MILLION, "own": None},
        ],
    }


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def attach_file(
    row: Case, field: str, actor: Actor, *, form: str = "application", name: str = "계획서.pdf", content: bytes = b""
) -> None:
    """A file of one's own, unless its content is given: nobody else attaches the same bytes."""
    content = content or PDF + b"%% %d\n" % next(_count)
    engine: Engine = current_app.extensions["engine"]
    definition = engine.definitions.get(row.workflow, row.workflow_version).workflow
    charter = definition.forms[form].field(field)
    assert charter is not None
    assert charter.document is not None
    document = definition.documents[charter.document]
    store = current_app.extensions["files"]
    prepared = prepare(store, document, name=name, stream=io.BytesIO(content), field=field)
    with transaction():
        again = db.session.get_one(Case, row.id)
        cases.attach(again, form, field, charter.document, document, prepared, actor=actor)


class Story:
    """One application with its people, walked step by step through engine.perform."""

    def __init__(self, engine: Engine, *, call: Call | None = None, amount: int = 50 * MILLION) -> None:
        self.engine = engine
        self.call = call or make_call()
        self.lead = make_organization("나노메디텍")
        self.partner = make_organization("청주전자", zone_code="GS-CHEONGJU")
        self.anchor = make_organization("인제대학교", kind="anchor")
        self.applicant = make_user(Role.APPLICANT, organization=self.lead)
        self.partner_user = make_user(Role.APPLICANT, organization=self.partner)
        self.anchor_user = make_user(Role.APPLICANT, organization=self.anchor)
        self.zone_staff = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE")
        self.hq_staff = make_user(Role.HQ_STAFF)
        self.approver = make_user(Role.APPROVER)
        self.finance, self.payer = make_user(Role.FINANCE), make_user(Role.FINANCE)
        self.case_id = self._draft(amount)

    def _draft(self, amount: int) -> int:
        with transaction():
            call = db.session.get_one(Call, self.call.id)
            lead = db.session.get_one(Organization, self.lead.id)
            row = cases.start_draft(self.engine, call, lead, self.applicant, key=f"draft-{next(_count)}")
            case_id = row.id
        with transaction():
            row = db.session.get_one(Case, case_id)
            form = self.definition(row).forms["application"]
            values = complete_answers(self.lead, self.partner, self.anchor, amount)
            cases.save_answers(row, "application", form, values, actor=self.applicant, seen={})
        attach_file(self.case(case_id), "plan_file", self.applicant)
        attach_file(self.case(case_id), "intent_file", self.applicant, name="참여의사확인서.pdf")
        return case_id

    def definition(self, row: Case) -> Any:
        return self.engine.definitions.get(row.workflow, row.workflow_version).workflow

    def case(self, case_id: int | None = None) -> Case:
        return db.session.get_one(Case, case_id or self.case_id, populate_existing=True)

    def do(
        self, action: str, actor: Actor, *, case_id: int | None = None, key: str | None = None, **typed: Any
    ) -> Performed:
        row = self.case(case_id)
        return self.engine.perform(
            row.id, action, actor, revision=row.revision, key=key or f"key-{next(_count)}", input=typed or None
        )
