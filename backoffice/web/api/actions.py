"""The steps of a case for programs: which there are and why not, and taking one of them once."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import make_response
from flask.typing import ResponseReturnValue

from backoffice.access.permissions import Permission
from backoffice.cases import queries as cases
from backoffice.cases.models import Case
from backoffice.core.errors import Invalid, NotFound
from backoffice.core.i18n import language
from backoffice.engine.values import Performed, Subject, Verdict
from backoffice.forms.json_input import read_object
from backoffice.web.access import actor, engine, requires
from backoffice.web.api import blueprint
from backoffice.web.api.conditions import HEADERS, attempt_key, body, seen_revision
from backoffice.web.api.description import answers
from backoffice.web.api.reading import OF_CASE, OF_STEP, case_of, public_on, said, state_json
from backoffice.web.api.shapes import ActionsShape, PerformedShape
from backoffice.web.problems import reason_json
from workflows.forms import Field

REPLAYED = {
    "ETag": {"description": "The revision the step made, in quotes.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "true when this key was used before: nothing was done again.",
        "schema": {"type": "string"},
    },
}
INPUT = {
    "required": False,
    "description": "What the step takes, as an object of its fields (see `input` of the step); empty for nothing.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


@blueprint.get("/cases/<reference>/actions", parameters=OF_CASE)
@requires(Permission.API_READ)
@answers(ActionsShape, 404, said="The steps.")
def action_list(reference: str) -> Mapping[str, Any]:
    """Every step your roles could ever take on this case.

    A closed one says every reason why, with the same codes and sentences as the pages.
    """
    row, _subject = case_of(reference)
    verdicts = engine().actions([row.id], actor())[row.id]
    return {
        "reference": row.reference,
        "revision": row.revision,
        "items": [_verdict(verdict, _fields(row, verdict)) for verdict in verdicts],
    }


def _verdict(verdict: Verdict, fields: Sequence[Field] | None) -> dict[str, Any]:
    return {
        "action": verdict.action,
        "label": said(verdict.step.label),
        "role": verdict.role.value,
        "ok": verdict.ok,
        "reasons": [reason_json(reason) for reason in verdict.reasons],
        "input": None if fields is None else [_field(field) for field in fields],
    }


def _fields(row: Case, verdict: Verdict) -> Sequence[Field] | None:
    if verdict.step.input is None:
        return None
    return engine().definitions.get(row.workflow, row.workflow_version).workflow.forms[verdict.step.input].fields


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type,
        "label": said(field.label),
        "required": field.required,
        "options": [{"code": option.code, "label": option.label.text(language())} for option in field.options],
        "fields_": [_field(inner) for inner in field.fields],
    }


@blueprint.post("/cases/<reference>/actions/<action>", parameters=OF_STEP)
@requires(Permission.CASE_ACT)
@answers(PerformedShape, 400, 404, 409, 412, 413, 415, 422, 428, said="The step was taken.", headers=REPLAYED)
@blueprint.doc(parameters=HEADERS, requestBody=INPUT)
def perform(reference: str, action: str) -> ResponseReturnValue:
    """Take a step.

    If-Match names the revision you saw, Idempotency-Key this one attempt: sent again, it acts once and answers the same.
    """
    row, subject = case_of(reference)
    data, seen, key = body(), seen_revision(row.revision), attempt_key()
    # What was sent for another revision is not looked at: it is late, or an attempt that was answered before.
    typed = _typed(row, _offered(row, action), data) if seen == row.revision else None
    done = engine().perform(row.id, action, actor(), revision=seen, key=key, input=typed)
    return _answer(done, subject)


def _offered(row: Case, action: str) -> Verdict:
    """What the engine says about this step for this person. Raises NotFound for one they could never take."""
    for verdict in engine().actions([row.id], actor())[row.id]:
        if verdict.action == action:
            return verdict
    raise NotFound


def _typed(row: Case, verdict: Verdict, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The input, read and checked like on the page. Raises Invalid."""
    if verdict.step.input is not None:
        definition = engine().definitions.get(row.workflow, row.workflow_version).workflow
        return read_object(definition.forms[verdict.step.input], data)
    if data:
        name = next(iter(data))[:60]
        raise Invalid.field(name, "이 처리에는 입력할 내용이 없습니다.", "This step takes no input.")
    return None


def _answer(done: Performed, subject: Subject) -> ResponseReturnValue:
    definition = engine().compiled(subject).workflow
    found = {
        "reference": cases.case_by_id(done.case_id).reference,
        "action": done.action,
        "state": state_json(definition, done.target, public=public_on(subject)),
        "revision": done.revision,
        "at": done.at,
    }
    headers = {"ETag": f'"{done.revision}"', "Idempotent-Replayed": "true" if done.replayed else "false"}
    return make_response(PerformedShape().dump(found), headers)
