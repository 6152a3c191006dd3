"""web.*: what the pages of every day cost the server, in a small archive and in one a hundred times as large.

The lists are asked for by somebody of headquarters, who sees everything, and by somebody of a zone, who sees a
fourteenth; in a process that has served them before. A page's number is the slowest of its addresses, each by the
quieter half of its rounds. ``web.action`` counts this process's computing only, the others count the time until the
answer is complete; the client and its parsing are not in it. ``web.growth`` is the slowest of the large archive ÷
that of the small one, each by its quietest fifth, as all our ratios. The archive is the demo, whose cases are real, among many that only rest.
"""

import functools
import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial

from flask.testing import FlaskClient
from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db
from tests.bench.archive import Archive, archive, grow
from tests.bench.benchmark import QUIET, Benchmark
from tests.browse import Person
from tests.crowd import make_cases, make_crowd

SMALL, LARGE = 1_000, 100_000
PEOPLE = ("hq_staff.hq@demo.example", "zone_staff.gimhae@demo.example")
PASSWORD = "ieum-demo"
QUEUE = (
    "?",
    "?box=all",
    "?box=all&sort=amount",
    "?box=all&zone=4",
    "?box=overdue",
    "?box=all&page=9",
    "?box=all&sort=newest",
)
SEARCH = ("ㄴㄴㅁㄷ", "나노메디텍", "한빛바이오", "바이오", "ㅂㅇㅇㅅㅅ", "2026-RBD-01-0007", "124-81", "찾을수없는말")
STATE, ACTION = "screening", "request_correction"
ITEM = {"items-0-item": "사업비", "items-0-request": "간접비의 산출 근거를 보완해 주세요."}
PASSES, EACH = 10, 2
"""How often all addresses are gone through, and how often a list is asked each time; a case is asked once."""
LIMITS = {"queue": 60, "case": 40, "action": 20, "search": 200, "organization": 60}
GROWTH = 2.0
HALF = 2

Address = tuple[str, str]
"""A page and what is asked of it."""
Sampled = Callable[[], list[float]]
"""Asks an address and answers milliseconds."""


def benchmarks() -> tuple[Benchmark, ...]:
    found = []
    for database in ("sqlite", "postgresql"):
        for page, limit in LIMITS.items():
            found += [
                Benchmark(
                    f"web.{page}.{database}.{size}", limit, "ms", "at most", partial(slowest, database, size, page)
                )
                for size in (SMALL, LARGE)
            ]
        found += [
            Benchmark(f"web.growth.{page}.{database}", GROWTH, "×", "at most", partial(growth, database, page))
            for page in LIMITS
        ]
    return tuple(found)


def slowest(database: str, size: int, page: str, share: int = HALF) -> float:
    """The milliseconds of a page's slowest address."""
    return max(typical(taken, share) for (name, _), taken in measured(database)[size].items() if name == page)


def growth(database: str, page: str) -> float:
    """How many times as long a page takes in the large archive as in the small one."""
    return slowest(database, LARGE, page, QUIET) / slowest(database, SMALL, page, QUIET)


@functools.cache
def measured(database: str) -> dict[int, dict[Address, list[float]]]:
    """Size of the archive -> page and address -> milliseconds of every round.

    Both archives stand beside each other and are asked in turns: a neighbor who is loud for a minute is so to both, and
    no address has all its rounds in that minute.
    """
    with archive(database) as small, archive(database) as large:
        taken: dict[int, dict[Address, list[float]]] = {}
        asks: dict[int, list[tuple[Address, Sampled]]] = {}
        for size, place in ((SMALL, small), (LARGE, large)):
            grow(place, size)
            taken[size], asks[size] = defaultdict(list), list(_all_pages(place))
        for _ in range(PASSES):
            for size, asked in asks.items():
                for address, sampled in asked:
                    taken[size][address] += sampled()
        return taken


def _all_pages(place: Archive) -> Iterator[tuple[Address, Sampled]]:
    for person in PEOPLE:
        yield from _lists(place, person)
    client = Person(place.app, PEOPLE[0], PASSWORD).client
    for state, reference in _one_of_each_state(place):
        yield ("case", state), partial(samples, partial(_ask, client, f"/staff/cases/{reference}"), rounds=1)
    steps = iter(_waiting(place, PASSES * (EACH + 1)))
    token = _csrf(client)
    yield ("action", ACTION), partial(samples, lambda: _act(client, next(steps), token), EACH, time.process_time)


def _lists(place: Archive, person: str) -> Iterator[tuple[Address, Sampled]]:
    client = Person(place.app, person, PASSWORD).client
    pages = [("queue", f"/staff/{address}") for address in QUEUE]
    pages += [("search", f"/staff/?box=all&q={words}") for words in SEARCH]
    pages.append(("organization", f"/staff/organizations/{place.giant_id}"))
    for page, address in pages:
        yield (page, f"{person} {address}"), partial(samples, partial(_ask, client, address), EACH)


def median_of(ask: Callable[[], None], rounds: int) -> float:
    """Milliseconds of an address asked so often in a row."""
    return typical(samples(ask, rounds))


def samples(ask: Callable[[], None], rounds: int, timer: Callable[[], float] = time.perf_counter) -> list[float]:
    """Milliseconds of some rounds, after one that does not count."""
    ask()
    taken = []
    for _ in range(rounds):
        begin = timer()
        ask()
        taken.append((timer() - begin) * 1_000)
    return taken


def typical(taken: Sequence[float], share: int = HALF) -> float:
    """The median of the quieter half, or of a smaller share: neighbors only ever add."""
    return statistics.median(sorted(taken)[: max(1, len(taken) // share)])


def _ask(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")


def _one_of_each_state(place: Archive) -> list[tuple[str, str]]:
    """Cases of the demo, which have a past: the one with the longest of each program and state."""
    query = select(Case.workflow, Case.state, Case.reference).where(Case.private.is_(False)).order_by(Case.revision)
    with place.app.app_context():
        found = {f"{workflow}:{state}": reference for workflow, state, reference in db.session.execute(query)}
    return sorted(found.items())


def _waiting(place: Archive, number: int) -> list[str]:
    """References of so many cases that wait for the officer's step."""
    with place.app.app_context():
        made = make_cases(make_crowd(place.engine), number, state=STATE, due=clock.now() + timedelta(days=5))
        return list(db.session.scalars(select(Case.reference).where(Case.id.in_(made))))


def _csrf(client: FlaskClient) -> str:
    page = client.get("/staff/").get_data(as_text=True)
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def _act(client: FlaskClient, reference: str, token: str) -> None:
    typed = {"csrf_token": token, "revision": 1, "key": uuid.uuid4().hex, **ITEM}
    response = client.post(f"/cases/{reference}/actions/{ACTION}", data=typed)
    if response.status_code != 302:
        raise RuntimeError(f"{reference} answered {response.status_code}")
