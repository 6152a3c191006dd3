"""The timetable's arithmetic, whatever companies wish for."""

from hypothesis import given, settings
from hypothesis import strategies as some

from backoffice.meetings.matching import Room, Talk, collisions, pair_of, ranked, timetable

companies = some.integers(min_value=1, max_value=9)
wishes = some.dictionaries(some.tuples(companies, companies), some.integers(min_value=1, max_value=5), max_size=40)
rooms = some.builds(Room, slots=some.integers(min_value=1, max_value=6), tables=some.integers(min_value=1, max_value=4))


def pairs(talks: tuple[Talk, ...]) -> set[tuple[int, int]]:
    return {talk.pair for talk in talks}


@given(wishes, rooms)
@settings(deadline=None)
def test_nobody_sits_at_two_tables_at_once_and_no_table_is_used_twice(wished: dict, room: Room) -> None:
    assert collisions(timetable(wished, room), room) == []


@given(wishes, rooms)
@settings(deadline=None)
def test_only_wished_pairs_meet_and_each_pair_meets_once(wished: dict, room: Room) -> None:
    talks = timetable(wished, room)
    assert pairs(talks) <= set(ranked(wished))
    assert len(pairs(talks)) == len(talks)


@given(wishes, rooms, some.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_same_wishes_give_the_same_timetable_in_whatever_order_they_came(
    wished: dict, room: Room, chance: object
) -> None:
    shuffled = list(wished.items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert timetable(dict(shuffled), room) == timetable(wished, room)


@given(wishes, rooms)
@settings(deadline=None)
def test_no_wish_is_left_out_while_both_sides_and_a_table_are_free(wished: dict, room: Room) -> None:
    talks = timetable(wished, room)
    busy = {(talk.slot, one) for talk in talks for one in talk.pair}
    for one, other in set(ranked(wished)) - pairs(talks):
        for slot in range(1, room.slots + 1):
            full = sum(1 for talk in talks if talk.slot == slot) == room.tables
            assert full or (slot, one) in busy or (slot, other) in busy


@given(wishes, rooms, some.integers(min_value=0, max_value=20))
@settings(deadline=None)
def test_a_less_wanted_talk_never_costs_a_more_wanted_one(wished: dict, room: Room, best: int) -> None:
    top = set(ranked(wished)[:best])
    without_the_rest = {wish: rank for wish, rank in wished.items() if pair_of(*wish) in top}
    assert pairs(timetable(without_the_rest, room)) <= pairs(timetable(wished, room))


@given(wishes, rooms)
@settings(deadline=None)
def test_what_staff_fixed_stays_where_it_is(wished: dict, room: Room) -> None:
    fixed = timetable(wished, room)[::2]
    assert set(fixed) <= set(timetable(wished, room, fixed))


def test_mutual_wishes_come_before_one_sided_ones() -> None:
    wished = {(1, 2): 5, (2, 1): 5, (1, 3): 1}
    assert [talk.pair for talk in timetable(wished, Room(slots=1, tables=2))] == [(1, 2)]


def test_two_slots_are_exchanged_before_a_wish_is_given_up() -> None:
    """Suppliers 1-3 and companies 4-6 all want each other: three slots are enough for all nine talks."""
    wished = {(supplier, company): 1 for supplier in (1, 2, 3) for company in (4, 5, 6)}
    talks = timetable(wished, Room(slots=3, tables=3))
    assert len(talks) == 9


def test_fixed_talks_that_collide_are_refused() -> None:
    twice = (Talk(1, 1, 1, 2), Talk(1, 2, 1, 3))
    assert collisions(twice, Room(2, 2)) == [(1, 1)]
