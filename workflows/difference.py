"""What differs between two versions of a definition: one sentence per change, in Korean and English."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workflows.definition import State, Transition, Workflow
from workflows.forms import Field, Form
from workflows.values import Frozen, Label
from workflows.wording import NAMES, PARTS, shown
from workflows.writer import plain

What = Literal["added", "removed", "changed"]
Part = Literal["program", "stage", "state", "task", "deadline", "step", "form", "field", "document", "link"]

_VERBS = {"added": ("추가되었습니다", "was added"), "removed": ("없어졌습니다", "was removed")}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what happened to which part, where it stands, and one sentence about it."""

    what: What
    part: Part
    place: tuple[str, ...]
    ko: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language == "en" else self.ko


@dataclass(frozen=True, slots=True)
class _Thing:
    """A named piece of a definition as people call it."""

    part: Part
    place: tuple[str, ...]
    ko: str
    en: str


def compare(old: Workflow, new: Workflow) -> tuple[Change, ...]:
    """Every change from one version to another, in the order of the definition.

    Empty only if both mean the same. The version number and the map for older cases are no changes by themselves.
    """
    changes = [
        *_attributes(_Thing("program", (), *_called("program", old.title)), old, new, _OWN_PARTS),
        *_listed("stage", {item.code: item for item in old.stages}, {item.code: item for item in new.stages}),
        *_states(old, new),
        *_steps(old, new),
        *_forms(old.forms, new.forms),
        *_listed("document", old.documents, new.documents),
        *_listed("link", old.links, new.links),
    ]
    if not changes and _content(old) != _content(new):
        return (Change("changed", "program", (), "차례만 바뀌었습니다.", "Only the order changed."),)
    return tuple(changes)


_OWN_PARTS = frozenset({"version", "migrations", "stages", "states", "transitions", "forms", "documents", "links"})


def _content(workflow: Workflow) -> Any:
    data = plain(workflow)
    return {name: value for name, value in data.items() if name not in {"version", "migrations"}}


def _called(part: Part, label: Label) -> tuple[str, str]:
    ko, en = PARTS[part]
    return f"{ko} '{label.ko}'", f"{en} '{label.en}'"


def _label(thing: Any) -> Label:
    found: Label = thing.label if hasattr(thing, "label") else thing.title
    return found


def _came(thing: _Thing) -> Change:
    return Change("added", thing.part, thing.place, f"{thing.ko}: {_VERBS['added'][0]}.", f"{thing.en} was added.")


def _went(thing: _Thing) -> Change:
    return Change(
        "removed", thing.part, thing.place, f"{thing.ko}: {_VERBS['removed'][0]}.", f"{thing.en} was removed."
    )


def _listed(
    part: Part, old: Mapping[str, Any], new: Mapping[str, Any], *, around: _Thing | None = None
) -> Iterator[Change]:
    """Pieces known by a name: which are new, which are gone, what changed in the others."""
    for name in dict.fromkeys([*old, *new]):
        thing = _thing(part, name, old.get(name) or new[name], around)
        if name not in new:
            yield _went(thing)
        elif name not in old:
            yield _came(thing)
        else:
            yield from _attributes(thing, old[name], new[name], frozenset())


def _thing(part: Part, name: str, piece: Any, around: _Thing | None) -> _Thing:
    ko, en = _called(part, _label(piece))
    if around is not None:
        return _Thing(part, (*around.place, name), f"{around.ko}의 {ko}", f"{around.en}, {en}")
    return _Thing(part, (name,), ko, en)


def _attributes(thing: _Thing, old: Frozen, new: Frozen, without: Iterable[str]) -> Iterator[Change]:
    """One sentence for every attribute of a piece that says something else now."""
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if name in without or before == after:
            continue
        ko, en = NAMES.get(name, (name, name))
        told = {language: _told(before, after, language) for language in ("ko", "en")}
        yield Change(
            "changed", thing.part, (*thing.place, name),
            f"{thing.ko}: {ko} 변경, {told['ko'][0]} → {told['ko'][1]}",
            f"{thing.en}: {en} changed from {told['en'][0]} to {told['en'][1]}",
        )  # fmt: skip


def _told(before: Any, after: Any, language: str) -> tuple[str, str]:
    """Both values in words; where only the other language's text changed, that text."""
    words = shown(before, language), shown(after, language)
    if words[0] != words[1]:
        return words
    other = "en" if language == "ko" else "ko"
    return shown(before, other), shown(after, other)


def _states(old: Workflow, new: Workflow) -> Iterator[Change]:
    for name in dict.fromkeys([*old.states, *new.states]):
        before, after = old.states.get(name), new.states.get(name)
        thing = _thing("state", name, before or after, None)
        if before is None:
            yield _came(thing)
        elif after is None:
            yield _went(thing)
        else:
            yield from _attributes(thing, before, after, {"deadline", "tasks"})
            yield from _deadlines(thing, before, after)
            yield from _listed("task", before.tasks, after.tasks, around=thing)


