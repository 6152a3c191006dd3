"""Looking into finished PDFs: their text, every byte inside their streams, and what they say of themselves."""

import io
import shutil
import subprocess

import pikepdf
import pytest

from tests.machine import REQUIRED


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def all_bytes(content: bytes) -> bytes:
    """The file as it is and every stream of it unpacked: nothing that was put in can hide here."""
    found = [content]
    if not content:
        return b""
    with opened(content) as paper:
        for item in paper.objects:
            if isinstance(item, pikepdf.Stream):
                try:
                    found.append(item.read_bytes())
                except pikepdf.PdfError:
                    found.append(item.read_raw_bytes())
    return b"\n".join(found)


def text_of(content: bytes) -> str:
    """The words of a PDF in reading order with every blank taken out: a cell may break its line at any of them."""
    if shutil.which("pdftotext") is None:
        if REQUIRED:
            pytest.fail("pdftotext is required in CI")
        pytest.skip("pdftotext is not on this machine")
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return bare(done.stdout.decode())


def bare(words: str) -> str:
    """A text without its blanks."""
    return "".join(words.split())


def attached(content: bytes, name: str) -> bytes:
    with opened(content) as paper:
        return paper.attachments[name].get_file().read_bytes()


def tags(paper: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """Every structure element of a tagged PDF."""
    return [
        item
        for item in paper.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name.StructElem
    ]
