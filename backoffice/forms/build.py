"""Charter section -> WTForms class with CSRF, filled from typed answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field as WTField

from backoffice.core.errors import Problem
from backoffice.core.i18n import language
from backoffice.forms.fields import CharterField, GroupField, IndicatorsField, RowForm
from workflows import indicators
from workflows.forms import Field

Choices = Sequence[tuple[str, str]]
Sent = Sequence[tuple[str, str]]
"""The inputs of a page in their order, as (name, text)."""


class CharterForm(FlaskForm):
    """A form made from the charter. ``answers()`` is what was typed, as typed answers."""

    def answers(self) -> dict[str, Any]:
        """Field name -> typed answer of every charter field (files are handled by the page)."""
        return {field.short_name: value_of(field) for field in self if hasattr(field, "charter")}

    def show(self, problems: Sequence[Problem]) -> None:
        """Put each problem at its field, so that the page shows it there."""
        for problem in problems:
            field = self._find(problem.field)
            if field is not None:
                field.errors = [*field.errors, problem.sentence.text()]

    def _find(self, name: str) -> WTField | None:
        top, *rest = name.split("-")
        field = self._fields.get(top)
        if field is None or len(rest) != 2 or not isinstance(field, GroupField):
            return field
        number = int(rest[0])
        return field.entries[number].form[rest[1]] if number < len(field.entries) else field


def value_of(field: WTField) -> Any:
    return field.typed or None if isinstance(field, GroupField) else field.data


def form_class(
    fields: Sequence[Field], zones: Choices = (), previous: Mapping[str, Any] | None = None
) -> type[CharterForm]:
    """The WTForms class for these fields; ``zones`` are the choices of zone fields, as (code, name)."""
    members = {field.name: _unbound(field, zones, previous) for field in fields if field.type != "files"}
    return type("SectionForm", (CharterForm,), members)


def bound(
    fields: Sequence[Field],
    answers: Mapping[str, Any],
    *,
    zones: Choices = (),
    previous: Mapping[str, Any] | None = None,
) -> CharterForm:
    """The form for this request: filled from what was sent, else from the answers."""
    return form_class(fields, zones, previous)(data=dict(answers))


def typed_answers(fields: Sequence[Field], sent: Sent, *, zones: Choices = ()) -> dict[str, Any]:
    """The typed answers of these fields in what was sent without the rest of the page; an absent input is nothing."""
    form = form_class(fields, zones)(formdata=MultiDict([*sent, ("sent", "yes")]), meta={"csrf": False})
    return form.answers()


def inputs_of(field: Field, value: Any, *, zones: Choices = ()) -> Sent:
    """What to put into the inputs of a field so that the page shows this answer."""
    form = form_class([field], zones)(formdata=None, data={field.name: value}, meta={"csrf": False})
    return [pair for top in form if hasattr(top, "charter") for pair in _inputs(top)]


def _inputs(field: WTField) -> Sent:
    if isinstance(field, GroupField):
        return [pair for entry in field.entries for cell in entry.form for pair in _inputs(cell)]
    if isinstance(field, IndicatorsField):
        return [(field.input_name(item.code), field.text(item.code)) for item in field.asked]
    if field.charter.type == "choices":
        return [(field.name, code) for code, _ in field.choices if code in field.chosen]
    return [(field.name, field.text)]


def _unbound(field: Field, zones: Choices, previous: Mapping[str, Any] | None) -> WTField:
    label = field.label.text(language())
    if field.type == "group":
        row = type("Row", (RowForm,), {inner.name: _unbound(inner, zones, None) for inner in field.fields})
        return GroupField(field, row, label=label)
    if field.type == "indicators":
        return IndicatorsField(field, indicators.asked_of_companies(), previous, label=label)
    if field.type == "zone":
        return CharterField(field, zones, label=label)
    options = [(option.code, option.label.text(language())) for option in field.options]
    return CharterField(field, options, label=label)
