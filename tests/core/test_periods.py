"""Korean calendar: business days with substitute holidays, months, roll-over."""

from datetime import date

import pytest

from backoffice.core import periods
from backoffice.core.hangul import initials, object_, search_text, subject, topic
from workflows.durations import parse_due, parse_length


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        (date(2026, 2, 27), "1bd", date(2026, 3, 3)),  # 1 March is a Sunday, 2 March its substitute
        (date(2026, 9, 23), "2bd", date(2026, 9, 29)),  # Chuseok 24-26 September
        (date(2026, 1, 31), "1m", date(2026, 2, 28)),
        (date(2024, 1, 31), "1m", date(2024, 2, 29)),
        (date(2026, 11, 21), "10d", date(2026, 12, 1)),
        (date(2026, 11, 30), "-7d", date(2026, 11, 23)),
    ],
)
def test_periods_end_where_the_calendar_says(start: date, length: str, end: date) -> None:
    assert periods.add(start, parse_length(length)) == end


def test_a_period_that_would_end_on_a_holiday_ends_on_the_next_working_day() -> None:
    assert periods.roll_forward(date(2026, 3, 1)) == date(2026, 3, 3)
    assert periods.roll_forward(date(2026, 3, 4)) == date(2026, 3, 4)


def test_february_ends_on_the_29th_in_leap_years() -> None:
    assert (periods.end_of_february(2027), periods.end_of_february(2028)) == (date(2027, 2, 28), date(2028, 2, 29))


def test_business_days_are_counted_in_both_directions() -> None:
    assert periods.business_days_between(date(2026, 2, 27), date(2026, 3, 4)) == 2
    assert periods.business_days_between(date(2026, 3, 4), date(2026, 2, 27)) == -2


@pytest.mark.parametrize("text", ["soon", "7", "d7", "fact:", "field:+60d", "call_closes 7d"])
def test_a_due_date_that_cannot_be_read_shows_what_can(text: str) -> None:
    with pytest.raises(ValueError, match="7d"):
        parse_due(text)


def test_korean_words_are_found_by_their_first_consonants() -> None:
    assert initials("나노메디텍") == "ㄴㄴㅁㄷㅌ"
    assert "ㄴㄴㅁㄷ" in search_text("㈜나노메디텍", "바이오센서")


def test_particles_follow_the_last_letter() -> None:
    assert (topic("과제명"), topic("종료일"), object_("요약"), subject("기업")) == (
        "과제명은",
        "종료일은",
        "요약을",
        "기업이",
    )
    assert object_("계획서") == "계획서를"
