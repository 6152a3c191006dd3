"""Arguments that name values: ``form.field`` is an answer, ``field`` what is typed for the step; others are fixed words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.definition import Transition, Workflow
from workflows.durations import parse_length
from workflows.forms import Field
from workflows.roles import Role
from workflows.rules.report import known
from workflows.values import Named

Fault = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys a guard or effect takes: which name a value, which a length of time, actions, or anything else."""

    values: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    lengths: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def keys(self) -> set[str]:
        return {*self.values, *self.lengths, *self.actions, *self.others}

    def written(self, name: str) -> str:
        return f"write {{{name}: {{{', '.join(f'{key}: …' for key in sorted(self.keys))}}}}}"


def shaped(shape: Shape) -> Callable[[Workflow, Transition, Named], Iterator[Fault]]:
    """The check of an argument with these keys."""

    def check(flow: Workflow, step: Transition, named: Named) -> Iterator[Fault]:
        wanted = named.argument if isinstance(named.argument, dict) else {}
        if not shape.keys - set(shape.optional) <= set(wanted) <= shape.keys:
            yield (
                "WF102",
                f"'{named.name}' takes other keys than '{', '.join(wanted) or named.argument}'",
                shape.written(named.name),
            )
            return
        strange = next((key for key in sorted(wanted) if not _fits(key, wanted[key])), None)
        if strange is not None:
            yield "WF102", f"'{named.name}' cannot use '{wanted[strange]}' as '{strange}'", shape.written(named.name)
            return
        for key in shape.values:
            if isinstance(wanted.get(key), str):
                yield from value(flow, step, wanted[key])
        yield from _lengths(shape, wanted)
        for key in shape.actions:
            for action in wanted[key]:
                if action not in flow.actions():
                    yield "WF105", f"'{named.name}' names the unknown action '{action}'", known(flow.actions())

    return check


def _fits(key: str, given: Any) -> bool:
    """Whether a value is of the kind its key asks for: most name something, limits may be numbers."""
    whole = isinstance(given, int) and not isinstance(given, bool)
    if key in {"least", "most"}:
        return whole or isinstance(given, str)
    if key in {"percent", "absences", "in_months"}:
        return whole
    if key in {"one_of", "actions", "answered"}:
        return isinstance(given, list) and bool(given) and all(isinstance(one, str | bool) for one in given)
    if key == "months":
        per_kind = isinstance(given, dict) and bool(given) and all(isinstance(one, int) for one in given.values())
        return whole or per_kind
    if key == "role":
        return isinstance(given, str) and given in set(Role)
    return isinstance(given, str)


def _lengths(shape: Shape, wanted: Mapping[str, Any]) -> Iterator[Fault]:
    for key in shape.lengths:
        if key in wanted:
            try:
                parse_length(str(wanted[key]))
            except ValueError as error:
                yield "WF102", str(error), f"correct '{key}'"


def value(flow: Workflow, step: Transition, name: str) -> Iterator[Fault]:
    """A value by name exists: in the form it names, or in the form of the step's own input."""
    form, dot, _ = name.partition(".")
    if dot and form not in flow.forms:
        yield "WF106", f"'{name}' names the unknown form '{form}'", known(flow.forms)
    elif not dot and (step.input is None or step.input not in flow.forms):
        yield (
            "WF102",
            f"'{name}' would be typed for the step, which asks for nothing",
            "name it form.field, or give the step an input",
        )
    elif found(flow, step, name) is None:
        fields = {field.name for field in flow.forms[form if dot else str(step.input)].fields}
        yield "WF102", f"there is no field '{name}'", known(fields)


def found(flow: Workflow, step: Transition, name: str) -> Field | None:
    form, dot, field = name.partition(".")
    definition = flow.forms.get(form if dot else str(step.input))
    return definition.field(field if dot else form) if definition is not None else None


def one_value(flow: Workflow, step: Transition, named: Named) -> Iterator[Fault]:
    yield from value(flow, step, str(named.argument))


def tag(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    """A tag of this definition's own states."""
    tags = {name for state in flow.states.values() for name in state.tags}
    if named.argument not in tags:
        yield "WF102", f"no state carries the tag '{named.argument}'", known(tags)


def own_input(flow: Workflow, step: Transition, named: Named) -> Iterator[Fault]:
    """Nothing, or the form whose answers the input becomes."""
    if step.input is None:
        yield "WF102", f"'{named.name}' keeps what the step does not ask for", "give the step an input"
    elif named.argument is not None and named.argument not in flow.forms:
        yield "WF106", f"'{named.name}' names the unknown form '{named.argument}'", known(flow.forms)


def reports(flow: Workflow, _: Transition, named: Named) -> Iterator[Fault]:
    """A link, or a link and a number of years."""
    wanted = named.argument if isinstance(named.argument, dict) else {"link": named.argument}
    years = wanted.get("years", 1)
    if set(wanted) - {"link", "years"} or not isinstance(years, int) or years < 1:
        yield "WF102", f"'{named.name}' takes a link, or a link and years from 1", f"write {named.name}:<link>"
    elif wanted.get("link") not in flow.links:
        yield "WF111", f"unknown link '{wanted.get('link')}'", known(flow.links)


def linked_to(shape: Shape) -> Callable[[Workflow, Transition, Named], Iterator[Fault]]:
    """The check of an argument with these keys, of which ``link`` names a link."""

    def check(flow: Workflow, step: Transition, named: Named) -> Iterator[Fault]:
        faults = list(shaped(shape)(flow, step, named))
        yield from faults
        if not faults and named.argument["link"] not in flow.links:
            yield "WF111", f"unknown link '{named.argument['link']}'", known(flow.links)

    return check


NAMING: dict[str, Callable[[Workflow, Transition, Named], Iterator[Fault]]] = {
    "value": one_value,
    "answer": shaped(Shape(values=("value",), others=("one_of",))),
    "value and least": shaped(Shape(values=("value", "least"))),
    "value and most": shaped(Shape(values=("value", "most"))),
    "share": shaped(Shape(values=("part", "of"), others=("percent",))),
    "date and shift": shaped(Shape(values=("value",), lengths=("shift",), optional=("shift",))),
    "period": shaped(Shape(values=("start", "end", "kind"), others=("months",))),
    "actions and length": shaped(Shape(actions=("actions",), lengths=("length",))),
    "running total": shaped(Shape(values=("into", "add"), optional=("add",))),
    "date and length": shaped(Shape(values=("value",), lengths=("by",))),
    "appointment": shaped(Shape(values=("email",), others=("role",))),
    "own input": own_input,
    "tag": tag,
    "yearly reports": reports,
    "value and limit": shaped(Shape(values=("value", "limit"))),
    "link, tag and least": linked_to(Shape(others=("link", "tag", "least"), optional=("least",))),
    "link and tag": linked_to(Shape(others=("link", "tag"))),
    "link and actions": linked_to(Shape(others=("link", "actions"))),
    "request": shaped(Shape(actions=("answered",), others=("asked",))),
    "absences": shaped(Shape(others=("absences", "in_months"))),
    "fee": shaped(Shape(others=("percent", "most"))),
    "next in line": shaped(Shape(others=("action", "tag"))),
}
"""The kinds of arguments that name values."""
