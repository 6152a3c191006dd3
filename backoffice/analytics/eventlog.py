"""Histories as an event log for process-mining tools: one row or element at a time, without any person's name."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from xml.sax.saxutils import quoteattr

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from backoffice.analytics.selection import Selection, conditions
from backoffice.cases.models import Case, CaseZone
from backoffice.core.db import db
from backoffice.engine.spine import APPROVAL, History
from backoffice.organizations.models import Zone

AT_ONCE = 1_000
"""Rows fetched together while the log is written."""

FORMATS = {"csv": "text/csv; charset=utf-8", "xes": "application/xml"}


@dataclass(frozen=True, slots=True)
class Event:
    """One history row with what is known of its case.

    The resource is the role, never the person: a log leaves the house. An approval that did not complete its step is
    the step's ``start``; the last approval, and every other row, is ``complete``.
    """

    case: str
    program: str
    version: int
    zone: str
    year: int
    outcome: str
    revision: int
    activity: str
    at: datetime
    role: str
    lifecycle: str
    kind: str
    source: str
    target: str


COLUMNS = (
    "case", "program", "version", "zone", "year", "outcome", "revision", "activity", "at", "role", "lifecycle", "kind",
    "source", "target",
)  # fmt: skip


def events(wanted: Selection) -> Iterator[Event]:
    """Every event of the selected cases, case by case in the order in which it happened."""
    lead = aliased(CaseZone)  # the conditions ask for zones of their own
    query = (
        select(
            Case.reference, Case.workflow, Case.workflow_version, Zone.code, Case.year, Case.final, History.revision,
            History.action, History.at, History.role, History.kind, History.source, History.target,
        )
        .join(History, History.case_id == Case.id)
        .outerjoin(lead, and_(lead.case_id == Case.id, lead.lead.is_(True)))
        .outerjoin(Zone, Zone.id == lead.zone_id)
        .where(*conditions(wanted))
        .order_by(Case.id, History.revision)
        .execution_options(yield_per=AT_ONCE)
    )  # fmt: skip
    for row in db.session.execute(query):
        yield _event(*row)


def _event(
    case: str, program: str, version: int, zone: str | None, year: int, final: str | None, revision: int, *rest: Any
) -> Event:
    action, at, role, kind, source, target = rest
    lifecycle = "start" if kind == APPROVAL else "complete"
    return Event(
        case, program, version, zone or "", year, final or "open", revision, action, at, role, lifecycle, kind, source,
        target,
    )  # fmt: skip


def as_csv(found: Iterable[Event]) -> Iterator[str]:
    """The log as CSV with one line per event."""
    yield _line(COLUMNS)
    for event in found:
        yield _line([event.at.isoformat() if name == "at" else getattr(event, name) for name in COLUMNS])


def _line(values: Iterable[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()


_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/><string key="program" value=""/><int key="version" value="1"/>\
<string key="zone" value=""/><int key="year" value="0"/><string key="outcome" value="open"/></global>
<global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>\
<string key="lifecycle:transition" value="complete"/><string key="org:resource" value=""/><string key="org:role" value=""/>\
<string key="kind" value=""/><string key="source" value=""/><string key="target" value=""/></global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="Activity and lifecycle" keys="concept:name lifecycle:transition"/>
<string key="lifecycle:model" value="standard"/>
"""


def as_xes(found: Iterable[Event]) -> Iterator[str]:
    """The log as XES (IEEE 1849-2016), one trace at a time."""
    yield _HEAD
    for _, trace in groupby(found, key=lambda event: event.case):
        yield _trace(list(trace))
    yield "</log>\n"


def _trace(trace: list[Event]) -> str:
    first = trace[0]
    facts = [
        _string("concept:name", first.case),
        _string("program", first.program),
        f'<int key="version" value="{first.version}"/>',
        _string("zone", first.zone),
        f'<int key="year" value="{first.year}"/>',
        _string("outcome", first.outcome),
    ]
    return f"<trace>{''.join(facts)}\n{''.join(_element(event) for event in trace)}</trace>\n"


def _element(event: Event) -> str:
    facts = [
        _string("concept:name", event.activity),
        f'<date key="time:timestamp" value="{event.at.isoformat()}"/>',
        _string("lifecycle:transition", event.lifecycle),
        _string("org:resource", event.role),
        _string("org:role", event.role),
        _string("kind", event.kind),
        _string("source", event.source),
        _string("target", event.target),
    ]
    return f"<event>{''.join(facts)}</event>\n"


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(value)}/>'


WRITERS = {"csv": as_csv, "xes": as_xes}
