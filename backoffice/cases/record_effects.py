"""Effects that write down what a step decided: kept answers, tallies, moved dates, places, appointments, the register."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, tuple_, update

from backoffice.accounts import queries as accounts
from backoffice.cases import queries
from backoffice.cases.models import Answer, Case
from backoffice.cases.services import remove, save_answers
from backoffice.core import clock, periods
from backoffice.core.db import db
from backoffice.core.errors import Invalid, Refused
from backoffice.engine import tasks
from backoffice.engine.values import Happening
from backoffice.organizations import services as organizations
from backoffice.programs.models import Call
from workflows.durations import parse_length
from workflows.roles import ROLE_LABELS, Role


def keep_input(happening: Happening, form: str | None) -> None:
    """Make what was typed the answers of a form (the step's own unless named): guards and deadlines can read them."""
    name = form or happening.step.input
    assert name is not None  # noqa: S101  # a step without input has nothing to keep
    definition = happening.definition.forms[name]
    values = {field.name: happening.input.get(field.name) for field in definition.fields if field.type != "files"}
    if form is not None:
        values = {field: value for field, value in values.items() if field in happening.input}
    row = queries.case_by_id(happening.subject.id)
    save_answers(row, name, definition, values, actor=happening.actor, seen=None)


def _write(happening: Happening, name: str, value: Any) -> None:
    form, _, field = name.partition(".")
    known = db.session.get(Answer, (happening.subject.id, form, field))
    if known is None:
        db.session.add(
            Answer(
                case_id=happening.subject.id,
                form=form,
                field=field,
                value=value,
                saved_at=happening.now,
                saved_by=happening.actor.user_id,
            )
        )
    else:
        known.value, known.saved_at, known.saved_by = value, happening.now, happening.actor.user_id
        known.revision += 1
    db.session.flush()


def _read(happening: Happening, name: str) -> Any:
    form, _, field = name.partition(".")
    known = db.session.get(Answer, (happening.subject.id, form, field))
    return known.value if known is not None else None


def clear_answers(happening: Happening, form: str) -> None:
    """Empty a form for its next round; what was submitted with it before stays in its snapshot."""
    for answer in queries.answers(happening.subject.id, form).values():
        answer.value, answer.saved_at, answer.saved_by = None, happening.now, happening.actor.user_id
        answer.revision += 1
    for item in queries.attachments(happening.subject.id):
        if item.form == form:
            remove(item, happening.actor)
    db.session.flush()


def tally(happening: Happening, wanted: Mapping[str, str]) -> None:
    """``{into: form.field, add: field}``: add a typed number (or 1) to a running total."""
    more = happening.input.get(wanted["add"]) if "add" in wanted else 1
    total = Decimal(str(_read(happening, wanted["into"]) or 0)) + Decimal(str(more or 0))
    whole = total == total.to_integral_value()
    _write(happening, wanted["into"], int(total) if whole else format(total.normalize(), "f"))


def move_date(happening: Happening, wanted: Mapping[str, str]) -> None:
    """``{value: form.field, by: 12m}``: move an answered date by a length of time."""
    day = date.fromisoformat(str(_read(happening, wanted["value"])))
    _write(happening, wanted["value"], periods.add(day, parse_length(wanted["by"])).isoformat())


def hold_place(happening: Happening, tag: str) -> None:
    """Take a place of the call for good: counted behind a lock on the call, so that two steps never share the last."""
    call_id = happening.subject.call_id
    if call_id is None:
        return
    total = db.session.execute(
        update(Call)
        .where(Call.id == call_id)
        .values(expected_awards=Call.expected_awards)
        .returning(Call.expected_awards)
    ).scalar_one()
    held = (Case.workflow, Case.workflow_version, Case.state)
    places = db.session.execute(select(*held).where(Case.call_id == call_id).distinct()).all()
    tagged = [
        tuple(place)
        for place in places
        if tag in happening.engine.definitions.get(place[0], place[1]).workflow.state(place[2]).tags
    ]
    taken = db.session.scalar(select(func.count()).where(Case.call_id == call_id, tuple_(*held).in_(tagged))) or 0
    if total and taken > total:
        raise Refused.because(
            "no_place",
            f"{total}자리가 모두 찼습니다. 다른 처리가 먼저 마지막 자리를 배정했습니다.",
            f"All {total} places are taken; another step took the last one.",
            unblocks="zone_staff",
            link="call",
        )


def appoint(happening: Happening, wanted: Mapping[str, str]) -> None:
    """``{role: broker, email: field}``: give the person with this address a role on this one case. Raises Invalid."""
    role, address = Role(wanted["role"]), str(happening.input.get(wanted["email"], ""))
    person = accounts.by_email(address)
    actor = accounts.actor(person.id) if person is not None else None
    if actor is None or actor.user_id is None or role not in actor.roles:
        ko, en = ROLE_LABELS[role]
        raise Invalid.field(
            wanted["email"],
            f"'{address}'은(는) {ko}(으)로 등록된 사람이 아닙니다. 주소를 확인하거나 관리자에게 역할 등록을 요청해 주세요.",
            f"'{address}' does not hold the role {en}; check the address or ask an administrator.",
        )
    tasks.dismiss(happening.subject.id, role)
    tasks.appoint(happening.subject.id, actor.user_id, role)


def dismiss(happening: Happening, role: str) -> None:
    """End the appointments of a role on this case."""
    tasks.dismiss(happening.subject.id, Role(role))


def enter_register(happening: Happening, kind: str) -> None:
    """``council`` or ``mou``: the case's zones belong together from today, in the register reports read."""
    row = queries.case_by_id(happening.subject.id)
    organizations.join_zones(
        row.reference,
        kind=kind,
        name=row.title or happening.definition.title.ko,
        zone_ids=queries.zones_of([row.id])[row.id],
        since=clock.in_seoul(happening.now).date(),
    )


def leave_register(happening: Happening, _: Any) -> None:
    """The zones of this case no longer belong together from today."""
    reference = queries.case_by_id(happening.subject.id).reference
    organizations.part_zones(reference, until=clock.in_seoul(happening.now).date())
