"""report.*: what printing reports costs, next to a browser that prints the same pages.

The reports are those of the demo with as many more projects as make about forty pages of each zone's. Both sides are
counted in processor seconds with all their processes; seconds by the clock are told beside them on the error stream.

Our documents are printed by children of a room (decision 026), whose processes count only once the room has ended. So
every block that is measured ends with its room: ``report.batch`` and ``report.rows`` open one and close it, and carry
the whole of it. ``report.zone.vs_chromium`` prints as an office does, one document after another in one room. A round is
the time of the office, of the child and of its minder; the room is closed after the last round, and what it used beside
its children (its start, which imports everything, and its forks) is divided evenly among the documents it printed.
"""

import contextlib
import functools
import hashlib
import io
import math
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pikepdf import Pdf
from sqlalchemy import select

from backoffice.cli.report import group
from backoffice.core.db import db, transaction
from backoffice.core.paths import resource_dir
from backoffice.engine.chain import canonical
from backoffice.organizations.queries import zones
from backoffice.reports import documents, pdf, services
from backoffice.reports.models import Snapshot
from tests.bench.archive import Archive, archive
from tests.bench.benchmark import Benchmark
from tests.bench.cpu import measured
from tests.machine import HAS_CHROMIUM
from tests.projects import more_projects

YEAR = 2025
ROUNDS = 4
PROJECTS = 160
"""Of a zone: they make about forty pages."""
FEW, MANY = 300, 3_000

CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")


def benchmarks() -> tuple[Benchmark, ...]:
    return (
        Benchmark("report.zone.vs_chromium", 1.8, "×", "at most", zone_against_chromium),
        Benchmark("report.batch", 75, "s", "at most", lambda: batch().wall),
        Benchmark("report.cached", 3, "s", "at most", lambda: batch().again),
        Benchmark("report.rows", 1.2, "exponent", "at most", rows_exponent),
    )


@dataclass(frozen=True, slots=True)
class Cost:
    cpu: float
    wall: float


def cost(block: Callable[[], object]) -> Cost:
    """What a block costs, the processes it waits for included."""

    def used() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in both)

    cpu, begun = used(), time.perf_counter()
    block()
    return Cost(used() - cpu, time.perf_counter() - begun)


def tell(name: str, ours: Cost, theirs: Cost | None = None, more: str = "") -> None:
    sides = [("ours", ours), ("Chromium", theirs)]
    told = ", ".join(f"{who} {one.cpu:.1f} s CPU {one.wall:.1f} s wall" for who, one in sides if one is not None)
    sys.stderr.write(f"  {name}: {told}{more}\n")


# ---- the reports


@contextlib.contextmanager
def office() -> Iterator[Archive]:
    """The demo with enough projects in every zone."""
    with archive("sqlite") as place:
        with place.app.app_context():
            for zone in zones():
                more_projects(zone.id, PROJECTS, year=YEAR)
        yield place


def _zone_document(projects: int | None = None) -> pdf.Document:
    """The report of one zone; with a number, one of so many projects."""
    with office() as place, place.app.app_context(), transaction():
        frozen = services.freeze(zones()[0], YEAR, "internal", None)
        if projects is None:
            return documents.document(frozen)
        return _long(frozen, projects)


def _long(frozen: Snapshot, projects: int) -> pdf.Document:
    """The same report with its projects again and again, until there are so many."""
    figures = services.figures_of(frozen)
    known = figures["projects"]
    plain = {"outcomes": [], "main_projects": []}
    figures["projects"] = [
        known[place % len(known)] | {"number": f"GS25-{place:05d}"} | plain for place in range(projects)
    ]
    content = canonical({"figures": figures, "errata": []})
    digest = hashlib.sha256(content.encode()).hexdigest()
    longer = Snapshot(
        number=frozen.number, year=YEAR, edition="internal", base_date=frozen.base_date, content=content, sha256=digest
    )
    return replace(documents.document(longer), limit_seconds=1_800)


# ---- the browser


