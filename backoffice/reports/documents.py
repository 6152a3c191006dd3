"""A snapshot as a printable document: its page, its charts, and its data attached so that every number can be recomputed."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from functools import cache
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from backoffice.core.paths import resource_dir
from backoffice.outcomes import historic
from backoffice.reports import display, pdf, plates
from backoffice.reports.cells import INTERNAL
from backoffice.reports.indicators import has_anything
from backoffice.reports.models import Snapshot

PUBLISHER = "강소특구지원본부"
LIMIT_SECONDS = {"zone": 240, "nation": 900}
"""A quiet machine needs a twentieth of it."""

EDITIONS = {INTERNAL: "내부판", "public": "공개판"}


def document(snapshot: Snapshot) -> pdf.Document:
    """What ``pdf.make`` prints: the same snapshot always gives the same document."""
    content = json.loads(snapshot.content)
    figures = content["figures"]
    return pdf.Document(
        html=html(snapshot, content),
        title=title(figures),
        created=datetime.combine(snapshot.base_date, time(), UTC),
        identifier=snapshot.sha256[:32],
        limit_seconds=LIMIT_SECONDS[figures["kind"]],
        attachments=(
            pdf.Attached("figures.json", snapshot.content.encode(), "보고서의 모든 수치(고정 사본)"),
            pdf.Attached("indicators.csv", indicators_csv(figures).encode("utf-8-sig"), "성과지표 표"),
        ),
    )


def title(figures: dict[str, Any]) -> str:
    if figures["kind"] == "nation":
        return f"{figures['year']}년 강소연구개발특구 종합 성과보고서"
    return f"{figures['year']}년 {figures['zone']['name']} 강소연구개발특구 연차 성과보고서"


def html(snapshot: Snapshot, content: dict[str, Any]) -> str:
    """The page of a snapshot."""
    figures = content["figures"]
    by_code = {one["code"]: one for one in figures["indicators"]}
    template = "reports/national.html" if figures["kind"] == "nation" else "reports/zone.html"
    return (
        _pages()
        .get_template(template)
        .render(
            f=figures,
            title=title(figures),
            issue=_issue(snapshot),
            errata=content["errata"],
            tiles=[by_code[code] for code in figures["headlines"]],
            told=[one for one in figures["indicators"] if has_anything(one)],
            untold=[one["label"] for one in figures["indicators"] if not has_anything(one)],
            plates=plates.of(figures),
            historic=historic.historic_figures(),
            strata=historic.STRATA,
            published=historic.published_totals(),
            publisher=PUBLISHER,
        )
    )


def _issue(snapshot: Snapshot) -> dict[str, Any]:
    """What the cover says of the issue itself."""
    stem, _, place = snapshot.number.rpartition("-")
    previous = f"{stem}-{int(place) - 1:02d}" if int(place) > 1 else ""
    return {
        "number": snapshot.number,
        "place": int(place),
        "previous": previous,
        "base": snapshot.base_date.isoformat(),
        "edition": EDITIONS[snapshot.edition],
        "internal": snapshot.edition == INTERNAL,
        "digest": snapshot.sha256,
    }


def indicators_csv(figures: dict[str, Any]) -> str:
    """The indicator table as CSV, in base units (won), with the reason where a value is not there."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    columns = ("now", "before", "change", "target", "achieved", "average")
    writer.writerow(("zone", "code", "indicator", "unit", *columns, "firms"))
    for one in figures["indicators"]:
        whole = figures["zone"]["code"] if figures["kind"] == "zone" else "nation"
        rows = [(whole, one)] + [(row["zone"], row) for row in one.get("zones", [])]
        for place, row in rows:
            cells = [row.get(name, {"state": "missing"}) for name in columns]
            texts = [cell.get("value", cell["state"]) for cell in cells]
            writer.writerow((place, one["code"], one["label"], one["unit"], *texts, row["now"].get("firms", "")))
    return target.getvalue()


def cache_key(printable: pdf.Document) -> str:
    """SHA-256 over everything the bytes depend on: page, style, fonts, attachments, the printer's version and recipe."""
    digest = hashlib.sha256()
    stylesheet = resource_dir("static") / printable.stylesheet
    parts = [printable.html, printable.title, printable.created.isoformat(), printable.identifier, printable.language]
    for part in [*parts, version("weasyprint"), pdf.RECIPE, _fonts_digest()]:
        digest.update(part.encode() + b"\0")
    digest.update(stylesheet.read_bytes())
    for one in printable.attachments:
        digest.update(one.name.encode() + b"\0" + one.content)
    return digest.hexdigest()


@cache
def _fonts_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(resource_dir("static").glob("fonts/*/*.ttf")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def printed_pages(filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """Where printed pages come from: escaped, and strict about names that do not exist."""
    pages = Environment(
        loader=FileSystemLoader(resource_dir("templates")),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(filters)
    return pages


@cache
def _pages() -> Environment:
    return printed_pages(display.FILTERS)
