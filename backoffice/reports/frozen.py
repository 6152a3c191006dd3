"""The figures of an issue by code, year and zone, as they were frozen: each with its rule and what is told of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backoffice.reports import behind, display, tracing
from backoffice.reports.cells import MISSING, OK, blank, cell
from backoffice.reports.indicators import formula, has_anything
from backoffice.reports.plates import STATIONS

Cell = Mapping[str, Any]

NAMES = {**STATIONS, "broken_off": "중도 해약", "requested": "신청액", "agreed": "협약액", "disbursed": "지급액"}
PROGRAM_RULES = {
    "requested": "해당 연도에 접수된 신청액의 합(주관 특구 기준)",
    "agreed": "해당 연도에 접수된 과제의 협약액의 합(주관 특구 기준)",
    "disbursed": "해당 연도에 접수된 과제에 지급한 금액의 합(주관 특구 기준)",
}
REACHED = "해당 사업연도에 접수된 건 가운데 이 단계에 한 번이라도 이른 건수"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an issue. ``zone`` is the code of the zone it is about, empty for the whole of the issue."""

    code: str
    year: int
    zone: str
    place: str
    """The name of the zone, or 전국."""
    label: str
    unit: str
    unit_label: str
    now: Cell
    formula: str
    source: str = "사업관리 기록"
    beside: Mapping[str, Cell] = field(default_factory=dict)
    """What is printed beside it: before, change, target, achieved, average."""

    @property
    def text(self) -> str:
        return display.with_unit(self.now, self.unit, self.unit_label)

    @property
    def amount(self) -> Decimal | None:
        return Decimal(self.now["value"]) if self.now["state"] == OK else None


def listed(figures: Mapping[str, Any]) -> list[Figure]:
    """Every figure of the year that leads somewhere: the indicators that have one, then those of the programs."""
    year, place = figures["year"], _place(figures)
    entries = [_of_entry(one, year, place, "") for one in figures["indicators"] if has_anything(one)]
    return [*(one for one in entries if one is not None), *_of_programs(figures, place)]


def find(figures: Mapping[str, Any], code: str, year: int, zone: str) -> Figure | None:
    """One figure of the issue, or None when it prints no such figure."""
    whole = figures["kind"] == "nation" and not zone
    own = figures["kind"] == "zone" and zone in ("", figures["zone"]["code"])
    if "." in code:
        known = _of_programs(figures, _place(figures)) if (whole or own) and year == figures["year"] else []
        return next((one for one in known if one.code == code), None)
    entry = next((one for one in figures["indicators"] if one["code"] == code), None)
    if entry is None:
        return None
    if whole or own:
        return _of_entry(entry, year, _place(figures), "")
    return _of_zone(entry, year, figures["year"], zone) if figures["kind"] == "nation" else None


def _place(figures: Mapping[str, Any]) -> str:
    return "전국" if figures["kind"] == "nation" else str(figures["zone"]["name"])


def _of_entry(entry: Mapping[str, Any], year: int, place: str, zone: str) -> Figure | None:
    trend = {one["year"]: one for one in entry["trend"]}
    if year not in trend:
        return None
    newest = year == max(trend)
    columns = ("before", "change", "target", "achieved", "average")
    return _figure(
        entry,
        year,
        zone,
        place,
        entry["now"] if newest else trend[year],
        {name: entry[name] for name in columns if newest},
    )


def _of_zone(entry: Mapping[str, Any], year: int, newest: int, zone: str) -> Figure | None:
    """A line of the national comparison: this year and the one before."""
    row = next((one for one in entry.get("zones", []) if one["zone"] == zone), None)
    if row is None or year not in (newest, newest - 1):
        return None
    columns = ("before", "change", "target", "achieved")
    beside = {name: row[name] for name in columns} if year == newest else {}
    return _figure(entry, year, zone, row["name"], row["now" if year == newest else "before"], beside)


def _figure(
    entry: Mapping[str, Any], year: int, zone: str, place: str, now: Cell, beside: Mapping[str, Cell]
) -> Figure:
    return Figure(
        code=entry["code"],
        year=year,
        zone=zone,
        place=place,
        label=entry["label"],
        unit=entry["unit"],
        unit_label=entry["unit_label"],
        now=now,
        formula=entry["formula"],
        source=entry["source"],
        beside=beside,
    )


def _of_programs(figures: Mapping[str, Any], place: str) -> Iterator[Figure]:
    for program in figures["programs"]:
        for code in behind.program_codes(program["code"]):
            name = code.partition(".")[2]
            money = name in behind.MONEY
            known = program["stations"].get(name) or cell(program.get(name, 0))
            yield Figure(
                code=code,
                year=figures["year"],
                zone="",
                place=place,
                label=f"{program['title']} {NAMES[name]}",
                unit="won" if money else "count",
                unit_label="원" if money else "건",
                now=known,
                formula=PROGRAM_RULES.get(name, REACHED),
            )


def of_now(code: str, year: int, place: str, amount: Decimal | None) -> Figure:
    """A figure that no issue holds, as the ledger says it today. Raises KeyError for no such code."""
    known = blank(MISSING) if amount is None else cell(amount)
    if "." in code:
        name = code.partition(".")[2]
        money = name in behind.MONEY
        rule = PROGRAM_RULES.get(name, REACHED)
        return Figure(code, year, "", place, f"{code.partition('.')[0]} {NAMES[name]}", "won" if money else "count",
                      "원" if money else "건", known, rule)  # fmt: skip
    indicator = tracing.wide(code)
    if indicator is None:
        raise KeyError(code)
    rule = formula(indicator, counted=indicator.source == "cases")
    return Figure(code, year, "", place, indicator.label.ko, indicator.unit, indicator.unit_label.ko, known, rule, "")
