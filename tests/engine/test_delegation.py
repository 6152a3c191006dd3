"""Acting in another's place: it holds for its days only, and never lets one person be preparer, approver and payer."""

from datetime import timedelta
from typing import Any

import pytest

from backoffice.access.actors import Actor
from backoffice.accounts import delegation, services
from backoffice.accounts.models import RoleGrant
from backoffice.accounts.queries import actor
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import Invalid, NotFound, Refused
from backoffice.engine.perform import Engine
from backoffice.organizations.models import Organization
from tests.make import make_organization, make_user
from tests.story import Way, days_later
from workflows.roles import Role

WHY = "특별평가 결과 수행이 불가능합니다."


def fresh(person: Actor) -> Actor:
    found = actor(person.user_id or 0)
    assert found is not None
    return found


def stands_in(person: Actor, by: Actor, role: Role, *, first: int = 0, days: int = 7) -> Actor:
    """``person`` acts in the place of ``by`` for some days."""
    grant = next(row.id for row in delegation.delegable(by.user_id or 0) if row.role == role)
    with transaction():
        delegation.delegate(
            grant,
            person.email,
            by=by.user_id or 0,
            valid_from=clock.today() + timedelta(days=first),
            valid_to=clock.today() + timedelta(days=first + days),
            reason="하계 휴가 기간의 대결",
        )
    return fresh(person)


def also(person: Actor, role: Role) -> Actor:
    with transaction():
        services.grant(person.user_id or 0, role)
    return fresh(person)


