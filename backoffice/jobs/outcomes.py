"""Each January: every tracked project is asked for its outcomes of the year before."""

import logging
from collections.abc import Iterator

from sqlalchemy import or_, select

from backoffice.access.actors import SYSTEM
from backoffice.cases import services
from backoffice.cases.models import Case
from backoffice.cases.queries import case_by_id, linked
from backoffice.core import clock, outbox
from backoffice.core.db import db
from backoffice.core.errors import Refused
from backoffice.engine.perform import Engine
from backoffice.jobs.work import Work
from backoffice.programs.queries import newest_version
from workflows.definition import Link, Workflow
from workflows.roles import Role

log = logging.getLogger(__name__)

TRACKED, SETTLED = "tracked", "report_settled"
"""The tag of states whose outcomes are followed, and the tag of states in which a report on them has come to rest."""


def open_reports(work: Work) -> None:
    """Open the report on last year for every tracked case that has none, and ask the company to fill it in."""
    year = clock.today().year - 1
    wanted = list(_tracked(work.engine))
    work.total = len(wanted)
    for case_id, link in wanted:
        try:
            with work.writing():
                _open(work.engine, case_id, link, year=year)
        except Refused as refused:
            log.warning("no outcome report of %s for case %s: %s", year, case_id, refused.sentence.en)
        work.done += 1


def _tracked(engine: Engine) -> Iterator[tuple[int, Link]]:
    """(case id, link to its reports) of every case whose tracking is not over."""
    places = select(Case.workflow, Case.workflow_version, Case.state).where(Case.final.is_(None)).distinct()
    for workflow, version, state in db.session.execute(places).all():
        definition = engine.definitions.get(workflow, version).workflow
        link = report_link(engine, definition)
        if link is None or TRACKED not in definition.state(state).tags:
            continue
        query = select(Case.id).where(
            Case.workflow == workflow,
            Case.workflow_version == version,
            Case.state == state,
            or_(Case.due_at.is_(None), Case.due_at >= clock.now()),
        )
        for case_id in db.session.scalars(query.order_by(Case.id)).all():
            yield case_id, link


def report_link(engine: Engine, definition: Workflow) -> Link | None:
    """The link whose workflow reports outcomes, whatever a program calls it."""
    for link in definition.links.values():
        if engine.definitions.get(link.workflow, newest_version(link.workflow)).workflow.tagged(SETTLED):
            return link
    return None


def _open(engine: Engine, case_id: int, link: Link, *, year: int) -> None:
    parent = case_by_id(case_id)
    reports = [child for child in linked(case_id) if child.workflow == link.workflow]
    if any(report.year >= year for report in reports):
        return
    key = f"open_reports:{case_id}:{year}"
    report = services.open_linked(engine, parent, link, SYSTEM, role=Role.SYSTEM, year=year, key=key)
    outbox.enqueue("mail", {"event": "outcome_requested", "case": report.id}, key=f"{key}:mail")
