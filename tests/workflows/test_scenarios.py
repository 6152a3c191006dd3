"""Golden scenarios: what is shipped keeps its promises, and no step can be lost without anybody noticing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backoffice.wiring import vocabulary
from workflows import catalogue, golden
from workflows.definition import Transition, Workflow
from workflows.linter import lint
from workflows.loader import DefinitionError, Loaded
from workflows.scenarios import SCENARIOS, Stories, load_stories, path_of, stories_from
from workflows.simulation import play

LOADED = list(catalogue.shipped().values())
NAMES = [f"{one.workflow.workflow}@{one.workflow.version}" for one in LOADED]

IN_EVERY_DETAIL = ("joint_rbd_planning", "objection", "outcome_report")
"""Definitions whose scenarios also hold every guard, separation and approval in place."""


def stories_of(loaded: Loaded) -> Stories:
    return load_stories(path_of(loaded.workflow.workflow, loaded.workflow.version))


def differs(workflow: Workflow, stories: Stories) -> bool:
    return any(play(workflow, scenario) for scenario in stories.content.scenarios)


def with_steps(loaded: Loaded, steps: list[Transition]) -> Workflow:
    return loaded.workflow.model_copy(update={"transitions": tuple(steps)})


def without_one_step(loaded: Loaded) -> Iterator[tuple[str, Workflow]]:
    """The definition without each of its steps, and without each single source of a step that has several."""
    steps = loaded.workflow.transitions
    for index, step in enumerate(steps):
        rest = [*steps[:index], *steps[index + 1 :]]
        yield step.action, with_steps(loaded, rest)
        for source in step.source if len(step.source) > 1 else ():
            narrower = step.model_copy(update={"source": tuple(name for name in step.source if name != source)})
            yield f"{step.action} from {source}", with_steps(loaded, [*steps[:index], narrower, *steps[index + 1 :]])


def without_one_duty(loaded: Loaded) -> Iterator[tuple[str, Workflow]]:
    """The definition without each guard, each separation, and each rule of approvals."""
    steps = loaded.workflow.transitions
    for index, step in enumerate(steps):
        changes: list[tuple[str, dict[str, object]]] = []
        for guard in step.requires:
            changes.append((str(guard), {"requires": tuple(one for one in step.requires if one != guard)}))
        for name in step.separate_from:
            changes.append((name, {"separate_from": tuple(one for one in step.separate_from if one != name)}))
        if step.approvals is not None:
            changes.append(("approvals", {"approvals": None}))
        for what, change in changes:
            changed = [*steps[:index], step.model_copy(update=change), *steps[index + 1 :]]
            yield f"{step.action} without {what}", with_steps(loaded, changed)


@pytest.mark.parametrize("loaded", LOADED, ids=NAMES)
def test_a_shipped_definition_keeps_what_its_scenarios_say_and_every_step_is_taken(loaded: Loaded) -> None:
    assert [str(finding) for finding in golden.check_shipped(loaded)] == []


@pytest.mark.parametrize("loaded", LOADED, ids=NAMES)
def test_a_step_that_disappears_is_noticed(loaded: Loaded) -> None:
    stories = stories_of(loaded)
    unnoticed = []
    for what, workflow in without_one_step(loaded):
        less = Loaded(workflow, "", loaded.file, loaded.lines, loaded.source)
        if not differs(workflow, stories) and not lint(less, vocabulary()):
            unnoticed.append(what)
    assert unnoticed == []


@pytest.mark.parametrize("name", IN_EVERY_DETAIL)
def test_a_duty_that_disappears_is_noticed(name: str) -> None:
    loaded = catalogue.newest(name)
    stories = stories_of(loaded)
    assert [what for what, workflow in without_one_duty(loaded) if not differs(workflow, stories)] == []


@pytest.mark.parametrize("name", IN_EVERY_DETAIL)
def test_a_step_that_leads_elsewhere_is_noticed(name: str) -> None:
    loaded = catalogue.newest(name)
    stories, steps = stories_of(loaded), loaded.workflow.transitions
    for index, step in enumerate(steps):
        elsewhere = next(state for state in loaded.workflow.states if state != step.target)
        moved = step.model_copy(update={"target": elsewhere})
        assert differs(with_steps(loaded, [*steps[:index], moved, *steps[index + 1 :]]), stories), step.action


def test_every_scenario_file_belongs_to_a_shipped_definition() -> None:
    shipped = {path_of(name, version).name for name, version in catalogue.shipped()}
    assert {path.name for path in SCENARIOS.glob("*")} <= shipped


OBJECTION = catalogue.newest("objection")


def scenarios(steps: str, head: str = "workflow: objection\nversion: 1") -> bytes:
    return f"{head}\nscenarios:\n  - name: A story about something\n    steps:\n      - {steps}\n".encode()


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("{do: file, by: applicant}", "'to'"),
        ("{do: file, refuse: file, by: applicant, to: filed}", "either do or refuse"),
        ("{by: applicant, to: filed}", "either do or refuse"),
        ("{refuse: file, by: applicant}", "because"),
        ("{refuse: file, by: [applicant, applicant/b], because: wrong_role}", "one 'by'"),
        ("{do: file, by: king, to: filed}", "by.0.role"),
        ("{do: file, by: [], to: filed}", "by"),
        ("{do: file, by: applicant/, to: filed}", "person"),
        ("{do: file, by: applicant, to: filed, after: lunch}", "no key of the language"),
    ],
)
def test_a_line_that_says_nothing_clear_is_refused(steps: str, words: str) -> None:
    with pytest.raises(DefinitionError) as wrong:
        stories_from(scenarios(steps), "story.yaml")
    assert words in str(wrong.value)
    assert str(wrong.value).startswith("story.yaml:6 WF002")


def test_a_disagreement_is_found_on_the_line_of_the_story() -> None:
    stories = stories_from(scenarios("{do: file, by: applicant, to: examining}"), "story.yaml")
    first = golden.check(OBJECTION, stories)[0]
    assert (first.line, first.code) == (6, "WF501")
    assert "leads to 'filed', not to 'examining'" in first.what


def test_a_step_no_scenario_takes_is_found_on_the_line_of_the_step() -> None:
    stories = stories_from(scenarios("{do: file, by: applicant, to: filed}"), "story.yaml")
    found = golden.check(OBJECTION, stories)
    assert {finding.code for finding in found} == {"WF502"}
    assert len(found) == len(golden.pairs(OBJECTION)) - 1
    assert all(finding.file == OBJECTION.file and finding.line > 1 for finding in found)


def test_scenarios_of_another_version_are_not_played() -> None:
    told = scenarios("{do: file, by: applicant, to: filed}", "workflow: objection\nversion: 2")
    assert [finding.code for finding in golden.check(OBJECTION, stories_from(told, "story.yaml"))] == ["WF503"]


def test_a_definition_without_scenarios_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("workflows.scenarios.SCENARIOS", tmp_path)
    assert [finding.code for finding in golden.check_shipped(OBJECTION)] == ["WF503"]
