"""The words definitions are written with, where no journey shows their edge: ceilings, parents, open links, the last place."""

from datetime import timedelta
from typing import Any

import pytest

from backoffice.access.actors import Actor
from backoffice.cases import openings, services
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Invalid, Refused
from backoffice.engine.perform import Engine
from backoffice.organizations.models import Organization
from backoffice.organizations.queries import zone
from backoffice.programs.models import Call
from tests.make import MILLION, make_call, make_organization, make_user
from tests.story import Way, days_later
from workflows.roles import Role


def running(office: Engine) -> Way:
    """A project under agreement since the eleventh day, for 180 days."""
    way = Way(office).submitted()
    with days_later(11):
        way.screened().reviewed().selected().running()
    return way


def sanctioned(way: Way) -> int:
    """A sanction opened beside a project, ready for the prior notice."""
    with transaction():
        row = way.case()
        link = way.definition(row).links["sanction"]
        child = services.open_linked(way.engine, row, link, way.hq_staff, role=Role.HQ_STAFF, year=row.year, key="san")
        case_id = child.id
    facts = {
        "title": "용도 외 사용 의혹",
        "grounds": ["misuse"],
        "findings": "증빙과 다른 곳에 지급한 사실을 확인하였습니다. " * 2,
    }
    way.fill("facts", way.hq_staff, facts, case_id=case_id)
    way.do("refer_to_panel", way.hq_staff, case_id=case_id)
    report = {"members": 7, "in_favor": 6, "opinion": "용도 외 사용 사실이 인정되므로 처분이 필요합니다."}
    way.fill("panel_report", way.hq_staff, report, case_id=case_id)
    return case_id


def test_the_prior_notice_of_a_sanction_stops_the_money_of_a_running_project(office: Engine) -> None:
    way = running(office)
    with days_later(12):
        case_id = sanctioned(way)
        way.do("notify", way.approver, case_id=case_id, reason="용도 외 사용이 확인되어 환수를 예정합니다.")
    assert "spending_stopped" in way.definition(way.case()).state(way.case().state).tags


def test_a_sanction_leaves_a_project_alone_that_no_longer_spends(office: Engine) -> None:
    way = running(office)
    with days_later(11 + 185):
        office.breach()
        before = way.case().state
        case_id = sanctioned(way)
        way.do("notify", way.approver, case_id=case_id, reason="용도 외 사용이 확인되어 환수를 예정합니다.")
    assert way.case().state == before


def test_what_the_parent_refuses_stops_the_child_too(office: Engine) -> None:
    way = running(office)
    with days_later(12):
        way.do("order_payment", way.finance)
        case_id = sanctioned(way)
        with pytest.raises(Refused) as refused:
            way.do("notify", way.approver, case_id=case_id, reason="용도 외 사용이 확인되어 환수를 예정합니다.")
    assert [reason.code for reason in refused.value.reasons] == ["payment_pending"]
    assert way.case(case_id).state == "panel"


def drafted(office: Engine, call: Call, person: Actor, amount: int) -> Case:
    """A draft of this call with an amount asked for."""
    with transaction():
        row = services.start_draft(
            office, db.session.get_one(Call, call.id), _house(person), person, key=f"d{amount}-{person.user_id}"
        )
        row.amount = amount
        case_id = row.id
    return db.session.get_one(Case, case_id)


def _house(person: Actor) -> Any:
    return db.session.get_one(Organization, min(person.organizations))


def codes(office: Engine, row: Case, action: str, person: Actor) -> set[str]:
    verdict = next(one for one in office.actions([row.id], person)[row.id] if one.action == action)
    return {reason.code for reason in verdict.reasons}


def test_a_company_may_ask_for_no_more_than_the_yearly_ceiling_in_all_its_vouchers(office: Engine) -> None:
    person = make_user(Role.APPLICANT, organization=make_organization())
    call = make_call(workflow="support_voucher")
    first = drafted(office, call, person, 30 * MILLION)
    assert "yearly_ceiling" not in codes(office, first, "submit", person)
    with transaction():
        db.session.get_one(Case, first.id).submitted_at = clock.now()
    second = drafted(office, call, person, 25 * MILLION)
    assert "yearly_ceiling" in codes(office, second, "submit", person)


def opened(office: Engine, name: str, person: Actor, role: Role) -> Case:
    with transaction():
        definition = openings.definition_to_open(office.definitions, name, person.roles)
        opening = openings.Opening("바이오 전문인력 과정", zone("GS-GIMHAE").id)
        case_id = openings.open_case(office, definition, opening, person, role=role, key=f"open-{name}").id
    return db.session.get_one(Case, case_id)


def do(office: Engine, row: Case, action: str, person: Actor, **typed: Any) -> None:
    fresh = db.session.get_one(Case, row.id, populate_existing=True)
    office.perform(
        row.id, action, person, revision=fresh.revision, key=f"{row.id}-{fresh.revision}-{action}", input=typed or None
    )


def test_an_expert_who_does_not_hold_the_role_cannot_be_appointed_and_nothing_changes(office: Engine) -> None:
    staff, approver = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE"), make_user(Role.APPROVER)
    row = opened(office, "training_course", staff, Role.ZONE_STAFF)
    with transaction():
        form = office.definitions.get(row.workflow, row.workflow_version).workflow.forms["course"]
        plan = {
            "demand": "기업이 필요로 하는 전문인력을 기릅니다. " * 2,
            "curriculum": "공정 실습과 현장 교육을 합니다. " * 2,
        }
        numbers = {"hours_planned": 6, "places": 3, "least": 2}
        services.save_answers(row, "course", form, plan | numbers, actor=staff, seen={})
    do(office, row, "ask_approval", staff)
    dates = {
        "starts_on": (clock.today() + timedelta(days=9)).isoformat(),
        "ends_on": (clock.today() + timedelta(days=20)).isoformat(),
    }
    with pytest.raises(Invalid):
        do(office, row, "open_enrolment", approver, operator_email=staff.email, **dates)
    db.session.rollback()
    assert db.session.get_one(Case, row.id, populate_existing=True).state == "approval"
    with pytest.raises(Refused) as refused:
        do(
            office,
            row,
            "open_enrolment",
            approver,
            operator_email=staff.email,
            starts_on="2020-01-01",
            ends_on="2020-02-01",
        )
    assert [reason.code for reason in refused.value.reasons] == ["date_past"]


def test_an_open_sanction_keeps_a_voucher_from_being_closed(office: Engine) -> None:
    hq_staff = make_user(Role.HQ_STAFF)
    way = running(office)
    case_id = sanctioned(way)
    row_id = drafted_at(office, "tracking")
    with transaction():
        db.session.get_one(Case, case_id).parent_id = row_id
    assert "linked_open" in codes(office, db.session.get_one(Case, row_id), "close", hq_staff)


def drafted_at(office: Engine, state: str) -> int:
    """A voucher put where the test is about; how it comes there is the journey's business."""
    person = make_user(Role.APPLICANT, organization=make_organization())
    case_id = drafted(office, make_call(workflow="support_voucher"), person, 10 * MILLION).id
    with transaction():
        row = db.session.get_one(Case, case_id)
        row.state, row.private = state, False
    return case_id
