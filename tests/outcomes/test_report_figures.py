"""A company's yearly report: what the entry checks ask about is answered before it leaves, and the answer stays."""

import pytest
from sqlalchemy import select

from backoffice.cases.queries import linked
from backoffice.core.db import db, transaction
from backoffice.core.errors import Refused
from backoffice.engine.perform import Engine
from backoffice.outcomes.models import Measure
from backoffice.outcomes.services import NewMeasure, record
from tests.make import MILLION, attach_file
from tests.story import Way, days_later

EXPLANATION = "신제품을 출시하여 해외 매출이 크게 늘었습니다."


def story_with_report(office: Engine, values: dict[str, int]) -> tuple[Way, int]:
    """A settled case, its report filled in, and 10 million won of sales known for the year before."""
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running(days=20).paid()
    with days_later(40):
        office.breach()
        story.reported(35 * MILLION).settled()
    report = linked(story.case_id)[0]
    with transaction():
        sales = NewMeasure(
            story.lead.zone_id or 0, "SALES", report.year - 1, 10 * MILLION, organization_id=story.lead.id
        )  # type: ignore[arg-type]  # a whole number is a decimal, too
        record(sales, None)
    story.fill("outcomes", story.applicant, {"outcomes": values}, case_id=report.id)
    attach_file(story.case(report.id), "evidence_file", story.applicant, form="outcomes", name="증빙.pdf")
    return story, report.id


def confirmed(story: Way, report_id: int) -> None:
    for action, actor, typed in (
        ("submit", story.applicant, {}),
        ("start_check", story.zone_staff, {}),
        ("forward", story.zone_staff, {"opinion": "증빙과 일치합니다."}),
        ("confirm", story.approver, {}),
    ):
        story.do(action, actor, case_id=report_id, **typed)


def test_a_figure_that_jumps_keeps_the_report_back_until_it_is_explained(office: Engine) -> None:
    story, report_id = story_with_report(office, {"SALES": 300 * MILLION, "EMP": 5})
    with pytest.raises(Refused) as refused:
        story.do("submit", story.applicant, case_id=report_id)
    reason = next(item for item in refused.value.reasons if item.code == "figures_unexplained")
    assert "전년의 10배를 넘습니다(전년 1,000만 원, 이번 3억 원)" in reason.sentence.ko
    assert "'크게 달라진 값의 설명' 칸" in reason.sentence.ko
    story.fill("outcomes", story.applicant, {"explanation": EXPLANATION}, case_id=report_id)
    confirmed(story, report_id)
    rows = db.session.scalars(select(Measure).where(Measure.report_id == report_id))
    assert {row.indicator: row.answer for row in rows} == {"SALES": EXPLANATION, "EMP": ""}


def test_figures_nobody_would_ask_about_need_no_explanation(office: Engine) -> None:
    story, report_id = story_with_report(office, {"SALES": 12 * MILLION, "EMP": 5})
    confirmed(story, report_id)
    rows = db.session.scalars(select(Measure).where(Measure.report_id == report_id))
    assert {row.answer for row in rows} == {""}
