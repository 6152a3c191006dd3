"""Rows as a file to take out: CSV that Excel opens in Korean, or a workbook with real numbers, piece by piece."""

import csv
import io
import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from backoffice.core import confinement
from backoffice.core.errors import Failed
from backoffice.core.i18n import Sentence
from backoffice.core.paths import PACKAGE

log = logging.getLogger(__name__)

MAX_SHEET_ROWS = 1_000_000
"""A worksheet holds a few more; a CSV file any number."""
MEMORY = 512 * 1024**2
SECONDS = 300
STEP = 256 * 1024
BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Rows = Iterable[Sequence[Any]]


def plain(value: Any) -> Any:
    """A decimal as the shortest exact number."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else value


def as_csv(heads: Sequence[str], rows: Rows, numeric: frozenset[int]) -> Iterator[str]:
    """UTF-8 text with the mark Excel looks for; a text that would be a formula is led by an apostrophe."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    target.write(BOM)
    writer.writerow(heads)
    for row in rows:
        writer.writerow(
            [plain(value) if place in numeric else _harmless(str(plain(value))) for place, value in enumerate(row)]
        )
        if target.tell() > STEP:
            yield target.getvalue()
            target.seek(0)
            target.truncate()
    yield target.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_workbook(
    title: str, heads: Sequence[str], rows: Rows, *, numeric: frozenset[int], years: frozenset[int] = frozenset()
) -> Iterator[bytes]:
    """The bytes of a workbook, made by a child that can be stopped. ``years`` carry no thousands separator. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="ieum-export-") as scratch:
        order = {
            "title": title, "heads": list(heads), "numeric": sorted(numeric), "plain": sorted(years),
            "memory": MEMORY, "seconds": SECONDS, "scratch": scratch,
        }  # fmt: skip
        running = subprocess.Popen(  # our own module under our own interpreter
            [sys.executable, "-m", "backoffice.outcomes.sheet_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=PACKAGE.parent,
            env=confinement.environment(scratch),
        )
        late = threading.Timer(SECONDS, running.kill)
        late.start()
        try:
            yield from _made(running, order, rows)
        finally:
            late.cancel()
            running.kill()
            running.wait()
            for pipe in (running.stdin, running.stdout):
                if pipe is not None and not pipe.closed:
                    pipe.close()


def _made(running: "subprocess.Popen[bytes]", order: dict[str, Any], rows: Rows) -> Iterator[bytes]:
    """The child hears every row before it says a byte, so one after the other cannot lock."""
    assert running.stdin is not None  # noqa: S101  # opened as pipes
    assert running.stdout is not None  # noqa: S101  # opened as pipes
    try:
        running.stdin.write(json.dumps(order).encode() + b"\n")
        for row in rows:
            running.stdin.write(json.dumps([plain(value) for value in row], ensure_ascii=False).encode() + b"\n")
        running.stdin.close()
    except BrokenPipeError:
        log.warning("the workbook's child ended early")
    while piece := running.stdout.read(STEP):
        yield piece
    if running.wait() != 0:
        raise Failed(
            Sentence(
                "엑셀 파일을 만들지 못했습니다. CSV로 받아 주세요.", "The workbook could not be made; take CSV instead."
            )
        )
