"""How a published figure is worded: one canonical Korean sentence per shape, or the reason why it cannot be."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from backoffice.outcomes.aggregation import PERCENT, n_of_m
from backoffice.outcomes.figure_rows import FIGURE, Row, RowRefused, decode, parts_of, read_rows
from backoffice.outcomes.numerals import half_up, places, plain
from workflows.indicators import all_indicators

__all__ = ["decode", "read_rows", "word"]

OK = "ok"
UNCHANGED = "변동 없음"
RATE, POINTS = "%", "%p"
_RATE_NAMES = ("율", "률", "비중", "비율")
_GROWTH_NAMES = ("증가율", "성장률", "신장률", "증감률")
_RATE_CODES = ("-RATE", "-SHARE")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a shape must carry, what it may carry besides, and how it reads."""

    needs: tuple[str, ...]
    say: Callable[[Row], str]
    may: tuple[str, ...] = ()
    approx: bool = False
    """Whether 약 can stand before its number."""


def word(row: Row) -> tuple[str, str]:
    """The wording of a row and ``ok``, or an empty text and the first reason against it."""
    try:
        shape = _checked(row)
        return shape.say(row), OK
    except RowRefused as reason:
        return "", str(reason)


def _checked(row: Row) -> Shape:
    """The shape of a row that carries what it needs and nothing that contradicts it. Raises RowRefused."""
    shape = SHAPES.get(row.shape)
    if row.surplus:
        raise RowRefused("열 제목보다 칸이 많습니다")
    if not row.id:
        raise RowRefused("row_id 열이 비어 있습니다")
    if shape is None:
        raise RowRefused(f"알 수 없는 shape입니다: {row.shape[:30]}" if row.shape else "shape 열이 비어 있습니다")
    for name in shape.needs:
        if not row.get(name):
            raise RowRefused(f"{name} 열이 비어 있습니다")
    for name in FIGURE:
        if row.get(name) and name not in shape.needs + shape.may:
            raise RowRefused(f"{row.shape} 형태에는 {name} 열을 쓸 수 없습니다")
    if row.about and not shape.approx:
        raise RowRefused(f"{row.shape} 형태에는 approx를 쓸 수 없습니다")
    start, end = row.period("period_from"), row.period("period_to")
    if any(first != last for first, last in zip(start, end, strict=False)) and start > end:
        raise RowRefused(f"기간이 거꾸로입니다: {row.get('period_from')[:20]} → {row.get('period_to')[:20]}")
    return shape


# ---- pieces


def _about(row: Row) -> str:
    return "약 " if row.about else ""


def _number(row: Row, name: str) -> str:
    return plain(row.amount(name))


def _pair(row: Row) -> str:
    unit = row.get("unit")
    return f"{_number(row, 'before')}{unit}→{_number(row, 'after')}{unit}"


def _moved(change: Decimal, unit: str, about: str = "") -> str:
    """``15% 증가``, ``3.2% 감소``, ``변동 없음``."""
    if change == 0:
        return UNCHANGED
    return f"{about}{plain(abs(change))}{unit} {'증가' if change > 0 else '감소'}"


def is_rate(row: Row) -> bool:
    """Whether the indicator is itself a rate: its change is told in %p, never in %."""
    name = row.get("indicator").replace(" ", "")
    code = row.get("indicator_code")
    known = all_indicators().get(code)
    if known is not None or code.endswith(_RATE_CODES):
        return known is None or known.growth == "points"
    return name.endswith(_RATE_NAMES) and not name.endswith(_GROWTH_NAMES)


def _growth_in_percent(row: Row) -> str:
    growth = row.number("growth")
    unit = POINTS if row.get("unit") == POINTS else RATE
    if unit == RATE and is_rate(row):
        raise RowRefused("비율 지표의 변화는 %가 아니라 %p로 적어야 합니다(growth)")
    if growth < -PERCENT:
        raise RowRefused(f"growth 열이 -100%보다 작습니다: {plain(growth)}")
    return _moved(growth, unit, _about(row))


def _checked_growth(row: Row) -> str:
    """The stated growth, if the levels bear it out at the precision it is stated with."""
    before, after, stated = row.amount("before"), row.amount("after"), row.number("growth")
    digits = places(row.get("growth"))
    if row.get("unit") in {RATE, POINTS}:
        derived, unit, wrong = after - before, POINTS, "%p 변화가 맞지 않습니다"
    elif before == 0:
        raise RowRefused("before 열이 0이라 증가율을 확인할 수 없습니다")
    else:
        derived, unit, wrong = (after - before) * PERCENT / before, RATE, "증가율이 맞지 않습니다"
    if half_up(derived, digits) != stated:
        raise RowRefused(
            f"{wrong}: 적힌 값 {plain(stated)}{unit}, 계산 {plain(half_up(derived, digits))}{unit}(growth)"
        )
    return _moved(stated, unit)