def _chromium(document: pdf.Document) -> Cost:
    """Chromium prints the same page with the same style and fonts."""
    if not HAS_CHROMIUM:
        raise RuntimeError("Chromium is not on this machine")
    fonts = {path.name: path.as_uri() for path in resource_dir("static").glob("fonts/*/*.ttf")}
    sheet = (resource_dir("static") / document.stylesheet).read_text(encoding="utf-8")
    for name, address in fonts.items():
        sheet = sheet.replace(f"bundle:{name}", address)
    with tempfile.TemporaryDirectory() as folder:
        page, paper = Path(folder) / "page.html", Path(folder) / "paper.pdf"
        page.write_text(document.html.replace("</head>", f"<style>{sheet}</style></head>"), encoding="utf-8")
        profile = f"--user-data-dir={folder}/profile"
        cpu, wall, _ = measured(*CHROMIUM, profile, f"--print-to-pdf={paper}", page.as_uri())
        with Pdf.open(paper) as printed:
            assert len(printed.pages) > 1
        return Cost(cpu, wall)


# ---- the numbers


def zone_against_chromium() -> float:
    """Taken in turns, so that both meet the same neighbors; the middle of each side's rounds."""
    document = _zone_document()
    pdf.ROOM.close()
    ours, theirs, children = [], [], []

    def print_one() -> pdf.Rendered:
        children.append(pdf.make(document))
        return children[-1]

    pages = print_one().pages
    for _ in range(ROUNDS):
        office = cost(print_one)
        ours.append(Cost(office.cpu + children[-1].cpu, office.wall))
        theirs.append(_chromium(document))
    room = cost(pdf.ROOM.close).cpu - sum(one.cpu for one in children)
    assert room > 0, "the room has not told its time"
    share = room / len(children)
    mine, other = _middle(ours), _middle(theirs)
    mine = replace(mine, cpu=mine.cpu + share)
    tell("report.zone.vs_chromium", mine, other, f", {pages} pages, {share:.2f} s of ours a share of the room")
    return mine.cpu / other.cpu


def _middle(rounds: list[Cost]) -> Cost:
    return Cost(statistics.median(one.cpu for one in rounds), statistics.median(one.wall for one in rounds))


@dataclass(frozen=True, slots=True)
class Batch:
    """Seconds by the clock; a slower machine may instead hold against twice Chromium's processor time, which is told."""

    wall: float
    again: float


@functools.cache
def batch() -> Batch:
    """All zones and the nation by the command, then once more with nothing changed, then by Chromium."""
    with office() as place, tempfile.TemporaryDirectory() as folder:
        ours = cost(lambda: _command(place, folder))
        again = cost(lambda: _command(place, folder))
        papers = sorted(Path(folder).glob("*.pdf"))
        pages = [len(Pdf.open(io.BytesIO(path.read_bytes())).pages) for path in papers]
        numbers = [path.stem for path in papers]
        with place.app.app_context():
            prints = [
                documents.document(row)
                for row in db.session.scalars(select(Snapshot).where(Snapshot.number.in_(numbers)))
            ]
            theirs = [_chromium(one) for one in prints]
        assert len(papers) == len(prints) == len(pages)
    other = Cost(sum(one.cpu for one in theirs), sum(one.wall for one in theirs))
    told = f", {ours.cpu / other.cpu:.2f} × (2.0), {len(pages)} reports of {statistics.median(pages):.0f} pages"
    tell("report.batch", ours, other, told)
    tell("report.cached", again)
    return Batch(ours.wall, again.wall)


def _command(place: Archive, folder: str) -> None:
    """The command from its beginning to the end of its room."""
    pdf.ROOM.close()
    done = place.app.test_cli_runner().invoke(group, ["batch", "--year", str(YEAR), "-o", folder])
    pdf.ROOM.close()
    if done.exit_code != 0:
        raise RuntimeError(done.output)


def _print_alone(document: pdf.Document) -> None:
    """In a room of its own."""
    pdf.ROOM.close()
    pdf.make(document)
    pdf.ROOM.close()


def rows_exponent() -> float:
    """How the work grows with the rows: 1 is in step with them, 2 is their square."""
    few, many = (cost(functools.partial(_print_alone, _zone_document(number))) for number in (FEW, MANY))
    tell(f"report.rows, {FEW} rows", few)
    tell(f"report.rows, {MANY} rows", many)
    return math.log(many.cpu / few.cpu) / math.log(MANY / FEW)
