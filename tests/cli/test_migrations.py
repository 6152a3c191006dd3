"""The schema of a lived-in office goes back before reports had issues, and comes up again, with everything still there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from backoffice.app import create_app
from backoffice.cases import words
from backoffice.core import marks
from backoffice.core.db import db, steady_transaction, transaction
from backoffice.engine.chain import verify
from backoffice.organizations.queries import zone
from backoffice.outcomes import restating
from backoffice.outcomes.models import Measure
from backoffice.outcomes.queries import restatements
from backoffice.reports import authenticity, freezing, papers, queries, services
from backoffice.reports.models import DRAFT, FULL, PRESS, PUBLISHED, XLSX
from tests.browse import Person
from tests.cli.terminal import run
from tests.machine import HAS_POSTGRESQL, drop_postgresql, fresh_postgresql, need, settings_for, worker_name
from tests.make import make_user
from tests.reports.worlds import firm_reports, publish, zone_aims, zone_says
from tests.story import Way
from workflows.roles import Role

BEFORE_ISSUES = "0014"
NEW_TABLES = {"report_issue", "report_issue_act", "restatement", "mark"}
"""What 0015 to 0017 made; taken back they are forgotten."""
SEARCHED = "case_words"
"""How the tables of the search index begin: what they hold follows from the cases."""
YEAR = 2025

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]
"""Names of columns, and the rows in the order of the first column."""


@dataclass
class Lived:
    """An office with cases, published and drafted reports, kept papers and a proposal to restate."""

    app: Flask
    number: str
    """Of the internal edition that was published."""
    sha256: str
    """Of its PDF."""


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An installation with a database of its own: the others are not to lose their tables."""
    name = f"ieum_migrate_{worker_name()}_{os.getpid()}"
    postgresql = request.param == "postgresql"
    need(not postgresql or HAS_POSTGRESQL, "PostgreSQL")
    app = create_app(settings_for(tmp_path / "own", fresh_postgresql(name) if postgresql else ""))
    assert run(app, "db", "upgrade").code == 0
    yield app
    with app.app_context():
        db.engine.dispose()
    if postgresql:
        drop_postgresql(name)


@pytest.fixture
def lived(own: Flask) -> Lived:
    with own.app_context():
        Way(own.extensions["engine"]).submitted()
        firm_reports("GS-GIMHAE", "SALES", {2024: [100, 200, 50], YEAR: [150, 300, 90]})
        zone_says("GS-GIMHAE", "ST-CNT", YEAR, 21)
        zone_aims("GS-GIMHAE", "ST-CNT", YEAR, 20)
        with steady_transaction():
            issue = freezing.freeze(zone("GS-GIMHAE"), YEAR, None)
            internal = queries.edition_of(issue, "internal")
            internal_id, number = internal.id, internal.number
        publish(internal_id)
        files = own.extensions["files"]
        with transaction():
            services.build(queries.snapshot(number), files)
            sheet = papers.made(queries.snapshot(number), PRESS, XLSX, files)
            services.keep(internal_id, sheet, files)
            freezing.freeze(None, YEAR, None)
        sha256 = next(one.sha256 for one in queries.files_of(internal_id) if one.paper == FULL)
        proposer = make_user(Role.HQ_STAFF).user_id or 0
        with transaction():
            measure = db.session.scalars(select(Measure).where(Measure.value == Decimal(300))).one()
            restating.propose(
                measure, Decimal(310), denominator=None, reason="결산 정정입니다", evidence="", actor_id=proposer
            )
        db.session.remove()
    return Lived(own, number, sha256)


def held(app: Flask) -> dict[str, Table]:
    """Every table, row by row, as the database itself tells it."""
    with app.app_context():
        with db.engine.connect() as connection:
            found = {}
            for name in inspect(connection).get_table_names():
                if name.startswith(SEARCHED):
                    continue
                columns = tuple(sorted(one["name"] for one in inspect(connection).get_columns(name)))
                listed = ", ".join(f'"{column}"' for column in columns)
                rows = [tuple(map(str, row)) for row in connection.execute(text(f'SELECT {listed} FROM "{name}"'))]
                found[name] = (columns, sorted(rows))
        db.session.remove()
    del found["alembic_version"]
    return found


INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    "postgresql": """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal""",
}


