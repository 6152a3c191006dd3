"""Every number of the demo's reports counted a second time: in the data that travels in the PDF, and in its words."""

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from backoffice.core.db import db, transaction
from backoffice.organizations.queries import zone
from backoffice.reports import services
from backoffice.reports.keys import key_of
from backoffice.reports.models import FULL
from backoffice.reports.queries import snapshot
from backoffice.reports.standing import UNMARKED
from tests.demo.conftest import Built
from tests.demo.leaves import leaves
from tests.demo.ledger import rounded
from tests.demo.recount import Recount
from tests.reports.papers import attached
from tests.reports.tagged import Reading, Table, read

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates" / "reports"
PUBLISHED = ROOT / "backoffice" / "outcomes" / "data"
"""Lists of figures that others published; a national report quotes them in its appendix."""

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
MILLION, EOK = 10**6, 10**8
RATES = {"percent", "times", "points"}
BLANKS = {"-", "해당없음", "비공개"}
ABOUT = re.compile(r"표 \d+\. 특구별 (.+)\(단위:")
"""The caption of a table that compares zones, with the indicator in it."""


@pytest.fixture
def recount(standing: Built) -> Iterator[Recount]:
    """The newest year whose figures are complete, counted again over a bare connection."""
    year = db.session.connection().exec_driver_sql("SELECT max(year) FROM target").scalar_one() - 1
    with db.engine.connect() as connection:
        yield Recount(connection, int(year))


def frozen(code: str | None, year: int, edition: str = "internal") -> str:
    """The number of an issue."""
    with transaction():
        return services.freeze(zone(code) if code else None, year, edition, None).number


PRINTED: dict[str, bytes] = {}


def printed(number: str, built: Built) -> bytes:
    """The PDF, printed for the first test that looks at it and kept for the others.

    The same figures on another database make the same document, which is the same bytes.
    """
    key = key_of(snapshot(number), UNMARKED, FULL)
    if key not in PRINTED:
        with transaction():
            PRINTED[key] = services.build(snapshot(number), built.app.extensions["files"])
    return PRINTED[key]


