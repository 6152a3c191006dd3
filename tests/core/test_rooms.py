"""A room forks a child for every order: no order sees another, none lasts too long, and the room is never in the way."""

import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backoffice.core import rooms
from backoffice.core.rooms import Done, NoRoom, Room
from tests.core import errands
from tests.processes import all_end, children, descendants, named

MODULE = "tests.core.errands"


@pytest.fixture
def room() -> Iterator[Room]:
    opened = Room(MODULE)
    yield opened
    opened.close()


def ordered(room: Room, folder: Path, errand: str, *, seconds: int = 30) -> Done:
    return room.order(errand.encode(), str(folder), seconds=seconds)


def the_room() -> int:
    (found,) = named(MODULE, children(os.getpid()))
    return found


def test_orders_are_carried_out_in_one_room_by_children_that_know_nothing_of_each_other(
    room: Room, tmp_path: Path
) -> None:
    assert ordered(room, tmp_path, "remember one").output == b"one"
    opened = the_room()
    assert ordered(room, tmp_path, "remember two").output == b"two"
    assert the_room() == opened


def test_a_child_holds_its_three_files_and_nothing_else(room: Room, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        beside = threads.submit(ordered, room, tmp_path, "sleep 0.5")
        told = ordered(room, tmp_path, "descriptors").output.decode().splitlines()
        beside.result()
    assert [line.partition(" ")[0] for line in told] == ["0", "1", "2"]
    assert all(str(tmp_path) in line for line in told)
    assert list(tmp_path.iterdir()) == []


def test_how_a_child_ended_is_told(room: Room, tmp_path: Path) -> None:
    assert ordered(room, tmp_path, "say yes").code == 0
    assert ordered(room, tmp_path, "crash").code == -signal.SIGSEGV
    refused = ordered(room, tmp_path, "refuse")
    assert (refused.code, refused.output) == (1, b"")
    assert b"this errand cannot be run" in refused.errors


def test_much_on_both_streams_blocks_nobody(room: Room, tmp_path: Path) -> None:
    done = ordered(room, tmp_path, "fill")
    assert (len(done.output), len(done.errors)) == (errands.MUCH, errands.MUCH)


def test_a_child_over_its_time_is_stopped_and_only_that_one(room: Room, tmp_path: Path) -> None:
    ordered(room, tmp_path, "say one")
    opened = the_room()
    with ThreadPoolExecutor(2) as threads:
        late = threads.submit(ordered, room, tmp_path, "sleep 60", seconds=1)
        other = threads.submit(ordered, room, tmp_path, "sleep 1.5")
        assert late.result().code is None
        assert other.result().output == b"slept"
    assert all_end(descendants(opened), 1)


def test_a_room_leaves_when_nobody_wants_anything_and_the_next_order_opens_another(room: Room, tmp_path: Path) -> None:
    ordered(room, tmp_path, "say one")
    first = the_room()
    assert all_end([first], errands.IDLE + 5)
    assert ordered(room, tmp_path, "say two").output == b"two"
    assert the_room() != first


def test_an_order_that_meets_a_dying_room_is_carried_out_by_the_next(room: Room, tmp_path: Path) -> None:
    """The room is stopped, takes the order without reading it, and is killed."""
    ordered(room, tmp_path, "say one")
    first = the_room()
    os.kill(first, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ordered, room, tmp_path, "say two")
        time.sleep(0.3)
        assert not waiting.done()
        os.kill(first, signal.SIGKILL)
        assert waiting.result().output == b"two"
    assert the_room() != first


def test_a_room_that_does_not_answer_is_given_up_and_replaced(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "PATIENCE", 0)
    monkeypatch.setattr(rooms, "LEAVING", 0.2)
    ordered(room, tmp_path, "say one")
    first = the_room()
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(NoRoom):
        ordered(room, tmp_path, "say two", seconds=1)
    assert ordered(room, tmp_path, "say three").output == b"three"
    assert the_room() != first


def test_orders_under_way_outlive_their_room(room: Room, tmp_path: Path) -> None:
    ordered(room, tmp_path, "say one")
    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(ordered, room, tmp_path, "sleep 1")
        time.sleep(0.4)
        os.kill(the_room(), signal.SIGKILL)
        assert ordered(room, tmp_path, "say two").output == b"two"
        assert under_way.result().output == b"slept"


def test_a_closed_room_has_told_all_its_processor_time(room: Room, tmp_path: Path) -> None:
    def of_children() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = of_children()
    assert ordered(room, tmp_path, "work 0.5").cpu >= 0.5
    opened = the_room()
    room.close()
    assert of_children() - before >= 0.5
    assert all_end([opened], 0.1)


@pytest.mark.parametrize("module", ["tests.core.no_such_module", "backoffice.core.clock"])
def test_a_room_that_does_not_open_is_said_to_be_none(module: str, tmp_path: Path) -> None:
    with pytest.raises(NoRoom):
        ordered(Room(module), tmp_path, "say one")


def test_without_an_interpreter_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(NoRoom):
        ordered(Room(MODULE), tmp_path, "say one")