def _when(row: Row, name: str) -> str:
    """``2003`` -> ``2003년``; other periods as they stand. Raises RowRefused when no year is named."""
    if not row.period(name):
        raise RowRefused(f"{name} 열에서 연도를 읽을 수 없습니다: {row.get(name)[:30]}")
    return f"{row.get(name)}년" if row.get(name).isdigit() else row.get(name)


# ---- shapes


def _level(row: Row) -> str:
    return f"{_about(row)}{_number(row, 'value')}{row.get('unit')}"


def _pair_growth(row: Row) -> str:
    return f"{_pair(row)}({_checked_growth(row)})"


def _growth_vs_comparator(row: Row) -> str:
    comparator = plain(row.number("comparator_value"))
    unit = POINTS if row.get("unit") == POINTS else RATE
    return f"{_growth_in_percent(row)}({row.get('comparator')} {comparator}{unit})"


def _times(row: Row) -> str:
    times = row.amount("multiple")
    if times == 0:
        raise RowRefused("multiple 열이 0입니다")
    return f"{_about(row)}{plain(times)}배"


def _multiple_of_comparator(row: Row) -> str:
    return f"{row.get('comparator')}의 {_times(row)}"


def _share(row: Row) -> str:
    share = row.amount("value")
    if row.get("unit") not in {"", RATE}:
        raise RowRefused(f"share의 단위는 %여야 합니다: {row.get('unit')[:30]}")
    if share > PERCENT:
        raise RowRefused(f"value 열이 100%를 넘습니다: {plain(share)}")
    return f"{_about(row)}{plain(share)}%"


def _n_of_m(row: Row) -> str:
    numerator, denominator = row.count("numerator"), row.count("denominator")
    if denominator == 0:
        raise RowRefused("denominator 열이 0입니다")
    if numerator > denominator:
        raise RowRefused(f"numerator가 denominator보다 큽니다: {numerator:,} > {denominator:,}")
    if row.get("value"):
        rate = half_up(numerator * PERCENT / denominator, places(row.get("value")))
        if rate != row.number("value"):
            raise RowRefused(f"비율이 맞지 않습니다: 적힌 값 {row.get('value')}%, 계산 {plain(rate)}%(value)")
    return n_of_m(numerator, denominator, row.get("unit"))


def _delta(row: Row) -> str:
    unit = POINTS if row.get("unit") == RATE else row.get("unit")
    return _moved(row.number("value"), unit, _about(row))


def _input_output(row: Row) -> str:
    before, after = row.get("before_label"), row.get("after_label")
    if before == after:
        raise RowRefused("before_label과 after_label이 같습니다: 서로 다른 지표여야 합니다")
    unit = row.get("unit")
    return f"{before} {_number(row, 'before')}{unit}→{after} {_number(row, 'after')}{unit}"


def _target_pair(row: Row) -> str:
    unit = row.get("unit")
    reached = " ".join(filter(None, (_when(row, "period_from"), row.get("before_label"))))
    aimed = f"{_when(row, 'period_to')} {row.get('after_label') or '목표'}"
    return f"{_number(row, 'before')}{unit}({reached})→{_number(row, 'after')}{unit}({aimed})"


def _sum_of_parts(row: Row) -> str:
    total, unit, parts = row.amount("value"), row.get("unit"), parts_of(row.get("parts"))
    added = sum((number for _, number in parts), Decimal(0))
    if added != total:
        raise RowRefused(f"구성 항목의 합이 맞지 않습니다: 합계 {plain(total)}, 항목 합 {plain(added)}(parts)")
    return f"{plain(total)}{unit}({', '.join(f'{label} {plain(number)}{unit}' for label, number in parts)})"


def _limit(row: Row) -> str:
    return f"최장 {_number(row, 'value')}{row.get('unit')}"


def _text(row: Row) -> str:
    return row.raw("text")


SHAPES: dict[str, Shape] = {
    "level": Shape(("value", "unit"), _level, approx=True),
    "pair": Shape(("before", "after", "unit"), _pair),
    "pair_growth": Shape(("before", "after", "unit", "growth"), _pair_growth),
    "growth": Shape(("growth",), _growth_in_percent, approx=True),
    "growth_vs_comparator": Shape(("growth", "comparator", "comparator_value"), _growth_vs_comparator, approx=True),
    "multiple": Shape(("multiple",), _times, approx=True),
    "multiple_of_comparator": Shape(("multiple", "comparator"), _multiple_of_comparator, approx=True),
    "share": Shape(("value",), _share, approx=True),
    "n_of_m": Shape(("numerator", "denominator", "unit"), _n_of_m, may=("value",)),
    "delta": Shape(("value", "unit"), _delta, approx=True),
    "input_output": Shape(("before", "after", "unit", "before_label", "after_label"), _input_output),
    "target_pair": Shape(
        ("before", "after", "unit", "period_from", "period_to"), _target_pair, may=("before_label", "after_label")
    ),
    "sum_of_parts": Shape(("value", "unit", "parts"), _sum_of_parts),
    "limit": Shape(("value", "unit"), _limit),
    "text": Shape(("text",), _text),
}
"""Every shape by its name. Unit, approx and period columns belong to all; the others only where they are named."""
