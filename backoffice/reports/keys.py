"""The key a document is kept under: a digest over everything its bytes depend on, known without making the document."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import workflows
from backoffice.core.home import home_address
from backoffice.core.paths import PACKAGE, resource_dir
from backoffice.reports import pdf
from backoffice.reports.documents import Frozen
from backoffice.reports.standing import Standing

LIBRARIES = ("weasyprint", "jinja2", "vl-convert-python", "altair")
"""Those that take part in drawing and printing, as far as they are installed."""
SOURCES = (("templates", "reports/**/*.html"), ("static", "print.css"), ("static", "fonts/*/*.ttf"))
MAKERS = ("reports", "outcomes", "core")
"""The rooms of the house whose code and data make a page of figures."""


def key_of(snapshot: Frozen, standing: Standing, paper: str) -> str:
    """SHA-256 over the figures, what the issue says of itself, the address of the house, and how documents are made."""
    digest = hashlib.sha256()
    said = (snapshot.number, snapshot.edition, snapshot.base_date.isoformat(), snapshot.sha256, repr(standing), paper)
    for part in (*said, home_address(), _recipe()):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


@cache
def _recipe() -> str:
    """A digest of all that turns figures into a document: templates, style, fonts, our own code, and the printers."""
    digest = hashlib.sha256(pdf.RECIPE.encode())
    for name in LIBRARIES:
        digest.update(f"{name} {_version(name)}\0".encode())
    for path in _files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return "-"


def _files() -> Iterator[Path]:
    for folder, pattern in SOURCES:
        yield from sorted(resource_dir(folder).glob(pattern))
    rooms = [PACKAGE / room for room in MAKERS] + [Path(workflows.__file__).parent]
    for room in rooms:
        yield from sorted(path for path in room.rglob("*") if path.suffix in {".py", ".csv"})
    yield rooms[-1] / "indicators.yaml"
