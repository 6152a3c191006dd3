"""import.outcomes: the seconds a workbook of 100,000 rows takes from the upload to the ledger, and the memory it needs."""

import io
import sys
from functools import partial

import xlsxwriter
from sqlalchemy import func, insert, select

from backoffice.access.actors import Actor
from backoffice.core.db import db, transaction
from backoffice.imports import booking, checking, intake, services
from backoffice.imports import mapping as mappings
from backoffice.organizations.models import Organization
from backoffice.organizations.queries import zone
from backoffice.outcomes.models import Import, Measure
from tests.bench.benchmark import Benchmark, duration
from tests.bench.cpu import measured
from tests.bench.ground import Ground, ground
from tests.make import business_number, make_user
from workflows.roles import Role

LIMIT = 60
ROWS, FIRMS = 100_000, 2_000
FEWER = 20_000
MEMORY_GROWTH = 1.3
"""Five times the rows; what grows a little is the workbook itself and the allocator's slack."""
INDICATORS = ("SALES", "EMP", "EMP-NEW", "PAT-APP", "PAT-REG", "CERT")
HEAD = ("특구", "사업자등록번호", "기업명", "지표", "연도", "값")


def benchmarks() -> tuple[Benchmark, ...]:
    return (
        Benchmark("import.outcomes", LIMIT, "s", "at most", partial(seconds, "postgresql")),
        Benchmark("import.outcomes.sqlite", LIMIT, "s", "at most", partial(seconds, "sqlite")),
        Benchmark("import.outcomes.memory", MEMORY_GROWTH, "×", "at most", memory_growth),
    )


def seconds(database: str, rows: int = ROWS) -> float:
    """Everything a file goes through: looked at, kept, read, checked row by row, staged, booked."""
    with ground(database) as place:
        numbers = _firms()
        person = make_user(Role.HQ_STAFF)
        content = _workbook(numbers, rows)
        before = _count()
        taken = duration(partial(_bring_in, place, person, content))
        assert _count() - before == rows
        return taken


def memory_growth() -> float:
    """Peak memory of the largest process with all rows ÷ with a fifth of them."""
    few, many = (
        measured(sys.executable, "-m", "tests.bench.importing", str(rows))[2] / 1024**2 for rows in (FEWER, ROWS)
    )
    sys.stderr.write(f"  import.outcomes.memory: {few:.0f} MB for {FEWER:,} rows, {many:.0f} MB for {ROWS:,}\n")
    return many / few


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Measure)) or 0


def _firms() -> list[str]:
    numbers = list(dict.fromkeys(business_number(seed) for seed in range(5_000, 9_500)))[:FIRMS]
    known = set(db.session.scalars(select(Organization.business_number)))
    with transaction():
        zone_id = zone("GS-GIMHAE").id
        new = [
            {"kind": "company", "name_ko": f"기업{place}", "business_number": number, "zone_id": zone_id}
            for place, number in enumerate(numbers)
            if number not in known
        ]
        db.session.execute(insert(Organization), new)
    return [row["business_number"] for row in new]


def _workbook(numbers: list[str], rows: int) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    for number in range(rows):
        turn, firm = divmod(number, len(numbers))
        year, indicator = divmod(turn, len(INDICATORS))
        value = number * 7919 % 9_000 + 1_000
        line = ("경남 김해", numbers[firm], "", INDICATORS[indicator], 2010 + year, value)
        sheet.write_row(number + 1, 0, line)
    book.close()
    return target.getvalue()


def _bring_in(place: Ground, person: Actor, content: bytes) -> None:
    files = place.app.extensions["files"]
    taken = intake.take("성과.xlsx", io.BytesIO(content))
    with transaction():
        row = services.create(taken, person, subject="measures", source="", files=files)
        services.set_mapping(row, mappings.from_json(row.mapping))
        import_id = row.id
    checking.run(import_id, person, files=files, writing=transaction)
    with transaction():
        row = db.session.get_one(Import, import_id)
        for code in row.counts["checks"]:
            services.answer_check(row, code, "측정용 자료입니다")
        booking.book(row, person)


if __name__ == "__main__":
    seconds("sqlite", int(sys.argv[1]))
