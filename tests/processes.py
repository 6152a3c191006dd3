"""Processes of this machine, as the kernel tells of them."""

import contextlib
import time
from collections.abc import Collection, Iterator
from pathlib import Path

PROC = Path("/proc")


def running() -> Iterator[tuple[int, int]]:
    """Process and parent of all that have not ended."""
    for folder in PROC.glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state not in "ZX":
            yield int(folder.name), int(parent)


def children(of: int) -> list[int]:
    return [one for one, parent in running() if parent == of]


def descendants(of: int) -> list[int]:
    """A process's children, their children and so on."""
    found = [of]
    for one in found:
        found += children(one)
    return found[1:]


def named(word: str, among: Collection[int]) -> list[int]:
    """Those processes that have this word in their command line; forks have that of what they were forked from."""
    found = []
    for one in among:
        with contextlib.suppress(OSError):  # ended meanwhile
            if word.encode() in (PROC / str(one) / "cmdline").read_bytes():
                found.append(one)
    return found


def all_end(processes: Collection[int], seconds: float = 10) -> bool:
    """Whether all of them end in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not set(processes) & {one for one, _ in running()}:
            return True
        time.sleep(0.05)
    return False


def memory(of: int) -> bytes:
    """All that a process could have written down in its memory."""
    found = []
    with open(PROC / str(of) / "mem", "rb", buffering=0) as whole:
        for line in (PROC / str(of) / "maps").read_text().splitlines():
            place, rights, *_ = line.split()
            if not rights.startswith("rw") or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            begin, end = (int(one, 16) for one in place.split("-"))
            whole.seek(begin)
            found.append(whole.read(end - begin))
    return b"".join(found)
