"""Trying a definition out: what somebody could do in a state and why not, and whether golden scenarios still come true."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.programs import drafting
from backoffice.web.access import requires
from backoffice.web.admin import blueprint
from backoffice.web.admin.definitions import definition_of
from workflows.definition import Workflow
from workflows.loader import DefinitionError
from workflows.roles import READ_ONLY, Role
from workflows.scenarios import Stories, load_stories, path_of
from workflows.simulation import Facts, Mismatch, Possible, play, simulate


@dataclass(frozen=True, slots=True)
class Played:
    """A golden scenario and everything in which the definition differs from it."""

    name: str
    steps: int
    mismatches: tuple[Mismatch, ...]


@blueprint.get("/workflows/<name>/<int:version>/simulate")
@requires(Permission.WORKFLOW_READ)
def simulate_version(name: str, version: int) -> ResponseReturnValue:
    """What a published version lets people do."""
    back = url_for("admin.workflow", name=name, version=version)
    return _page(definition_of(name, version), back)


@blueprint.get("/drafts/<int:draft_id>/simulate")
@requires(Permission.WORKFLOW_READ)
def simulate_draft(draft_id: int) -> ResponseReturnValue:
    """What the draft would let people do."""
    row = drafting.draft(draft_id)
    return _page(drafting.load(row).workflow, url_for("admin.draft", draft_id=draft_id))


def _page(workflow: Workflow, back: str) -> ResponseReturnValue:
    state = request.args.get("state", workflow.initial)
    state = state if state in workflow.states else workflow.initial
    known = {role.value: role for role in Role if role not in READ_ONLY}
    roles = [known[value] for value in request.args.getlist("role") if value in known]
    guards = {str(guard): guard for step in workflow.transitions for guard in step.requires}
    closed = frozenset(request.args.getlist("closed")) & frozenset(guards)
    return render_template(
        "admin/definitions/simulate.html",
        definition=workflow,
        back=back,
        state=state,
        chosen=roles,
        roles=known.values(),
        guards=sorted(guards.items()),
        closed=closed,
        found=_found(workflow, state, roles, closed=closed),
        stories=_played(workflow),
    )


def _found(workflow: Workflow, state: str, roles: list[Role], *, closed: frozenset[str]) -> tuple[Possible, ...]:
    """Steps that start here come first; nobody chosen means nothing asked."""
    if not roles:
        return ()
    found = simulate(workflow, state, roles, Facts(closed))
    return tuple(sorted(found, key=lambda one: (not one.ok, not one.from_here)))


def _stories(workflow: Workflow) -> Stories | None:
    """The scenarios of this version, or of the newest earlier one that has some."""
    for version in range(workflow.version, 0, -1):
        path = path_of(workflow.workflow, version)
        if path.is_file():
            try:
                return load_stories(path)
            except DefinitionError:
                return None
    return None


def _played(workflow: Workflow) -> list[Played]:
    stories = _stories(workflow)
    scenarios = stories.content.scenarios if stories else ()
    return [Played(one.name, len(one.steps), play(workflow, one)) for one in scenarios]
