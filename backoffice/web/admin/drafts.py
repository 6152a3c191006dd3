"""Drafts of definitions: the pages on which the next version is written, checked, asked for and published."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission, may
from backoffice.accounts import queries as accounts
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Conflict, Invalid, OfficeError, Problem
from backoffice.programs import drafting
from backoffice.programs import queries as programs
from backoffice.programs.layouts import lay_out_published
from backoffice.programs.models import WorkflowDraft
from backoffice.web.access import actor, requires, visit
from backoffice.web.admin import blueprint
from backoffice.web.admin.definitions import definition_of
from backoffice.web.admin.findings import Advice, advised, checked, words
from backoffice.web.process_map import map_of_definition
from workflows.difference import compare
from workflows.loader import DefinitionError, load_bytes
from workflows.reading import MAX_BYTES


def me() -> int:
    """The signed-in person's number."""
    return actor().user_id or 0


def seen() -> int:
    """The revision the page was made from."""
    return request.form.get("revision", 0, type=int)


def _record(row: WorkflowDraft, act: str, reason: str | None = None) -> None:
    audit.record(visit(), f"definition:{act}", about=f"{row.workflow} (draft {row.id})", reason=reason)


@blueprint.post("/workflows/<name>/drafts")
@requires(Permission.DEFINITION_EDIT)
def start_draft(name: str) -> ResponseReturnValue:
    """Copy the version in force, to write the next one."""
    with transaction():
        row = drafting.start(name, me())
        _record(row, drafting.START)
        draft_id = row.id
    flash(_("다음 판의 안을 만들었습니다. 진행 중인 건에는 영향이 없습니다."), "success")
    return redirect(url_for("admin.draft", draft_id=draft_id))


@blueprint.get("/drafts/<int:draft_id>")
@requires(Permission.WORKFLOW_READ)
def draft(draft_id: int) -> ResponseReturnValue:
    return _page(drafting.draft(draft_id))


