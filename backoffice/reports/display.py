"""How frozen figures look in print: numbers, changes, dates and one sentence for each headline."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from backoffice.core.money import EOK, MILLION
from backoffice.outcomes import aggregation
from backoffice.outcomes.aggregation import jo_eok
from backoffice.outcomes.numerals import half_up, plain
from backoffice.reports.cells import MISSING, NOT_APPLICABLE, OK, SUPPRESSED

_BLANKS = {
    MISSING: aggregation.MISSING,
    NOT_APPLICABLE: aggregation.NOT_APPLICABLE,
    SUPPRESSED: aggregation.SUPPRESSED,
}
_RATES = {"percent", "times", "points"}
_MOVES = {"percent": "%", "points": "%p"}
_STANDINGS = {"above": "상회", "below": "하회", "level": "같은 수준"}
KINDS = {"council": "협의체", "cluster": "클러스터", "mou": "업무협약"}

Cell = Mapping[str, Any]


def signed(text: str, value: Decimal) -> str:
    """△ in front of what is below zero, as official tables print it."""
    return f"△{text}" if value < 0 and text.strip("0.,") else text


def table_number(value: Decimal, unit: str) -> str:
    """A number as tables print it: money in 백만원, rates with one decimal, counts in full."""
    if unit == "won":
        return signed(f"{half_up(abs(value) / MILLION):,f}", value)
    if unit in _RATES:
        return signed(f"{half_up(abs(value), 1):,f}", value)
    return signed(plain(abs(value)), value)


def blank_of(cell: Cell) -> str:
    return _BLANKS[cell["state"]]


def shown(cell: Cell, unit: str) -> str:
    """A cell of a table, without its unit."""
    return table_number(Decimal(cell["value"]), unit) if cell["state"] == OK else blank_of(cell)


def unit_name(unit: str, label: str) -> str:
    """The unit a table states for an indicator."""
    return "백만원" if unit == "won" else label


def with_unit(cell: Cell, unit: str, label: str) -> str:
    """A value in running text and headlines: ``323억원``, ``55백만원``, ``27건``, ``70%``."""
    if cell["state"] != OK:
        return blank_of(cell)
    value = Decimal(cell["value"])
    if unit == "won":
        return jo_eok(value) if value == 0 or abs(value) >= EOK else f"{table_number(value, unit)}백만원"
    return signed(plain(abs(half_up(value, 1) if unit in _RATES else value)), value) + label


def big(cell: Cell, unit: str, label: str) -> tuple[str, str]:
    """A headline as number and unit, which are set in different sizes: ``("323", "억원")``."""
    text = with_unit(cell, unit, label)
    if cell["state"] != OK:
        return text, ""
    ending = next((name for name in ("백만원", "억원", "원") if text.endswith(name)), "") if unit == "won" else label
    return text.removesuffix(ending), ending


def change(cell: Cell) -> str:
    """``12.2% 증가``, ``5.3%p 감소``, ``4.1배``, ``변동 없음``."""
    if cell["state"] != OK:
        return blank_of(cell)
    value = Decimal(cell["value"])
    if cell["kind"] == "times":
        return f"{plain(value)}배"
    if value == 0:
        return "변동 없음"
    return f"{plain(abs(value))}{_MOVES.get(cell['kind'], '')} {'증가' if value > 0 else '감소'}"


def arrow(cell: Cell) -> str:
    """A change in a narrow column: ``+12.2%``, ``△5.3%p``, ``4.1배``."""
    if cell["state"] != OK:
        return blank_of(cell)
    value = Decimal(cell["value"])
    if cell["kind"] == "times":
        return f"{plain(value)}배"
    sign = "+" if value > 0 else "△" if value < 0 else ""
    return f"{sign}{plain(abs(value))}{_MOVES.get(cell['kind'], '')}"


def direction(cell: Cell) -> str:
    """``up``, ``down`` or ``flat`` for the look of a change; the words say it too."""
    if cell["state"] != OK or cell["kind"] == "times":
        return "flat"
    value = Decimal(cell["value"])
    return "up" if value > 0 else "down" if value < 0 else "flat"


def percent(cell: Cell) -> str:
    return f"{plain(Decimal(cell['value']))}%" if cell["state"] == OK else blank_of(cell)


def step(cell: Cell) -> int:
    """An achievement in steps of five from 0 to 100, for the width of a bar."""
    if cell["state"] != OK:
        return 0
    return int(min(max(half_up(Decimal(cell["value"]) / 5) * 5, Decimal(0)), Decimal(100)))


def millions(won: int) -> str:
    return table_number(Decimal(won), "won")


def day(text: str | None) -> str:
    """``2026-03-20`` -> ``2026. 3. 20.``, as official letters write it."""
    if not text:
        return aggregation.MISSING
    when = date.fromisoformat(text)
    return f"{when.year}. {when.month}. {when.day}."


def sentence(entry: Mapping[str, Any]) -> str:
    """One line under a headline: change with its panel, achievement, and the zone average."""
    if entry["now"]["state"] == SUPPRESSED:
        return "기업 수가 3개사 미만이거나 다른 값에서 유추될 수 있어 공개하지 않음"
    if entry["now"]["state"] != OK:
        return "확정된 실적이 없음"
    parts = [_change_in_words(entry), _achievement_in_words(entry), _average_in_words(entry)]
    return ", ".join(part for part in parts if part) or "비교할 전년 실적과 목표가 없음"


def _change_in_words(entry: Mapping[str, Any]) -> str:
    cell = entry["change"]
    if cell["state"] != OK:
        return ""
    panel = f"(동일 기업 {cell['firms']:,}개사)" if cell.get("firms") else ""
    return f"전년 대비 {change(cell)}{panel}"


def _achievement_in_words(entry: Mapping[str, Any]) -> str:
    return f"목표의 {percent(entry['achieved'])} 달성" if entry["achieved"]["state"] == OK else ""


def _average_in_words(entry: Mapping[str, Any]) -> str:
    if not entry["standing"]:
        return ""
    average = with_unit(entry["average"], entry["unit"], entry["unit_label"])
    return f"특구 평균({average}) {_STANDINGS[entry['standing']]}"


def told_of_program(program: Mapping[str, Any], year: int) -> str:
    """What became of a program in a year, as far as it has stations: nothing is said of those it does not have.

    Nor of money where none is booked: another zone leads every project of it, or the program pays nothing.
    """
    stations = program["stations"]
    if stations["submitted"]["value"] == "0":
        return f"{year}년 사업에는 접수된 건이 없습니다."
    submitted = f"{year}년 사업에는 {int(stations['submitted']['value']):,}건을"
    if any(stations[tag]["state"] != OK for tag in ("awarded", "contracted")):
        return f"{submitted} 접수하였습니다."
    awarded, contracted = (int(stations[tag]["value"]) for tag in ("awarded", "contracted"))
    money = f"(협약액 {millions(program['agreed'])}백만원, 지급액 {millions(program['disbursed'])}백만원)"
    return (
        f"{submitted} 접수해 {awarded:,}건을 선정하고 {contracted:,}건을 협약하였습니다"
        f"{money if program['agreed'] else ''}."
    )


def outcomes(rows: Sequence[Mapping[str, Any]]) -> str:
    """What one firm reported, in a line: nothing that is 0, and one word where nothing may be shown."""
    if not rows:
        return aggregation.MISSING
    if all(row["now"]["state"] == SUPPRESSED for row in rows):
        return aggregation.SUPPRESSED
    told = [row for row in rows if row["now"].get("value") != "0"]
    texts = [f"{row['label']} {with_unit(row['now'], row['unit'], row['unit_label'])}" for row in told]
    return ", ".join(texts) or "보고한 모든 지표가 0"


def paragraphs(text: str) -> Markup:
    """What a person typed, line by line, escaped."""
    return Markup("<br>").join(escape(line) for line in text.splitlines() if line.strip())


def behind(entries: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The indicators that fell short of their target."""
    return [
        one
        for one in entries
        if one["achieved"]["state"] == OK and Decimal(one["achieved"]["value"]) < aggregation.PERCENT
    ]


