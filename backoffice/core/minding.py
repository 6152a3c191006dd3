"""What goes on inside a room: for every order it forks a minder, who forks the child and keeps its time."""

import contextlib
import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from backoffice.core.rooms import LIMIT

BEGUN = b"begun\n"
"""A minder's first word: from now on the order is in its hands, whatever becomes of the room."""

IDLE = 600.0
"""Seconds without an order after which a room gives its memory back."""

INPUT, OUTPUT, ERRORS = 0, 1, 2

Work = Callable[[], int]
"""What a child does with its order on standard input: its exit code. Its answer goes to standard output."""


def keep(work: Work, idle: float = IDLE) -> NoReturn:
    """The life of a room: until its office ends or wants nothing of it. What was imported before is every child's.

    A room sees no order: files pass through it unread, and only children carry them out. It runs no thread, since a
    fork would lose it. Nothing here makes cycles worth looking for, and children end before that would pay: looking for
    them costs an eighth of a child's time, and copies the memory it shares with the room.
    """
    gc.collect()
    gc.disable()
    gc.freeze()
    with socket.socket(fileno=os.dup(INPUT)) as line:
        _hold(os.devnull)
        while (order := _next(line, idle)) is not None:
            _hand_over(line, *order, work)
            _reap(os.WNOHANG)
    _reap(0)
    os._exit(0)


def _hold(nothing: str) -> None:
    """Nothing on standard input any more."""
    empty = os.open(nothing, os.O_RDONLY)
    os.dup2(empty, INPUT)
    os.close(empty)


def _next(line: socket.socket, idle: float) -> tuple[int, list[int]] | None:
    """The limit in seconds and the descriptors of an order; None at the end."""
    if not select.select([line], [], [], idle)[0]:
        return None
    told, descriptors, _, _ = socket.recv_fds(line, LIMIT.size, 4)
    return (LIMIT.unpack(told)[0], descriptors) if told else None


def _hand_over(line: socket.socket, seconds: int, descriptors: list[int], work: Work) -> None:
    if os.fork() == 0:
        line.close()
        try:
            *files, office = descriptors
            _mind(socket.socket(fileno=office), seconds, files, work)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    for number in descriptors:
        os.close(number)


def _reap(how: int) -> None:
    """Take note of minders that ended: their processor time counts as the room's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _mind(office: socket.socket, seconds: int, files: list[int], work: Work) -> NoReturn:
    """Stop the child when its time is over or nobody waits for it any more; tell the office how it ended."""
    child = os.fork()
    if child == 0:
        _carry_out(files, work)
    for number in files:
        os.close(number)
    ended = os.pidfd_open(child)
    office.sendall(BEGUN)
    over = ended not in select.select([ended, office.fileno()], [], [], seconds)[0]
    if over:
        os.kill(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    mine = resource.getrusage(resource.RUSAGE_SELF)
    cpu = sum(one.ru_utime + one.ru_stime for one in (used, mine))
    code = None if over else os.waitstatus_to_exitcode(status)
    with contextlib.suppress(OSError):
        office.sendall(json.dumps([code, cpu]).encode() + b"\n")
    os._exit(0)


def _carry_out(files: list[int], work: Work) -> NoReturn:
    """The child: its three files, and no other descriptor."""
    code = 1
    try:
        for target, number in zip((INPUT, OUTPUT, ERRORS), files, strict=True):
            os.dup2(number, target)
        os.closerange(ERRORS + 1, os.sysconf("SC_OPEN_MAX"))
        code = work()
        sys.stdout.flush()
    except BaseException:
        code = 1
        traceback.print_exc()
    finally:
        os._exit(code)