def shape(app: Flask) -> set[tuple[str, str]]:
    """Every column, and every index and trigger as the database words it."""
    with app.app_context():
        with db.engine.connect() as connection:
            looked = inspect(connection)
            columns = {(name, one["name"]) for name in looked.get_table_names() for one in looked.get_columns(name)}
            told = connection.execute(text(INDEXES[connection.dialect.name]))
            indexes = {(name, "".join(worded.replace('"', "").split())) for name, worded in told}
        db.session.remove()
    return columns | indexes


def without_papers(tables: dict[str, Table]) -> dict[str, Table]:
    """What a program before issues could hold: no new tables, and of kept files only the reports as PDF."""
    found = {name: table for name, table in tables.items() if name not in NEW_TABLES}
    columns, rows = found["report_file"]
    if "paper" in columns:
        kind, paper = columns.index("kind"), columns.index("paper")
        reports = [row for row in rows if (row[kind], row[paper]) == ("pdf", "full")]
        left = [place for place in range(len(columns)) if place not in {kind, paper}]
        found["report_file"] = (
            tuple(columns[place] for place in left), sorted(tuple(row[place] for place in left) for row in reports)
        )  # fmt: skip
    return found


def downgraded(app: Flask) -> None:
    assert run(app, "db", "downgrade", BEFORE_ISSUES).code == 0


def upgraded(app: Flask) -> None:
    assert run(app, "db", "upgrade").code == 0


def test_nothing_older_is_lost_when_reports_lose_their_issues_and_get_them_back(lived: Lived) -> None:
    before, schema = held(lived.app), shape(lived.app)
    assert all(before[name][1] for name in NEW_TABLES), "each of the new tables held something"
    downgraded(lived.app)
    taken_back = held(lived.app)
    assert not NEW_TABLES & taken_back.keys()
    assert taken_back == without_papers(before)
    upgraded(lived.app)
    again = held(lived.app)
    assert without_papers(again) == without_papers(before)
    assert shape(lived.app) == schema
    with lived.app.app_context():
        assert verify(db.session())[1] == []
        assert words.strayed() == 0
        assert len(db.session.scalars(words.holding("바이오센서")).all()) == 1
        db.session.remove()


def test_what_was_frozen_becomes_a_draft_that_can_be_decided_on_anew(lived: Lived) -> None:
    downgraded(lived.app)
    upgraded(lived.app)
    with lived.app.app_context():
        snapshot = queries.snapshot(lived.number)
        row = queries.issue_of(snapshot.id)
        assert row is not None
        number, internal_id = row.number, snapshot.id
        assert (row.state, [one.act for one in queries.acts(row.id)]) == (DRAFT, ["freeze", "freeze"])
        assert set(queries.editions_of(row)) == {"internal", "public"}
        assert authenticity.of_file(lived.sha256) is None
        with steady_transaction():
            assert freezing.freeze(zone("GS-GIMHAE"), YEAR, None).number == number
        publish(internal_id)
        db.session.remove()
        assert queries.issue(number).state == PUBLISHED
        files = lived.app.extensions["files"]
        with transaction():
            services.build(queries.snapshot(lived.number), files)
        newest = [one for one in queries.files_of(internal_id) if one.paper == FULL][-1]
        assert authenticity.of_file(newest.sha256) is not None
        assert files.exists(lived.sha256)
        db.session.remove()


def test_boards_and_restatements_work_on_the_schema_that_came_back(lived: Lived) -> None:
    downgraded(lived.app)
    upgraded(lived.app)
    with lived.app.app_context():
        reader, proposer, approver = make_user(Role.HQ_STAFF), make_user(Role.HQ_STAFF), make_user(Role.APPROVER)
        email, first, second = reader.email, proposer.user_id or 0, approver.user_id or 0
        db.session.remove()
    person = Person(lived.app, email)
    address = f"/reports/boards/zone/indicators.csv?year={YEAR}&zone=GS-GIMHAE"
    assert "기업 매출액,원,540" in person.client.get(address).get_data(as_text=True)
    with lived.app.app_context():
        with transaction():
            measure = db.session.scalars(select(Measure).where(Measure.value == Decimal(300))).one()
            asked = restating.propose(
                measure, Decimal(310), denominator=None, reason="결산 정정입니다", evidence="", actor_id=first
            )
            restating.accept(asked, actor_id=second)
        assert [(one.before, one.after) for one in restatements([YEAR], None)] == [(300, 310)]
        assert marks.present()
        db.session.remove()
    assert "기업 매출액,원,550" in person.client.get(address).get_data(as_text=True)
