"""The event log of the demo loads in an independent reader, and what that reader measures is what the office says."""

import json
import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import r4pm
from sqlalchemy import func, select

from backoffice.analytics import figures
from backoffice.analytics.conformance import replay
from backoffice.analytics.eventlog import as_xes, events
from backoffice.analytics.selection import Selection, book_of
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.spine import History
from tests.demo.conftest import Built
from workflows import catalogue
from workflows.definition import Workflow

MICROSECOND = timedelta(microseconds=1)
Facts = dict[str, Any]


def read_by_another(folder: Path, program: str) -> list[tuple[Facts, list[Facts]]]:
    """The log as Rust4PM understands it: every trace with its facts and the facts of its events."""
    source, answer = folder / "log.xes", folder / "log.json"
    with source.open("w", encoding="utf-8") as target:
        target.writelines(as_xes(events(Selection(program))))
    r4pm.export_item(r4pm.import_item("EventLog", str(source)), str(answer))
    content = json.loads(answer.read_text(encoding="utf-8"))
    return [(facts(trace), [facts(event) for event in trace["events"]]) for trace in content["traces"]]


def facts(element: Facts) -> Facts:
    return {item["key"]: item["value"]["content"] for item in element["attributes"]}


def moment(event: Facts) -> datetime:
    return datetime.fromisoformat(event["time:timestamp"]).astimezone(UTC)


def measured(traces: list[tuple[Facts, list[Facts]]], definition: Workflow) -> dict[str, list[int]]:
    """State -> complete times in microseconds, from the log alone: between the events that moved a case."""
    times: dict[str, list[int]] = defaultdict(list)
    for _, trace in traces:
        moves = [event for event in trace if event["source"] != event["target"]]
        for entered, left in pairwise(moves):
            if definition.state(left["target"]).final != "cancelled":
                times[entered["target"]].append((moment(left) - moment(entered)) // MICROSECOND)
    return times


def nearest_rank(values: list[int], percent: int) -> int:
    return sorted(values)[max(1, math.ceil(len(values) * percent / 100)) - 1]


@pytest.mark.parametrize("program", sorted({name for name, _ in catalogue.shipped()}))
def test_times_in_state_are_those_an_independent_reader_measures(standing: Built, tmp_path: Path, program: str) -> None:
    traces = read_by_another(tmp_path, program)
    times = measured(traces, catalogue.newest(program).workflow)
    book = book_of(standing.app.extensions["engine"].definitions, program)
    with clock.travelling(clock.seoul(standing.day.year, standing.day.month, standing.day.day, 12)):
        ours = {one.state: one for one in figures.state_times(Selection(program), book)}
    assert {state: one.left for state, one in ours.items() if one.left} == {
        state: len(values) for state, values in times.items()
    }
    assert {state: (one.p50, one.p90) for state, one in ours.items() if one.left} == {
        state: (nearest_rank(values, 50), nearest_rank(values, 90)) for state, values in times.items()
    }


@pytest.mark.parametrize("program", sorted({name for name, _ in catalogue.shipped()}))
def test_the_log_holds_every_case_and_every_row_of_history(standing: Built, tmp_path: Path, program: str) -> None:
    traces = read_by_another(tmp_path, program)
    query = (
        select(Case.reference, func.count())
        .join(History, History.case_id == Case.id)
        .where(Case.workflow == program, Case.private.is_(False))
        .group_by(Case.reference)
    )
    expected = dict(db.session.execute(query).all())
    assert {trace["concept:name"]: len(found) for trace, found in traces} == expected
    for trace, found in traces:
        assert {"program", "version", "zone", "year", "outcome"} <= set(trace)
        assert [moment(event) for event in found] == sorted(moment(event) for event in found)


def test_every_history_of_the_demo_is_what_its_definition_allows(standing: Built) -> None:
    found = replay(standing.app.extensions["engine"].definitions)
    assert found.deviations == ()
    assert found.cases > 120