def codes(story: Way, action: str, person: Actor, **typed: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        story.do(action, fresh(person), **typed)
    return [reason.code for reason in refused.value.reasons]


@pytest.fixture
def ordered(office: Engine) -> Way:
    """A payment that was ordered and waits to be paid by somebody else."""
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running()
        story.do("order_payment", story.finance)
    return story


def test_a_stand_in_acts_in_the_role_for_its_days_and_not_before_or_after(office: Engine) -> None:
    absent, colleague = make_user(Role.APPROVER), make_user(Role.HQ_STAFF)
    assert Role.APPROVER not in stands_in(colleague, absent, Role.APPROVER, first=2, days=3).roles
    with days_later(2):
        assert Role.APPROVER in fresh(colleague).roles
    with days_later(5):
        assert Role.APPROVER in fresh(colleague).roles
    with days_later(6):
        assert Role.APPROVER not in fresh(colleague).roles


def test_whoever_ordered_a_payment_does_not_pay_it_through_a_stand_in(ordered: Way) -> None:
    other = make_user(Role.HQ_STAFF)
    stands_in(other, ordered.finance, Role.FINANCE)
    assert codes(ordered, "pay_instalment", other) == ["separation"]
    assert ordered.do("pay_instalment", ordered.payer).source


def test_whoever_ordered_through_a_stand_in_does_not_pay_in_person(office: Engine) -> None:
    story, other = Way(office).submitted(), make_user(Role.HQ_STAFF)
    with days_later(11):
        story.screened().reviewed().selected().running()
        story.do("order_payment", stands_in(other, story.finance, Role.FINANCE))
        assert codes(story, "pay_instalment", story.finance) == ["separation"]
        assert codes(story, "pay_instalment", other) == ["separation"]
        with days_later(30):
            assert codes(story, "pay_instalment", story.finance) == ["separation"]


def test_two_stand_ins_of_one_person_are_one_person(office: Engine) -> None:
    story, first, second = Way(office).submitted(), make_user(Role.HQ_STAFF), make_user(Role.HQ_STAFF)
    with days_later(11):
        story.screened().reviewed().selected().running()
        stands_in(first, story.finance, Role.FINANCE)
        stands_in(second, story.finance, Role.FINANCE)
        story.do("order_payment", fresh(first))
        assert codes(story, "pay_instalment", second) == ["separation"]


def test_whoever_holds_the_role_in_their_own_right_pays_although_they_stand_in_too(ordered: Way) -> None:
    payer = stands_in(ordered.payer, ordered.finance, Role.FINANCE)
    assert ordered.do("pay_instalment", payer).source


def test_a_second_approval_through_a_stand_in_is_still_the_first_persons(office: Engine) -> None:
    story, other = Way(office).submitted(), make_user(Role.FINANCE)
    with days_later(11):
        story.screened().reviewed().selected().running()
        story.do("start_special_evaluation", story.approver, reason="환경 변화로 수행이 어렵습니다")
        both = also(story.approver, Role.HQ_STAFF)
        story.do("terminate", both, reason=WHY)
        stands_in(other, both, Role.HQ_STAFF)
        assert codes(story, "terminate", other, reason=WHY) == ["already_approved"]
        assert story.do("terminate", story.hq_staff, reason=WHY).target != "suspended"


def test_a_delegation_ends_with_the_role_it_was_taken_from(office: Engine) -> None:
    absent, colleague = make_user(Role.APPROVER), make_user(Role.HQ_STAFF)
    assert Role.APPROVER in stands_in(colleague, absent, Role.APPROVER).roles
    source = delegation.delegable(absent.user_id or 0)[0].id
    with transaction():
        services.end_on(source, clock.today())
    with days_later(1):
        assert fresh(colleague).roles == {Role.HQ_STAFF}
    with transaction():
        services.revoke(source)
    assert fresh(colleague).roles == {Role.HQ_STAFF}


def test_a_delegation_ends_with_the_account_of_either_person(office: Engine) -> None:
    absent, colleague = make_user(Role.APPROVER), make_user(Role.HQ_STAFF)
    stands_in(colleague, absent, Role.APPROVER)
    with transaction():
        services.deactivate(absent.user_id or 0)
    assert fresh(colleague).roles == {Role.HQ_STAFF}


def test_whoever_joins_a_company_stands_in_for_nobody_from_then_on(office: Engine) -> None:
    absent, colleague = make_user(Role.APPROVER), make_user(Role.HQ_STAFF)
    stands_in(colleague, absent, Role.APPROVER)
    company = make_organization().id
    with transaction():
        services.grant(colleague.user_id or 0, Role.APPLICANT, organization_id=company)
    assert Role.APPROVER not in fresh(colleague).roles


def test_nobody_delegates_to_whom_the_rules_exclude(office: Engine) -> None:
    absent, company = make_user(Role.APPROVER), make_organization()
    grant = delegation.delegable(absent.user_id or 0)[0].id
    excluded = {
        "unknown": "nobody@example.kr",
        "oneself": absent.email,
        "of a company": make_user(Role.APPLICANT, organization=company).email,
        "of both sides": also_of(company, make_user(Role.HQ_STAFF)).email,
        "a reviewer": make_user(Role.REVIEWER).email,
        "the ministry": make_user(Role.MINISTRY).email,
    }
    for name, email in excluded.items():
        with pytest.raises(Invalid) as refused, transaction():
            delegate(grant, email, absent)
        assert refused.value.problems[0].field == "to", name


def also_of(company: Organization, person: Actor) -> Actor:
    with transaction():
        services.grant(person.user_id or 0, Role.APPLICANT, organization_id=company.id)
    return fresh(person)


def delegate(grant: int, to: str, by: Actor, **changed: Any) -> RoleGrant:
    today = clock.today()
    values: dict[str, Any] = {
        "valid_from": today,
        "valid_to": today + timedelta(days=7),
        "reason": "하계 휴가",
    } | changed
    return delegation.delegate(grant, to, by=by.user_id or 0, **values)


def test_a_delegated_role_is_not_passed_on_and_somebody_elses_is_not_given(office: Engine) -> None:
    absent, colleague, third = make_user(Role.APPROVER), make_user(Role.HQ_STAFF), make_user(Role.FINANCE)
    stands_in(colleague, absent, Role.APPROVER)
    assert [row.role for row in delegation.delegable(colleague.user_id or 0)] == [Role.HQ_STAFF]
    grant = delegation.delegable(absent.user_id or 0)[0].id
    with pytest.raises(NotFound), transaction():
        delegate(grant, third.email, colleague)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CHAIR, Role.ADMIN, Role.MINISTRY, Role.AUDITOR, Role.BROKER])
def test_what_is_held_in_person_is_not_delegated(office: Engine, role: Role) -> None:
    assert delegation.delegable(make_user(role).user_id or 0) == []


def test_a_delegation_has_a_reason_and_both_ends_within_the_role(office: Engine) -> None:
    absent, colleague = make_user(Role.APPROVER), make_user(Role.HQ_STAFF)
    grant, today = delegation.delegable(absent.user_id or 0)[0].id, clock.today()
    wrong = {
        "reason": {"reason": "휴가"},
        "valid_to": {"valid_to": today - timedelta(days=1)},
        "too long": {"valid_to": today + timedelta(days=93)},
    }
    for changed in wrong.values():
        with pytest.raises(Invalid), transaction():
            delegate(grant, colleague.email, absent, **changed)
    with transaction():
        db.session.get_one(RoleGrant, grant).valid_to = today + timedelta(days=3)
    with pytest.raises(Invalid), transaction():
        delegate(grant, colleague.email, absent)
