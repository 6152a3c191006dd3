"""When a meeting begins, out of what people type as its hour."""

from datetime import time

import pytest

from backoffice.engine.perform import Engine
from backoffice.meetings.dated import plan_of, read_hours


@pytest.mark.parametrize(
    ("typed", "begins", "ends"),
    [
        ("14:00", time(14), None),
        ("9:05", time(9, 5), None),
        ("14시", time(14), None),
        ("14시 30분", time(14, 30), None),
        ("오후 2시", time(14), None),
        ("오후 2시 반", time(14, 30), None),
        ("오전 12시", time(0), None),
        ("2:30 PM", time(14, 30), None),
        ("pm 2", time(14), None),
        ("１４：００", time(14), None),
        ("14:00~15:30", time(14), time(15, 30)),
        ("14:00~", time(14), None),
        ("14시 - 16시", time(14), time(16)),
    ],
)
def test_an_hour_is_read_as_people_write_it(typed: str, begins: time, ends: time | None) -> None:
    assert read_hours(typed) == (begins, ends)


@pytest.mark.parametrize(
    "typed", ["", "14", "오후", "점심 뒤", "25:00", "14:75", "오후 14시", "x 14:00", "14:00~언젠가"]
)
def test_what_is_not_surely_an_hour_is_none(typed: str) -> None:
    assert read_hours(typed) is None


def test_only_states_that_wait_for_people_to_meet_are_meetings(office: Engine) -> None:
    """A stay that ends, a fine to be paid and a course that begins are dates, too."""
    found = {
        (name, code)
        for name in (
            "follow_up_meeting",
            "council",
            "residency",
            "sanction_case",
            "training_course",
            "zone_cooperation",
        )
        for definition in [office.definitions.get(name, 1).workflow]
        for code, state in definition.states.items()
        if plan_of(definition, state) is not None
    }
    assert found == {("follow_up_meeting", "scheduled"), ("council", "meeting")}
