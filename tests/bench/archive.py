"""The demo in the middle of an archive: as many cases as years of work leave behind, around the few that really happened."""

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select

from backoffice.app import create_app
from backoffice.cases.models import Case, CaseOrganization, CaseZone
from backoffice.cli.database import prepare
from backoffice.core import clock
from backoffice.core.db import db, refresh_statistics, transaction
from backoffice.core.hangul import search_text
from backoffice.demo import build
from backoffice.engine.perform import Engine
from backoffice.organizations.models import Organization, Zone
from backoffice.organizations.queries import INNOVATION
from backoffice.programs.models import Call
from tests.bench.ground import place_for
from tests.crowd import write_first_rows
from tests.make import business_number
from workflows.definition import State

SUBJECTS = (
    "나노입자",
    "바이오센서",
    "이차전지",
    "수소연료전지",
    "자율주행",
    "해양 로봇",
    "정밀 의료",
    "탄소 소재",
    "반도체 패키징",
    "스마트팜",
)
GOALS = ("공동 기획", "실증", "기술이전", "시제품 제작", "성능 평가", "인증 획득", "양산성 검증", "수출 연계")
NAMES = ("한빛", "나래", "누리", "가온", "다온", "라온", "미르", "보람", "새움", "아라", "이든", "해솔")
TRADES = ("바이오", "테크", "소재", "로보틱스", "에너지", "메디텍", "전자", "시스템", "랩스", "솔루션")

FIRMS = 2_000
OPEN = 0.2
"""One case in five is still under way, however large the archive."""
GIANT_HAS = 1_000
"""Cases of the one organization that takes part in everything, once the archive is large."""
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Archive:
    """An office with the demo and what stands around it."""

    app: Flask
    giant_id: int

    @property
    def engine(self) -> Engine:
        found: Engine = self.app.extensions["engine"]
        return found


@contextmanager
def archive(database: str) -> Iterator[Archive]:
    """The demo on ``sqlite`` or ``postgresql``, on disk; gone afterwards."""
    with place_for(database) as settings:
        app = create_app(settings)
        with app.app_context():
            prepare()
        build.reset(app)
        with app.app_context():
            giant = _write_firms()
        yield Archive(app, giant)
        with app.app_context():
            db.engine.dispose()


def grow(place: Archive, size: int) -> None:
    """Add cases until there are so many, then let the database count what it holds."""
    with place.app.app_context():
        _fill(place, size)
        with transaction():
            refresh_statistics()  # the nightly job's part
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            # What it does by itself within minutes.
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")


def _fill(place: Archive, size: int) -> None:
    there = db.session.scalar(select(func.count()).select_from(Case)) or 0
    writing = Writing(
        place.engine,
        place.giant_id,
        random.Random(there),  # plausible rows, not secrets
        _resting(place.engine),
        _zones(),
        [(row.id, row.name_ko) for row in db.session.execute(select(Organization.id, Organization.name_ko))],
    )
    numbers = iter(range(there, size))
    while batch := list(itertools.islice(numbers, BATCH)):
        with transaction():
            _write(writing, batch)


def _write_firms() -> int:
    """Two thousand companies: the id of the giant."""
    known = set(db.session.scalars(select(Organization.business_number)))
    zones = _zones()
    numbers = [number for number in map(business_number, range(20_000, 20_000 + FIRMS)) if number not in known]
    with transaction():
        rows = [
            {
                "kind": "company", "name_ko": f"(주){NAMES[place % 12]}{TRADES[place // 12 % 10]}{place // 120 or ''}",
                "business_number": number, "zone_id": zones[place % len(zones)],
            }
            for place, number in enumerate(numbers)
        ]  # fmt: skip
        made = db.session.scalars(insert(Organization).returning(Organization.id, sort_by_parameter_order=True), rows)
        return next(iter(made))


def _zones() -> list[int]:
    return list(db.session.scalars(select(Zone.id).where(Zone.stratum == INNOVATION).order_by(Zone.id)))


@dataclass(frozen=True, slots=True)
class Resting:
    """A call and the states its cases may rest in."""

    call: Call
    kind: str
    open_: list[tuple[str, State]]
    over: list[tuple[str, State]]


def _resting(engine: Engine) -> list[Resting]:
    found = []
    for call in db.session.scalars(select(Call).order_by(Call.id)):
        workflow = engine.definitions.get(call.workflow, call.workflow_version).workflow
        states = [named for named in workflow.states.items() if named[0] != workflow.initial]
        found.append(
            Resting(call, workflow.kind, [n for n in states if not n[1].final], [n for n in states if n[1].final])
        )
    db.session.expunge_all()
    return found


@dataclass(frozen=True, slots=True)
class Writing:
    """What the rows are made of."""

    engine: Engine
    giant_id: int
    chance: random.Random
    resting: list[Resting]
    zones: list[int]
    firms: list[tuple[int, str]]


def _write(writing: Writing, numbers: list[int]) -> None:
    zones = writing.zones
    rows = [_row(writing, number) for number in numbers]
    ids = list(db.session.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), rows))
    leads = [
        {"case_id": case_id, "organization_id": row["lead_organization_id"], "part": "lead"}
        for case_id, row in zip(ids, rows, strict=True)
    ]
    db.session.execute(insert(CaseOrganization), leads)
    homes = [{"case_id": case_id, "zone_id": zones[case_id % len(zones)], "lead": True} for case_id in ids]
    also = [{"case_id": case_id, "zone_id": zones[(case_id + 1) % len(zones)], "lead": False} for case_id in ids[::10]]
    db.session.execute(insert(CaseZone), [*homes, *also])
    write_first_rows(writing.engine, ids, actor_id=1, since=rows[0]["state_since"])


def _row(writing: Writing, number: int) -> dict[str, Any]:
    chance, rest = writing.chance, writing.resting[number % len(writing.resting)]
    firm_id, firm = chance.choice(writing.firms)
    code, state = chance.choice(rest.open_ if chance.random() < OPEN else rest.over)
    call, now = rest.call, clock.now()
    since = now - timedelta(days=chance.randrange(1, 1_500), minutes=number % 1_440)
    due = now + timedelta(days=chance.randrange(-30, 60)) if state.deadline and not state.final else None
    title = f"{chance.choice(SUBJECTS)} {chance.choice(SUBJECTS)} {chance.choice(GOALS)}"
    reference = f"{call.code}-{number + 10_000}"
    return {
        "reference": reference, "workflow": call.workflow, "workflow_version": call.workflow_version, "state": code,
        "stage": state.stage, "final": state.final, "waiting_for": state.owner, "state_since": since, "due_at": due,
        "breach_action": state.deadline.on_breach if state.deadline and due else None, "call_id": call.id,
        "kind": rest.kind, "year": since.year, "created_at": since, "title": title,
        "lead_organization_id": writing.giant_id if number % (100_000 // GIANT_HAS) == 0 else firm_id,
        "amount": chance.randrange(10, 900) * 1_000_000, "search_text": search_text(reference, title, firm),
    }  # fmt: skip
