"""What looks wrong about a figure when it is entered: pure rules, each a finding that has to be answered (guide 5.1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backoffice.core import money
from backoffice.core.i18n import Sentence
from backoffice.outcomes.aggregation import PERCENT
from backoffice.outcomes.numerals import half_up, plain
from workflows.indicators import Indicator, all_indicators

JUMP = 10
"""A figure more than ten times the year before is asked about."""
SLIP_FROM, SLIP_TO = Decimal(400), Decimal(2500)
"""A ratio near a thousand smells of 천원 taken for 원, whatever the growth besides."""
FIRST_YEAR = 2004
"""The oldest year any figure of the office speaks about (guide 1.1)."""
CONTRADICTS = "contradicts"
"""The code of the finding that two sources tell one figure differently."""
MIN_ANSWER = 5
"""Letters an answer must have; "확인함" alone explains nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that speaks: its stable code and one sentence that says what was compared."""

    code: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Stated:
    """A growth as the source states it, and with how many decimals."""

    growth: Decimal
    digits: int
    as_fraction: bool = False
    """Whether ``0.153`` may stand for 15.3 %: a spreadsheet's percent format keeps the fraction."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A value somebody enters, in the indicator's unit, with what stood there the year before."""

    indicator: Indicator
    year: int
    value: Decimal
    denominator: Decimal | None = None
    before: Decimal | None = None
    stated: Stated | None = None
    half_panel: bool = False
    """Whether the source shows two years and this firm has only one of them."""


def check(entry: Entry, last_year: int) -> list[Finding]:
    """Everything that has to be answered before the value is taken. ``last_year`` is the newest year there can be."""
    found = (
        _negative(entry),
        _year(entry, last_year),
        _jump(entry),
        _part(entry),
        _growth(entry),
        _panel(entry),
    )
    return [one for one in found if one is not None]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What another source says about the same company, indicator and year."""

    value: Decimal
    source: Sentence


@dataclass(frozen=True, slots=True)
class Before:
    """What a company's ledger says about the year before the one it reports on, by indicator."""

    year: int
    """The year it reports on."""
    values: Mapping[str, Decimal]
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    """What was told about the reported year itself, but not by this report."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A finding about one reported indicator."""

    indicator: str
    finding: Finding


def doubts(values: Mapping[str, Any], before: Before) -> list[Doubt]:
    """What the checks ask about the values of a report; what cannot be read yet is another check's matter."""
    known = all_indicators()
    found = []
    for code, typed in values.items():
        if code not in known or isinstance(typed, dict) or typed is None:
            continue
        entry = Entry(known[code], before.year, Decimal(str(typed)), before=before.values.get(code))
        found += [Doubt(code, finding) for finding in check(entry, before.year)]
        other = before.elsewhere.get(code)
        if other is not None and other.value != entry.value:
            found.append(Doubt(code, _contradicts(entry, other)))
    return found


def _contradicts(entry: Entry, other: Elsewhere) -> Finding:
    here, there = shown(entry.indicator, entry.value), shown(entry.indicator, other.value)
    return Finding(
        CONTRADICTS,
        Sentence(
            f"{entry.year}년 값이 다른 자료와 다릅니다({other.source.ko} {there.ko}, 이 보고 {here.ko}).",
            f"The value of {entry.year} differs from another source ({other.source.en} {there.en}, this report {here.en}).",
        ),
    )


def first_of(found: Sequence[Doubt]) -> Sentence:
    """The first of some findings, with its figure, and how many more there are."""
    first, more = found[0], len(found) - 1
    label, said = all_indicators()[first.indicator].label, first.finding.sentence
    return Sentence(
        f"{label.ko}: {said.ko}{f' (그 밖에 {more}건)' if more else ''}",
        f"{label.en}: {said.en}{f' (and {more} more)' if more else ''}",
    )


def shown(indicator: Indicator, value: Decimal) -> Sentence:
    """A value with its unit, money as people read it."""
    if indicator.unit == "won" and value == value.to_integral_value():
        return Sentence(money.reading(int(value)), f"{int(value):,} won")
    return Sentence(f"{plain(value)}{indicator.unit_label.ko}", f"{plain(value)} {indicator.unit_label.en}")


