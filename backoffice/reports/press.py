"""The tables of a report as newspapers lift them: money in 억원, worded 조·억, every figure as it was frozen."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backoffice.core.money import EOK
from backoffice.outcomes.aggregation import jo_eok
from backoffice.outcomes.numerals import half_up, plain
from backoffice.reports import display
from backoffice.reports.cells import OK
from backoffice.reports.tables import Shown, TextTable, texts

COMPARED = 4
"""Headlines that the national table compares zone by zone."""

Cell = Mapping[str, Any]
Entry = Mapping[str, Any]


def said(cell: Cell, unit: str, label: str) -> str:
    """A value in words: ``2조5,639억원``, ``0.6억원``, ``27건``; or why there is none."""
    if cell["state"] == OK and unit == "won":
        return jo_eok(Decimal(cell["value"]))
    return display.with_unit(cell, unit, label)


def shown(cell: Cell, unit: str) -> Shown:
    """A value as a cell of a sheet: money in 억원 as it is worded, everything else as it was frozen."""
    if cell["state"] != OK:
        return Shown(display.blank_of(cell))
    value = Decimal(cell["value"])
    if unit != "won":
        return Shown(display.table_number(value, unit), value)
    eok = value / EOK
    worth = half_up(eok) if abs(eok) >= 10_000 else half_up(eok, 1)
    return Shown(display.signed(plain(abs(worth)), worth), worth)


def unit_of(entry: Entry) -> str:
    label: str = entry["unit_label"]
    return "억원" if entry["unit"] == "won" else label


def headlines(figures: Mapping[str, Any]) -> list[Entry]:
    by_code = {one["code"]: one for one in figures["indicators"]}
    return [by_code[code] for code in figures["headlines"]]


def tables(figures: Mapping[str, Any]) -> list[TextTable]:
    """Headlines, their five years, the programs; for the nation the zones as well."""
    found = [_headlines(figures), _years(figures), _programs(figures)]
    if figures["kind"] == "nation":
        found.insert(1, _zones(figures))
    return [table for table in found if table.rows]


def _headlines(figures: Mapping[str, Any]) -> TextTable:
    year = figures["year"]
    rows = tuple(
        (
            *texts(one["label"], unit_of(one)),
            shown(one["before"], one["unit"]),
            shown(one["now"], one["unit"]),
            Shown(display.arrow(one["change"])),
            shown(one["target"], one["unit"]),
            shown(one["achieved"], "percent"),
            shown(one["average"], one["unit"]),
            Shown(said(one["now"], one["unit"], one["unit_label"])),
        )
        for one in headlines(figures)
    )
    heads = ("지표", "단위", f"{year - 1}년", f"{year}년", "증감", "목표", "달성률(%)", "특구 평균", f"{year}년 표기")
    return TextTable(
        "핵심지표", "금액 억원, 그 밖은 지표의 단위", f"{year}년 실적", heads, rows, frozenset(range(2, 9))
    )


def _years(figures: Mapping[str, Any]) -> TextTable:
    entries = headlines(figures)
    years = [cell["year"] for cell in entries[0]["trend"]] if entries else []
    rows = tuple(
        (*texts(one["label"], unit_of(one)), *(shown(cell, one["unit"]) for cell in one["trend"])) for one in entries
    )
    heads = ("지표", "단위", *(f"{year}년" for year in years))
    return TextTable(
        "핵심지표 5개년", "금액 억원, 그 밖은 지표의 단위", "각 연도 실적", heads, rows, frozenset(range(2, len(heads)))
    )


def _programs(figures: Mapping[str, Any]) -> TextTable:
    stations = ("submitted", "awarded", "contracted")
    rows = tuple(
        (
            Shown(one["title"]),
            *(shown(one["stations"][tag], "count") for tag in stations),
            *(shown({"state": OK, "value": str(one[name])}, "won") for name in ("agreed", "disbursed")),
        )
        for one in figures["programs"]
    )
    heads = ("사업", "신청(건)", "선정(건)", "협약(건)", "협약액(억원)", "지급액(억원)")
    return TextTable("사업별 추진실적", "건, 억원", f"{figures['year']}년 사업", heads, rows, frozenset(range(1, 6)))


def _zones(figures: Mapping[str, Any]) -> TextTable:
    """The zones by the first headlines that compare them, in the order of the zones, and the nation below."""
    compared = [one for one in headlines(figures) if "zones" in one][:COMPARED]
    by_zone = [{row["name"]: row for row in one["zones"]} for one in compared]
    rows = [
        (
            Shown(zone["name"]),
            *(shown(known[zone["name"]]["now"], one["unit"]) for one, known in zip(compared, by_zone, strict=True)),
        )
        for zone in figures["zones"]
    ]
    rows.append((Shown("전국"), *(shown(one["now"], one["unit"]) for one in compared)))
    heads = ("특구", *(f"{one['label']}({unit_of(one)})" for one in compared))
    return TextTable(
        "특구별 핵심지표", "머리행에 적음", f"{figures['year']}년 실적", heads, tuple(rows) if compared else (),
        frozenset(range(1, len(heads))),
    )  # fmt: skip


def sayings(figures: Mapping[str, Any]) -> list[str]:
    """One line for each headline that has a value, ready to be quoted."""
    return [_saying(one, figures["year"]) for one in headlines(figures) if one["now"]["state"] == OK]


def _saying(one: Entry, year: int) -> str:
    now, before = (said(one[name], one["unit"], one["unit_label"]) for name in ("now", "before"))
    values = f"{year - 1}년 {before} → {year}년 {now}" if one["before"]["state"] == OK else f"{year}년 {now}"
    return f"{one['label']} {values} ({display.sentence(one)})"
