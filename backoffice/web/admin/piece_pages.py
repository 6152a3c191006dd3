"""One piece of a draft on a page of its own: a state, a step, a field; everything around it stays as it is."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.access.permissions import Permission
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import Conflict, Problem
from backoffice.core.i18n import Sentence
from backoffice.programs import drafting
from backoffice.programs.models import WorkflowDraft
from backoffice.web.access import requires, visit
from backoffice.web.admin import blueprint, pieces
from backoffice.web.admin.drafts import me, seen
from backoffice.web.admin.findings import Advice, advised, words
from backoffice.web.admin.inputs import Typed, shown, taken
from workflows.loader import DefinitionError
from workflows.rewriting import read, revise

NAME = "piece-name"
"""The field in which a new piece gets its name."""


def _find(row: WorkflowDraft, path: str) -> tuple[dict[str, object], pieces.Piece]:
    data = read(row.source)
    return data, pieces.find(path, data, drafting.load(row).workflow, words())


@blueprint.get("/drafts/<int:draft_id>/edit/<path:path>")
@requires(Permission.DEFINITION_EDIT)
def edit_piece(draft_id: int, path: str) -> ResponseReturnValue:
    row = drafting.draft(draft_id)
    _data, piece = _find(row, path)
    return _page(row, piece, shown(piece.data, piece.inputs))


def _page(
    row: WorkflowDraft,
    piece: pieces.Piece,
    typed: Typed,
    *,
    problems: list[Problem] | None = None,
    advice: list[Advice] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    body = render_template(
        "admin/definitions/piece.html",
        row=row,
        piece=piece,
        title=pieces.title_of(piece),
        typed=typed,
        problems=problems or [],
        advice=advice or [],
        conflict=conflict,
        editable=row.status == drafting.OPEN,
        revision=request.form.get("revision", row.revision),
    )
    return make_response(body, status)


@blueprint.post("/drafts/<int:draft_id>/edit/<path:path>")
@requires(Permission.DEFINITION_EDIT)
def save_piece(draft_id: int, path: str) -> ResponseReturnValue:
    """Write one piece anew, or take it out. What cannot be taken stays in its field, and nothing changes."""
    row = drafting.draft(draft_id)
    data, piece = _find(row, path)
    problems: list[Problem] = []
    if "remove" in request.form and piece.place and not piece.is_new:
        pieces.drop(data, piece)
    else:
        fresh, problems = taken(piece.data, piece.inputs, request.form)
        problems += _name_problems(data, piece)
        if not problems:
            pieces.put(data, piece, fresh, request.form.get(NAME, "").strip())
    if problems:
        return _page(row, piece, request.form, problems=problems, status=422)
    source = revise(row.source, data)
    try:
        with transaction():
            row = drafting.draft(draft_id)
            if drafting.save(row, source, seen=seen(), actor_id=me(), words=words()):
                audit.record(visit(), "definition:edit", about=f"{row.workflow} (draft {row.id}) {path}")
    except DefinitionError as error:
        return _page(drafting.draft(draft_id), piece, request.form, advice=advised(error.findings), status=422)
    except Conflict as error:
        return _page(drafting.draft(draft_id), piece, request.form, conflict=error, status=409)
    flash(_("저장했습니다."), "success")
    return redirect(url_for("admin.draft", draft_id=draft_id) + f"#{piece.part}s")


def _name_problems(data: dict[str, object], piece: pieces.Piece) -> list[Problem]:
    """A new piece needs a name nobody has yet."""
    if not piece.named:
        return []
    name, known = request.form.get(NAME, "").strip(), data.get(str(piece.place[0]))
    if not name:
        return [
            Problem(
                NAME, Sentence("부호를 적어 주세요. 예: eligibility_check", "Give it a name such as eligibility_check.")
            )
        ]
    if isinstance(known, dict) and name in known:
        return [
            Problem(
                NAME,
                Sentence(
                    f"'{name}'은(는) 이미 있습니다. 다른 부호를 적어 주세요.",
                    f"'{name}' exists already; choose another name.",
                ),
            )
        ]
    return []
