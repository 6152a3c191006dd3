"""The office's side of a room: a process with its tools laid out, in which every order is carried out by a child of its own."""

import atexit
import contextlib
import json
import logging
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from typing import IO

from backoffice.core import confinement
from backoffice.core.paths import PACKAGE

log = logging.getLogger(__name__)

LIMIT = struct.Struct("!I")
"""What the room is told of an order beside its files: the seconds it may take."""

ATTEMPTS = 3
"""A room may have ended a moment ago, and the next one, too, on a machine without memory."""

PATIENCE = 60
"""Seconds beyond the limit of an order after which the room counts as lost; it may have to start on a busy machine."""

LEAVING = 5
"""Seconds a room has to end once its office has left it."""


class NoRoom(Exception):
    """No room could be opened, or what became of the order is not known."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an order."""

    code: int | None
    """How the child ended: a signal is a negative number; None is the end of its time."""
    output: bytes
    errors: bytes
    cpu: float
    """Processor seconds of the child and of its minder."""


@dataclass(frozen=True, slots=True)
class _Opened:
    process: "subprocess.Popen[bytes]"
    line: socket.socket
    errors: IO[bytes]

    def end(self) -> None:
        """Hang up and wait until it is gone; a word it left is logged."""
        self.line.close()
        try:
            self.process.wait(LEAVING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if left := _content(self.errors).decode(errors="replace"):
            log.warning("room %s: ended with %s: %s", self.process.args, self.process.returncode, left[-2000:])
        self.errors.close()


@dataclass(frozen=True, slots=True)
class _Files:
    """The standard input, output and errors of a child: files without a name, so that nobody waits for a reader."""

    order: IO[bytes]
    output: IO[bytes]
    errors: IO[bytes]

    def numbers(self) -> list[int]:
        return [self.order.fileno(), self.output.fileno(), self.errors.fileno()]


class Room:
    """The room of a module that calls ``minding.keep``. Opened by the first order; a forked process opens its own."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        os.register_at_fork(after_in_child=self._leave_to_parent)
        atexit.register(self.close)

    def order(self, told: bytes, scratch: str, *, seconds: int) -> Done:
        """Have an order carried out; ``scratch`` holds its files meanwhile. Threads may order at once.

        Raises NoRoom, or OSError where no file can be written.
        """
        for _ in range(ATTEMPTS):
            done = self._attempt(told, scratch, seconds)
            if done is not None:
                return done
        raise NoRoom(f"{self._module} took no order")

    def close(self) -> None:
        """Wait until the room has ended, so that its processor time counts as this process's children's."""
        with self._lock:
            left, self._opened = self._opened, None
        if left is not None:
            left.end()

    def _attempt(self, told: bytes, scratch: str, seconds: int) -> Done | None:
        """None: the room ended before it took the order."""
        with contextlib.ExitStack() as stack:
            files = _Files(*(stack.enter_context(tempfile.TemporaryFile(dir=scratch)) for _ in range(3)))
            files.order.write(told)
            files.order.seek(0)
            ours, theirs = socket.socketpair()
            stack.enter_context(ours)
            with theirs:
                room = self._sent(files, theirs, seconds)
            ours.settimeout(seconds + PATIENCE)
            answer = None
            try:
                answer = _answer(ours)
            finally:
                if answer is None:
                    self._close_if(room)
            if answer is None:
                return None
            code, cpu = answer
            return Done(code, _content(files.output), _content(files.errors), cpu)

    def _sent(self, files: _Files, line: socket.socket, seconds: int) -> _Opened:
        """The room that was sent the files, and the end of a line for whoever minds the child."""
        with self._lock:
            if self._opened is None:
                self._opened = _opened(self._module)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                # A room that is gone is told from the line: nobody else holds this end of it.
                socket.send_fds(self._opened.line, [LIMIT.pack(seconds)], [*files.numbers(), line.fileno()])
            return self._opened

    def _close_if(self, gone: _Opened) -> None:
        """Close a room that is gone or does not answer, not the one another thread may have opened since."""
        with self._lock:
            if self._opened is not gone:
                return
            self._opened = None
        gone.end()

    def _leave_to_parent(self) -> None:
        """In a forked process: the room is the parent's, and ends with it."""
        self._lock = threading.Lock()
        if self._opened is not None:
            # Not a child of this process: nobody here could wait for it.
            self._opened.process.returncode = 0
            self._opened.line.close()
            self._opened.errors.close()
            self._opened = None


def _opened(module: str) -> _Opened:
    """Start a room. It gets its orders through its standard input and hears no Ctrl-C of the office."""
    ours, theirs = socket.socketpair()
    errors = tempfile.TemporaryFile()  # noqa: SIM115  # read and closed when the room has ended
    try:
        with theirs:
            process = subprocess.Popen(  # noqa: S603  # our own module under our own interpreter
                [sys.executable, "-m", module],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=PACKAGE.parent,
                env=confinement.environment(os.devnull),
                start_new_session=True,
            )
    except OSError as error:
        ours.close()
        errors.close()
        raise NoRoom(f"{module} could not be started: {error}") from error
    return _Opened(process, ours, errors)


def _answer(line: socket.socket) -> tuple[int | None, float] | None:
    """How the child ended and its processor time; None if nobody took the order. Raises NoRoom."""
    try:
        with line.makefile("rb") as told:
            if not told.readline():
                return None
            code, cpu = json.loads(told.readline())
    except (OSError, ValueError) as error:
        raise NoRoom(f"no word of an order that was taken: {error}") from error
    return code, cpu


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
