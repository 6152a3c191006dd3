"""Small worlds that reports are made of: one project walked to its outcomes, and figures of firms and zones."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.accounts.queries import actor
from backoffice.cases.models import Case
from backoffice.cases.services import save_answers
from backoffice.core import clock
from backoffice.core.db import db, steady_transaction, transaction
from backoffice.engine.perform import Engine
from backoffice.engine.spine import Task
from backoffice.funding.services import sign
from backoffice.organizations.models import Organization
from backoffice.organizations.queries import zone
from backoffice.outcomes.services import NewMeasure, record, set_target
from backoffice.reports import issuing, queries
from backoffice.reviews import services as reviews
from backoffice.reviews.queries import sheets_of_case
from tests.make import MILLION, Story, attach_file, make_organization, make_user
from workflows.roles import Role

STORY = "공동기획으로 만든 바이오센서 시제품이 종합병원 세 곳의 시험을 통과해 첫 납품 계약을 맺었습니다."


def score_all(case_id: int, points: Mapping[str, int]) -> None:
    with transaction():
        for sheet, status in sheets_of_case(case_id):
            if status == "open":
                reviews.declare_no_conflict(sheet)
                reviews.save_sheet(sheet, points, "기획 내용이 구체적이고 협력 체계가 분명합니다.", seen=sheet.revision)
                reviews.seal(sheet)


def sign_all(case_id: int, people: Iterable[Actor]) -> None:
    with transaction():
        for task in db.session.scalars(select(Task).where(Task.case_id == case_id, Task.name == "signature")):
            person = next(one for one in people if task.organization_id in one.organizations)
            sign(task.id, user_id=person.user_id or 0, organizations=person.organizations)


def chair_of(story: Story) -> Actor:
    chair = next(user for user, role in story.engine.subject(story.case_id).scope.appointments if role == "chair")
    found = actor(chair)
    assert found is not None
    return found


def submit_and_review(story: Story, day: datetime) -> None:
    """Submitted now; screened and scored on ``day``, after the call closed."""
    story.do("submit", story.applicant)
    with clock.travelling(day):
        story.do("start_screening", story.zone_staff)
        with transaction():
            row = story.case()
            checklist = story.definition(row).forms["screening_checklist"]
            ticks = {field.name: True for field in checklist.fields if field.type == "yes_no"}
            save_answers(row, "screening_checklist", checklist, ticks, actor=story.hq_staff, seen={})
        story.do("pass_screening", story.hq_staff)
        score_all(story.case_id, {"creativity": 25, "capability": 26, "impact": 35})
        story.do("skip_presentation", chair_of(story))


def award(story: Story, day: datetime, *, amount: int = 50 * MILLION) -> None:
    """Selected, under agreement and paid its first instalment of 70 %."""
    with clock.travelling(day):
        story.do("select", story.approver, amount=amount, resolution="2026-12")
        story.do("open_agreement", story.hq_staff)
        sign_all(story.case_id, [story.applicant, story.partner_user, story.anchor_user])
        start = clock.today()
        ends = start + timedelta(days=180)
        story.do(
            "sign_agreement",
            story.approver,
            starts_on=start.isoformat(),
            ends_on=ends.isoformat(),
            first_share="70",
        )
        story.do("order_payment", story.finance)
        story.do("pay_instalment", story.payer)


def finish(story: Story, day: datetime, *, spent: int = 35 * MILLION, grade: str = "excellent") -> None:
    """The period ended: final report, grade, settlement; an outcome report is open then."""
    with clock.travelling(day):
        story.engine.breach()
        with transaction():
            row = story.case()
            form = story.definition(row).forms["final_report"]
            usage = [{"spent_on": day.date().isoformat(), "category": "personnel", "payee": "직원", "amount": spent}]
            said = {
                "results": "공동 기획을 마치고 사업모델과 과제기획서를 완성했습니다. 본과제 신청을 준비합니다.",
                "plan_next": "내년 상반기 본과제에 신청합니다.",
                "usage": usage,
            }
            save_answers(row, "final_report", form, said, actor=story.applicant, seen={})
        attach_file(story.case(), "business_model_file", story.applicant, form="final_report")
        attach_file(story.case(), "rfp_file", story.applicant, form="final_report")
        story.do("submit_final", story.applicant)
        story.do("approve_final", chair_of(story), grade=grade, opinion="목표를 모두 이루었습니다.")
        story.do("calculate_settlement", story.finance, disallowed=0)
        story.do("confirm_settlement", story.payer)


def confirm_outcomes(story: Story, day: datetime, values: Mapping[str, int], *, told: str = STORY) -> Case:
    """The company reports these values and a story; zone and headquarters confirm them."""
    report = db.session.scalars(select(Case).where(Case.parent_id == story.case_id)).one()
    report_id = report.id
    with clock.travelling(day):
        with transaction():
            row = story.case(report_id)
            form = story.definition(row).forms["outcomes"]
            save_answers(
                row, "outcomes", form, {"outcomes": dict(values), "story": told}, actor=story.applicant, seen={}
            )
        attach_file(story.case(report_id), "evidence_file", story.applicant, form="outcomes", name="증빙.pdf")
        story.do("submit", story.applicant, case_id=report_id)
        story.do("start_check", story.zone_staff, case_id=report_id)
        story.do("forward", story.zone_staff, case_id=report_id, opinion="증빙과 일치합니다.")
        story.do("confirm", story.approver, case_id=report_id)
    return db.session.get_one(Case, report_id)


def finished_project(
    office: Engine, values: Mapping[str, int], *, grade: str = "excellent", told: str = STORY
) -> Story:
    """One project from draft to confirmed outcomes and a main project won; it ends next year."""
    story = Story(office)
    decided = clock.now() + timedelta(days=11)
    submit_and_review(story, decided)
    award(story, decided + timedelta(days=3))
    closed = decided + timedelta(days=184)
    finish(story, closed, grade=grade)
    confirm_outcomes(story, closed + timedelta(days=10), values, told=told)
    with clock.travelling(closed + timedelta(days=20)):
        won = (clock.today()).isoformat()
        story.do(
            "record_follow_on",
            story.zone_staff,
            name="범부처 의료기기 연구개발 본과제",
            agency="한국산업기술기획평가원",
            status="won",
            amount=1_200 * MILLION,
            decided_on=won,
        )
    return story


def firm_reports(code: str, indicator: str, years: Mapping[int, Iterable[int]]) -> list[Organization]:
    """As many firms in a zone as there are values; each reports its value for each year."""
    columns = {year: list(values) for year, values in years.items()}
    firms = [make_organization(zone_code=code) for _ in range(max(map(len, columns.values())))]
    for year, values in columns.items():
        for firm, value in zip(firms, values, strict=False):
            firm_says(code, firm, indicator, year, value)
    return firms


def firm_says(
    code: str, firm: Organization, indicator: str, year: int, value: int, *, case_id: int | None = None
) -> None:
    firm_id = firm.id
    with transaction():
        record(
            NewMeasure(zone(code).id, indicator, year, Decimal(value), organization_id=firm_id, case_id=case_id), None
        )


def zone_says(
    code: str, indicator: str, year: int, value: int, *, denominator: int | None = None, scope: str = ""
) -> None:
    with transaction():
        below = None if denominator is None else Decimal(denominator)
        record(
            NewMeasure(
                zone(code).id, indicator, year, Decimal(value), denominator=below, scope=scope, attribution="zone"
            ),
            None,
        )


def zone_aims(code: str, indicator: str, year: int, value: int) -> None:
    with transaction():
        set_target(zone(code).id, indicator, year, Decimal(value))


def publish(snapshot_id: int) -> None:
    """The issue of an edition goes from draft to publication, by two people."""
    preparer, approver = make_user(Role.HQ_STAFF), make_user(Role.APPROVER)
    steps = ((issuing.REQUEST, preparer), (issuing.APPROVE, approver), (issuing.PUBLISH, approver))
    for act, who in steps:
        with steady_transaction():
            row = queries.issue_of(snapshot_id)
            assert row is not None
            issuing.take(row, act, "", seen=row.revision, actor_id=who.user_id or 0)
