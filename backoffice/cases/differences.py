"""What changed between two stored versions of a form: changed answers only, row by row, money in won, files by content."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from backoffice.forms import checks
from backoffice.forms.readers import is_unread
from workflows import indicators
from workflows.forms import Field, Form

Row = Mapping[str, Any]
Kind = Literal["changed", "added", "removed", "total"]
"""``added`` and ``removed``: a whole row, or a file. ``total``: the sum below a grid."""


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that differs. Values are typed answers as they are stored; None where there was or is nothing."""

    field: Field
    """What was asked; in a grid the column."""
    row: int | None
    """In a grid the row, counted from 1: as it is numbered now, and as it was before for a removed one."""
    old: Any
    new: Any
    difference: int | None = None
    """New minus old, in won, of an amount that can be read; nothing counts as zero."""
    group: Field | None = None
    """The grid the column belongs to."""
    kind: Kind = "changed"


def version(content: Mapping[str, Any]) -> dict[str, Any]:
    """A stored submission's content -> its answers, with the files of a field as ``[{name, sha256, size}, …]``."""
    return with_files(content["answers"], content["attachments"])


def with_files(answers: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Answers together with the files described as in a submission, by the name of their field."""
    found: dict[str, Any] = dict(answers)
    for item in files:
        described = {name: item[name] for name in ("name", "sha256", "size")}
        found[str(item["field"])] = [*found.get(str(item["field"]), []), described]
    return found


def changes(form: Form, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Everything that differs between two versions of a form, in the order of its fields.

    A question that is not asked under the other answers counts as unanswered. Moving a row is no change.
    """
    found: list[Change] = []
    for field in form.fields:
        before = old.get(field.name) if checks.applies(field, old) else None
        after = new.get(field.name) if checks.applies(field, new) else None
        if not _same(field, before, after):
            found.extend(_of_field(field, before, after))
    return tuple(found)


def _of_field(field: Field, old: Any, new: Any) -> Iterator[Change]:
    if field.type == "group":
        yield from _of_rows(field, _rows(old), _rows(new))
    elif field.type == "files":
        yield from _of_files(field, _rows(old), _rows(new))
    elif field.type == "indicators":
        yield from _of_indicators(field, _mapping(old), _mapping(new))
    else:
        yield _plain(field, old, new)


def _plain(field: Field, old: Any, new: Any, row: int | None = None, group: Field | None = None) -> Change:
    return Change(field, row, _something(old), _something(new), _difference(field, old, new), group)


def _of_rows(field: Field, old: Sequence[Row], new: Sequence[Row]) -> Iterator[Change]:
    """Rows that stayed the same are left out; the others are paired with the most alike, the rest came or went."""
    pairs, gone = _paired(field, old, new)
    for number, row in enumerate(new):
        before = pairs.get(number)
        if before is not None:
            yield from _cells(field, old[before], row, number + 1)
        elif number in pairs:
            yield from _whole(field, row, number + 1, "added")
    for number in gone:
        yield from _whole(field, old[number], number + 1, "removed")
    yield from _total(field, old, new)


def _paired(field: Field, old: Sequence[Row], new: Sequence[Row]) -> tuple[dict[int, int | None], list[int]]:
    """New row -> old row or None, for every new row that is not simply still there; and the old rows nobody took."""
    left = list(range(len(old)))
    open_rows: list[int] = []
    for number, row in enumerate(new):
        same = next((place for place in left if _alike(field, old[place], row) == len(field.fields)), None)
        if same is None:
            open_rows.append(number)
        else:
            left.remove(same)
    pairs: dict[int, int | None] = {}
    for number in open_rows:
        likeness = {place: _likeness(field, old[place], new[number]) for place in left}
        best = max(left, key=lambda place: (likeness[place], place == number, -place), default=None)
        pairs[number] = best if best is not None and likeness[best] else None
        if pairs[number] is not None and best is not None:
            left.remove(best)
    return pairs, left


def _alike(field: Field, old: Row, new: Row) -> int:
    return sum(_same(inner, old.get(inner.name), new.get(inner.name)) for inner in field.fields)


def _likeness(field: Field, old: Row, new: Row) -> int:
    """How many filled cells two rows have in common."""
    return sum(
        old.get(inner.name) is not None and _same(inner, old.get(inner.name), new.get(inner.name))
        for inner in field.fields
    )


def _cells(field: Field, old: Row, new: Row, number: int) -> Iterator[Change]:
    for inner in field.fields:
        if not _same(inner, old.get(inner.name), new.get(inner.name)):
            yield _plain(inner, old.get(inner.name), new.get(inner.name), number, field)


def _whole(field: Field, row: Row, number: int, kind: Kind) -> Iterator[Change]:
    """Every filled cell of a row that came or went."""
    for inner in field.fields:
        value = row.get(inner.name)
        if _something(value) is not None:
            old, new = (None, value) if kind == "added" else (value, None)
            yield Change(inner, number, old, new, _difference(inner, old, new), field, kind)


def _total(field: Field, old: Sequence[Row], new: Sequence[Row]) -> Iterator[Change]:
    column = next((inner for inner in field.fields if inner.name == field.total), None)
    if column is None:
        return
    before, after = (sum(_won(row.get(column.name)) for row in rows) for rows in (old, new))
    if before != after:
        yield Change(column, None, before, after, after - before, field, "total")


def _of_files(field: Field, old: Sequence[Row], new: Sequence[Row]) -> Iterator[Change]:
    """Files by their content: the same bytes under the same name are no change."""
    before, after = ([(item["name"], item["sha256"]) for item in files] for files in (old, new))
    for item, key in zip(old, before, strict=True):
        if key not in after:
            yield Change(field, None, item, None, kind="removed")
    for item, key in zip(new, after, strict=True):
        if key not in before:
            yield Change(field, None, None, item, kind="added")


def _of_indicators(field: Field, old: Row, new: Row) -> Iterator[Change]:
    for code, item in indicators.all_indicators().items():
        kind = "money" if item.unit == "won" else "decimal"
        label = {"ko": item.label.ko, "en": item.label.en}
        asked = Field.model_validate({"name": "value", "type": kind, "label": label})
        if not _same(asked, old.get(code), new.get(code)):
            yield _plain(asked, old.get(code), new.get(code), None, field)


def _same(field: Field, old: Any, new: Any) -> bool:
    if field.type == "consent":
        return bool(old) == bool(new)
    return bool(_something(old) == _something(new))


def _something(value: Any) -> Any:
    """None for every way of saying nothing; "no" is an answer."""
    return None if value is None or value in ("", [], {}) else value


def _difference(field: Field, old: Any, new: Any) -> int | None:
    if field.type != "money" or is_unread(old) or is_unread(new):
        return None
    return _won(new) - _won(old)


def _won(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _rows(value: Any) -> Sequence[Row]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _mapping(value: Any) -> Row:
    return value if isinstance(value, Mapping) else {}
