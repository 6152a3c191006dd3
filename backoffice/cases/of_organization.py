"""The cases of one organization across programs and years, page by page, and how many of each kind there are."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Case, CaseOrganization
from backoffice.cases.sight import visible_to
from backoffice.core.db import db
from backoffice.core.paging import page_within, pages_of

PAGE = 25
"""Half of the queue's: money, outcomes and people of the organization stand below and beside these rows."""
SANCTION = "sanction"
"""The kind of cases in which something is held against an organization."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of one program and year an organization has, and for how much it asked."""

    kind: str
    workflow: str
    year: int
    cases: int
    open: int
    amount: int


@dataclass(frozen=True, slots=True)
class Record:
    """One page of its cases and the numbers over all of them."""

    cases: list[Case]
    tallies: list[Tally]
    sanctions: list[Case]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return pages_of(self.total, PAGE)


def record(organization_id: int, actor: Actor, page: int, workflow: str = "") -> Record:
    """Two queries, whether there is one case or a thousand; a third where something is held against the organization."""
    here = _here(organization_id, actor)
    tallies = _tallies(here)
    own = here if not workflow else (*here, Case.workflow == workflow)
    total = sum(one.cases for one in tallies if workflow in {"", one.workflow})
    number = page_within(page, total, PAGE)
    query = select(Case).where(*own).order_by(Case.year.desc(), Case.id.desc())
    rows = list(db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)))
    held = select(Case).where(*here, Case.kind == SANCTION).order_by(Case.id.desc()).limit(PAGE)
    sanctions = db.session.scalars(held).all() if any(one.kind == SANCTION for one in tallies) else []
    return Record(rows, tallies, list(sanctions), total, number)


def _here(organization_id: int, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    member = select(CaseOrganization.case_id).where(CaseOrganization.organization_id == organization_id)
    return Case.id.in_(member), visible_to(actor)


def _tallies(here: tuple[ColumnElement[bool], ...]) -> list[Tally]:
    open_ = func.count().filter(Case.final.is_(None))
    program = (Case.kind, Case.workflow, Case.year)
    query = select(*program, func.count(), open_, func.coalesce(func.sum(Case.amount), 0)).where(*here)
    grouped = query.group_by(*program).order_by(Case.year.desc(), Case.workflow)
    return [
        Tally(kind, name, year, number, still, int(amount))
        for kind, name, year, number, still, amount in db.session.execute(grouped)
    ]
