"""The shape of everything the API says and takes, in one place: answers are written by it, and so is their description."""

from marshmallow import Schema, fields, validate

from backoffice.access.scopes import Scope
from backoffice.cases.paging import LIMIT, MAX_LIMIT
from backoffice.cases.queue import BOXES, SORTS
from workflows.roles import Role

FINALS = ("success", "failure", "cancelled")


def _said(text: str, **more: object) -> dict[str, object]:
    return {"description": text, **more}


def _text(text: str, *, nullable: bool = False, example: str | None = None) -> fields.String:
    more = {"example": example} if example is not None else {}
    return fields.String(required=True, allow_none=nullable, metadata=_said(text, **more))


def _moment(text: str, *, nullable: bool = False) -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, allow_none=nullable, format="iso", metadata=_said(text))


def _number(text: str) -> fields.Integer:
    return fields.Integer(required=True, metadata=_said(text))


def _one_of(text: str, values: tuple[str, ...], *, nullable: bool = False) -> fields.String:
    allowed = (*values, None) if nullable else values
    return fields.String(required=True, allow_none=nullable, validate=validate.OneOf(allowed), metadata=_said(text))


ROLES = tuple(role.value for role in Role)


class Named(Schema):
    """Something with a stable code and a name in the language of the answer."""

    code = _text("The stable code.")
    name = _text("The name in the language of the answer.")


class StateShape(Schema):
    """Where a case rests. Companies read the public label and no code."""

    code = _text("The state's name in its definition; null for companies.", nullable=True)
    label = _text("What the state is called.")
    stage = _text("The stage the state belongs to; null for companies.", nullable=True)


class CaseBrief(Schema):
    """A case in a list."""

    reference = _text("The reference.", example="2026-RBD-01-0007")
    url = _text("Its address in this API.")
    title = _text("The title; empty until somebody gave it one.")
    program = fields.Nested(Named, required=True)
    version = _number("The version of the program's definition the case runs under.")
    year = _number("The program year.")
    state = fields.Nested(StateShape, required=True)
    final = _one_of("How it ended; null while it goes on.", FINALS, nullable=True)
    yours = fields.Boolean(required=True, metadata=_said("Whether it waits for a role you hold on it."))
    waiting_for = _one_of("The role it waits for; null at the end, and for companies.", ROLES, nullable=True)
    since = _moment("Since when it rests in its state.")
    due_at = _moment("When its present deadline ends.", nullable=True)
    amount = _number("The amount requested, in won.")
    zones = fields.List(
        fields.Nested(Named), required=True, metadata=_said("Its zones, the one that handles it first.")
    )
    organization = _text("The lead organization.")
    revision = _number("How many entries its history has; each step raises it.")


class MemberShape(Schema):
    """An organization in a case."""

    name = _text("The name.")
    part = _one_of("lead or member.", ("lead", "member"))
    kind = _one_of("As what it takes part.", ("company", "anchor", "institute"))
    zone = fields.Nested(Named, required=True, allow_none=True)


class CaseShape(CaseBrief):
    """One case. What was typed into its forms is not part of it; files leave through the pages."""

    call = _text("The call it answers.", nullable=True, example="2026-RBD-01")
    organizations = fields.List(fields.Nested(MemberShape), required=True)
    parent = _text("The reference of the case it hangs on, if you may see that.", nullable=True)
    linked = fields.List(fields.String(), required=True, metadata=_said("The references of what hangs on it."))
    created_at = _moment("When it was started.")
    submitted_at = _moment("When it was first submitted.", nullable=True)


class CasePiece(Schema):
    """Some cases of a list."""

    items = fields.List(fields.Nested(CaseBrief), required=True)
    next = _text("The address of the cases behind these; null at the end.", nullable=True)


class OptionShape(Schema):
    code = _text("What to send.")
    label = _text("What it means.")


class FieldShape(Schema):
    """One field a step takes. Money is written in thousand won, dates as 2026-11-21."""

    name = _text("The name in the JSON object.")
    type = _text("Its type, as in the definition.")
    label = _text("The question.")
    required = fields.Boolean(required=True)
    options = fields.List(fields.Nested(OptionShape), required=True)
    fields_ = fields.List(
        fields.Nested(lambda: FieldShape()),
        required=True,
        data_key="fields",
        metadata=_said("Of a group: what each of its rows holds."),
    )


class ReasonShape(Schema):
    """Why a step is closed."""

    code = _text("The stable code.", example="not_from_here")
    sentence = _text("The same for people.")
    unblocks = _one_of("The role that can remove it.", ROLES, nullable=True)


class ActionShape(Schema):
    """A step one of your roles could ever take on this case: open, or closed with every reason."""

    action = _text("Its name, for the address.")
    label = _text("What it is called.")
    role = _one_of("The role you would take it in.", ROLES)
    ok = fields.Boolean(required=True, metadata=_said("Whether it can be taken now."))
    reasons = fields.List(fields.Nested(ReasonShape), required=True)
    input = fields.List(
        fields.Nested(FieldShape), required=True, allow_none=True, metadata=_said("What it takes; null for nothing.")
    )


