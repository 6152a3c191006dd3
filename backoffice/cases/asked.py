"""Values a definition's argument may name: ``form.field`` is an answer of the case, ``field`` what is typed for the step."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from backoffice.core import money
from backoffice.engine.values import Question
from workflows.forms import Field
from workflows.values import Label

UNTYPED = object()
"""What a typed value is while the step is only offered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A named value with the field it was asked in."""

    name: str
    field: Field | None
    value: Any

    @property
    def untyped(self) -> bool:
        return self.value is UNTYPED

    @property
    def label(self) -> Label:
        return self.field.label if self.field is not None else Label(ko=self.name, en=self.name)

    @property
    def link(self) -> str | None:
        """Where the answer can be changed; what is typed stands on the page already."""
        form, dot, _ = self.name.partition(".")
        return f"form:{form}" if dot else None

    @property
    def number(self) -> Decimal | None:
        """The value as a number; a list counts its rows."""
        if isinstance(self.value, list):
            return Decimal(len(self.value))
        if self.value is None or isinstance(self.value, bool) or self.untyped:
            return None
        try:
            return Decimal(str(self.value))
        except InvalidOperation:
            return None

    @property
    def day(self) -> date | None:
        try:
            return date.fromisoformat(self.value) if isinstance(self.value, str) else None
        except ValueError:
            return None

    def shown(self, number: Decimal | None) -> str:
        """A number in this field's unit."""
        if number is None:
            return "-"
        if self.field is not None and self.field.type == "money":
            return money.reading(int(number))
        return f"{number.normalize():,f}"


def asked(question: Question, name: str) -> Asked:
    """The value a definition names."""
    form, dot, inner = name.partition(".")
    if dot:
        definition = question.definition.forms[form]
        answers = (question.facts["answers"] or {}).get(form, {})
        return Asked(name, definition.field(inner), answers.get(inner))
    step = question.step.input
    found = question.definition.forms[step].field(name) if step is not None else None
    return Asked(name, found, UNTYPED if question.input is None else question.input.get(name))


def number_of(question: Question, wanted: Any) -> Asked:
    """A limit: a plain number, or a named value."""
    if isinstance(wanted, str):
        return asked(question, wanted)
    return Asked(str(wanted), None, wanted)
