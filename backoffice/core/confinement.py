"""What a child process that reads or makes a document may use: memory, time, no network, no other file."""

import errno
import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from typing import Any, NoReturn

from backoffice.core.paths import PACKAGE

KEPT = ("PATH", "LANG", "LC_ALL", "HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "PYTHONHASHSEED")
"""What a child inherits: no address of a database, no key."""


TOO_LARGE = 4
"""The exit code of a child whose memory was at its end."""


def environment(scratch: str) -> dict[str, str]:
    """The variables of a child; ``scratch`` is the folder it may write to."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {"TMPDIR": scratch}


def work_in(scratch: str) -> None:
    """Temporary files go to ``scratch`` from now on, for whoever asks and however."""
    os.environ["TMPDIR"] = tempfile.tempdir = scratch


def limit(memory: int, seconds: int) -> None:
    """Caps on address space, processor time and file size; a core dump would hold the document."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024**2,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lock_down(*folders: object) -> None:
    """No socket, no process, no file but the program's own, those in ``folders``, and nothing."""
    roots = (sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), PACKAGE, *folders)
    allowed = tuple(f"{os.path.realpath(str(root))}{os.sep}" for root in roots)
    refused = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "urllib.Request")

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(refused):
            raise PermissionError(f"blocked: {event}")
        if event == "open" and isinstance(arguments[0], str | bytes):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if path != os.devnull and not path.startswith(allowed):
                raise PermissionError(f"blocked: open {path}")

    sys.addaudithook(watch)


def ran_out(error: BaseException) -> bool:
    """Whether memory, stack or file size was at its end: C code says so as SystemError, and a handler may fail after it."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, MemoryError | RecursionError | SystemError):
            return True
        if isinstance(seen, OSError) and seen.errno == errno.EFBIG:
            return True
        seen = seen.__context__
    return False


def leave(code: int) -> NoReturn:
    """End at once: where no memory is left, a word to standard error or an orderly end would fail and say another code."""
    os._exit(code)


def answer(make: Callable[[Any], bytes]) -> int:
    """The whole life of a child that makes one thing: an order as JSON comes in, its bytes go out; TOO_LARGE if memory ran out."""
    order = json.load(sys.stdin)
    limit(order["memory"], order["seconds"])
    lock_down(order["scratch"])
    try:
        made = make(order)
    except Exception as error:
        if ran_out(error):
            leave(TOO_LARGE)
        raise
    sys.stdout.buffer.write(made)
    return 0