class ActionsShape(Schema):
    reference = _text("The case.")
    revision = _number("The revision these steps start from: send it as If-Match.")
    items = fields.List(fields.Nested(ActionShape), required=True)


class PerformedShape(Schema):
    """A step that was taken. The same Idempotency-Key gets the same answer again."""

    reference = _text("The case's reference now: a step may have given it a new one.")
    action = _text("The step.")
    state = fields.Nested(StateShape, required=True)
    revision = _number("The revision the step made.")
    at = _moment("When it was taken.")


class EntryShape(Schema):
    """One line of a history."""

    revision = _number("Its place.")
    at = _moment("When.")
    action = _text("The step's name; null for companies.", nullable=True)
    label = _text("What happened.")
    kind = _text("transition, approval, creation, deadline, migration or undo.")
    by = _text("Who; empty where that is not told.")
    role = _text("In which role.")
    state = _text("Where the case rested then.")
    note = _text("What was said beside it.")
    input = fields.Dict(keys=fields.String(), required=True, metadata=_said("What was typed for it; amounts in won."))


class HistoryShape(Schema):
    reference = _text("The case.")
    items = fields.List(fields.Nested(EntryShape), required=True, metadata=_said("The newest first."))


class CallShape(Schema):
    """A published call."""

    code = _text("The code.", example="2026-RBD-01")
    url = _text("Its page.")
    title = _text("The title.")
    program = fields.Nested(Named, required=True)
    year = _number("The program year.")
    opens_at = _moment("When it opens.")
    closes_at = _moment("When it closes.")
    max_amount = _number("The ceiling of one grant, in won.")
    status = _one_of("Whether it takes applications.", ("coming", "open", "closed"))


class CallsShape(Schema):
    items = fields.List(fields.Nested(CallShape), required=True)


class GrantShape(Schema):
    role = _one_of("The role.", ROLES)
    label = _text("Its name.")
    zone = _text("The zone it is limited to.", nullable=True)
    organization = _text("The organization it is held for.", nullable=True)
    until = fields.Date(required=True, allow_none=True, metadata=_said("The last day it holds."))


class MeShape(Schema):
    """Whose token this is, and what it may be used for."""

    name = _text("The name.")
    email = _text("The address.")
    language = _one_of("The language the person reads.", ("ko", "en"))
    roles = fields.List(fields.Nested(GrantShape), required=True)
    scopes = fields.List(fields.String(validate=validate.OneOf([scope.value for scope in Scope])), required=True)


class ErrorShape(Schema):
    field = _text("The field: members-0-zone for a row.")
    sentence = _text("What is wrong with it, and the way out.")


class ProblemShape(Schema):
    """Problem details (RFC 9457)."""

    type = _text("A URN of the kind of problem.", example="urn:ieum:problem:refused")
    title = _text("The phrase of the status.")
    status = _number("The status.")
    code = _text("The stable code of the kind of problem.", example="refused")
    detail = _text("One sentence for people, in the language of the answer.")
    reasons = fields.List(fields.Nested(ReasonShape), metadata=_said("Of a refused step: every reason."))
    errors = fields.List(fields.Nested(ErrorShape), metadata=_said("Of input that cannot be taken: each field."))


class CasesQuery(Schema):
    """The filters of the queue."""

    box = fields.String(
        load_default="all", validate=validate.OneOf(BOXES), metadata=_said("Which part of the list: all unless given.")
    )
    q = fields.String(load_default="", validate=validate.Length(max=80), metadata=_said("Words to search for."))
    zone = fields.String(
        validate=validate.Regexp(r"\A[A-Z0-9-]{2,20}\Z"), metadata=_said("A zone's code.", example="GS-GIMHAE")
    )
    program = fields.String(
        load_default="", validate=validate.Regexp(r"\A[a-z0-9_]{1,48}\Z"), metadata=_said("A program's code.")
    )
    stage = fields.String(load_default="", validate=validate.Regexp(r"\A[a-z0-9_]{1,48}\Z"), metadata=_said("A stage."))
    call = fields.String(
        validate=validate.Regexp(r"\A[0-9A-Za-z-]{1,24}\Z"), metadata=_said("A call's code.", example="2026-RBD-01")
    )
    year = fields.Integer(validate=validate.Range(2000, 2200), metadata=_said("The program year."))
    sort = fields.String(load_default="due", validate=validate.OneOf(SORTS), metadata=_said("The order."))
    limit = fields.Integer(
        load_default=LIMIT, validate=validate.Range(1, MAX_LIMIT), metadata=_said("How many at once.")
    )
    after = fields.String(
        validate=validate.Length(min=1, max=600), metadata=_said("Where to go on: it stands in the address under next.")
    )
