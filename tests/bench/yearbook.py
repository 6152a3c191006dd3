"""An archive with its outcomes: cases that came through their stations, agreements, and a million measures of firms."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert, select, text

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.organizations.models import Organization
from backoffice.programs.queries import published_digests
from backoffice.reports.casework import STATIONS
from tests.bench.archive import Archive, archive, grow
from tests.make import business_number
from workflows.definition import Workflow
from workflows.indicators import all_indicators, asked_of_companies

CASES, MEASURES = 100_000, 1_000_000
FIRMS = 10_000
YEARS = 6
"""Years of figures: five for a trend and the one before."""
DEPTH = len(STATIONS)

SUBMITTED = """
UPDATE "case" SET submitted_at = created_at
WHERE submitted_at IS NULL AND parent_id IS NULL AND id > :demo
"""
PASSAGE = """
INSERT INTO history (case_id, revision, kind, action, source, target, actor_id, role, at, input, digest, previous_hash,
  hash, key)
SELECT id, :place + 1, 'transition', 'bench', '', :target, 1, 'hq_staff', created_at, '{}', :digest, '', '',
  'bench:' || id || ':' || :place
FROM "case" WHERE submitted_at IS NOT NULL AND id > :demo AND workflow = :workflow AND workflow_version = :version
  AND id % :depth >= :place
"""
REVISIONS = 'UPDATE "case" SET revision = 1 + id % :depth WHERE submitted_at IS NOT NULL AND id > :demo'
AGREEMENTS = """
INSERT INTO agreement (case_id, project_number, version, amount, disbursed, released, starts_on, ends_on, drafted_at,
  concluded_at)
SELECT id, 'B-' || id, 1, amount, amount / 2, 0, :first, :last, created_at, created_at
FROM "case" WHERE submitted_at IS NOT NULL AND id > :demo AND id % :depth >= 3 AND amount > 0
"""
TECHNOLOGIES = """
INSERT INTO answer (case_id, form, field, value, revision, saved_at)
SELECT c.id, :form, 'technology', {value}, 1, c.created_at FROM "case" c JOIN agreement a ON a.case_id = c.id
WHERE c.id > :demo AND c.workflow = :workflow AND c.workflow_version = :version AND c.id % :codes = :place
"""
FIGURES = """
INSERT INTO measure (zone_id, organization_id, case_id, indicator, scope, year, period_from, period_to, value,
  attribution, panel, edition, superseded_at, recorded_at, answer)
SELECT o.zone_id, o.id, p.case_id, :code, '', :year, :first, :last,
  ((o.id * 7919 + :year * 104729) % 9000 + 1000) * :scale, 'direct', '', :edition, {superseded}, :now, ''
FROM bench_firm o JOIN bench_project p ON p.place = o.place + :shift
WHERE o.id % 20 <> :year % 20 AND o.id % :every = 0
"""
PLACES = (
    """
CREATE TEMPORARY TABLE bench_firm AS SELECT id, zone_id, row_number() OVER (ORDER BY id) AS place FROM organization
WHERE kind = 'company' AND zone_id IS NOT NULL
""",
    """
CREATE TEMPORARY TABLE bench_project AS SELECT case_id, row_number() OVER (ORDER BY case_id) AS place FROM agreement
""",
    "CREATE UNIQUE INDEX bench_project_place ON bench_project (place)",
)
"""Firms and projects in a row: SQLite would rank them anew for every firm of every figure."""


@contextmanager
def yearbook(database: str, *, cases: int = CASES, measures: int = MEASURES) -> Iterator[Archive]:
    """An archive of so many cases and measures on ``sqlite`` or ``postgresql``; gone afterwards."""
    with archive(database) as place:
        fill(place, cases=cases, measures=measures)
        yield place


def fill(place: Archive, *, cases: int = CASES, measures: int = MEASURES) -> None:
    """Let the cases of an archive come through their stations, and their firms report."""
    with place.app.app_context():
        demo = db.session.scalar(text('SELECT max(id) FROM "case"')) or 0
    grow(place, cases)
    with place.app.app_context():
        with transaction():
            _more_firms()
            _stations(place, demo)
        years = range(clock.today().year - YEARS, clock.today().year)
        with transaction():
            for statement in PLACES:
                db.session.execute(text(statement))
            for year in years:
                _reports(year)
        there = db.session.scalar(text("SELECT count(*) FROM measure")) or 0
        if there < measures:
            raise RuntimeError(f"{there} measures instead of {measures}")
    grow(place, 0)


def _more_firms() -> None:
    """As many companies as report every year."""
    known = db.session.execute(select(Organization.zone_id, Organization.business_number)).all()
    taken, zones = {number for _, number in known}, sorted({zone for zone, _ in known if zone is not None})
    numbers = (number for number in map(business_number, range(40_000, 60_000)) if number not in taken)
    db.session.execute(
        insert(Organization),
        [
            {"kind": "company", "name_ko": f"(주)보고{place}", "business_number": next(numbers),
             "zone_id": zones[place % len(zones)]}
            for place in range(FIRMS - len(known))
        ],
    )  # fmt: skip


def _stations(place: Archive, demo: int) -> None:
    """Each submitted case came through as many stations as its id says; what is agreed has an agreement."""
    db.session.execute(text(SUBMITTED), {"demo": demo})
    for (name, version), digest in published_digests().items():
        definition = place.engine.definitions.get(name, version).workflow
        known = {"workflow": name, "version": version, "demo": demo}
        for step, tag in enumerate(STATIONS[1:], start=1):
            states = sorted(definition.tagged(tag))
            if states:
                more = {"place": step, "target": states[0], "digest": digest, "depth": DEPTH}
                db.session.execute(text(PASSAGE), known | more)
    db.session.execute(text(REVISIONS), {"demo": demo, "depth": DEPTH})
    first, last = f"{clock.today().year - 1}-03-01", f"{clock.today().year - 1}-11-30"
    db.session.execute(text(AGREEMENTS), {"demo": demo, "depth": DEPTH, "first": first, "last": last})
    for name, version in published_digests():
        _technologies(place.engine.definitions.get(name, version).workflow, name, version, demo)


def _technologies(definition: Workflow, name: str, version: int, demo: int) -> None:
    for form_name, form in definition.forms.items():
        field = form.field("technology")
        for place, option in enumerate(field.options if field else ()):
            value = "CAST(:value AS jsonb)" if db.engine.dialect.name == "postgresql" else ":value"
            parts: dict[str, Any] = {
                "form": form_name, "demo": demo, "workflow": name, "version": version,
                "codes": len(field.options) if field else 1, "place": place, "value": f'"{option.code}"',
            }  # fmt: skip
            db.session.execute(text(TECHNOLOGIES.format(value=value)), parts)


def _reports(year: int) -> None:
    """What the firms reported for a year: first reports, second projects, and editions that stand no longer."""
    for code in [one.code for one in asked_of_companies()]:
        scale = 100_000_000_000 if all_indicators()[code].unit == "won" else 1_000
        known = {"code": code, "year": year, "first": f"{year}-01-01", "last": f"{year}-12-31", "scale": scale}
        for edition, every, shift, superseded in ((1, 1, 0, "NULL"), (1, 4, 7, "NULL"), (1, 9, 0, ":now")):
            more = {"edition": edition, "every": every, "shift": shift, "now": str(clock.now())[:26]}
            db.session.execute(text(FIGURES.format(superseded=superseded)), known | more)
