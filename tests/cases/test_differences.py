"""What changed between two versions: only what changed, money as a difference, rows matched by what they say."""

from typing import Any

from backoffice.cases.differences import Change, changes, with_files
from workflows import catalogue
from workflows.forms import Form

FORM: Form = next(
    item.workflow for item in catalogue.shipped().values() if item.workflow.workflow == "joint_rbd_planning"
).forms["application"]
CHANGE: Form = next(
    item.workflow for item in catalogue.shipped().values() if item.workflow.workflow == "joint_rbd_planning"
).forms["change_request"]


def line(item: str, grant: int, category: str = "activity") -> dict[str, Any]:
    return {"category": category, "item": item, "grant": grant, "own": None}


def told(found: tuple[Change, ...]) -> list[tuple[str, int | None, Any, Any, int | None, str]]:
    return [(one.field.name, one.row, one.old, one.new, one.difference, one.kind) for one in found]


def test_two_equal_versions_have_no_changes() -> None:
    answers = {"title": "같은 제목", "budget": [line("회의", 1_000_000)], "market": None}
    assert changes(FORM, answers, {**answers, "market": "", "consent_personal": False}) == ()


def test_a_changed_text_and_a_changed_amount_are_told_with_both_values_and_the_difference() -> None:
    old = {"title": "처음 제목", "requested": 50_000_000}
    new = {"title": "고친 제목", "requested": 48_000_000}
    assert told(changes(FORM, old, new)) == [
        ("title", None, "처음 제목", "고친 제목", None, "changed"),
        ("requested", None, 50_000_000, 48_000_000, -2_000_000, "changed"),
    ]


def test_in_a_grid_only_the_changed_cell_is_told_and_the_new_total() -> None:
    old = {"budget": [line("회의", 1_000_000), line("시제품", 5_000_000, "material")]}
    new = {"budget": [line("회의", 1_000_000), line("시제품", 7_000_000, "material")]}
    assert told(changes(FORM, old, new)) == [
        ("grant", 2, 5_000_000, 7_000_000, 2_000_000, "changed"),
        ("grant", None, 6_000_000, 8_000_000, 2_000_000, "total"),
    ]


def test_a_row_put_in_between_does_not_make_the_rows_below_it_look_changed() -> None:
    old = {"budget": [line("회의", 1), line("시제품", 2, "material")]}
    new = {"budget": [line("회의", 1), line("자문", 9, "allowance"), line("시제품", 2, "material")]}
    assert told(changes(FORM, old, new)) == [
        ("category", 2, None, "allowance", None, "added"),
        ("item", 2, None, "자문", None, "added"),
        ("grant", 2, None, 9, 9, "added"),
        ("grant", None, 3, 12, 9, "total"),
    ]


def test_a_removed_row_is_told_with_its_old_number_and_moving_rows_is_no_change() -> None:
    first, second, third = line("회의", 1), line("자문", 9, "allowance"), line("시제품", 2, "material")
    found = changes(FORM, {"budget": [first, second, third]}, {"budget": [third, first]})
    assert {(one.row, one.kind) for one in found} == {(2, "removed"), (None, "total")}
    assert changes(FORM, {"budget": [first, second]}, {"budget": [second, first]}) == ()


def test_a_changed_cell_is_still_found_after_a_row_above_it_went() -> None:
    old = {"budget": [line("회의", 1), line("시제품", 2, "material")]}
    new = {"budget": [line("시제품", 3, "material")]}
    found = told(changes(FORM, old, new))
    assert ("grant", 1, 2, 3, 1, "changed") in found
    assert ("item", 1, "회의", None, None, "removed") in found


def test_files_are_compared_by_their_content() -> None:
    one = {"field": "plan_file", "name": "계획서.pdf", "sha256": "a" * 64, "size": 10, "token": "x", "document": "plan"}
    two = {**one, "sha256": "b" * 64}
    found = changes(FORM, with_files({}, [one]), with_files({}, [two]))
    assert [(item.kind, (item.old or item.new)["sha256"][0]) for item in found] == [("removed", "a"), ("added", "b")]
    assert changes(FORM, with_files({}, [one]), with_files({}, [{**one, "token": "y"}])) == ()


def test_text_that_could_not_be_read_has_no_difference_in_won() -> None:
    found = changes(FORM, {"requested": 1_000_000}, {"requested": {"unread": "백만원"}})
    assert told(found) == [("requested", None, 1_000_000, {"unread": "백만원"}, None, "changed")]


def test_a_question_that_is_no_longer_asked_counts_as_unanswered() -> None:
    old = {"kinds": ["amount"], "new_amount": 5_000_000}
    new = {"kinds": ["goal"], "new_amount": 5_000_000}
    assert [(one.field.name, one.new) for one in changes(CHANGE, old, new)] == [
        ("kinds", ["goal"]),
        ("new_amount", None),
    ]