def figures_in(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(attached(content, "figures.json"))["figures"]
    return found


def table_form(value: Decimal, unit: str) -> str:
    """A number as a table prints it, written down here a second time."""
    shown = rounded(abs(value) / MILLION, 0) if unit == "won" else rounded(abs(value)) if unit in RATES else abs(value)
    text = f"{shown:,f}"
    if unit not in RATES and "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"△{text}" if value < 0 and text.strip("0.,") else text


def differences(told: dict[str, Decimal], counted: dict[str, Any]) -> dict[str, Any]:
    return {
        key: (told.get(key), counted.get(key))
        for key in told.keys() | counted.keys()
        if told.get(key) != counted.get(key)
    }


@pytest.mark.pdf
def test_every_number_in_the_data_of_a_zone_paper_is_what_the_tables_say(standing: Built, recount: Recount) -> None:
    content = printed(frozen("GS-GIMHAE", recount.year), standing)
    figures = figures_in(content)
    counted = recount.zone("GS-GIMHAE", figures)
    assert differences(leaves(figures), counted) == {}
    assert len(counted) > 400
    told = csv.DictReader(io.StringIO(attached(content, "indicators.csv").decode("utf-8-sig")))
    for row in told:
        for name in ("now", "before", "change", "target", "achieved", "average"):
            value = counted.get(f"indicators/{row['code']}/{name}/value")
            assert (value is None) == (not re.fullmatch(r"-?[\d.]+", row[name])), row
            assert value is None or Decimal(row[name]) == value
        assert (row["firms"] or None) == (str(counted.get(f"indicators/{row['code']}/now/firms", "")) or None)


def test_every_number_of_every_report_is_what_the_tables_say(recount: Recount) -> None:
    for code in ("GS-HONGNEUNG", "GS-POHANG"):
        figures = services.figures_of(snapshot(frozen(code, recount.year)))
        assert differences(leaves(figures), recount.zone(code, figures)) == {}
    nation = services.figures_of(snapshot(frozen(None, recount.year)))
    counted = recount.nation(nation)
    assert differences(leaves(nation), counted) == {}
    assert len(counted) > 3_000


def test_the_public_edition_tells_the_same_numbers_or_none(recount: Recount) -> None:
    for code in ("GS-GIMHAE", None):
        figures = services.figures_of(snapshot(frozen(code, recount.year, "public")))
        told = leaves(figures)
        counted = recount.zone(code, figures) if code else recount.nation(figures)
        hidden = {key for key in told if key.endswith("/rank")}
        assert {key: told[key] for key in told.keys() - hidden if told[key] != counted.get(key)} == {}
        assert "suppressed" in json.dumps(figures)


def test_the_zones_add_up_to_the_nation_and_what_is_told_twice_explains_the_rest(recount: Recount) -> None:
    figures = services.figures_of(snapshot(frozen(None, recount.year)))
    told, unequal = leaves(figures), 0
    for one in figures["indicators"]:
        nation = told.get(f"indicators/{one['code']}/now/value")
        if nation is None or one["rule"].startswith("Σ") or one["unit"] in RATES:
            continue
        pattern = re.compile(rf"indicators/{re.escape(one['code'])}/zones/[^/]+/now/value")
        zones = sum((value for key, value in told.items() if pattern.fullmatch(key)), Decimal(0))
        if one["source"] != "다른 지표에서 계산":
            assert zones - nation == recount.told_twice(one["code"]), one["code"]
            unequal += zones != nation
    assert unequal, "the demo has joint projects"
    assert told["overlap/twice"] == told["overlap/by_zone"] - told["overlap/nation"] > 0


@pytest.mark.pdf
@pytest.mark.parametrize(
    ("code", "edition"), [("GS-GIMHAE", "internal"), ("GS-HONGNEUNG", "public"), (None, "internal"), (None, "public")]
)
def test_every_cell_of_the_indicator_table_is_what_the_tables_say(
    standing: Built, recount: Recount, code: str | None, edition: str
) -> None:
    content = printed(frozen(code, recount.year, edition), standing)
    by_label = {one["label"]: one for one in figures_in(content)["indicators"]}
    counted = recount.ledger.printed(recount.id_of(code) if code else 0)
    read_rows = [
        row for table in read(content).tables() if table.rows[0][-1] == "특구 평균" and len(table.rows[0]) == 9
        for row in table.rows[1:]
    ]  # fmt: skip
    assert len(read_rows) > 20
    for label, _, before, now, change, _, target, achieved, average in read_rows:
        one = by_label[label]
        cells = {"before": before, "now": now, "change": change, "target": target, "achieved": achieved, "average": average}  # fmt: skip
        assert wrong_cells(cells, counted, f"indicators/{one['code']}", one, edition) == {}, label


@pytest.mark.pdf
@pytest.mark.parametrize("edition", ["internal", "public"])
def test_every_cell_that_compares_the_zones_is_what_the_tables_say(
    standing: Built, recount: Recount, edition: str
) -> None:
    content = printed(frozen(None, recount.year, edition), standing)
    figures = figures_in(content)
    by_label = {one["label"]: one for one in figures["indicators"]}
    counted, seen = recount.nation(figures), set()
    for label, table in compared(read(content).tables()):
        one = by_label[label]
        for rank, name, before, now, change, target, achieved in table:
            stem = f"indicators/{one['code']}" + ("" if name == "전국" else f"/zones/{name}")
            cells = {"before": before, "now": now, "change": change, "target": target, "achieved": achieved}
            assert wrong_cells(cells, counted, stem, one, edition) == {}, (label, name)
            place = counted.get(f"{stem}/rank")
            assert rank in {"" if name == "전국" else "-" if place is None else str(place)} | hidden(edition, "-")
            seen.add((label, name))
    told = {label for label, _ in seen}
    assert len(told) > 20
    assert seen == {(label, name) for label in told for name in ["전국", *map(recount.names.get, recount.ledger.operating)]}  # fmt: skip


def compared(tables: list[Table]) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """The tables of the zones with the indicator they are about; one that goes on over a page names it once."""
    label = ""
    for table in tables:
        if table.rows[0][:2] == ("순위", "특구"):
            found = ABOUT.match(table.caption)
            label = found[1] if found else label
            yield label, table.rows[1:]


def wrong_cells(
    cells: dict[str, str], counted: dict[str, Any], stem: str, one: dict[str, Any], edition: str
) -> dict[str, str]:
    """Cells that say something else than what was counted; a public edition may hide any."""
    wrong = {}
    for name, cell in cells.items():
        value = counted.get(f"{stem}/{name}/value")
        if name == "change":
            told = BLANKS if value is None else change_forms(value)
        else:
            told = BLANKS if value is None else {table_form(value, "percent" if name == "achieved" else one["unit"])}
        if cell not in told | hidden(edition, "비공개"):
            wrong[name] = f"{cell} for {value}"
    return wrong


def hidden(edition: str, word: str) -> set[str]:
    return {word} if edition == "public" else set()


def change_forms(value: Decimal) -> set[str]:
    """How a change may stand in a narrow column: in %, in %p, as a difference or as a multiple."""
    sign, bare = "+" if value > 0 else "△" if value < 0 else "", f"{abs(value):,f}"
    bare = bare.rstrip("0").rstrip(".") if "." in bare else bare
    return {f"{sign}{bare}{unit}" for unit in ("%", "%p", "")} | {f"{bare}배"}


@pytest.mark.pdf
@pytest.mark.parametrize("code", ["GS-GIMHAE", None])
def test_no_number_stands_in_the_words_of_a_paper_that_nobody_can_explain(
    standing: Built, recount: Recount, code: str | None
) -> None:
    number = frozen(code, recount.year)
    content = printed(number, standing)
    reading, figures = read(content), figures_in(content)
    counted = recount.zone(code, figures) if code else recount.nation(figures)
    known = explained(counted, figures, reading)
    if code is None:
        known |= quoted() | sums_of_zones(figures)
    mark = snapshot(number).sha256
    told = [
        text for text in words(reading) if text.replace(" ", "") not in mark
    ]  # whole and in parts, as a mark is read out
    unknown = {word for text in told for word in NUMBER.findall(text)} - known
    assert unknown <= set(NUMBER.findall(number)) | set(NUMBER.findall(mark)), unknown


def quoted() -> set[str]:
    """What others published, as their lists have it and with commas, and how far two sources of one total differ."""
    lists = [
        list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))) for path in sorted(PUBLISHED.iterdir())
    ]
    cells = [cell or "" for rows in lists for row in rows for cell in row.values()]
    found = {word for cell in cells for word in NUMBER.findall(cell)}
    found |= {f"{Decimal(word):,}" for word in found if "," not in word}
    totals = [row for rows in lists for row in rows if "source" in row]
    for one, other in permutations(totals, 2):
        if (one["year"], bare(one["indicator"])) == (other["year"], bare(other["indicator"])):
            value, off = Decimal(one["value"]), Decimal(other["value"]) - Decimal(one["value"])
            found |= {f"{abs(off):,}", f"{abs(rounded(off * 100 / value)):f}"}
    return found


