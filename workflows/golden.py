"""A definition held against its golden scenarios: where they disagree, and which steps no scenario takes."""

from collections.abc import Iterator

from workflows.loader import Finding, Loaded
from workflows.scenarios import Stories, load_stories, path_of
from workflows.simulation import play, taken

Pair = tuple[str, str]


def pairs(loaded: Loaded) -> dict[Pair, int]:
    """Every (source, action) of a definition, with its line."""
    return {
        (source, step.action): loaded.line("transitions", index)
        for index, step in enumerate(loaded.workflow.transitions)
        for source in step.source
    }


def check(loaded: Loaded, stories: Stories) -> tuple[Finding, ...]:
    """WF501 for each disagreement, WF502 for each step that is never taken, WF503 for scenarios of something else."""
    wanted = (stories.content.workflow, stories.content.version)
    if wanted != (loaded.workflow.workflow, loaded.workflow.version):
        what = f"tells of {wanted[0]}@{wanted[1]}, not of {loaded.workflow.workflow}@{loaded.workflow.version}"
        return (Finding(stories.file, stories.line_of_key("workflow"), "WF503", "workflow", what, "correct the name"),)
    return (*_disagreements(loaded, stories), *_never_taken(loaded, stories))


def check_shipped(loaded: Loaded) -> tuple[Finding, ...]:
    """A shipped definition against the scenarios that lie beside it. Raises DefinitionError if they cannot be read."""
    path = path_of(loaded.workflow.workflow, loaded.workflow.version)
    if not path.is_file():
        what = "has no golden scenarios"
        return (Finding(loaded.file, loaded.line("workflow"), "WF503", "workflow", what, f"write {path.name}"),)
    return check(loaded, load_stories(path))


def _disagreements(loaded: Loaded, stories: Stories) -> Iterator[Finding]:
    for index, scenario in enumerate(stories.content.scenarios):
        for mismatch in play(loaded.workflow, scenario):
            place = f"scenarios.{index}.steps.{mismatch.move - 1}" if mismatch.move else f"scenarios.{index}"
            line = stories.line(index, mismatch.move)
            yield Finding(stories.file, line, "WF501", place, mismatch.what.en, f"see '{scenario.name}'")


def _never_taken(loaded: Loaded, stories: Stories) -> Iterator[Finding]:
    done = {pair for scenario in stories.content.scenarios for pair in taken(loaded.workflow, scenario)}
    for (source, action), line in pairs(loaded).items():
        if (source, action) not in done:
            what = f"no golden scenario takes '{action}' from '{source}'"
            yield Finding(loaded.file, line, "WF502", f"transitions.{action}", what, f"add one to {stories.file}")
