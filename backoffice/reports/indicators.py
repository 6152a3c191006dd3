"""The indicator tables: each indicator of the charter with value, change, target, zone average, trend and its rule."""

import csv
from functools import cache
from typing import Any

from backoffice.outcomes.firm_figures import NATION
from backoffice.outcomes.historic import DATA
from backoffice.reports.cells import MISSING, NOT_APPLICABLE, OK, SUPPRESSED, Cell, Lens, value_of
from backoffice.reports.grid import WIDE
from workflows.indicators import Indicator, all_indicators

Entry = dict[str, Any]

TILES = 8

_SOURCES = {
    "company": "기업 성과활용보고(확정)",
    "zone": "특구 입력",
    "cases": "사업관리 기록",
    "derived": "다른 지표에서 계산",
}
_COUNTED = {
    "cases": "해당 사업연도에 접수되어 협약에 이른 건수(다특구 과제는 특구마다 1건, 전국 1건)",
    "main_projects": "해당 연도에 선정된 본과제 수(다특구 과제는 특구마다 1건, 전국 1건)",
    "main_project_money": "해당 연도에 선정된 본과제 확보 사업비의 합(다특구 과제는 전국에서 한 번)",
    "joint": "협약에 이른 다특구 과제 수 + 해당 연도에 체결한 특구 간 업무협약 수",
    "paid_of_agreed": "Σ지급액 ÷ Σ협약액 × 100(주관 특구 기준)",
}
_ADDED = {
    "sum": "합계",
    "last": "기말값",
    "distinct": "중복을 뺀 수",
    "ratio": "Σ분자 ÷ Σ분모(평균의 평균을 쓰지 않음)",
    "weighted": "Σ(값×응답수) ÷ Σ응답수",
}
_GROWTH = {
    "percent": "전년 대비 %",
    "points": "전년 대비 %p",
    "times": "전년 대비 배수",
    "difference": "전년 대비 차",
    "none": "-",
}


@cache
def headline_codes() -> tuple[str, ...]:
    """The indicators that may stand on the summary page, the most wanted first."""
    with (DATA / "headlines.csv").open(encoding="utf-8", newline="") as source:
        return tuple(row["indicator"] for row in csv.DictReader(source))


def formula(indicator: Indicator, *, counted: bool) -> str:
    """How the figure comes about, in one line of the appendix."""
    if counted and indicator.counted is not None:
        return _COUNTED[indicator.counted.counts]
    if indicator.parts is not None:
        first, second = (_name(code) for code in indicator.parts)
        scale = " × 100" if indicator.unit == "percent" else ""
        firms = all(_source(code) == "company" for code in indicator.parts)
        return f"Σ{first} ÷ Σ{second}{scale}" + ("(두 값을 모두 보고한 기업)" if firms else "")
    if indicator.source == "company":
        return f"기업별 확정값의 {_ADDED[indicator.in_zone]}(여러 과제로 보고한 기업은 한 번)"
    return _ADDED[indicator.in_zone]


def _source(code: str) -> str:
    known = all_indicators().get(code)
    return known.source if known else "cases"


def _name(code: str) -> str:
    known = all_indicators().get(code)
    return known.label.ko if known else "지원금"


def entry(lens: Lens, indicator: Indicator, place: int | None) -> Entry:
    """One indicator of one zone, or of the nation."""
    year, counted = lens.grid.year, indicator.code in lens.grid.counted
    now, average = lens.of(indicator, year, place), lens.average(indicator, year)
    return {
        "code": indicator.code,
        "label": indicator.label.ko,
        "unit": indicator.unit,
        "unit_label": indicator.unit_label.ko,
        "source": _SOURCES["zone" if indicator.source == "cases" and not counted else indicator.source],
        "rule": _ADDED[indicator.in_zone if place is not NATION else indicator.in_nation],
        "growth": _GROWTH[indicator.growth],
        "formula": formula(indicator, counted=counted),
        "now": now,
        "before": lens.of(indicator, year - 1, place),
        "change": lens.change(indicator, place),
        "target": lens.target(indicator, year, place),
        "achieved": lens.achieved(indicator, year, place),
        "next_target": lens.target(indicator, year + 1, place),
        "average": average,
        "standing": _standing(now, average) if place is not NATION else "",
        "trend": [{"year": when, **lens.of(indicator, when, place)} for when in lens.grid.years],
    }


def _standing(now: Cell, average: Cell) -> str:
    """``above``, ``below`` or ``level`` with the zone average; nothing when either is not shown."""
    mine, mean = value_of(now), value_of(average)
    if mine is None or mean is None:
        return ""
    return "above" if mine > mean else "below" if mine < mean else "level"


def entries(lens: Lens, place: int | None) -> list[Entry]:
    return [entry(lens, indicator, place) for indicator in lens.grid.indicators]


def headlines(all_entries: list[Entry]) -> list[str]:
    """The codes of the summary tiles: the wanted ones that have most to say, in the order in which they are wanted."""
    by_code = {one["code"]: one for one in all_entries}
    wide = (code + WIDE if code + WIDE in by_code else code for code in headline_codes())
    wanted = [code for code in wide if code in by_code]
    chosen = sorted(wanted, key=lambda code: _worth(by_code[code]["now"]))[:TILES]
    return [code for code in wanted if code in chosen]


def _worth(now: Cell) -> int:
    """A value before a nought, a nought before a value that may not be shown, and that before none."""
    amount = value_of(now)
    return 3 if now["state"] in {MISSING, NOT_APPLICABLE} else 2 if amount is None else 1 if amount == 0 else 0


def has_anything(one: Entry) -> bool:
    """Whether there is anything to print for an indicator: a value, a hidden value, a value before, or a target."""
    return any(one[name]["state"] in {OK, SUPPRESSED} for name in ("now", "before", "target"))


def ranking(lens: Lens, indicator: Indicator) -> list[Entry]:
    """The zones by value, the highest first; zones without a printed value at the end, by code.

    Where a value is hidden no place is told: among the others it would be another than among all.
    A zone that was dissolved before stands among them while there is still something to tell about it.
    """
    year = lens.grid.year
    rows: list[Entry] = []
    for zone in (*lens.grid.zones, *lens.grid.former):
        now = lens.of(indicator, year, zone.id)
        if zone in lens.grid.former and now["state"] in {MISSING, NOT_APPLICABLE}:
            continue
        dissolved = zone.dissolved_on is not None and zone.dissolved_on.year <= year
        rows.append(
            {
                "zone": zone.code,
                "name": zone.name_ko,
                "cohort": zone.cohort,
                "now": now,
                "before": lens.of(indicator, year - 1, zone.id),
                "change": lens.change(indicator, zone.id),
                "target": lens.target(indicator, year, zone.id),
                "achieved": lens.achieved(indicator, year, zone.id),
            }
            | ({"ended": zone.dissolved_on.isoformat()} if dissolved and zone.dissolved_on else {})
        )
    rows.sort(key=lambda row: (row["now"]["state"] != OK, -(value_of(row["now"]) or 0), row["zone"]))
    place, told = 0, all(row["now"]["state"] != SUPPRESSED for row in rows)
    for position, row in enumerate(rows, start=1):
        above = rows[position - 2] if position > 1 else None
        if above is None or value_of(above["now"]) != value_of(row["now"]):
            place = position
        row["rank"] = place if told and row["now"]["state"] == OK else None
    return rows
