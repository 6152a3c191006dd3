"""``backoffice case``: look at cases and take their steps, under the same rules as the pages."""

import json
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from backoffice.access.actors import SYSTEM, Actor
from backoffice.cases import queries
from backoffice.cases.models import Case
from backoffice.cli.output import Failure, Noun, office, say
from backoffice.cli.user import person
from backoffice.core import audit, clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import NotFound
from backoffice.core.i18n import language
from backoffice.engine.timeline import Entry, timeline
from backoffice.engine.values import Performed, Verdict
from backoffice.forms.json_input import read_object
from backoffice.organizations.queries import organization_names
from workflows.definition import Transition, Workflow

MAX_INPUT = 4 * 1024 * 1024
MAX_KEY = 120

group = Noun("case", help="Cases and their steps.")


def as_person(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--as EMAIL``: the person whose rights count."""
    return click.option("--as", "email", required=True, metavar="EMAIL", help="The person who acts.")(command)


@group.command("list")
@click.option("--workflow", help="Only cases of this workflow.")
@click.option("--state", help="Only cases in this state.")
def list_cases(workflow: str | None, state: str | None) -> None:
    """Every case: reference, state, whose turn it is, due date, title."""
    query = select(Case).order_by(Case.reference)
    if workflow:
        query = query.where(Case.workflow == workflow)
    if state:
        query = query.where(Case.state == state)
    rows = [_summary(row) for row in db.session.scalars(query)]
    say(rows, ("\t".join(str(value if value is not None else "-") for value in row.values()) for row in rows))


def _summary(row: Case) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "state": row.state,
        "waiting_for": row.waiting_for,
        "due": _moment(row.due_at),
        "revision": row.revision,
        "title": row.title,
    }


def _moment(value: Any) -> str | None:
    return f"{clock.in_seoul(value):%Y-%m-%d %H:%M}" if value is not None else None


@group.command()
@click.argument("reference")
def show(reference: str) -> None:
    """One case with everything that happened to it. The look is written into the access log."""
    row = find(reference, SYSTEM)
    entries = timeline(office(), office().subject(row.id))
    members = organization_names(member.organization_id for member in queries.members(row.id))
    facts = {
        **_summary(row),
        "workflow": f"{row.workflow}@{row.workflow_version}",
        "year": row.year,
        "amount": row.amount,
        "organizations": sorted(members.values()),
        "linked": [child.reference for child in queries.linked(row.id)],
    }
    lines = [f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in facts.items()]
    with transaction():
        visit = audit.Visit(None, "backoffice case show")
        audit.record(visit, "case:read", about=facts["reference"], case_id=row.id)
    history = [_entry(entry) for entry in entries]
    say({**facts, "history": history}, [*lines, "history:", *(_entry_line(entry) for entry in history)])


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "revision": entry.revision,
        "at": _moment(entry.at),
        "step": entry.label.text(),
        "by": entry.who or entry.role.text(),
        "state": entry.target.text(),
        "input": entry.input,
    }


def _entry_line(entry: Mapping[str, Any]) -> str:
    return f"  {entry['revision']}. {entry['at']} {entry['step']} -> {entry['state']} ({entry['by']})"


@group.command()
@click.argument("reference")
@as_person
def actions(reference: str, email: str) -> None:
    """Every step the person could ever take, open or with all reasons why not."""
    actor = person(email)
    row = find(reference, actor)
    verdicts = office().actions([row.id], actor)[row.id]
    say([_verdict(verdict) for verdict in verdicts], [line for verdict in verdicts for line in _verdict_lines(verdict)])


def _verdict(verdict: Verdict) -> dict[str, Any]:
    reasons = [
        {"code": reason.code, "ko": reason.sentence.ko, "en": reason.sentence.en, "unblocks": reason.unblocks}
        for reason in verdict.reasons
    ]
    return {"action": verdict.action, "ok": verdict.ok, "role": verdict.role.value, "reasons": reasons}


def _verdict_lines(verdict: Verdict) -> list[str]:
    state = "ok" if verdict.ok else "closed"
    reasons = (f"       - {reason.code}: {reason.sentence}" for reason in verdict.reasons)
    return [f"{state:<7}{verdict.action}: {verdict.step.label.text(language())}", *reasons]


@group.command()
@click.argument("reference")
@click.argument("action")
@as_person
@click.option("--input", "file", type=click.Path(path_type=Path), help="What is typed for the step, as JSON.")
@click.option("--key", help="The name of this attempt: the same key acts once.")
@click.option("--revision", type=int, help="The revision the person saw; without it the present one.")
def perform(reference: str, action: str, email: str, file: Path | None, key: str | None, revision: int | None) -> None:
    """Take one step. Refused, late or repeated: one line says so."""
    if key is not None and not 0 < len(key) <= MAX_KEY:
        raise Failure(f"key: it has 1 to {MAX_KEY} characters")
    actor = person(email)
    row = find(reference, actor)
    seen = row.revision if revision is None else revision
    typed = _typed(row, action, file)
    done = office().perform(row.id, action, actor, revision=seen, key=key or uuid.uuid4().hex, input=typed)
    result = _result(done)
    say(result, [_result_line(result)])


def find(reference: str, actor: Actor) -> Case:
    """The case, if it exists for this actor."""
    try:
        return queries.case(reference, actor)
    except NotFound as error:
        seen_by = "" if actor.is_system else f", or {actor.email} may not see it"
        raise Failure(f"case {reference}: there is no such case{seen_by}") from error


def _typed(row: Case, action: str, file: Path | None) -> dict[str, Any] | None:
    """The step's input, read and checked like on the page. Raises Invalid, Failure."""
    if file is None:
        return None
    definition = office().definitions.get(row.workflow, row.workflow_version).workflow
    step = _step(definition, row.state, action)
    data = read_json(file)
    if step is None:
        return {}
    if step.input is None:
        if data:
            raise Failure(f"input: the step '{action}' takes no input")
        return {}
    return read_object(definition.forms[step.input], data)


def _step(definition: Workflow, state: str, action: str) -> Transition | None:
    """The step from here; elsewhere, for an attempt that is repeated after it moved the case; None: the engine says why."""
    steps = [step for step in definition.transitions if step.action == action]
    return next((step for step in steps if state in step.source), steps[0] if steps else None)


def read_json(file: Path) -> Mapping[str, Any]:
    """A JSON object in a file. Raises Failure that says where it is wrong."""
    if file.is_file() and file.stat().st_size > MAX_INPUT:
        raise Failure(f"{file}: larger than {MAX_INPUT // 1024 // 1024} MB")
    try:
        data = json.loads(file.read_bytes().decode("utf-8-sig"), parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Failure(f"{file}:{error.lineno}: is not JSON ({error.msg})") from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise Failure(f"{file}: is not JSON ({type(error).__name__})") from error
    if not isinstance(data, dict):
        raise Failure(f'{file}: must hold an object of fields, such as {{"reason": "..."}}')
    return data


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _result(done: Performed) -> dict[str, Any]:
    """The stored answer under the case's present reference: a step may have given it a new one."""
    return {
        "reference": queries.case_by_id(done.case_id).reference,
        "action": done.action,
        "source": done.source,
        "target": done.target,
        "revision": done.revision,
        "at": done.at.isoformat(),
        "replayed": done.replayed,
    }


def _result_line(result: Mapping[str, Any]) -> str:
    again = "; replayed: this key was used before, nothing was changed" if result["replayed"] else ""
    source, target = result["source"], result["target"]
    moved = f"{source} -> {target}" if source != target else f"stays in {target}"
    return f"{result['reference']}: {result['action']}, {moved}, revision {result['revision']}{again}"
