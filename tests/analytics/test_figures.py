"""The figures of an analysis, worked out by hand and equal on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backoffice.access.actors import Actor, Grant
from backoffice.analytics import figures
from backoffice.analytics.figures import Return, StageFlow, StateTimes
from backoffice.analytics.selection import Book, Selection, book_of
from backoffice.analytics.tables import analyze, csv_of, tables
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.chain import verify
from backoffice.engine.perform import Engine
from backoffice.engine.spine import MIGRATION, PassedDeadline
from backoffice.organizations.queries import zone
from tests.analytics.rows import HOUR, START, Hand
from tests.story import Way, days_later
from workflows.roles import Role

NOW = START + timedelta(days=40)


@pytest.fixture
def hand(office: Engine) -> Hand:
    return Hand(office)


@pytest.fixture
def book(office: Engine) -> Book:
    return book_of(office.definitions, "objection")


def times(book: Book, **only: object) -> dict[str, StateTimes]:
    with clock.travelling(NOW):
        found = figures.state_times(Selection("objection", **only), book)  # type: ignore[arg-type]
    return {one.state: one for one in found}


def test_times_are_percentiles_by_nearest_rank_over_complete_stays(hand: Hand, book: Book) -> None:
    for hours in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100):
        hand.case((hours, "file"), (1.5, "refuse"))
    found = times(book)
    assert (found["drafting"].left, found["drafting"].p50, found["drafting"].p90) == (10, 5 * HOUR, 9 * HOUR)
    assert (found["filed"].p50, found["filed"].p90) == (1.5 * HOUR, 1.5 * HOUR)
    assert set(found) == {"drafting", "filed"}


def test_a_single_stay_is_its_own_median(hand: Hand, book: Book) -> None:
    hand.case((0.5, "file"))
    assert (times(book)["drafting"].p50, times(book)["drafting"].p90) == (HOUR // 2, HOUR // 2)


def test_open_and_withdrawn_stays_are_counted_apart_and_never_timed(hand: Hand, book: Book) -> None:
    hand.case((24, "file"), (10, "accept"))
    hand.case((24, "file"), (700, "withdraw"))
    hand.case((24, "file"))
    filed = times(book)["filed"]
    assert (filed.left, filed.p50, filed.given_up, filed.open) == (1, 10 * HOUR, 1, 1)
    assert filed.oldest == (40 * 24 - 24) * HOUR


def test_a_case_that_changed_its_version_is_not_taken_for_one_that_went_on(hand: Hand, book: Book) -> None:
    reference = hand.case((24, "file"), (10, "accept"), (5, "dismiss"))
    hand.change(reference, 3, kind=MIGRATION)
    filed = times(book)["filed"]
    assert (filed.left, filed.p50, filed.moved) == (0, None, 1)


def test_a_step_that_was_taken_back_at_once_leaves_no_trace(hand: Hand, book: Book) -> None:
    reference = hand.case((24, "file"), (10, "accept"), (1, "request_correction"), (20, "resubmit"), (2, "dismiss"))
    hand.change(reference, 5, kind="undo")
    found = times(book)
    assert "correction" not in found
    assert (found["examining"].left, found["examining"].p50) == (1, 23 * HOUR)
    with clock.travelling(NOW):
        assert figures.returns(Selection("objection"), book) == []


def test_leaving_after_the_deadline_is_late_unless_the_system_did_it(hand: Hand, book: Book) -> None:
    due = START + timedelta(hours=30)
    for hours in (5, 7, 8):
        hand.due(hand.case((24, "file"), (hours, "accept")), 3, due)
    late = hand.case((24, "file"), (100, "accept"))
    hand.due(late, 3, due)
    hand.change(late, 3, role="system")
    hand.case((24, "file"), (100, "accept"))
    filed = times(book)["filed"]
    assert (filed.left, filed.due, filed.late, filed.by_system) == (5, 4, 2, 1)


def test_what_is_overdue_now_is_what_rests_past_its_deadline(hand: Hand, book: Book) -> None:
    hand.case((24, "file"), due_at=NOW - timedelta(days=1))
    hand.case((24, "file"), due_at=NOW + timedelta(days=1))
    assert times(book)["filed"].overdue == 1


def test_waiting_counts_every_stay_for_the_side_whose_turn_it_was(hand: Hand, book: Book) -> None:
    hand.case((24, "file"), (10, "accept"), (4, "request_correction"), (6, "resubmit"), (2, "uphold"))
    hand.case((3, "file"))
    with clock.travelling(NOW):
        found = {one.side: one for one in figures.waiting(Selection("objection"), book)}
    assert (found["company"].total, found["company"].stays) == ((24 + 6 + 3) * HOUR, 3)
    assert (found["approver"].total, found["approver"].p50) == ((4 + 2) * HOUR, 2 * HOUR)
    assert (found["staff"].total, found["staff"].open) == ((10 + 40 * 24 - 3) * HOUR, 1)


def test_a_return_is_a_step_back_into_a_state_the_case_had_been_in(hand: Hand, book: Book) -> None:
    again = [(4, "request_correction"), (6, "resubmit")]
    hand.case((24, "file"), (10, "accept"), *again, *again, (2, "dismiss"))
    hand.case((24, "file"), (10, "accept"), *again, (3, "dismiss"))
    with clock.travelling(NOW):
        found = figures.returns(Selection("objection"), book)
    assert found == [
        Return("correction", "resubmit", "examining", 3, 2, (4 + 2 + 3) * HOUR),
        Return("examining", "request_correction", "correction", 1, 1, 6 * HOUR),
    ]


def test_conversion_follows_the_last_time_each_case_left_a_stage(hand: Hand, book: Book) -> None:
    hand.case((1, "file"), (1, "accept"), (1, "uphold"))
    hand.case((1, "file"), (1, "accept"), (1, "dismiss"))
    hand.case((1, "file"), (1, "accept"), (1, "request_correction"))
    hand.case((1, "file"), (1, "refuse"))
    hand.case((1, "file"), (1, "withdraw"))
    hand.case()
    found = figures.stage_flows(Selection("objection"), book)
    assert found == [StageFlow(0, 6, 3, 1, 1, 0, 1), StageFlow(1, 3, 1, 1, 0, 0, 1)]


def test_a_refusal_that_can_still_be_objected_to_ends_its_stage(office: Engine) -> None:
    hand = Hand(office, "joint_rbd_planning")
    refused = [(1, "submit"), (1, "start_screening"), (1, "mark_ineligible")]
    hand.case(*refused)
    hand.case(*refused, (1, "reinstate_screening"), (1, "pass_screening"))
    found = figures.stage_flows(Selection("joint_rbd_planning"), book_of(office.definitions, "joint_rbd_planning"))
    assert found == [StageFlow(0, 2, 1, 1, 0, 0, 0), StageFlow(1, 1, 0, 0, 0, 0, 1)]


def test_the_time_to_an_outcome_leaves_out_what_was_withdrawn(hand: Hand, book: Book) -> None:
    hand.case((10, "file"), (10, "refuse"))
    hand.case((10, "file"), (10, "accept"), (10, "uphold"), zone_code="GS-POHANG")
    hand.case((500, "withdraw"))
    hand.case((10, "file"))
    whole, *zones = figures.leads(Selection("objection"), book)
    assert (whole.cases, whole.open, whole.success, whole.failure, whole.cancelled) == (4, 1, 1, 1, 1)
    assert (whole.p50, whole.p90) == (20 * HOUR, 30 * HOUR)
    assert [(one.zone_id, one.cases, one.p50) for one in zones] == [
        (zone("GS-GIMHAE").id, 3, 20 * HOUR), (zone("GS-POHANG").id, 1, 30 * HOUR),
    ]  # fmt: skip


def test_a_selection_keeps_to_its_zone_its_version_and_its_period(hand: Hand, book: Book) -> None:
    hand.case((1, "file"), zone_code="GS-POHANG")
    hand.case((1, "file"), start=START + timedelta(days=10))
    hand.case((1, "file"), private=True)
    day = clock.in_seoul(START).date()
    assert times(book)["drafting"].left == 2
    assert times(book, zone_id=zone("GS-POHANG").id)["drafting"].left == 1
    assert times(book, start=day, end=day)["drafting"].left == 1
    assert times(book, start=day + timedelta(days=1))["drafting"].left == 1
    assert times(book, version=1)["drafting"].left == 2
    assert times(book, version=2) == {}
    assert times(book, end=date(2020, 1, 1)) == {}


def test_staff_of_a_zone_see_figures_of_their_own_zone_only(hand: Hand, book: Book) -> None:
    hand.case((1, "file"), zone_code="GS-POHANG")
    hand.case((1, "file"))
    hand.case((1, "file"))
    here = Actor(1, "담당", "", grants=(Grant(Role.ZONE_STAFF, zone("GS-POHANG").id),))
    nobody = Actor(2, "기업", "", grants=(Grant(Role.REVIEWER),))
    assert times(book, actor=here)["drafting"].left == 1
    assert times(book, actor=nobody) == {}


def test_an_empty_selection_has_tables_without_rows(hand: Hand, book: Book) -> None:
    found = analyze(Selection("objection"), book)
    made = tables(found, book, {})
    assert found.whole.cases == 0
    assert [len(table.rows) for table in made] == [0, 0, 0, 0, 1]
    assert csv_of(made[0]).startswith(b"\xef\xbb\xbf")


def test_whoever_leaves_a_state_leaves_its_deadline_behind_for_figures(office: Engine) -> None:
    story = Way(office).submitted()
    before = story.case().due_at
    with days_later(11):
        story.do("start_screening", story.zone_staff)
    kept = {
        row.revision: row.due_at
        for row in db.session.scalars(select(PassedDeadline).where(PassedDeadline.case_id == story.case_id))
    }
    assert kept == {2: story.call.closes_at, 3: before}
    assert verify(db.session) == (1, [])
