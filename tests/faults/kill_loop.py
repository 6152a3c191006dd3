"""Kill -9 under load, again and again: what was acknowledged stays, nothing is half, and no job is lost.

usage: python -m tests.faults.kill_loop [--rounds 200] [--database sqlite|postgresql] [--seed N]

Each round: three processes take steps on the same cases and write down what they were told, two of them with the same
keys (a browser that repeats itself), one with keys of its own (a colleague); a worker sends the mails. At a random
moment all four are killed. Then whoever was killed comes back and asks again with the same keys, a new worker goes on
after the leases have run out, and everything is compared with the database.
"""

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from backoffice.core import clock, outbox
from backoffice.core.db import db
from backoffice.core.errors import Conflict, Refused
from backoffice.jobs.worker import Worker
from tests.bench.ground import Ground, ground
from tests.crowd import make_cases
from tests.faults import evidence

CASES = 24
"""Cases of one round."""
LONGEST = 0.7
"""Seconds until the kill, at most."""
REASON = {"reason": "사정이 있어 철회합니다"}
CORRECTION = {"items": [{"item": "사업비", "request": "산출 근거를 적어 주세요."}]}


def take(place: Ground, case_id: int, key: str) -> str:
    """One step, by whoever it belongs to: half of the cases by one statement, half with changes elsewhere."""
    crowd = place.crowd
    action, person, typed = (
        ("withdraw", crowd.applicant, REASON) if case_id % 2 else ("request_correction", crowd.officer, CORRECTION)
    )
    try:
        done = place.engine.perform(case_id, action, person, revision=1, key=key, input=typed)
    except (Conflict, Refused):
        return "refused"
    return f"{case_id} {key} {done.revision}"


def perform(place: Ground, cases: list[int], name: str, told: Path) -> None:
    """Take every step and write down each answer as soon as it came."""
    answers = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for case_id in random.sample(cases, len(cases)):
        answer = take(place, case_id, f"{name}:{case_id}")
        if answer != "refused":
            os.write(answers, f"{answer}\n".encode())


def work(place: Ground) -> None:
    Worker(place.app).run()


def begin(job: Callable[[], None]) -> int:
    """Run it in a process of its own that shares nothing but the database: the process id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        db.engine.dispose(close=False)
        random.seed()
        job()
        status = 0
    finally:
        os._exit(status)


def kill(children: list[int]) -> int:
    """End them all without a word: how many were still at it."""
    busy = 0
    for child in random.sample(children, len(children)):
        if os.waitpid(child, os.WNOHANG)[0] == 0:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            busy += 1
    return busy


def one_round(place: Ground, told: Path) -> int:
    """Load, kill, come back, compare: how many processes were killed at work. Raises AssertionError for any loss."""
    cases = make_cases(place.crowd, CASES, state="screening")
    before = evidence.jobs()
    db.session.remove()
    db.engine.dispose()
    children = [
        begin(lambda name=name: perform(place, cases, name, told))  # type: ignore[misc]
        for name in ("repeated", "repeated", f"colleague {random.randrange(10**9)}")
    ]
    children.append(begin(lambda: work(place)))
    time.sleep(random.uniform(0.02, LONGEST))
    busy = kill(children)
    evidence.check_acknowledged(told)
    evidence.check_whole()
    evidence.check_jobs_kept(before)
    come_back(place, cases)
    evidence.check_whole()
    evidence.check_once(cases)
    evidence.check_mails(place.app.extensions["settings"].instance / "mail")
    return busy


def come_back(place: Ground, cases: list[int]) -> None:
    """The same requests again, then a worker that finds the leases of the dead one run out."""
    for case_id in cases:
        take(place, case_id, f"repeated:{case_id}")
    with clock.travelling(clock.now() + 2 * outbox.LEASE + timedelta(hours=1)):
        worker = Worker(place.app)
        while worker.run_due():
            pass
    db.session.rollback()  # what this process read before is old now


def loop(database: str, rounds: int, seed: int) -> None:
    random.seed(seed)
    killed = 0
    with ground(database) as place:
        told = place.app.extensions["settings"].instance / "told"
        for number in range(1, rounds + 1):
            killed += one_round(place, told)
            if number % 20 == 0 or number == rounds:
                sys.stdout.write(f"{database}: {number} rounds, {killed} killed at work, {evidence.summary(told)}\n")
                sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    loop(wanted.database, wanted.rounds, wanted.seed)


if __name__ == "__main__":
    main()