def bare(name: str) -> str:
    """The name of an indicator without what a source adds in brackets."""
    return re.sub(r"\([^)]*\)", "", name).strip()


def sums_of_zones(figures: dict[str, Any]) -> set[str]:
    """The foot of the table of zones."""
    return {f"{rounded(Decimal(sum(one['agreed'] for one in figures['zones'])) / MILLION, 0):,f}"}


def words(reading: Reading) -> Iterator[str]:
    """Every text of a paper by itself; drawings repeat what stands in the table beside them."""
    drawn = {
        (figure.Pg.objgen, int(kid)) for figure in reading.of_kind("/Figure") for kid in figure.K if str(kid).isdigit()
    }
    return (text for place, text in reading.marked.items() if place not in drawn)


def explained(counted: dict[str, Any], figures: dict[str, Any], reading: Reading) -> set[str]:
    """How the counted numbers may be printed, and the numbers in names, dates, sentences and counters."""
    found: set[str] = set()
    for value in map(Decimal, counted.values()):
        eok = abs(value) / EOK
        forms = {abs(value), rounded(abs(value)), rounded(abs(value) / MILLION, 0), rounded(eok), rounded(eok, 0)}
        found |= {f"{one:,f}" for one in forms} | {f"{one.normalize():,f}" for one in forms}
        found |= {f"{int(rounded(eok, 0)) // 10_000:,}", f"{int(rounded(eok, 0)) % 10_000:,}"}
    for name in ("requested", "agreed", "disbursed", "recovered", "refused", "withdrawn", "broken_off"):
        total = sum(one[name] for one in figures["programs"])
        found |= {
            str(total),
            f"{rounded(Decimal(total) / MILLION, 0):,f}",
            f"{rounded(Decimal(total) / EOK).normalize():f}",
        }
    sources = [json.dumps(figures, ensure_ascii=False), str(snapshot_day(reading))]
    sources += [path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")]
    for text in sources:
        found |= set(NUMBER.findall(text)) | {word.lstrip("0") for word in NUMBER.findall(text)}
    counters = max(len(reading.paper.pages), len(figures["indicators"]), len(reading.tables()))
    return found | {str(number) for number in range(counters + 1)}


def snapshot_day(reading: Reading) -> str:
    """The base date, from the metadata that says when the document was made."""
    said = str(reading.paper.docinfo["/CreationDate"])
    return f"{said[2:6]} {said[6:8]} {said[8:10]}"
