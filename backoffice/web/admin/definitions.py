"""Definitions to read: every program with its versions, one version as table and map, and what two versions differ in."""

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.accounts import queries as accounts
from backoffice.cases import versions
from backoffice.core.errors import NotFound
from backoffice.core.i18n import Sentence
from backoffice.programs import drafting
from backoffice.programs import queries as programs
from backoffice.web.access import actor, engine, requires
from backoffice.web.admin import blueprint
from backoffice.web.admin.offered import offer
from backoffice.web.process_map import map_of_definition
from workflows.definition import Workflow
from workflows.difference import compare
from workflows.migration import plan

LISTED = 200
"""How many cases a preview names; the counts cover all."""


def definition_of(name: str, version: int) -> Workflow:
    """A published version. Raises NotFound."""
    try:
        return engine().definitions.get(name, version).workflow
    except KeyError as error:
        raise NotFound from error


@blueprint.get("/workflows")
@requires(Permission.WORKFLOW_READ)
def workflows() -> ResponseReturnValue:
    """Every program with its versions, newest first, and the draft of the next one."""
    listed: dict[str, list[tuple[Workflow, str, int]]] = {}
    counts = versions.open_cases()
    for (name, version), digest in sorted(programs.published_digests().items(), reverse=True):
        row = (definition_of(name, version), digest, counts.get((name, version), 0))
        listed.setdefault(name, []).append(row)
    return render_template(
        "admin/definitions/list.html", programs=dict(sorted(listed.items())), drafts=drafting.drafts_under_way()
    )


@blueprint.get("/workflows/<name>/<int:version>")
@requires(Permission.WORKFLOW_READ)
def workflow(name: str, version: int) -> ResponseReturnValue:
    """One version: states by stage, steps, forms, documents, and the map."""
    definition = definition_of(name, version)
    row = programs.published(name, version)
    return render_template(
        "admin/definitions/version.html",
        definition=definition,
        row=row,
        publisher=accounts.names([row.published_by]).get(row.published_by) if row.published_by else None,
        newest=programs.newest_version(name),
        draft=drafting.drafts_under_way().get(name),
        process_map=map_of_definition(definition),
    )


@blueprint.get("/workflows/<name>/<int:version>/text")
@requires(Permission.WORKFLOW_READ)
def workflow_text(name: str, version: int) -> ResponseReturnValue:
    """The text as it was published, word for word."""
    answer = Response(programs.published(name, version).source, content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.v{version}.yaml"
    return answer


@blueprint.get("/workflows/<name>/<int:old>/<int:new>")
@requires(Permission.WORKFLOW_READ)
def workflow_difference(name: str, old: int, new: int) -> ResponseReturnValue:
    """What changed between two versions, and which open cases could go where."""
    before, after = definition_of(name, old), definition_of(name, new)
    if old >= new:
        raise NotFound
    return difference_page(before, after)


def difference_page(before: Workflow, after: Workflow, *, stopped: Sentence | None = None) -> ResponseReturnValue:
    """The comparison, and the request to move cases; what was typed into it stays when it was ``stopped``."""
    found = versions.survey(
        plan(before, after), calls=programs.calls_taking_applications(before.workflow, before.version)
    )
    seen = versions.seen_by(actor(), [one.case_id for one in found.journeys[:LISTED]])
    body = render_template(
        "admin/definitions/difference.html",
        old=before,
        new=after,
        changes=compare(before, after),
        survey=found,
        journeys=[one for one in found.journeys[:LISTED] if one.case_id in seen],
        offer=offer(before, found),
        stopped=stopped,
        errors_on_page=stopped is not None,
    )
    return make_response(body, 422 if stopped else 200)
