"""The text tables of a whole report for word processors: every figure as it was frozen, in the units of the report."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backoffice.reports import display
from backoffice.reports.indicators import has_anything
from backoffice.reports.plates import STATIONS
from backoffice.reports.tables import Shown, TextTable, texts

Entry = Mapping[str, Any]


def tables(figures: Mapping[str, Any]) -> list[TextTable]:
    """Stations and money of the programs, the indicators with their five years, the zones, the rules."""
    told = [one for one in figures["indicators"] if has_anything(one)]
    found = [_stations(figures), _money(figures), _indicators(figures, told), _years(told)]
    if figures["kind"] == "nation":
        found += [_zones(figures, one) for one in told if "zones" in one]
    return [*(table for table in found if table.rows), _rules(told)]


def _shown(cell: Mapping[str, Any], unit: str) -> Shown:
    return Shown(display.shown(cell, unit))


def _millions(won: int) -> Shown:
    return Shown(display.millions(won), Decimal(won))


def _named(one: Entry) -> tuple[Shown, ...]:
    return texts(one["label"], display.unit_name(one["unit"], one["unit_label"]))


def _stations(figures: Mapping[str, Any]) -> TextTable:
    rows = tuple(
        (Shown(one["title"]), Shown(str(one["calls"])), *(_shown(one["stations"][tag], "count") for tag in STATIONS))
        for one in figures["programs"]
    )
    return TextTable("사업별 추진 단계", "건", f"{figures['year']}년 사업", ("사업", "공고", *STATIONS.values()), rows)


def _money(figures: Mapping[str, Any]) -> TextTable:
    names = ("requested", "agreed", "disbursed", "recovered")
    rows = tuple((Shown(one["title"]), *(_millions(one[name]) for name in names)) for one in figures["programs"])
    heads = ("사업", "신청액", "협약액", "지급액", "환수액")
    return TextTable("사업별 사업비", "백만원", f"{figures['year']}년 사업", heads, rows)


def _indicators(figures: Mapping[str, Any], told: list[Entry]) -> TextTable:
    year = figures["year"]
    rows = tuple(
        (
            *_named(one),
            *(_shown(one[name], one["unit"]) for name in ("before", "now")),
            Shown(display.arrow(one["change"])),
            _shown(one["target"], one["unit"]),
            _shown(one["achieved"], "percent"),
            _shown(one["average"], one["unit"]),
        )
        for one in told
    )
    heads = ("지표", "단위", f"{year - 1}년", f"{year}년", "증감", "목표", "달성률(%)", "특구 평균")
    return TextTable("성과지표: 전 → 후", "표 안에 적음", f"{year}년 실적", heads, rows)


def _years(told: list[Entry]) -> TextTable:
    years = [cell["year"] for cell in told[0]["trend"]] if told else []
    rows = tuple((*_named(one), *(_shown(cell, one["unit"]) for cell in one["trend"])) for one in told)
    return TextTable(
        "성과지표 5개년", "표 안에 적음", "각 연도 실적", ("지표", "단위", *(f"{year}년" for year in years)), rows
    )


def _zones(figures: Mapping[str, Any], one: Entry) -> TextTable:
    year, unit = figures["year"], one["unit"]
    rows = [
        (Shown(row["name"]), _shown(row["before"], unit), _shown(row["now"], unit), Shown(display.arrow(row["change"])))
        for row in one["zones"]
    ]
    total = (Shown("전국"), _shown(one["before"], unit), _shown(one["now"], unit), Shown(display.arrow(one["change"])))
    return TextTable(
        f"특구별 {one['label']}",
        display.unit_name(unit, one["unit_label"]),
        f"{year}년 실적",
        ("특구", f"{year - 1}년", f"{year}년", "증감"),
        (*rows, total),
    )


def _rules(told: list[Entry]) -> TextTable:
    rows = tuple((*_named(one), *texts(one["source"], f"{one['formula']}. {one['growth']}")) for one in told)
    return TextTable("지표의 단위·자료·산식", "", "", ("지표", "단위", "자료", "산식"), rows)
