"""``backoffice workflow simulate`` and ``test``: what could happen in a definition, and whether it keeps its promises."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from pydantic import TypeAdapter, ValidationError

from backoffice.cli.output import Command, Failure, say, say_and_fail
from backoffice.cli.workflow import find_loaded
from backoffice.core.i18n import language
from workflows import catalogue, golden, loader
from workflows.assumptions import facts_from
from workflows.definition import Workflow
from workflows.loader import DefinitionError, Finding, Loaded
from workflows.roles import Role
from workflows.scenarios import Actor, ActorText, Stories, stories_from, tells_stories
from workflows.simulation import Facts, Possible, simulate


@click.command("simulate", cls=Command)
@click.argument("definition", metavar="FILE|CODE")
@click.option("--state", required=True, help="The state the imagined case rests in.")
@click.option("--as", "actors", required=True, multiple=True, metavar="ROLE", help="A role, or role/person; repeat it.")
@click.option("--facts", type=click.Path(path_type=Path), metavar="FILE", help="YAML or JSON: closed, history, person.")
@with_appcontext
def simulate_definition(definition: str, state: str, actors: tuple[str, ...], facts: Path | None) -> None:
    """What somebody could do in a state, and why not. Every guard holds unless the facts say it is closed."""
    workflow = _loaded(definition).workflow
    if state not in workflow.states:
        raise Failure(f"state {state}: there is no such state; known states: {', '.join(workflow.states)}")
    who = [_actor(text) for text in actors]
    known = _facts(facts, workflow, who[0])
    found = simulate(workflow, state, [one.role for one in who], known)
    say([_described(one) for one in found], _printed(workflow, state, who, found))


@click.command("test", cls=Command)
@click.argument("chosen", nargs=-1, metavar="[CODE|FILE]...")
@with_appcontext
def play_scenarios(chosen: tuple[str, ...]) -> None:
    """Play golden scenarios: all, or those of a CODE, a definition FILE or a scenario FILE. One line per disagreement."""
    findings: list[Finding] = []
    told = list(_chosen(chosen, findings)) if chosen else [(one, None) for one in catalogue.shipped().values()]
    for loaded, stories in told:
        try:
            findings += golden.check(loaded, stories) if stories else golden.check_shipped(loaded)
        except DefinitionError as error:
            findings += error.findings
    data = [{name: getattr(finding, name) for name in finding.__slots__} for finding in findings]
    answer = say_and_fail if findings else say
    answer(data, [str(finding) for finding in findings] or [f"{len(told)} definitions keep what their scenarios say"])


def _chosen(names: Sequence[str], findings: list[Finding]) -> Iterator[tuple[Loaded, Stories | None]]:
    """Scenario files go with a definition given beside them, or else with the one that is shipped or published."""
    told: dict[tuple[str, int], Stories] = {}
    definitions: dict[tuple[str, int], Loaded] = {}
    for name in names:
        try:
            stories = _stories(name)
            if stories is None:
                loaded = _loaded(name)
                definitions[loaded.workflow.workflow, loaded.workflow.version] = loaded
            else:
                told[stories.content.workflow, stories.content.version] = stories
        except DefinitionError as error:
            findings += error.findings
    for workflow, version in told:
        if (workflow, version) not in definitions:
            definitions[workflow, version] = find_loaded(f"{workflow}@{version}")
    for identity, loaded in definitions.items():
        yield loaded, told.get(identity)


def _stories(name: str) -> Stories | None:
    if not _is_file(name):
        return None
    raw = loader.bytes_of(Path(name))
    return stories_from(raw, Path(name).name) if tells_stories(raw) else None


def _loaded(name: str) -> Loaded:
    """A definition by file or code. Raises DefinitionError, Failure."""
    return loader.load_file(Path(name)) if _is_file(name) else find_loaded(name)


def _is_file(name: str) -> bool:
    return "/" in name or name.endswith((".yaml", ".yml")) or Path(name).is_file()


def _actor(text: str) -> Actor:
    try:
        return TypeAdapter(ActorText).validate_python(text)
    except ValidationError as error:
        known = ", ".join(Role)
        raise Failure(f"--as {text[:60]}: write a role, or role/person; known roles: {known}") from error


def _facts(path: Path | None, workflow: Workflow, actor: Actor) -> Facts:
    """The facts of a file. Whoever is named on the command line is who asks."""
    facts = facts_from(loader.bytes_of(path), path.name, workflow) if path else Facts()
    named = actor.person != actor.role or facts.person is None
    return replace(facts, person=actor.person) if named else facts


def _described(one: Possible) -> dict[str, Any]:
    return {
        "action": one.action,
        "label": one.step.label.model_dump(),
        "ok": one.ok,
        "from_here": one.from_here,
        "role": one.role,
        "to": one.step.target if one.from_here else None,
        "approvals_missing": one.from_here and not one.completes,
        "reasons": [{"code": reason.code, "sentence": reason.sentence.model_dump()} for reason in one.reasons],
    }


_WORDS = {
    "ko": {"open": "가능", "closed": "불가", "more": "(다른 승인이 더 필요합니다)"},
    "en": {"open": "open  ", "closed": "closed", "more": "(another approval is needed)"},
}


def _printed(workflow: Workflow, state: str, who: Sequence[Actor], found: Iterable[Possible]) -> Iterator[str]:
    """Every step that starts here, then what the asker could do elsewhere."""
    said = language()
    words = _WORDS[said]
    label = workflow.state(state).label.text(said)
    yield f"{workflow.workflow}@{workflow.version} {state} ({label}): {', '.join(map(str, who))}"
    for one in sorted(found, key=lambda one: not one.from_here):
        if not one.from_here and one.role is None:
            continue
        leads = f" -> {one.step.target}" if one.from_here else ""
        more = f" {words['more']}" if one.ok and not one.completes else ""
        yield f"{words['open' if one.ok else 'closed']} {one.action}{leads}: {one.step.label.text(said)}{more}"
        for reason in one.reasons:
            yield f"    {reason.code}: {reason.sentence.text(said)}"
