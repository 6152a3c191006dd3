"""The figures of a report that are drawn: which of its numbers become which chart."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from backoffice.reports import charts
from backoffice.reports.cells import OK
from backoffice.reports.charts import Bar, Point
from backoffice.reports.display import percent, with_unit
from backoffice.reports.models import FULL

STATIONS = {
    "submitted": "신청",
    "under_review": "적격(평가)",
    "awarded": "선정",
    "contracted": "협약",
    "performed": "수행 종료",
    "settled": "정산 완료",
}
"""What the stations of a case are called in reports."""

TRENDS = 6


def of(figures: Mapping[str, Any], paper: str = FULL) -> dict[str, Any]:
    """Every drawing of a paper by its place; what has no data is left out."""
    by_code = {one["code"]: one for one in figures["indicators"]}
    headlines = [by_code[code] for code in figures["headlines"]]
    if paper != FULL:
        return {"trends": [one for one in map(trend, headlines) if one is not None][:TRENDS]}
    drawn: dict[str, Any] = {
        "funnel": funnel(figures),
        "months": months(figures),
        "achievements": achievements(headlines),
        "trends": [one for one in map(trend, headlines) if one is not None][:TRENDS],
    }
    if figures["kind"] == "nation":
        drawn["rankings"] = {one["code"]: ranking(one) for one in figures["indicators"] if "zones" in one}
        drawn["drawn"] = [code for code, plate in drawn["rankings"].items() if plate is not None]
    return drawn


def _number(cell: Mapping[str, Any]) -> float:
    return float(cell["value"]) if cell["state"] == OK else 0.0


def funnel(figures: Mapping[str, Any]) -> Markup | None:
    """Cases of all programs from application to settlement."""
    totals = {tag: sum(int(_number(program["stations"][tag])) for program in figures["programs"]) for tag in STATIONS}
    if not totals["submitted"]:
        return None
    bars = [Bar(name, totals[tag], f"{totals[tag]:,}건") for tag, name in STATIONS.items()]
    return Markup(charts.stages(bars, title="사업 추진 단계별 건수"))  # noqa: S704  # drawn and cleaned by charts


def months(figures: Mapping[str, Any]) -> Markup | None:
    if not any(figures["months"]):
        return None
    return Markup(charts.months(figures["months"], title="월별 신청 건수"))  # noqa: S704  # drawn and cleaned by charts


def achievements(entries: Sequence[Mapping[str, Any]]) -> Markup | None:
    """Headlines that have a target, in percent of it."""
    bars = [
        Bar(one["label"], _number(one["achieved"]), percent(one["achieved"]))
        for one in entries
        if one["achieved"]["state"] == OK
    ]
    return Markup(charts.achievements(bars, title="핵심지표 목표 달성률")) if bars else None  # noqa: S704  # drawn by charts


def trend(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """Five years of one indicator, if at least two of them are known."""
    points = [
        Point(str(one["year"]), float(one["value"]) if one["state"] == OK else None, _short(one, entry))
        for one in entry["trend"]
    ]
    if sum(point.value is not None for point in points) < 2:
        return None
    drawn = charts.trend(points, title=f"{entry['label']} 추이")
    unit = "억원" if entry["unit"] == "won" else entry["unit_label"]
    return {"label": f"{entry['label']}({unit})", "svg": Markup(drawn)}  # noqa: S704  # drawn and cleaned by charts


def _short(cell: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    return with_unit(cell, entry["unit"], entry["unit_label"])


def ranking(entry: Mapping[str, Any]) -> Markup | None:
    """The zones by one indicator, with the average as a line."""
    bars = [
        Bar(row["name"], _number(row["now"]), _short(row["now"], entry))
        for row in entry["zones"]
        if row["now"]["state"] == OK and Decimal(row["now"]["value"]) >= 0
    ]
    if len(bars) < 2 or not any(bar.value for bar in bars):
        return None
    average = entry["average"]
    drawn = charts.ranking(
        bars,
        average=float(average["value"]) if average["state"] == OK else None,
        average_text=f"특구 평균 {_short(average, entry)}",
        title=f"특구별 {entry['label']}",
    )
    return Markup(drawn)  # noqa: S704  # drawn and cleaned by charts
