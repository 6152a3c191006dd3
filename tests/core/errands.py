"""A room for tests: its children run errands named in their orders. An impatient one, which leaves when it has none."""

import os
import signal
import sys
import time
from collections.abc import Callable

from backoffice.core import minding

IDLE = 2.0
MUCH = 20_000_000

_seen: list[str] = []


def say(words: str) -> str:
    return words


def remember(word: str) -> str:
    """All words this process was ever told."""
    _seen.append(word)
    return " ".join(_seen)


def fill(_: str) -> str:
    """Much on both streams, errors first."""
    sys.stderr.write("e" * MUCH)
    return "o" * MUCH


def work(seconds: str) -> str:
    until = time.process_time() + float(seconds)
    while time.process_time() < until:
        pass
    return "done"


def sleep(seconds: str) -> str:
    time.sleep(float(seconds))
    return "slept"


def crash(_: str) -> str:
    os.kill(os.getpid(), signal.SIGSEGV)
    return "never said"


def refuse(_: str) -> str:
    raise ValueError("this errand cannot be run")


def descriptors(_: str) -> str:
    """What is open, by number."""
    listed = {name: _target(name) for name in os.listdir("/proc/self/fd")}
    return "\n".join(f"{name} {target}" for name, target in sorted(listed.items()) if target)


def _target(name: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{name}")
    except FileNotFoundError:
        return ""


ERRANDS: dict[str, Callable[[str], str]] = {
    one.__name__: one for one in (say, remember, fill, work, sleep, crash, refuse, descriptors)
}


def run() -> int:
    errand, _, rest = sys.stdin.read().partition(" ")
    sys.stdout.write(ERRANDS[errand](rest))
    return 0


if __name__ == "__main__":
    minding.keep(run, idle=IDLE)
