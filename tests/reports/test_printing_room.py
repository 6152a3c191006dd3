"""The printing room: documents share what was imported and nothing else, and nothing stays behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backoffice.core import confinement
from backoffice.reports import pdf
from backoffice.reports.pdf import Document, PdfFailed
from tests.processes import PROC, all_end, children, descendants, memory, named
from tests.reports.papers import all_bytes, text_of
from tests.reports.probes import CANARY
from tests.reports.test_pdf_door import HTML, paper

pytestmark = pytest.mark.pdf

ROOM = "backoffice.reports.pdf_room"
ENDLESS = '<html lang="ko"><body>' + '<div style="display:flex">' * 14 + "x" + "</div>" * 14 + "</body></html>"
OFFICE = """
import datetime, sys
from backoffice.reports import pdf
pdf.render(pdf.Document(sys.argv[1], "x", datetime.datetime(2026, 3, 20, tzinfo=datetime.UTC), "id"))
print("printed", flush=True)
sys.stdin.read()
"""
"""An office that prints one page and then does nothing."""


@pytest.fixture
def fresh() -> Iterator[None]:
    """No room yet, and none afterwards."""
    pdf.ROOM.close()
    yield
    pdf.ROOM.close()


def rooms_of(office: int) -> list[int]:
    return named(ROOM, children(office))


def the_room() -> int:
    (found,) = rooms_of(os.getpid())
    return found


def other() -> Document:
    return paper(HTML.replace("15분", "45분"), identifier="fedcba9876543210")


def test_two_documents_at_once_are_what_each_is_alone() -> None:
    alone = [pdf.render(paper()), pdf.render(other())]
    with ThreadPoolExecutor(4) as printers:
        assert list(printers.map(pdf.render, [paper(), other()] * 2)) == alone * 2
    assert "45분" in text_of(alone[1])


def test_a_room_that_was_killed_is_replaced() -> None:
    before, killed = pdf.render(paper()), the_room()
    os.kill(killed, signal.SIGKILL)
    assert pdf.render(paper()) == before
    assert the_room() != killed


def test_a_document_over_its_time_is_stopped_and_the_next_one_prints() -> None:
    pdf.render(paper())
    room = the_room()
    with pytest.raises(PdfFailed) as refused:
        pdf.render(paper(ENDLESS, limit_seconds=1))
    assert refused.value.cause == "too_slow"
    assert all_end(descendants(room), 1)
    assert pdf.render(paper()).startswith(b"%PDF")
    assert the_room() == room


def test_no_secret_reaches_the_room_or_a_paper(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not {"BACKOFFICE_SECRET_KEY", "BACKOFFICE_DATABASE_URL"} & set(confinement.KEPT)
    monkeypatch.setenv("BACKOFFICE_SECRET_KEY", CANARY)
    printed = pdf.render(paper())
    assert CANARY.encode() not in all_bytes(printed)
    known = (PROC / str(the_room()) / "environ").read_bytes()
    assert b"PATH=" in known
    assert CANARY.encode() not in known


def test_nothing_of_a_document_stays_in_the_room() -> None:
    assert CANARY in text_of(pdf.render(paper(HTML.replace("15분", CANARY))))
    held = memory(the_room())
    assert b"backoffice.reports.pdf_child" in held
    assert CANARY.encode() not in held
    assert CANARY.encode("utf-16-le") not in held
    assert CANARY.encode("utf-32-le") not in held


def test_the_room_runs_no_thread_that_a_fork_would_lose() -> None:
    pdf.render(paper())
    assert len(list((PROC / str(the_room()) / "task").iterdir())) == 1


def test_a_forked_office_opens_a_room_of_its_own() -> None:
    before, room = pdf.render(paper()), the_room()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            same = pdf.render(paper()) == before
            os.write(writing, f"{same} {rooms_of(os.getpid())}".encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with open(reading, encoding="utf-8") as told:
        same, _, rooms = told.read().partition(" ")
    assert same == "True"
    assert rooms not in ("[]", f"[{room}]")
    assert all_end([int(rooms.strip("[]"))])
    assert pdf.render(paper()) == before
    assert the_room() == room


def office(html: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", OFFICE, html], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, None])
def test_the_room_ends_with_its_office(ending: signal.Signals | None) -> None:
    with office(HTML) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"printed\n"
        rooms = rooms_of(running.pid)
        if ending is not None:
            running.send_signal(ending)
    assert len(rooms) == 1
    assert all_end(rooms)


def test_a_printing_child_ends_with_the_office_that_wanted_it() -> None:
    with office(ENDLESS) as running:
        until = time.monotonic() + 20
        # The room, the minder and the child; what an import starts, such as a linker, has another name.
        while len(family := named(ROOM, descendants(running.pid))) < 3 and time.monotonic() < until:
            time.sleep(0.05)
        running.kill()
    assert len(family) == 3
    assert all_end(family)


def test_where_no_room_can_be_opened_printing_is_refused_in_one_sentence(
    fresh: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(PdfFailed) as refused:
        pdf.render(paper())
    assert refused.value.cause == "broken"
    assert "/nowhere/python" in caplog.text


def test_where_no_file_can_be_written_printing_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(PdfFailed) as refused:
        pdf.render(paper())
    assert refused.value.cause == "broken"


def test_a_document_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pdf.render(paper())
    with pytest.raises(PdfFailed):
        pdf.render(paper(ENDLESS, limit_seconds=1))
    assert list(tmp_path.iterdir()) == []
