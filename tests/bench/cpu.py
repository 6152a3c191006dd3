"""The processor time of a command with everything it starts: python -m tests.bench.cpu COMMAND… prints CPU and wall seconds.

A browser starts processes that outlive the one that was started and that it never waits for. This one takes them in as
their next of kin, so that none is missing from the sum.
"""

import ctypes
import os
import resource
import subprocess
import sys
import time

SET_CHILD_SUBREAPER = 36
"""Of prctl(2)."""


def measured(*command: str, stdin: str = os.devnull, stdout: str = os.devnull) -> tuple[float, float, int]:
    """CPU seconds, wall seconds and peak resident bytes of the largest process. Raises CalledProcessError."""
    with open(stdin, "rb") as source, open(stdout, "wb") as target:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.cpu", *command],
            stdin=source,
            stdout=target,
            stderr=subprocess.PIPE,
            check=True,
        )
    cpu, wall, peak = done.stderr.decode().splitlines()[-1].split()
    return float(cpu), float(wall), int(peak)


def main(command: list[str]) -> int:
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    begun = time.perf_counter()
    code = subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode
    wall = time.perf_counter() - begun
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stderr.write(f"{used.ru_utime + used.ru_stime} {wall} {used.ru_maxrss * 1024}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
