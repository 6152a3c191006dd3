"""Effects on a case itself: numbering, snapshots with receipts, linked cases, acting on the parent."""

import hashlib
import json
from datetime import date
from typing import Any

from backoffice.access.actors import SYSTEM
from backoffice.cases import corrections, queries, services
from backoffice.cases.feeds import case_and_names, found_by
from backoffice.cases.models import Attachment, Submission
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Refused
from backoffice.core.outbox import Order
from backoffice.core.periods import end_of_february
from backoffice.engine.chain import canonical
from backoffice.engine.values import Happening
from backoffice.forms import checks
from workflows.forms import Form
from workflows.machine import NotFromHere, UnknownAction
from workflows.roles import COMPANY_SIDE, Role


def number_case(happening: Happening, _: Any) -> str | None:
    """Give a draft its running number in the call: ``2026-RBD-01-0007``. The draft's reference keeps finding it."""
    subject, call = happening.subject, happening.subject.call
    if call is None or not subject.reference.startswith(f"{call.code}{services.DRAFT}"):
        return None
    row, names = case_and_names(subject.id)
    row.draft_reference = row.reference
    row.reference = f"{call.code}-{services.next_number(f'case:{call.code}'):04d}"
    row.search_text = found_by(row, names)
    return row.reference


def take_snapshot(happening: Happening, form: str) -> None:
    """Freeze what is submitted, word for word, and give the receipt. Raises Refused if it is no longer complete."""
    with db.session.no_autoflush:  # what waits to be written here is the case itself: once is enough
        row, number = queries.case_and_next_submission(happening.subject.id)
        answers = {name: answer.value for name, answer in queries.answers(row.id, form).items()}
        files = [item for item in queries.attachments(row.id) if item.form == form]
    attached: dict[str, int] = {}
    for item in files:
        attached[item.field] = attached.get(item.field, 0) + 1
    found = checks.form_problems(happening.definition.forms[form], answers, attached)
    if found and _asks_for_all(happening, form):
        raise Refused.because("form_incomplete", found[0].sentence.ko, found[0].sentence.en, link=f"form:{form}")
    content = canonical(
        _corrected(happening, number)
        | {
            "reference": row.reference,
            "number": number,
            "form": form,
            "workflow": f"{row.workflow}@{row.workflow_version}",
            "submitted_at": happening.now.isoformat(),
            "organization": row.lead_organization_id,
            "answers": answers,
            "attachments": [_described(item) for item in files],
        }
    )
    day = clock.in_seoul(happening.now)
    db.session.add(
        Submission(
            case_id=row.id,
            number=number,
            form=form,
            content=content,
            sha256=hashlib.sha256(content.encode()).hexdigest(),
            receipt=f"R-{day:%Y%m%d}-{services.next_number(f'receipt:{day:%Y%m%d}'):05d}",
            submitted_at=happening.now,
            submitted_by=happening.actor.user_id,
        )
    )
    row.private = False
    if row.submitted_at is None:
        row.submitted_at = happening.now
    db.session.flush()


def _corrected(happening: Happening, number: int) -> dict[str, Any]:
    """What a company answered to the items it was asked to correct, submitted with what it corrected."""
    if number == 1:
        return {}
    subject = happening.subject
    asked = corrections.open_round(subject.id, subject.state, happening.definition, happening.history)
    return {"corrections": corrections.described(asked)} if asked is not None else {}


def _asks_for_all(happening: Happening, form: str) -> bool:
    """Whether the step is for complete forms; an account after termination may be partial."""
    return any(guard.name == "form_complete" and guard.argument == form for guard in happening.step.requires)


def _described(item: Attachment) -> dict[str, Any]:
    return {
        "field": item.field,
        "document": item.document,
        "name": item.name,
        "size": item.size,
        "sha256": item.sha256,
        "token": item.token,
    }


def restore_answers(happening: Happening, form: str) -> None:
    """Bring the answers back to what was last submitted."""
    latest = next((item for item in queries.submissions(happening.subject.id) if item.form == form), None)
    if latest is None:
        return
    before = json.loads(latest.content)["answers"]
    for name, answer in queries.answers(happening.subject.id, form).items():
        if answer.value != before.get(name):
            answer.value = before.get(name)
            answer.revision += 1
            answer.saved_at = happening.now


def render_receipt(happening: Happening, _: Any) -> Order:
    """Have the receipt of what this step submits made as PDF."""
    payload = {"case": happening.subject.id, "submitted_at": happening.now.isoformat()}
    return Order("receipt", payload, f"{happening.hash}:receipt")


def act_on_parent(happening: Happening, actions: Any) -> None:
    """Take the first of the named steps that starts where the parent rests. Raises Refused when none does."""
    if _acted(happening, actions):
        return
    raise Refused.because(
        "parent_moved_on",
        "원래 건이 이미 다른 단계로 넘어가 처리할 수 없습니다.",
        "The original case has moved on; this decision has nothing to act on.",
        link="linked",
    )


def act_where_possible(happening: Happening, actions: Any) -> None:
    """Like ``parent``, but a parent that rests elsewhere, or none at all, is left alone. What it refuses is refused."""
    _acted(happening, actions)


def _acted(happening: Happening, actions: Any) -> bool:
    row = queries.case_by_id(happening.subject.id)
    if row.parent_id is None:
        return False
    engine = happening.engine
    parent = engine.subject(row.parent_id)
    compiled = engine.compiled(parent)
    for action in [actions] if isinstance(actions, str) else actions:
        try:
            step = compiled.step(parent.state, action)
        except (NotFromHere, UnknownAction):
            continue
        asked = compiled.workflow.forms[step.input] if step.input is not None else None
        happening.perform_on(parent.id, action, input=None if asked is None else _handed_on(happening, asked))
        return True
    return False


def _handed_on(happening: Happening, asked: Form) -> dict[str, Any]:
    """What the parent's step asks for, taken from what was typed here. Raises Refused for what is missing."""
    given = {field.name: happening.input[field.name] for field in asked.fields if field.name in happening.input}
    found = checks.form_problems(asked, given)
    if found:
        raise Refused.because("input_missing", found[0].sentence.ko, found[0].sentence.en)
    return given


def _reported_year(happening: Happening) -> int:
    """The year the agreement ended, or a later one when its report would be overdue already (Decree 37(1))."""
    today = clock.in_seoul(happening.now).date()
    subject = happening.subject
    ended: date | None = happening.engine.registry.dates["agreement_end"]([subject])[subject.id]
    year = ended.year if ended is not None else today.year
    while end_of_february(year + 1) < today:
        year += 1
    return year


def open_linked(happening: Happening, link: str) -> None:
    """Open a linked case such as the first outcome report, about the newest year that can still be reported in time.

    What follows from a company's step is opened by the office, so that it is no private draft of the company's.
    """
    engine = happening.engine
    by_company = happening.role in COMPANY_SIDE
    services.open_linked(
        engine,
        queries.case_by_id(happening.subject.id),
        happening.definition.links[link],
        SYSTEM if by_company else happening.actor,
        role=Role.SYSTEM if by_company else happening.role,
        year=_reported_year(happening),
        key=f"{happening.key[:120]}/open/{link}",
    )
