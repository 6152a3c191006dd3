"""Guards about a case itself: its answers, files, members, deadlines, rounds and linked cases."""

from collections.abc import Iterator, Mapping
from typing import Any

from backoffice.cases.queries import Linked
from backoffice.core import clock, money
from backoffice.core.errors import Problem, Reason
from backoffice.core.i18n import Sentence
from backoffice.core.identifiers import find_resident_number
from backoffice.engine.spine import TRANSITION
from backoffice.engine.tasks import Count
from backoffice.engine.values import Member, Question
from backoffice.forms import checks
from workflows.forms import Field
from workflows.roles import Role


def _answers(question: Question, form: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (question.facts["answers"] or {}).get(form, {})
    return found


def _attached(question: Question, form: str) -> Mapping[str, int]:
    found: Mapping[str, int] = (question.facts["attached"] or {}).get(form, {})
    return found


def _incomplete(question: Question, found: list[Problem], form: str, code: str) -> Reason | None:
    """What is missing first, and who writes that part of the form."""
    if not found:
        return None
    section = question.definition.forms[form].section_of(found[0].field.partition("-")[0])
    writer = section.by[0] if section is not None and section.by else Role.APPLICANT
    first = found[0].sentence
    more = len(found) - 1
    ko = f"{first.ko}" + (f" (그 밖에 {more}건)" if more else "")
    en = f"{first.en}" + (f" (and {more} more)" if more else "")
    return Reason(code, Sentence(ko, en), unblocks=writer, link=f"form:{form}")


def form_complete(question: Question, form: str) -> Reason | None:
    fields = [field for field in question.definition.forms[form].fields if field.type != "files"]
    return _incomplete(question, checks.problems(fields, _answers(question, form)), form, "form_incomplete")


def section_complete(question: Question, argument: str) -> Reason | None:
    """``final_report.usage``: one section of a form."""
    form, _, code = argument.partition(".")
    section = question.definition.forms[form].section(code)
    assert section is not None  # noqa: S101  # the linter asked for it
    found = checks.problems(section.fields, _answers(question, form), _attached(question, form))
    return _incomplete(question, found, form, "form_incomplete")


def documents_complete(question: Question, form: str) -> Reason | None:
    fields = [field for field in question.definition.forms[form].fields if field.type == "files"]
    found = checks.problems(fields, _answers(question, form), _attached(question, form))
    return _incomplete(question, found, form, "documents_missing")


def checklist_passed(question: Question, form: str) -> Reason | None:
    """Every yes-or-no question of a checklist is answered, and answered with yes."""
    definition = question.definition.forms[form]
    answers = _answers(question, form)
    missing = [field for field in definition.fields if field.type == "yes_no" and answers.get(field.name) is None]
    failed = [field for field in definition.fields if answers.get(field.name) is False]
    if missing:
        return Reason(
            "checklist_open",
            Sentence(
                f"{definition.title.ko}의 {len(missing)}개 항목을 아직 확인하지 않았습니다.",
                f"{definition.title.en}: {len(missing)} items are not checked yet.",
            ),
            unblocks=Role.ZONE_STAFF,
            link=f"form:{form}",
        )
    if failed:
        return Reason(
            "checklist_failed",
            Sentence(
                f"{definition.title.ko}에서 '{failed[0].label.ko}' 항목이 '아니요'입니다.",
                f"{definition.title.en}: '{failed[0].label.en}' is answered with no.",
            ),
            unblocks=Role.HQ_STAFF,
            link=f"form:{form}",
        )
    return None


def budget_balanced(question: Question, form: str) -> Reason | None:
    """The sum of the budget grid equals the amount requested."""
    definition, answers = question.definition.forms[form], _answers(question, form)
    grid = next((field for field in definition.fields if field.total is not None), None)
    amount = next((field for field in definition.fields if field.feeds == "amount"), None)
    if grid is None or amount is None:
        return None
    total = grid_total(grid, answers.get(grid.name))
    requested = answers.get(amount.name)
    if not isinstance(requested, int) or total == requested:
        return None
    return Reason(
        "budget_unbalanced",
        Sentence(
            f"사업비 구성의 지원금 합계 {money.reading(total)}이 신청 금액 {money.reading(requested)}과 다릅니다.",
            f"The budget lines add up to {total:,} won, but {requested:,} won are requested.",
        ),
        unblocks=Role.APPLICANT,
        link=f"form:{form}",
    )


def grid_total(grid: Field, rows: Any) -> int:
    """The sum of a grid's total column in won."""
    values = [row.get(grid.total) for row in rows or [] if isinstance(row, dict)]
    return sum(value for value in values if isinstance(value, int) and not isinstance(value, bool))


def consortium(question: Question, wanted: Mapping[str, int]) -> Reason | None:
    """At least so many companies, different zones and anchor institutions take part."""
    members: list[Member] = question.facts["members"] or []
    have = {
        "companies": sum(1 for member in members if member.kind == "company"),
        "zones": len({member.zone_id for member in members if member.zone_id is not None}),
        "anchors": sum(1 for member in members if member.kind == "anchor"),
    }
    words = {
        "companies": ("참여기업", "companies"),
        "zones": ("서로 다른 특구", "different zones"),
        "anchors": ("기술핵심기관", "anchor institutions"),
    }
    short = [key for key, least in wanted.items() if have[key] < least]
    if not short:
        return None
    ko = ", ".join(f"{words[key][0]} {wanted[key]}곳 이상(지금 {have[key]}곳)" for key in short)
    en = ", ".join(f"{wanted[key]} {words[key][1]} ({have[key]} now)" for key in short)
    return Reason(
        "consortium_short",
        Sentence(f"참여기관이 부족합니다: {ko}.", f"Members are missing: at least {en}."),
        unblocks=Role.APPLICANT,
        link="form:members",
    )


def no_resident_number(question: Question, _: Any) -> Reason | None:
    """No answer holds what looks like a resident registration number (PIPA art. 24-2)."""
    for form, answers in (question.facts["answers"] or {}).items():
        for name, value in answers.items():
            if any(find_resident_number(text) for text in _texts(value)):
                field = question.definition.forms[form].field(name) if form in question.definition.forms else None
                ko, en = (field.label.ko, field.label.en) if field else (name, name)
                return Reason(
                    "resident_number",
                    Sentence(
                        f"'{ko}'에 주민등록번호로 보이는 번호가 있습니다. 지운 뒤 제출해 주세요.",
                        f"'{en}' seems to hold a resident registration number; remove it before submitting.",
                    ),
                    unblocks=Role.APPLICANT,
                    link=f"form:{form}",
                )
    return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def before_deadline(question: Question, _: Any) -> Reason | None:
    due = question.subject.due_at
    if due is None or question.now <= due:
        return None
    local = clock.in_seoul(due)
    return Reason(
        "deadline_passed",
        Sentence(f"기한({local:%Y-%m-%d %H:%M})이 지났습니다.", f"The deadline ({local:%Y-%m-%d %H:%M}) has passed."),
        unblocks=Role.HQ_STAFF,
        link="history",
    )


def deadline_passed(question: Question, _: Any) -> Reason | None:
    due = question.subject.due_at
    if due is not None and question.now > due:
        return None
    shown = f"{clock.in_seoul(due):%Y-%m-%d %H:%M}" if due else "-"
    return Reason(
        "deadline_open",
        Sentence(f"기한({shown})이 지난 뒤에 할 수 있습니다.", f"Possible after the deadline ({shown})."),
    )


def rounds_left(question: Question, wanted: Mapping[str, Any]) -> Reason | None:
    """An action may be repeated only so many times in one case."""
    done = sum(1 for past in question.history if past.action == wanted["action"] and past.kind == TRANSITION)
    if done < int(wanted["max"]):
        return None
    return Reason(
        "no_rounds_left",
        Sentence(
            f"최대 {wanted['max']}회까지 할 수 있고, 이미 {done}회 했습니다.",
            f"At most {wanted['max']} times; it was done {done} times.",
        ),
        link="history",
    )


def quorum(question: Question, name: str) -> Reason | None:
    """Enough sheets or signatures are in: the number the task names, or all of them and as many as people were wanted."""
    count = (question.facts["tasks"] or {}).get(name, Count())
    task = next(state.tasks[name] for state in question.definition.states.values() if name in state.tasks)
    wanted = task.quorum.submitted
    needed = wanted if isinstance(wanted, int) else task.count or 1
    if count.done >= needed and (wanted != "all" or count.open == 0):
        return None
    total = max(needed, count.done + (count.open if wanted == "all" else 0))
    return Reason(
        "quorum_missing",
        Sentence(
            f"{task.label.ko}: {total}건 가운데 {count.done}건이 완료되었습니다.",
            f"{task.label.en}: {count.done} of {total} are in.",
        ),
        unblocks=Role.REVIEWER if task.assign == "reviewers" else Role.PARTNER,
        link=f"task:{name}",
    )


def _linked(question: Question) -> list[Linked]:
    return question.facts["linked"] or []


def objection_upheld(question: Question, _: Any) -> Reason | None:
    """An objection against the decision the case rests on was upheld: one used before opens nothing a second time."""
    since = question.subject.state_since
    if any("upheld" in child.tags and child.opened_at >= since for child in _linked(question)):
        return None
    return Reason(
        "no_objection_upheld",
        Sentence("인용된 이의신청이 있어야 합니다.", "An objection must have been upheld."),
        unblocks=Role.APPROVER,
        link="linked",
    )


def no_open_objection(question: Question, _: Any) -> Reason | None:
    pending = next((child for child in _linked(question) if "pending" in child.tags), None)
    if pending is None:
        return None
    return Reason(
        "objection_open",
        Sentence(
            f"이의신청({pending.reference})이 아직 심사 중입니다.", f"The objection {pending.reference} is still open."
        ),
        unblocks=Role.APPROVER,
        link="linked",
    )


REPORT_YEARS = 5
"""Decree 37(1): outcomes are reported for five years."""


def reports_settled(question: Question, wanted: Any) -> Reason | None:
    """``link`` or ``{link, years}``: every yearly report of the link exists and is confirmed, waived or archived."""
    link = wanted["link"] if isinstance(wanted, Mapping) else wanted
    years = int(wanted.get("years", REPORT_YEARS)) if isinstance(wanted, Mapping) else REPORT_YEARS
    workflow = question.definition.links[link].workflow
    reports = [child for child in _linked(question) if child.workflow == workflow]
    settled = sum(1 for child in reports if "report_settled" in child.tags)
    if settled >= years:
        return None
    label = question.definition.links[link].label
    return Reason(
        "reports_open",
        Sentence(
            f"{label.ko} {years}건 가운데 {settled}건이 확정되었습니다.",
            f"{label.en}: {settled} of {years} are settled.",
        ),
        unblocks=Role.APPLICANT,
        link="linked",
    )
