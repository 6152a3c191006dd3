"""The plan for cases that leave an older version: where they go, and what stands against it."""

import pytest

from tests.versions import RENAMED, definition, next_version
from workflows import catalogue
from workflows.migration import Weight, plan

OLD = catalogue.newest("joint_rbd_planning").workflow
MAPPED = ("\nstages:\n", "\nmigrations:\n  - {from: 1, states: {screening: eligibility}}\n\nstages:\n")


def codes(new_text: str, given: dict[str, str] | None = None) -> set[tuple[str, str, str]]:
    found = plan(OLD, definition(new_text), given)
    return {(one.code, one.state, one.subject) for one in found.concerns}


def test_every_open_state_of_an_unchanged_definition_stays_where_it_is() -> None:
    found = plan(OLD, definition(next_version()))
    assert found.concerns == ()
    assert all(found.image(name) == name for name, state in OLD.states.items() if state.final is None)


def test_a_state_that_is_gone_has_no_image_until_somebody_says_where_it_goes() -> None:
    new = definition(next_version(*RENAMED))
    assert plan(OLD, new).image("screening") is None
    assert plan(OLD, new, {"screening": "eligibility"}).image("screening") == "eligibility"
    declared = definition(next_version(*RENAMED, MAPPED))
    assert plan(OLD, declared).image("screening") == "eligibility"
    assert plan(OLD, declared, {"screening": "submitted"}).image("screening") == "submitted"


def test_a_map_to_a_state_that_does_not_exist_blocks() -> None:
    found = plan(OLD, definition(next_version()), {"screening": "nowhere"})
    assert found.image("screening") is None
    assert ("unknown_image", "screening") in {(one.code, one.state) for one in found.concerns}


def test_a_migration_ends_no_case() -> None:
    found = plan(OLD, definition(next_version()), {"tracking": "closed"})
    assert found.image("tracking") is None
    assert [one.code for one in found.concerns if one.weight is Weight.BLOCKS] == ["ends"]


def test_tasks_answers_and_separations_that_would_be_lost_are_told() -> None:
    text = next_version(
        ("      document: {label: {ko: 서면 평가표", "      paper: {label: {ko: 서면 평가표"),
        ("{name: need, type: long_text", "{name: need, type: text"),
        ("separate_from: [pass_screening]", "separate_from: [pass_screening, request_change_again]"),
        ("  - action: request_change\n", "  - action: request_change_again\n"),
    )
    found = codes(text)
    assert ("task_lost", "doc_review", "document") in found
    assert ("answer_lost", "draft", "application.need") in found
    assert ("separation", "", "request_change_again") in found


def test_other_owners_and_deadlines_are_told_without_blocking() -> None:
    found = codes(next_version(("due: 7d, clock: screening", "due: 10bd, clock: screening")))
    assert found == {("deadline", "screening", "")}


@pytest.mark.parametrize("other", ["objection", "joint_rbd_planning"])
def test_cases_only_go_to_a_later_version_of_their_own_workflow(other: str) -> None:
    with pytest.raises(ValueError, match="no later version"):
        plan(OLD, catalogue.newest(other).workflow)