def _booked(figures: Mapping[str, Any], contracted: int, agreed: int) -> str:
    """The money of the agreements. A zone that leads none of its projects has none, which would read as a mistake."""
    if agreed:
        return f"(협약액 {jo_eok(Decimal(agreed))})"
    if contracted and any(row["year"] == figures["year"] and not row["leads"] for row in figures.get("projects", ())):
        return "(협약액은 주관한 다른 특구에 적음)"
    return ""


def lead(figures: Mapping[str, Any]) -> str:
    """The opening of the summary: what was done, and how many targets were reached."""
    whole = figures["zone"]["name"] if figures["kind"] == "zone" else "전국"
    sums = {
        tag: sum(int(one["stations"][tag].get("value", 0)) for one in figures["programs"])
        for tag in ("submitted", "awarded", "contracted")
    }
    agreed = sum(one["agreed"] for one in figures["programs"])
    aimed = [one for one in figures["indicators"] if one["achieved"]["state"] == OK]
    reached = len(aimed) - len(behind(aimed))
    parts = [f"{figures['year']}년 {whole} 강소연구개발특구는"]
    if sums["submitted"]:
        parts.append(
            f"{len(figures['programs'])}개 사업에 {sums['submitted']:,}건을 접수해 {sums['awarded']:,}건을 선정하고 "
            f"{sums['contracted']:,}건을 협약하였습니다{_booked(figures, sums['contracted'], agreed)}."
        )
    else:
        parts.append("새로 접수한 사업이 없습니다.")
    if aimed:
        parts.append(f"목표를 정한 {len(aimed)}개 지표 가운데 {reached}개가 목표에 이르렀습니다.")
    return " ".join(parts)


FILTERS: dict[str, Callable[..., Any]] = {
    "behind": behind,
    "lead": lead,
    "shown": shown,
    "with_unit": with_unit,
    "big": big,
    "change": change,
    "arrow": arrow,
    "direction": direction,
    "percent": percent,
    "step": step,
    "millions": millions,
    "day": day,
    "sentence": sentence,
    "outcomes": outcomes,
    "told_of_program": told_of_program,
    "paragraphs": paragraphs,
    "unit_name": unit_name,
    "kind": KINDS.get,
}
