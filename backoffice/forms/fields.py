"""WTForms fields for the charter's field types: they read with forms/readers and keep what could not be read."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field as WTField
from wtforms import FieldList, Form, FormField
from wtforms.utils import unset_value

from backoffice.core.errors import Invalid
from backoffice.core.identifiers import format_business_number
from backoffice.core.money import thousands
from backoffice.forms.readers import UNREAD, clean, is_unread, read, shown
from workflows import indicators
from workflows.forms import Field

YES, NO = "yes", "no"


class CharterField(WTField):
    """One plain question. ``data`` is the typed answer; text that cannot be read stays as an unread answer."""

    def __init__(self, charter: Field, choices: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.charter = charter
        self.choices = tuple(choices)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = self._typed([str(value) for value in valuelist])

    def _typed(self, texts: list[str]) -> Any:
        if self.charter.type == "choices":
            known = [code for code, _ in self.choices]
            return [code for code in known if code in texts] or None
        text = texts[0] if texts else ""
        try:
            return read(self.charter, text, self.short_name)
        except Invalid:
            return {UNREAD: clean(text)}

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """An unticked box sends nothing; when the form was sent at all, that means no."""
        super().process(formdata, data, extra_filters)
        sent = formdata is not None and len(formdata) > 0
        if sent and self.name not in formdata and self.charter.type in {"consent", "choices", "yes_no"}:
            self.data = None

    @property
    def text(self) -> str:
        """What the input shows: what was typed, or the answer the way people write it."""
        value = self.data
        if value is None:
            return ""
        if is_unread(value):
            return shown(value)
        if self.charter.type == "money":
            return thousands(int(value))
        if self.charter.type == "integer":
            return f"{int(value):,}"
        if self.charter.type == "business_number":
            return format_business_number(str(value))
        if isinstance(value, bool):
            return YES if value else NO
        return str(value)

    @property
    def chosen(self) -> frozenset[str]:
        """The chosen codes of a choices field."""
        return frozenset(self.data or ()) if isinstance(self.data, list) else frozenset()


class RowForm(Form):
    """One row of a group; its fields are added by forms/build."""

    @property
    def is_blank(self) -> bool:
        return all(field.data is None or field.data is False for field in self)


class GroupField(FieldList):
    """Repeating rows. Blank rows vanish; ``data`` is a list of typed rows."""

    def __init__(self, charter: Field, row: type[RowForm], **kwargs: Any) -> None:
        super().__init__(FormField(row, separator="-"), min_entries=0, max_entries=charter.max_rows + 20, **kwargs)
        self.charter = charter

    @property
    def typed(self) -> list[dict[str, Any]]:
        """The rows that hold anything."""
        return [entry.form.data for entry in self.entries if not entry.form.is_blank]

    @property
    def total(self) -> int:
        """The sum of the total column, in won; unread amounts count nothing."""
        column = self.charter.total or ""
        values = [row.get(column) for row in self.typed]
        return sum(value for value in values if isinstance(value, int))


class IndicatorsField(WTField):
    """A grid of outcome indicators: code -> value. Money is typed in thousand won and kept in won."""

    def __init__(
        self,
        charter: Field,
        asked: Sequence[indicators.Indicator],
        previous: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.charter = charter
        self.asked = tuple(asked)
        self.previous = previous or {}

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ARG002  # WTForms' signature
        self.process_errors: list[str] = []
        self.data = dict(data) if isinstance(data, Mapping) else {}
        if formdata is None or not any(self.input_name(item.code) in formdata for item in self.asked):
            return
        typed: dict[str, Any] = {}
        for item in self.asked:
            text = clean(str(formdata.get(self.input_name(item.code), "")))
            if text:
                typed[item.code] = read_indicator(item, text, self.input_name(item.code))
        self.data = typed

    def input_name(self, code: str) -> str:
        return f"{self.name}-{code}"

    def text(self, code: str) -> str:
        value = self.data.get(code)
        if value is None:
            return ""
        if is_unread(value):
            return shown(value)
        item = next(item for item in self.asked if item.code == code)
        return thousands(int(value)) if item.unit == "won" else f"{value}"


def read_indicator(item: indicators.Indicator, text: str, name: str) -> Any:
    """A typed value, or an unread answer. Counts and money are whole, points keep decimals."""
    kind = "money" if item.unit == "won" else ("decimal" if item.decimals else "integer")
    field = Field.model_validate({"name": "value", "type": kind, "label": {"ko": item.label.ko, "en": item.label.en}})
    try:
        return read(field, text, name)
    except Invalid:
        return {UNREAD: text}