def _deadlines(state: _Thing, old: State, new: State) -> Iterator[Change]:
    thing = _Thing("deadline", (*state.place, "deadline"), f"{state.ko}의 기한", f"Deadline of {state.en}")
    if old.deadline is None and new.deadline is not None:
        due = new.deadline.due
        yield Change(
            "added",
            "deadline",
            thing.place,
            f"{thing.ko}: {shown(due, 'ko')} 추가",
            f"{thing.en}: {shown(due, 'en')} added",
        )
    elif old.deadline is not None and new.deadline is None:
        yield _went(thing)
    elif old.deadline is not None and new.deadline is not None:
        yield from _attributes(thing, old.deadline, new.deadline, frozenset())


def _steps(old: Workflow, new: Workflow) -> Iterator[Change]:
    """Steps are known by action and source; equal changes in several sources are told once."""
    for action in dict.fromkeys([*old.actions(), *new.actions()]):
        before, after = _from(old, action), _from(new, action)
        label = next(iter((before or after).values())).label
        thing = _Thing("step", (action,), *_called("step", label))
        gone, fresh = [name for name in before if name not in after], [name for name in after if name not in before]
        if not after:
            yield _went(thing)
            continue
        if not before:
            yield _came(_where(thing, new, list(after), after[fresh[0]].target))
            continue
        for source in gone:
            yield _went(_where(thing, old, [source], before[source].target))
        for source in fresh:
            yield _came(_where(thing, new, [source], after[source].target))
        told: dict[tuple[str, str], Change] = {}
        for source in before:
            if source in after:
                for change in _attributes(thing, before[source], after[source], {"source"}):
                    told.setdefault((change.place[-1], change.ko), change)
        yield from told.values()


def _from(workflow: Workflow, action: str) -> dict[str, Transition]:
    return {source: step for step in workflow.transitions if step.action == action for source in step.source}


def _where(thing: _Thing, workflow: Workflow, sources: list[str], target: str) -> _Thing:
    states = {name: state.label for name, state in workflow.states.items()}
    unknown = Label(ko="?", en="?")
    ko = ", ".join(states.get(name, unknown).ko for name in sources)
    en = ", ".join(states.get(name, unknown).en for name in sources)
    end = states.get(target, unknown)
    return _Thing("step", (*thing.place, *sources), f"{thing.ko}({ko} → {end.ko})", f"{thing.en} ({en} → {end.en})")


def _forms(old: Mapping[str, Form], new: Mapping[str, Form]) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        thing = _thing("form", name, before or after, None)
        if before is None:
            yield _came(thing)
        elif after is None:
            yield _went(thing)
        else:
            yield from _attributes(thing, before, after, {"sections"})
            yield from _sections(thing, before, after)
            yield from _fields(thing, before.fields, after.fields)
            yield from _moved(thing, before, after)


def _sections(form: _Thing, old: Form, new: Form) -> Iterator[Change]:
    before, after = {one.code: one for one in old.sections}, {one.code: one for one in new.sections}
    for code in dict.fromkeys([*before, *after]):
        found = before.get(code) or after[code]
        ko, en = f"{form.ko}의 쪽 '{found.title.ko}'", f"{form.en}, page '{found.title.en}'"
        thing = _Thing("form", (*form.place, code), ko, en)
        if code not in after:
            yield _went(thing)
        elif code not in before:
            yield _came(thing)
        else:
            yield from _attributes(thing, before[code], after[code], {"fields"})


def _fields(around: _Thing, old: Iterable[Field], new: Iterable[Field]) -> Iterator[Change]:
    before, after = {one.name: one for one in old}, {one.name: one for one in new}
    for name in dict.fromkeys([*before, *after]):
        thing = _thing("field", name, before.get(name) or after[name], around)
        if name not in after:
            yield _went(thing)
        elif name not in before:
            yield _came(thing)
        else:
            yield from _attributes(thing, before[name], after[name], {"fields"})
            yield from _fields(thing, before[name].fields, after[name].fields)


def _moved(form: _Thing, old: Form, new: Form) -> Iterator[Change]:
    """Fields that stand on another page of the form now."""
    home = {field.name: section for section in old.sections for field in section.fields}
    for section in new.sections:
        for field in section.fields:
            before = home.get(field.name)
            if before is not None and before.code != section.code:
                thing = _thing("field", field.name, field, form)
                ko = f"{thing.ko}: 쪽 변경, '{before.title.ko}' → '{section.title.ko}'"
                en = f"{thing.en}: moved from page '{before.title.en}' to '{section.title.en}'"
                yield Change("changed", "field", (*thing.place, "section"), ko, en)
