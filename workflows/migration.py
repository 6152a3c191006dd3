"""The plan for cases that leave an older version: where each state goes, and what would be lost on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows.definition import State, Workflow
from workflows.forms import Field, Form
from workflows.wording import shown


class Weight(StrEnum):
    """How much a concern matters."""

    BLOCKS = "blocks"
    """No case in this state can go."""
    LOSES = "loses"
    """Something people did would no longer count; somebody has to accept that."""
    TELLS = "tells"
    """Worth knowing, nothing is lost."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to know about the cases of one state (or of all, when ``state`` is empty)."""

    code: str
    weight: Weight
    state: str
    subject: str
    """The task, form or field it is about."""
    ko: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language == "en" else self.ko


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the open cases of one version go. ``states`` holds every state that has an image."""

    old: Workflow
    new: Workflow
    states: Mapping[str, str]
    given: Mapping[str, str]
    """What somebody said by hand; the rest follows from the definitions."""
    concerns: tuple[Concern, ...]

    def concerns_of(self, state: str) -> tuple[Concern, ...]:
        return tuple(one for one in self.concerns if one.state in {"", state})

    def image(self, state: str) -> str | None:
        """Where a case in this state goes; None while nothing says so, or while something blocks it."""
        if any(one.state == state and one.weight is Weight.BLOCKS for one in self.concerns):
            return None
        return self.states.get(state)


def plan(old: Workflow, new: Workflow, given: Mapping[str, str] | None = None) -> Plan:
    """The plan between two versions: states of the same name stay, others go where the new definition's ``migrations``
    or ``given`` (which wins) send them. Raises ValueError when ``new`` is not a later version of the same workflow:
    the way back is to publish the older text as the next version."""
    if old.workflow != new.workflow or old.version >= new.version:
        raise ValueError(f"{new.workflow}@{new.version} is no later version of {old.workflow}@{old.version}")
    wanted = {name: name for name, state in old.states.items() if name in new.states and not state.final}
    for declared in new.migrations:
        if declared.from_version == old.version:
            wanted.update(declared.states)
    wanted.update(given or {})
    concerns = [*_maps(old, new, wanted), *_separations(old, new)]
    for name, state in old.states.items():
        target = new.states.get(wanted.get(name, ""))
        if state.final is None and target is not None:
            concerns += _of_state(old, new, name, state=state, target=target)
    images = {name: target for name, target in wanted.items() if name in old.states and target in new.states}
    return Plan(old, new, images, dict(given or {}), tuple(concerns))


def _maps(old: Workflow, new: Workflow, wanted: Mapping[str, str]) -> Iterator[Concern]:
    for name, state in old.states.items():
        if state.final is None and name not in wanted:
            ko = f"'{state.label.ko}' 상태에 대응하는 새 상태가 없습니다. 대응 상태를 정해 주세요."
            en = f"'{state.label.en}' has no state in the new version; say where its cases go."
            yield Concern("no_image", Weight.BLOCKS, name, "", ko, en)
    for name, target in wanted.items():
        if name not in old.states:
            ko, en = f"옛 판에 '{name}' 상태가 없습니다.", f"The old version has no state '{name}'."
            yield Concern("unknown_state", Weight.TELLS, name, "", ko, en)
        elif target not in new.states:
            ko, en = f"새 판에 '{target}' 상태가 없습니다.", f"The new version has no state '{target}'."
            yield Concern("unknown_image", Weight.BLOCKS, name, "", ko, en)


def _separations(old: Workflow, new: Workflow) -> Iterator[Concern]:
    """A step that is separated from one the old version does not know: what was done before cannot be held against it."""
    known = set(old.actions())
    for name in sorted({name for step in new.transitions for name in step.separate_from} - known):
        label = new.label_of(name)
        ko = f"직무 분리의 기준인 '{label.ko}' 처리가 옛 판에 없어, 옛 판에서 한 일은 분리되지 않습니다."
        en = f"'{label.en}', from which steps are separated, does not exist in the old version: what was done under it is not separated."
        yield Concern("separation", Weight.LOSES, "", name, ko, en)


def _of_state(old: Workflow, new: Workflow, name: str, *, state: State, target: State) -> Iterator[Concern]:
    if target.final is not None:
        ko = f"열린 '{state.label.ko}' 건이 종결 상태 '{target.label.ko}'(으)로 갑니다. 판을 옮겨 건을 끝낼 수는 없습니다."
        en = f"Open cases in '{state.label.en}' would end as '{target.label.en}': a migration ends no case."
        yield Concern("ends", Weight.BLOCKS, name, "", ko, en)
    for code, task in state.tasks.items():
        if code not in target.tasks:
            ko = f"'{state.label.ko}'의 과업 '{task.label.ko}'이(가) 새 판에 없어 열린 과업이 닫힙니다."
            en = f"Task '{task.label.en}' of '{state.label.en}' is gone: open ones are closed."
            yield Concern("task_lost", Weight.LOSES, name, code, ko, en)
    yield from _forms(old, new, name, state=state, target=target)
    if state.owner != target.owner:
        ko = f"차례가 바뀝니다: {shown(state.owner, 'ko')} → {shown(target.owner, 'ko')}"
        en = f"Whose turn it is changes from {shown(state.owner, 'en')} to {shown(target.owner, 'en')}."
        yield Concern("owner", Weight.TELLS, name, "", ko, en)
    if state.deadline != target.deadline:
        before, after = state.deadline and state.deadline.due, target.deadline and target.deadline.due
        ko = f"기한이 바뀝니다: {shown(before, 'ko')} → {shown(after, 'ko')}"
        en = f"The deadline changes from {shown(before, 'en')} to {shown(after, 'en')}."
        yield Concern("deadline", Weight.TELLS, name, "", ko, en)


def _forms(old: Workflow, new: Workflow, name: str, *, state: State, target: State) -> Iterator[Concern]:
    """Forms that are being filled here: what is typed already must find its place."""
    for code in state.edit:
        form = old.forms.get(code)
        if form is None:
            continue
        if code not in new.forms or code not in target.edit:
            ko = f"작성 중인 서식 '{form.title.ko}'을(를) 새 판의 이 상태에서는 쓸 수 없습니다. 적은 내용은 보관만 됩니다."
            en = f"Form '{form.title.en}', being filled here, cannot be filled in the new version; what was typed is only kept."
            yield Concern("form_lost", Weight.LOSES, name, code, ko, en)
            continue
        for field in _lost(form, new.forms[code]):
            ko = f"서식 '{form.title.ko}'의 '{field.label.ko}' 항목에 적은 내용이 새 판에서 쓰이지 않습니다."
            en = f"What was typed into '{field.label.en}' of form '{form.title.en}' is not used by the new version."
            yield Concern("answer_lost", Weight.LOSES, name, f"{code}.{field.name}", ko, en)


def _lost(old: Form, new: Form) -> list[Field]:
    """Fields that are gone or ask for another type of answer."""
    after = {field.name: field for field in new.fields}
    return [
        field
        for field in old.fields
        if field.name not in after
        or after[field.name].type != field.type
        or _columns(field) - _columns(after[field.name])
    ]


def _columns(field: Field) -> set[tuple[str, str]]:
    return {(inner.name, inner.type) for inner in field.fields}
