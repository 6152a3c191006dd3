"""Looking before starting whether a company could apply: what the definition asks, answered from what is known or said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from backoffice.cases.models import Case
from backoffice.core import clock, money
from backoffice.core.db import db
from backoffice.core.i18n import Sentence
from backoffice.engine.definitions import Definitions
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call
from workflows.definition import Workflow
from workflows.values import Reference


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition. ``met`` is None while nobody knows."""

    code: str
    label: Sentence
    met: bool | None
    reason: Sentence
    asked: bool = False
    """Whether the company answers it itself, with yes or no."""


UNKNOWN = Sentence("답하지 않아 알 수 없습니다.", "Not answered, so unknown.")
SAID = {
    True: Sentence("'예'라고 답했습니다.", "You answered yes."),
    False: Sentence(
        "'아니요'라고 답했습니다. 제출하거나 자격을 검토할 때 막힐 수 있습니다.",
        "You answered no; submission or screening may stop here.",
    ),
}


def rules(
    definitions: Definitions, definition: Workflow, call: Call, house: Organization, said: Mapping[str, bool]
) -> list[Rule]:
    """Every condition of the first stage that can be looked at before an application exists."""
    found = [_period(call), _place(house)]
    for guard in _guards(definition):
        if guard.name == "no_case_elsewhere":
            found.append(_barred(definitions, house.id, str(guard.argument)))
        elif guard.name == "yearly_amount_within":
            found.append(_yearly(definition, call, house.id, int(guard.argument)))
        elif guard.name == "amount_within_call":
            found.append(_said("amount", _ceiling(call), said))
        elif guard.name == "consortium":
            found.append(_said("consortium", _members(guard.argument), said))
        elif guard.name == "checklist_passed":
            found.extend(_checklist(definition, str(guard.argument), said))
    return found


def _guards(definition: Workflow) -> Iterable[Reference]:
    """The guards of steps out of the states of the first stage, each once."""
    first = definition.state(definition.initial).stage
    steps = (
        step for step in definition.transitions if any(definition.state(one).stage == first for one in step.source)
    )
    return {str(guard): guard for step in steps for guard in step.requires}.values()


def _said(code: str, label: Sentence, said: Mapping[str, bool]) -> Rule:
    answer = said.get(code)
    return Rule(code, label, answer, UNKNOWN if answer is None else SAID[answer], asked=True)


def _period(call: Call) -> Rule:
    now, local = clock.now(), clock.in_seoul(call.closes_at)
    return Rule(
        "period",
        Sentence("접수 기간", "Application period"),
        call.opens_at <= now < call.closes_at,
        Sentence(f"{local:%Y-%m-%d %H:%M}에 마감합니다.", f"The call closes at {local:%Y-%m-%d %H:%M} (Seoul)."),
    )


def _place(house: Organization) -> Rule:
    """The definition names no zones: a company without one may still be led by its partners' zones."""
    known = house.zone_id is not None
    text = ("등록된 소재 특구가 있습니다.", "A zone is registered.") if known else (
        "등록된 소재 특구가 없습니다. 담당자에게 확인해 주세요.", "No zone is registered; ask the office."
    )  # fmt: skip
    return Rule("zone", Sentence("특구 소재", "Located in a zone"), known or None, Sentence(*text))


def _barred(definitions: Definitions, house_id: int, tag: str) -> Rule:
    query = select(Case.reference, Case.workflow, Case.workflow_version, Case.state).where(
        Case.lead_organization_id == house_id, Case.final.is_(None), Case.private.is_(False)
    )
    held = [
        reference
        for reference, workflow, version, state in db.session.execute(query)
        if tag in definitions.get(workflow, version).workflow.state(state).tags
    ]
    none = Sentence("효력이 있는 제한이 없습니다.", "No restriction is in force.")
    some = Sentence(f"효력이 있는 다른 건({', '.join(held)})이 있습니다.", f"Held by {', '.join(held)}.")
    return Rule("barred", Sentence("참여제한", "Participation limits"), not held, some if held else none)


def _yearly(definition: Workflow, call: Call, house_id: int, ceiling: int) -> Rule:
    query = select(func.coalesce(func.sum(Case.amount), 0)).where(
        Case.workflow == definition.workflow, Case.year == call.year, Case.lead_organization_id == house_id,
        Case.submitted_at.is_not(None), or_(Case.final.is_(None), Case.final == "success"),
    )  # fmt: skip
    left = ceiling - int(db.session.scalar(query) or 0)
    return Rule(
        "yearly",
        Sentence(f"기업당 연간 한도 {money.reading(ceiling)}", f"{ceiling:,} won a year for one company"),
        left > 0,
        Sentence(
            f"올해 {money.reading(max(left, 0))}을 더 신청할 수 있습니다.", f"{max(left, 0):,} won are left this year."
        ),
    )


def _ceiling(call: Call) -> Sentence:
    return Sentence(
        f"신청 금액이 한도 {money.reading(call.max_amount)} 이하입니까?",
        f"Will you ask for at most {call.max_amount:,} won?",
    )


def _members(wanted: Mapping[str, int]) -> Sentence:
    words = {
        "companies": ("기업 {n}곳", "{n} companies"),
        "zones": ("서로 다른 특구 {n}곳", "{n} different zones"),
        "anchors": ("기술핵심기관 {n}곳", "{n} anchor institution"),
    }
    ko, en = (", ".join(words[name][side].format(n=count) for name, count in wanted.items()) for side in (0, 1))
    return Sentence(
        f"신청기업을 포함해 {ko} 이상이 함께 참여합니까?", f"Do at least {en} take part, your own included?"
    )


def _checklist(definition: Workflow, form: str, said: Mapping[str, bool]) -> list[Rule]:
    """What the office will tick off; the company can look at it in time."""
    asked: list[Any] = [field for field in definition.forms[form].fields if field.type == "yes_no" and field.required]
    return [
        _said(f"{form}-{one.name}", Sentence(f"{one.label.ko}: 맞습니까?", f"{one.label.en}: is it so?"), said)
        for one in asked
    ]


def alike(house_id: int, call: Call) -> list[Case]:
    """Open cases of the company in the same program and year: a second draft, or the same project twice."""
    query = select(Case).where(
        Case.workflow == call.workflow, Case.lead_organization_id == house_id, Case.final.is_(None),
        or_(Case.call_id == call.id, Case.year == call.year),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Case.id.desc()).limit(10)))
