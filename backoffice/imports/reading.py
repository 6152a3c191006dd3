"""The one door to spreadsheets: bytes go in, rows come out of a child process that can be stopped and sees nothing else."""

import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from backoffice.core import confinement
from backoffice.core.errors import Invalid
from backoffice.core.i18n import Sentence
from backoffice.core.paths import PACKAGE
from backoffice.imports import child

log = logging.getLogger(__name__)

MAX_ROWS, MAX_COLUMNS = 200_000, 400
MEMORY = 1536 * 1024**2
"""Address space of the child in bytes; 200,000 rows of 15 columns need half of it."""
SECONDS = 90
PEEK = 60
"""How many rows of a file are kept to look at."""

Cell = str | int | float | bool | dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds anything: its number as a spreadsheet counts, and its cells."""

    number: int
    hidden: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds besides its rows."""

    names: tuple[str, ...]
    """The visible sheets; none in a CSV file."""
    name: str
    hidden_rows: int


@dataclass(frozen=True, slots=True)
class Peek:
    """A first look: the sheet, its first rows, and how many there are."""

    sheet: Sheet
    rows: tuple[Row, ...]
    total: int


_SENTENCES = {
    child.TOO_LARGE: Sentence(
        f"표가 너무 큽니다. 한 번에 {MAX_ROWS:,}행, {MAX_COLUMNS}열까지 읽습니다. 나누거나 빈 서식을 지우고 다시 올려 주세요.",
        f"The table is too large: at most {MAX_ROWS:,} rows and {MAX_COLUMNS} columns. Split it or clear empty formats, and upload again.",
    ),
    child.BROKEN: Sentence(
        "파일이 손상되었거나 표로 읽을 수 없습니다. 엑셀에서 열어 .xlsx나 CSV로 다시 저장해 올려 주세요.",
        "The file is damaged or no table; open it in Excel, save it as .xlsx or CSV, and upload again.",
    ),
    child.LOCKED: Sentence(
        "암호가 걸린 파일입니다. 엑셀에서 암호를 풀고 저장한 뒤 다시 올려 주세요.",
        "The file is protected by a password; remove it in Excel, save and upload again.",
    ),
    child.NO_TEXT: Sentence(
        "글자를 읽을 수 없는 CSV입니다. 엑셀에서 'CSV UTF-8'로 다시 저장해 올려 주세요.",
        "The text of this CSV cannot be read; save it as 'CSV UTF-8' and upload again.",
    ),
    child.RESIDENT: Sentence(
        "파일 안에 주민등록번호로 보이는 번호가 있습니다. 번호를 지우고 다시 올려 주세요.",
        "The file seems to hold a resident registration number; remove it and upload again.",
    ),
    child.NO_SHEET: Sentence(
        "고른 시트가 파일에 없습니다. 시트를 다시 골라 주세요.", "The chosen sheet is not in the file; choose another."
    ),
    child.EMPTY: Sentence(
        "표에 내용이 없습니다. 값이 있는 시트를 올려 주세요.",
        "The table is empty; upload a sheet that holds values.",
    ),
}


def peek(content: bytes, kind: str, sheet: str = "") -> Peek:
    """Read a file to its end once, keep its first rows, and refuse what must not be kept. Raises Invalid."""
    first: list[Row] = []
    total = 0
    with opened(content, kind, sheet=sheet, screen=True) as (found, rows):
        for row in rows:
            total += 1
            if len(first) < PEEK:
                first.append(row)
    return Peek(found, tuple(first), total)


@contextmanager
def opened(
    content: bytes, kind: str, *, sheet: str = "", screen: bool = False
) -> Iterator[tuple[Sheet, Iterator[Row]]]:
    """The sheet and its rows, one at a time, however many there are. ``screen`` also looks for forbidden numbers.

    Raises Invalid, also while the rows are read; leaving the block ends the child.
    """
    with tempfile.TemporaryDirectory(prefix="ieum-sheet-") as scratch:
        order = {
            "kind": kind, "sheet": sheet, "screen": screen, "rows": MAX_ROWS, "columns": MAX_COLUMNS,
            "memory": MEMORY, "seconds": SECONDS, "scratch": scratch,
        }  # fmt: skip
        running = subprocess.Popen(  # our own module under our own interpreter
            [sys.executable, "-m", "backoffice.imports.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=PACKAGE.parent,
            env=confinement.environment(scratch) | {"PYTHONIOENCODING": "utf-8"},
        )
        late = threading.Timer(SECONDS, running.kill)
        late.start()
        try:
            lines = _lines(running, json.dumps(order).encode() + b"\n" + content)
            head = next(lines)
            yield Sheet(tuple(head["sheets"]), head["sheet"], head["hidden"]), _rows(lines)
        finally:
            late.cancel()
            running.kill()
            running.wait()
            for pipe in (running.stdin, running.stdout, running.stderr):
                if pipe is not None:
                    pipe.close()


def _lines(running: "subprocess.Popen[bytes]", told: bytes) -> Iterator[Any]:
    """What the child says, line by line, until it says that it is done. Raises Invalid."""
    assert running.stdin is not None  # noqa: S101  # opened as pipes
    assert running.stdout is not None  # noqa: S101  # opened as pipes
    # The child hears everything before it says anything, so one after the other cannot lock.
    _tell(running.stdin, told)
    for line in running.stdout:
        said = json.loads(line) if line.endswith(b"\n") else None
        if isinstance(said, dict) and "end" in said:
            return
        if said is not None:
            yield said
    running.wait()
    if running.returncode not in _SENTENCES and running.stderr is not None:
        log.warning("a sheet could not be read (%s): %s", running.returncode, running.stderr.read()[-2000:])
    code = running.returncode if running.returncode in _SENTENCES else child.TOO_LARGE
    raise refused(code)


def _tell(pipe: IO[bytes], told: bytes) -> None:
    try:
        pipe.write(told)
        pipe.close()
    except BrokenPipeError:
        return


def _rows(lines: Iterator[Any]) -> Iterator[Row]:
    for number, hidden, cells in lines:
        yield Row(number, hidden, tuple(cells))


def refused(code: int) -> Invalid:
    """What the child's exit code means for the person who uploaded."""
    sentence = _SENTENCES[code]
    return Invalid.field("file", sentence.ko, sentence.en)
