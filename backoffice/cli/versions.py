"""``backoffice workflow diff`` and ``migrate``: what two versions of a workflow differ in, and open cases that change theirs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from backoffice.cases.versions import LOSSES, NO_IMAGE, Journey, Survey, migrate, obstacles, survey, with_deadlines
from backoffice.cli.output import Command, Failure, office, say, say_and_fail
from backoffice.cli.workflow import find_loaded
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.i18n import language
from backoffice.programs.queries import calls_taking_applications, published_digests
from workflows.definition import Workflow
from workflows.difference import compare
from workflows.loader import DefinitionError, load_file
from workflows.migration import Plan, plan


@click.command("diff", cls=Command)
@click.argument("old")
@click.argument("new")
def difference(old: str, new: str) -> None:
    """What changed from OLD to NEW, one sentence each: a FILE, or a CODE with @VERSION for an older one."""
    before, after = _definition(old), _definition(new)
    changes = compare(before, after)
    data = [{name: getattr(change, name) for name in ("what", "part", "place", "ko", "en")} for change in changes]
    say(data, [change.text(language()) for change in changes] or ["no difference"])


def _definition(name: str) -> Workflow:
    """A definition from a file, or by its code. Raises Failure."""
    if not Path(name).is_file():
        return find_loaded(name).workflow
    try:
        return load_file(Path(name)).workflow
    except DefinitionError as error:
        raise Failure(*(str(finding) for finding in error.findings)) from error


@click.command("migrate", cls=Command)
@click.argument("code")
@click.option("--from", "old", type=int, required=True, metavar="N", help="The version the cases leave.")
@click.option("--to", "new", type=int, required=True, metavar="M", help="The version they come under.")
@click.option("--map", "pairs", multiple=True, metavar="OLD=NEW", help="Where a state goes; wins over the definition.")
@click.option("--accept-losses", is_flag=True, help="Move cases although tasks or answers would no longer count.")
@click.option("--reason", default="", help="Why, for the history of every case.")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
def migrate_cases(
    code: str, old: int, new: int, pairs: tuple[str, ...], *, accept_losses: bool, reason: str, dry_run: bool
) -> None:
    """Move the open cases of workflow CODE from version N to version M, case by case.

    A case that moved already is skipped, so an interrupted run is simply started again. Nothing moves while a case
    has nowhere to go.
    """
    chosen = _plan(code, old, new, pairs=pairs)
    name = chosen.old.workflow
    found = with_deadlines(office(), survey(chosen, calls=calls_taking_applications(name, old)))
    against = list(_obstacles(found, accept_losses))
    if dry_run:
        answer = say_and_fail if against else say
        answer(_data(found, moved=0), [f"{name}: {old} -> {new}, dry run: nothing is changed", *_told(found), *against])
        return
    if against:
        raise Failure(*against)
    moved = migrate(office(), found, reason=reason)
    with transaction():
        visit = audit.Visit(None, "backoffice workflow migrate")
        audit.record(visit, "workflow:migrate", about=f"{name} {old} -> {new}: {moved}", reason=reason or None)
    stayed = len(found.journeys) - moved
    say(_data(found, moved=moved), [f"{name}: {old} -> {new}, {moved} cases moved, {stayed} stayed", *_told(found)])


def _plan(code: str, old: int, new: int, *, pairs: tuple[str, ...]) -> Plan:
    """The plan between two published versions. Raises Failure."""
    before, after = find_loaded(f"{code}@{old}").workflow, find_loaded(f"{code}@{new}").workflow
    if old >= new:
        raise Failure(
            f"--to {new}: name a version after {old}; the way back is to publish the older text as the next one"
        )
    missing = {(before.workflow, old), (before.workflow, new)} - set(published_digests())
    if missing:
        raise Failure(*(f"{name}@{version} is not published" for name, version in sorted(missing)))
    given = {}
    for pair in pairs:
        source, sign, target = pair.partition("=")
        if not sign or source not in before.states or target not in after.states:
            raise Failure(f"--map {pair}: write OLD=NEW with a state of version {old} and a state of version {new}")
        given[source] = target
    return plan(before, after, given)


def _obstacles(found: Survey, accepted: bool) -> Iterator[str]:
    for one in obstacles(found, accepted=accepted):
        if one.code == NO_IMAGE:
            yield f"{one.state}: {one.count} cases have nowhere to go; add --map {one.state}=<state of the new version>"
        elif one.code == LOSSES:
            yield f"{one.count} cases would lose open tasks or typed answers; look with --dry-run, then add --accept-losses"
        else:
            yield "separation of duties would no longer see what was done before; look with --dry-run, then add --accept-losses"


def _told(found: Survey) -> Iterator[str]:
    for (source, target), count in found.counts().items():
        yield f"{source} -> {target or 'no image'}: {count} cases"
    said = language()
    for concern in found.plan.concerns:
        if not concern.state or any(one.source == concern.state for one in found.journeys):
            yield f"  {concern.weight.value} {concern.state or '*'}: {concern.text(said)}"
    for one in found.journeys:
        yield f"{one.reference}\t{one.source} -> {_where(one)}\t{_moment(one.due_before)} -> {_moment(one.due_after)}{_marks(one)}"
    for code in found.calls:
        yield f"call {code} still takes applications on the old version; run again after it closed"


def _where(one: Journey) -> str:
    return "stays: half approved" if one.half_approved else one.target or "no image"


def _marks(one: Journey) -> str:
    late = "\toverdue at once" if one.suddenly_late else ""
    return f"{late}\tloses {', '.join(one.lost)}" if one.lost else late


def _moment(value: Any) -> str:
    return f"{clock.in_seoul(value):%Y-%m-%d %H:%M}" if value is not None else "-"


def _data(found: Survey, *, moved: int) -> dict[str, Any]:
    return {
        "workflow": found.plan.old.workflow,
        "from": found.plan.old.version,
        "to": found.plan.new.version,
        "moved": moved,
        "counts": [
            {"from": source, "to": target, "cases": count} for (source, target), count in found.counts().items()
        ],
        "without_image": [one.reference for one in found.without_image()],
        "half_approved": [one.reference for one in found.held_back()],
        "losing": {one.reference: one.lost for one in found.losing()},
        "findings": [
            {
                "code": one.code,
                "weight": one.weight,
                "state": one.state,
                "about": one.subject,
                "ko": one.ko,
                "en": one.en,
            }
            for one in found.plan.concerns
        ],
        "cases": [
            {
                "reference": one.reference,
                "from": one.source,
                "to": one.target,
                "due_before": one.due_before,
                "due_after": one.due_after,
                "overdue_at_once": one.suddenly_late,
            }
            for one in found.journeys
        ],
        "open_calls": list(found.calls),
    }
