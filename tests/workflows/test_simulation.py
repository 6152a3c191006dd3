"""What-if: what is possible in a state, and every reason why something is not."""

import pytest

from workflows import catalogue
from workflows.assumptions import facts_from
from workflows.definition import Workflow
from workflows.loader import DefinitionError
from workflows.roles import COMPANY_SIDE, Role
from workflows.scenarios import Scenario
from workflows.simulation import Facts, Possible, consider, play, simulate

RBD = catalogue.newest("joint_rbd_planning").workflow
OBJECTION = catalogue.newest("objection").workflow


def facts(text: str, workflow: Workflow = RBD) -> Facts:
    return facts_from(text.encode(), "facts.yaml", workflow)


def codes(one: Possible) -> list[str]:
    return [reason.code for reason in one.reasons]


def test_an_approver_may_select_what_is_deliberated() -> None:
    found = {one.action: one for one in simulate(RBD, "deliberation", [Role.APPROVER], Facts())}
    assert list(found) == list(RBD.actions())
    assert {action for action, one in found.items() if one.ok} == {"select", "put_on_reserve", "reject"}
    assert codes(found["submit"]) == ["not_from_here"]


def test_every_closed_guard_is_a_reason_of_its_own() -> None:
    one = consider(
        RBD, "deliberation", [Role.APPROVER], facts("closed: [budget_available, passed_review]"), action="select"
    )
    assert codes(one) == ["passed_review", "budget_available"]


def test_a_guard_may_be_closed_for_one_argument_only() -> None:
    known = facts("closed: ['presentation:waived']")
    assert codes(consider(RBD, "doc_review", [Role.CHAIR], known, action="skip_presentation")) == ["presentation"]
    assert consider(RBD, "doc_review", [Role.CHAIR], known, action="finish_doc_review").ok


def test_who_ordered_a_payment_does_not_pay_it_until_somebody_else_orders_the_next() -> None:
    once = facts("history: [{action: order_payment, by: finance, person: kim}]\nperson: kim")
    assert codes(consider(RBD, "active", [Role.FINANCE], once, action="pay_instalment")) == ["separation"]
    again = facts(
        "history: [{action: order_payment, by: finance/kim}, {action: recall_payment, by: finance/kim},"
        " {action: order_payment, by: finance/lee}]\nperson: kim"
    )
    assert consider(RBD, "active", [Role.FINANCE], again, action="pay_instalment").ok


def test_two_people_in_two_roles_terminate_and_one_person_in_both_does_not() -> None:
    both = [Role.APPROVER, Role.HQ_STAFF]
    first = consider(RBD, "suspended", both, Facts(person="kim"), action="terminate")
    assert (first.ok, first.completes) == (True, False)
    one = facts("history: [{action: terminate, by: approver/kim}]\nperson: kim")
    assert "already_approved" in codes(consider(RBD, "suspended", both, one, action="terminate"))
    other = facts("history: [{action: terminate, by: approver/kim}]\nperson: lee")
    assert codes(consider(RBD, "suspended", [Role.APPROVER], other, action="terminate")) == ["role_missing"]
    last = consider(RBD, "suspended", both, other, action="terminate")
    assert (last.ok, last.completes, last.role) == (True, True, Role.HQ_STAFF)


def test_an_approval_ends_when_the_case_leaves_the_state() -> None:
    later = facts(
        "history: [{action: start_special_evaluation, by: approver}, {action: terminate, by: approver/kim},"
        " {action: resume, by: approver}, {action: start_special_evaluation, by: approver}]\nperson: kim"
    )
    assert consider(RBD, "suspended", [Role.APPROVER], later, action="terminate").ok


def test_companies_read_where_a_step_starts_in_their_own_words() -> None:
    staff = consider(RBD, "doc_review", [Role.HQ_STAFF], Facts(), action="approve_final").reasons[0].sentence
    company = consider(RBD, "doc_review", [Role.APPLICANT], Facts(), action="approve_final").reasons[0].sentence
    assert "서면평가" in staff.ko
    assert "서면평가" not in company.ko
    assert Role.APPLICANT in COMPANY_SIDE


def test_a_role_that_may_not_act_is_told_who_may() -> None:
    reason = consider(OBJECTION, "examining", [Role.APPLICANT], Facts(), action="uphold").reasons[0]
    assert (reason.code, "승인권자" in reason.sentence.ko, "Approver" in reason.sentence.en) == (
        "wrong_role",
        True,
        True,
    )


def test_an_unknown_state_is_no_answer() -> None:
    with pytest.raises(KeyError):
        simulate(RBD, "nowhere", [Role.APPROVER], Facts())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("closed: [before_lunch]", "no step requires the guard 'before_lunch'"),
        ("history: [{action: pay, by: finance}]", "unknown action 'pay'"),
        ("history: [{action: submit, by: finance}]", "'finance' may not take 'submit'"),
        ("history: [{action: submit, by: king}]", "by.role"),
        ("closed: budget_available", "must be a list"),
        ("person: 5", "must be text"),
        ("open: [budget_available]", "no key of the language"),
        ("- a", "must be keys with values"),
    ],
)
def test_facts_about_what_does_not_exist_are_refused(text: str, words: str) -> None:
    with pytest.raises(DefinitionError) as wrong:
        facts(text)
    assert words in str(wrong.value)
    assert str(wrong.value).startswith("facts.yaml:1 WF")


def told(*steps: dict[str, object], start: str = "filed", closed: tuple[str, ...] = ()) -> list[str]:
    scenario = Scenario.model_validate({"name": "A story", "start": start, "closed": closed, "steps": steps})
    return [mismatch.what.en for mismatch in play(OBJECTION, scenario)]


def test_a_scenario_that_the_definition_keeps_has_no_mismatch() -> None:
    assert told({"do": "accept", "by": "hq_staff", "to": "examining"}) == []


def test_a_scenario_tells_where_the_definition_differs() -> None:
    assert told({"do": "accept", "by": "hq_staff", "to": "correction"}) == [
        "'accept' leads to 'examining', not to 'correction'"
    ]
    assert told({"do": "accept", "by": "finance", "to": "examining"}) == [
        "'accept' by finance is closed in 'filed': wrong_role"
    ]
    assert told({"refuse": "accept", "by": "hq_staff", "because": "wrong_role"}) == [
        "'accept' by hq_staff is open in 'filed'"
    ]
    assert told({"refuse": "uphold", "by": "approver", "because": "wrong_role"}) == [
        "'uphold' is closed because of not_from_here, not of wrong_role"
    ]
    assert told({"do": "fly", "by": "hq_staff", "to": "examining"}) == ["there is no action 'fly'"]
    assert told({"do": "accept", "by": "hq_staff", "to": "examining"}, start="nowhere") == [
        "there is no state 'nowhere'"
    ]


def test_a_guard_that_no_step_has_cannot_be_assumed_closed() -> None:
    found = told({"refuse": "accept", "by": "applicant", "because": "wrong_role"}, closed=("before_lunch",))
    assert found == ["no step requires the guard 'before_lunch'"]


def test_after_a_mismatch_the_story_goes_on_where_it_says() -> None:
    wrong = {"do": "accept", "by": "finance", "to": "examining"}
    assert len(told(wrong, {"do": "uphold", "by": "approver", "to": "upheld"})) == 1
