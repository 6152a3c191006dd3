"""A snapshot as a printable document: its page, its charts, and its data attached so that every number can be recomputed."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from backoffice.core.home import home_address
from backoffice.core.paths import resource_dir
from backoffice.outcomes import historic
from backoffice.reports import display, highlights, pdf, plates, press
from backoffice.reports.cells import INTERNAL
from backoffice.reports.indicators import has_anything
from backoffice.reports.models import FULL, PRESS, SUMMARY
from backoffice.reports.standing import UNMARKED, Standing, printed

PUBLISHER = "강소특구지원본부"
LIMIT_SECONDS = {"zone": 240, "nation": 900}
"""A quiet machine needs a twentieth of it."""

EDITIONS = {INTERNAL: "내부판", "public": "공개판"}


TEMPLATES = {
    (FULL, "zone"): "reports/zone.html",
    (FULL, "nation"): "reports/national.html",
    (SUMMARY, "zone"): "reports/summary.html",
    (SUMMARY, "nation"): "reports/summary.html",
    (PRESS, "zone"): "reports/press.html",
    (PRESS, "nation"): "reports/press.html",
}
ENDINGS = {FULL: "", SUMMARY: " 한 장 요약", PRESS: " 보도자료용 표"}


class Frozen(Protocol):
    """What a document needs of a snapshot."""

    @property
    def number(self) -> str: ...
    @property
    def edition(self) -> str: ...
    @property
    def base_date(self) -> date: ...
    @property
    def content(self) -> str: ...
    @property
    def sha256(self) -> str: ...


def document(snapshot: Frozen, standing: Standing = UNMARKED, *, paper: str = FULL) -> pdf.Document:
    """What ``pdf.make`` prints: the same snapshot and standing always give the same document, at one address of the house."""
    content = json.loads(snapshot.content)
    figures = content["figures"]
    return pdf.Document(
        html=html(snapshot, content, standing, paper=paper),
        title=title(figures) + ENDINGS[paper],
        created=datetime.combine(snapshot.base_date, time(), UTC),
        identifier=_identifier(snapshot, paper),
        limit_seconds=LIMIT_SECONDS[figures["kind"]],
        attachments=(
            pdf.Attached("figures.json", snapshot.content.encode(), "보고서의 모든 수치(고정 사본)"),
            pdf.Attached("indicators.csv", indicators_csv(figures).encode("utf-8-sig"), "성과지표 표"),
        ),
    )


def _identifier(snapshot: Frozen, paper: str) -> str:
    """The report's own from its figures; another paper of the same figures is another document."""
    if paper == FULL:
        return snapshot.sha256[:32]
    return hashlib.sha256(f"{paper} {snapshot.sha256}".encode()).hexdigest()[:32]


def title(figures: dict[str, Any]) -> str:
    if figures["kind"] == "nation":
        return f"{figures['year']}년 강소연구개발특구 종합 성과보고서"
    return f"{figures['year']}년 {figures['zone']['name']} 강소연구개발특구 연차 성과보고서"


def html(snapshot: Frozen, content: dict[str, Any], standing: Standing = UNMARKED, *, paper: str = FULL) -> str:
    """The page of a paper of a snapshot."""
    figures = content["figures"]
    by_code = {one["code"]: one for one in figures["indicators"]}
    return (
        _pages()
        .get_template(TEMPLATES[paper, figures["kind"]])
        .render(
            f=figures,
            title=title(figures) + ENDINGS[paper],
            issue=issue(snapshot, content, standing),
            errata=content["errata"],
            tiles=[by_code[code] for code in figures["headlines"]],
            told=[one for one in figures["indicators"] if has_anything(one)],
            untold=[one["label"] for one in figures["indicators"] if not has_anything(one)],
            plates=plates.of(figures, paper),
            highlights=highlights.of(figures) if paper == SUMMARY else [],
            press=press.tables(figures) if paper == PRESS else [],
            sayings=press.sayings(figures) if paper == PRESS else [],
            home=home_address(),
            historic=historic.historic_figures(),
            strata=historic.STRATA,
            published=historic.published_totals(),
            publisher=PUBLISHER,
        )
    )


def verify_address(snapshot: Frozen) -> str:
    """Where anybody may ask whether a copy of this issue is genuine."""
    return f"{home_address()}/reports/verify?number={snapshot.number}"


def issue(snapshot: Frozen, content: dict[str, Any], standing: Standing) -> dict[str, Any]:
    """What the papers of an issue say of the issue itself, with the marks of where it stands."""
    return _issue(snapshot, content) | printed(standing, internal=snapshot.edition == INTERNAL)


def _issue(snapshot: Frozen, content: dict[str, Any]) -> dict[str, Any]:
    """What the cover says of the issue itself."""
    stem, _, place = snapshot.number.rpartition("-")
    before = f"{stem}-{int(place) - 1:02d}" if int(place) > 1 else ""
    return {
        "number": snapshot.number,
        "place": int(place),
        "previous": content.get("compared_to", before),
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
