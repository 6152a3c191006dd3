"""Two versions of a definition are told apart in sentences a program officer understands."""

import copy
from typing import Any

import pytest

from tests.versions import RENAMED, definition, next_version
from workflows import catalogue
from workflows.difference import compare
from workflows.loader import load_bytes
from workflows.rewriting import read, revise
from workflows.writer import canonical

OLD = catalogue.newest("joint_rbd_planning").workflow


def told(*pairs: tuple[str, str]) -> list[str]:
    return [change.ko for change in compare(OLD, definition(next_version(*pairs)))]


@pytest.mark.parametrize("name", sorted({name for name, _ in catalogue.shipped()}))
def test_a_definition_does_not_differ_from_itself(name: str) -> None:
    workflow = catalogue.newest(name).workflow
    assert compare(workflow, workflow) == ()


def test_a_version_number_alone_is_no_difference() -> None:
    assert compare(OLD, definition(next_version())) == ()


@pytest.mark.parametrize(
    ("before", "after", "ko", "en"),
    [
        ("due: 7d, clock: screening", "due: 10bd, clock: screening",
         "상태 '사전검토'의 기한: 기한일 변경, 상태에 들어온 날부터 7일 → 상태에 들어온 날부터 10근무일",
         "Deadline of State 'Eligibility screening': due date changed from 7 days after entering the state "
         "to 10 business days after entering the state"),
        ("label: {ko: 적격 처리, en: Pass screening}", "label: {ko: 적격 확정, en: Pass screening}",
         "처리 '적격 처리': 이름 변경, '적격 처리' → '적격 확정'", "Step 'Pass screening': label changed from '적격 처리' to '적격 확정'"),
        ("requires: [no_case_elsewhere:barring, checklist_passed:screening_checklist, panel_ready]",
         "requires: [no_case_elsewhere:barring, panel_ready]",
         "처리 '적격 처리': 조건 변경, no_case_elsewhere:barring, checklist_passed:screening_checklist, panel_ready"
         " → no_case_elsewhere:barring, panel_ready",
         "Step 'Pass screening': conditions changed from no_case_elsewhere:barring, "
         "checklist_passed:screening_checklist, panel_ready to no_case_elsewhere:barring, panel_ready"),
    ],
)  # fmt: skip
def test_a_change_is_one_sentence_in_both_languages(before: str, after: str, ko: str, en: str) -> None:
    (change,) = compare(OLD, definition(next_version((before, after))))
    assert (change.what, change.ko, change.en) == ("changed", ko, en)


def test_a_state_under_another_name_is_one_gone_and_one_new() -> None:
    sentences = told(*RENAMED)
    assert "상태 '사전검토': 없어졌습니다." in sentences
    assert "상태 '사전검토': 추가되었습니다." in sentences


def test_a_step_that_may_start_elsewhere_too_is_told_with_its_place() -> None:
    sentences = told(("from: [draft, submitted,", "from: [submitted,"))
    assert sentences == ["처리 '신청 철회'(작성중 → 신청철회): 없어졌습니다."]


def test_a_field_that_moves_to_another_type_or_page_is_told() -> None:
    sentences = told(("{name: title, type: text", "{name: title, type: long_text"))
    assert sentences == ["서식 '공동 R&BD 기획 신청서'의 항목 '과제명': 유형 변경, text → long_text"]


def test_another_order_of_steps_is_a_difference() -> None:
    data = read(catalogue.newest("objection").source)
    data["transitions"].reverse()
    new = definition(revise(catalogue.newest("objection").source, data))
    assert [change.en for change in compare(catalogue.newest("objection").workflow, new)] == ["Only the order changed."]


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of plain data that holds a word or number."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in places(inner, (*place, key))]
    if isinstance(value, list):
        return [found for key, inner in enumerate(value) for found in places(inner, (*place, key))]
    return [place]


@pytest.mark.parametrize("name", ["objection", "outcome_report"])
def test_no_change_of_a_text_goes_untold(name: str) -> None:
    """Every Korean label, hint and sentence of a definition is changed once: each change is told."""
    loaded = catalogue.newest(name)
    data = read(loaded.source)
    for place in places(data):
        if place[-1] != "ko":
            continue
        other = copy.deepcopy(data)
        inner = other
        for step in place[:-1]:
            inner = inner[step]
        inner["ko"] += " 하나"
        new = load_bytes(canonical(definition(revise(loaded.source, other))).encode(), "x").workflow
        assert compare(loaded.workflow, new), place
