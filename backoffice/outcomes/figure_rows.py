"""Published figures as rows of text: a CSV file is read into them, and each column is read or refused with a reason."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from backoffice.core.errors import Invalid
from backoffice.outcomes.numerals import NotANumber, read_number

FIGURE = (
    "before", "after", "value", "growth", "multiple", "numerator", "denominator", "comparator", "comparator_value",
    "before_label", "after_label", "parts", "text",
)  # fmt: skip
"""The columns of which each shape may carry only its own."""

COLUMNS = ("row_id", "unit", "shape", *FIGURE, "approx", "period_from", "period_to")
"""What a file must have. Entity, scope and indicator are for the reader; ``canonical`` is not looked at."""

_PERIOD = re.compile(r"(?<!\d)(\d{4})(?!\d)(?:[-./년\s]+(\d{1,2})(?!\d))?(?:[-./월\s]+(\d{1,2})(?!\d))?")


class RowRefused(ValueError):
    """Why a row cannot be worded, in one short sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as it stands in the file."""

    cells: Mapping[str, str]
    surplus: bool = False
    """Whether the line had more cells than the heading."""

    @property
    def id(self) -> str:
        return self.get("row_id")

    @property
    def shape(self) -> str:
        return self.get("shape")

    def get(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def raw(self, name: str) -> str:
        return self.cells.get(name, "")

    def number(self, name: str) -> Decimal:
        """A column as a number. Raises RowRefused."""
        try:
            return read_number(self.get(name))
        except NotANumber:
            raise RowRefused(f"{name} 열이 숫자가 아닙니다: {self.get(name)[:30]}") from None

    def amount(self, name: str) -> Decimal:
        """A level: a number that cannot be negative. Raises RowRefused."""
        number = self.number(name)
        if number < 0:
            raise RowRefused(f"{name} 열이 음수입니다: {self.get(name)[:30]}")
        return number

    def count(self, name: str) -> int:
        """A whole number of things. Raises RowRefused."""
        number = self.amount(name)
        if number != number.to_integral_value():
            raise RowRefused(f"{name} 열이 정수가 아닙니다: {self.get(name)[:30]}")
        return int(number)

    def period(self, name: str) -> tuple[int, ...]:
        """Year, and month and day where they are named: ``2007(지난해 말)`` is (2007,); nothing for ``1차년도``."""
        found = _PERIOD.search(self.get(name))
        return tuple(int(number) for number in found.groups() if number) if found else ()

    @property
    def about(self) -> bool:
        """Whether the number is approximate. Raises RowRefused for anything but 0, 1 or nothing."""
        if self.get("approx") not in {"", "0", "1"}:
            raise RowRefused(f"approx 열은 0 또는 1이어야 합니다: {self.get('approx')[:30]}")
        return self.get("approx") == "1"


def parts_of(text: str) -> list[tuple[str, Decimal]]:
    """``가나가와현=15;민간기업=30`` -> labels with numbers. Raises RowRefused."""
    found: list[tuple[str, Decimal]] = []
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        label, equals, number = (side.strip() for side in piece.rpartition("="))
        if not equals or not label:
            raise RowRefused(f"parts 열은 '이름=숫자;이름=숫자' 꼴이어야 합니다: {piece[:30]}")
        if label in {known for known, _ in found}:
            raise RowRefused(f"parts 열에 같은 이름이 두 번 있습니다: {label[:30]}")
        found.append((label, Row({"parts": number}).amount("parts")))
    return found


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, with or without a mark, or in CP949. Raises Invalid."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid.field(
        "file", "UTF-8이나 CP949로 된 CSV 파일이 아닙니다.", "The file is no CSV text in UTF-8 or CP949."
    )


def read_rows(text: str) -> list[Row]:
    """The figures of a CSV text. Raises Invalid when it is no such file or misses columns."""
    try:
        return list(_rows(text))
    except csv.Error as error:
        raise Invalid.field(
            "file", f"CSV로 읽을 수 없습니다: {error}", f"This cannot be read as CSV: {error}"
        ) from error


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    heading = [name.strip() for name in next(reader, [])]
    lacking = [name for name in COLUMNS if name not in heading]
    if lacking:
        names = ", ".join(lacking)
        raise Invalid.field("file", f"필요한 열이 없습니다: {names}", f"These columns are missing: {names}")
    if len(set(heading)) < len(heading):
        raise Invalid.field("file", "같은 이름의 열이 두 번 있습니다.", "A column is there twice.")
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Row(dict(zip(heading, cells, strict=False)), surplus=len(cells) > len(heading))