def _page(row: WorkflowDraft, problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    """The draft as tables with its findings, what it changes, and what can be done with it now."""
    loaded = drafting.load(row)
    acts = drafting.acts(row.id)
    body = render_template(
        "admin/definitions/draft.html",
        row=row,
        definition=loaded.workflow,
        advice=advised(drafting.inspect(loaded, words())),
        changes=compare(definition_of(row.workflow, row.base_version), loaded.workflow),
        acts=acts,
        names=accounts.names([one.actor_id for one in acts]),
        mine=me() in drafting.authors(row.id),
        editable=row.status == drafting.OPEN and may(actor(), Permission.DEFINITION_EDIT),
        process_map=map_of_definition(loaded.workflow),
        problems=problems,
        typed=request.form,
    )
    return make_response(body, status)


@blueprint.get("/drafts/<int:draft_id>/text")
@requires(Permission.WORKFLOW_READ)
def draft_text(draft_id: int) -> ResponseReturnValue:
    """The whole text, for those who read YAML."""
    row = drafting.draft(draft_id)
    return _text_page(row, row.source, advised(drafting.inspect(drafting.load(row), words())))


def _text_page(
    row: WorkflowDraft, source: str, advice: list[Advice], problem: OfficeError | None = None, status: int = 200
) -> ResponseReturnValue:
    body = render_template(
        "admin/definitions/text.html",
        row=row,
        source=source,
        advice=advice,
        problem=problem,
        editable=row.status == drafting.OPEN and may(actor(), Permission.DEFINITION_EDIT),
    )
    return make_response(body, status)


@blueprint.post("/drafts/<int:draft_id>/text")
@requires(Permission.DEFINITION_EDIT)
def save_text(draft_id: int) -> ResponseReturnValue:
    """Take the whole text, typed or as a file. What cannot be taken stays in the field, and nothing changes."""
    source = request.form.get("source", "")
    try:
        source = _uploaded() or source
        with transaction():
            row = drafting.draft(draft_id)
            if drafting.save(row, source, seen=seen(), actor_id=me(), words=words()):
                _record(row, drafting.EDIT)
    except DefinitionError as error:
        return _text_page(drafting.draft(draft_id), source, advised(error.findings), status=422)
    except Conflict as error:
        return _text_page(drafting.draft(draft_id), source, [], error, 409)
    flash(_("저장했습니다."), "success")
    return redirect(url_for("admin.draft", draft_id=draft_id))


def _uploaded() -> str:
    """The text of the file, if one was chosen. Raises DefinitionError for what is too large or no text."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return ""
    raw = file.stream.read(MAX_BYTES + 1)
    return load_bytes(raw, "upload.yaml").source


@blueprint.post("/drafts/<int:draft_id>/check")
@requires(Permission.DEFINITION_EDIT)
def check_text(draft_id: int) -> ResponseReturnValue:
    """The findings of what stands in the field, while it is being written; nothing is saved."""
    row = drafting.draft(draft_id)
    return render_template(
        "admin/definitions/findings.html", advice=advised(checked(row, request.form.get("source", "")))
    )


@blueprint.get("/drafts/<int:draft_id>/difference")
@requires(Permission.WORKFLOW_READ)
def draft_difference(draft_id: int) -> ResponseReturnValue:
    """What the draft changes against the version in force."""
    row = drafting.draft(draft_id)
    old = definition_of(row.workflow, programs.newest_version(row.workflow))
    new = drafting.load(row).workflow
    return render_template("admin/definitions/changes.html", row=row, old=old, new=new, changes=compare(old, new))


@blueprint.post("/drafts/<int:draft_id>/request")
@requires(Permission.DEFINITION_EDIT)
def request_approval(draft_id: int) -> ResponseReturnValue:
    """Ask a second person to publish it."""
    note = request.form.get("note", "")
    try:
        with transaction():
            row = drafting.draft(draft_id)
            drafting.request(row, note, seen=seen(), actor_id=me(), words=words())
            _record(row, drafting.REQUEST, note)
    except Invalid as invalid:
        return _page(drafting.draft(draft_id), invalid.problems, 422)
    flash(_("승인을 요청했습니다."), "success")
    return redirect(url_for("admin.draft", draft_id=draft_id))


@blueprint.post("/drafts/<int:draft_id>/withdraw")
@requires(Permission.DEFINITION_EDIT)
def withdraw_request(draft_id: int) -> ResponseReturnValue:
    with transaction():
        row = drafting.draft(draft_id)
        drafting.withdraw(row, seen=seen(), actor_id=me())
        _record(row, drafting.WITHDRAW)
    flash(_("승인 요청을 거두었습니다."), "success")
    return redirect(url_for("admin.draft", draft_id=draft_id))


@blueprint.post("/drafts/<int:draft_id>/reject")
@requires(Permission.DEFINITION_PUBLISH)
def reject_draft(draft_id: int) -> ResponseReturnValue:
    """Send it back to its authors with a reason."""
    reason = request.form.get("reason", "")
    try:
        with transaction():
            row = drafting.draft(draft_id)
            drafting.reject(row, reason, seen=seen(), actor_id=me())
            _record(row, drafting.REJECT, reason)
    except Invalid as invalid:
        return _page(drafting.draft(draft_id), invalid.problems, 422)
    flash(_("반려했습니다."), "success")
    return redirect(url_for("admin.draft", draft_id=draft_id))


@blueprint.post("/drafts/<int:draft_id>/publish")
@requires(Permission.DEFINITION_PUBLISH)
def publish_draft(draft_id: int) -> ResponseReturnValue:
    """Put it in force for calls published from now on; cases under way stay on their version."""
    with transaction():
        row = drafting.draft(draft_id)
        published = drafting.publish(row, seen=seen(), actor_id=me(), words=words())
        _record(row, drafting.PUBLISH)
        name, version = published.workflow, published.version
    lay_out_published()
    flash(_("%(n)d판을 발행했습니다. 이제부터 게시하는 공고에 적용됩니다.", n=version), "success")
    return redirect(url_for("admin.workflow", name=name, version=version))


@blueprint.post("/drafts/<int:draft_id>/discard")
@requires(Permission.DEFINITION_EDIT)
def discard_draft(draft_id: int) -> ResponseReturnValue:
    with transaction():
        row = drafting.draft(draft_id)
        drafting.discard(row, seen=seen(), actor_id=me())
        _record(row, drafting.DISCARD)
    flash(_("안을 버렸습니다."), "success")
    return redirect(url_for("admin.workflows"))