def _negative(entry: Entry) -> Finding | None:
    if entry.value >= 0 and (entry.denominator is None or entry.denominator > 0):
        return None
    if entry.value >= 0:
        return Finding("negative", Sentence("분모가 0이거나 음수입니다.", "The denominator is zero or negative."))
    return Finding("negative", Sentence("값이 음수입니다.", "The value is negative."))


def _year(entry: Entry, last_year: int) -> Finding | None:
    if FIRST_YEAR <= entry.year <= last_year:
        return None
    return Finding(
        "year",
        Sentence(
            f"{entry.year}년은 {FIRST_YEAR}년부터 {last_year}년까지의 범위 밖입니다.",
            f"{entry.year} is outside of {FIRST_YEAR} to {last_year}.",
        ),
    )


def _jump(entry: Entry) -> Finding | None:
    """Near a thousand times is a slip of the unit; more than ten times is asked about."""
    before, value = entry.before, entry.value
    if before is None or before <= 0 or value <= 0:
        return None
    now, then = shown(entry.indicator, value), shown(entry.indicator, before)
    compared = Sentence(f"전년 {then.ko}, 이번 {now.ko}", f"the year before {then.en}, now {now.en}")
    times = value / before
    if entry.indicator.unit == "won" and (SLIP_FROM <= times <= SLIP_TO or SLIP_FROM <= 1 / times <= SLIP_TO):
        return Finding(
            "unit_slip",
            Sentence(
                f"전년과 약 1,000배 차이가 납니다({compared.ko}). 천원과 원을 바꾸어 적지 않았는지 확인해 주세요.",
                f"About a thousand times apart ({compared.en}); check thousand won against won.",
            ),
        )
    if times > JUMP:
        return Finding(
            "jump", Sentence(f"전년의 {JUMP}배를 넘습니다({compared.ko}).", f"More than {JUMP} times ({compared.en}).")
        )
    return None


def _part(entry: Entry) -> Finding | None:
    if entry.denominator is None or entry.indicator.kind not in {"n_of_m", "share"} or entry.value <= entry.denominator:
        return None
    return Finding("part", Sentence("부분이 전체보다 큽니다.", "The part is larger than the whole."))


def _growth(entry: Entry) -> Finding | None:
    """The stated growth against the derived one, at the stated precision, half up; rates change in %p."""
    stated = entry.stated
    if stated is None or entry.before is None:
        return None
    if entry.indicator.growth == "points":
        derived, unit = entry.value - entry.before, "%p"
    elif entry.before <= 0:
        return None
    else:
        derived, unit = (entry.value - entry.before) * PERCENT / entry.before, "%"
    if half_up(derived, stated.digits) == stated.growth:
        return None
    digits = max(stated.digits - 2, 0)
    if stated.as_fraction and half_up(derived, digits) == half_up(stated.growth * PERCENT, digits):
        return None
    counted = half_up(derived, max(stated.digits, 1))
    return Finding(
        "growth",
        Sentence(
            f"적힌 증가율 {plain(stated.growth)}{unit}과 계산한 증가율 {plain(counted)}{unit}이 다릅니다.",
            f"The stated growth of {plain(stated.growth)}{unit} differs from the derived {plain(counted)}{unit}.",
        ),
    )


def _panel(entry: Entry) -> Finding | None:
    if not entry.half_panel and (entry.stated is None or entry.before is not None):
        return None
    return Finding(
        "panel",
        Sentence(
            "두 해 가운데 한 해의 값만 있어 증가율 계산에서 빠집니다.",
            "Only one of the two years is known, so the firm is left out of the growth.",
        ),
    )


def total_differs(indicator: Indicator, stated: Decimal, parts: Iterable[Decimal]) -> Finding | None:
    """A row of sums against the rows it sums up."""
    added = sum(parts, Decimal(0))
    if added == stated:
        return None
    total, counted = shown(indicator, stated), shown(indicator, added)
    return Finding(
        "total",
        Sentence(
            f"합계와 항목의 합이 다릅니다(합계 {total.ko}, 항목의 합 {counted.ko}).",
            f"The total differs from its parts (total {total.en}, parts {counted.en}).",
        ),
    )


def is_answer(text: str) -> bool:
    """Whether a text says anything."""
    return len(text.strip()) >= MIN_ANSWER
