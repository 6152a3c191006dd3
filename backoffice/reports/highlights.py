"""The three things a reader should remember of a year, chosen from its frozen headlines by fixed rules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backoffice.outcomes.aggregation import PERCENT
from backoffice.reports import display
from backoffice.reports.cells import OK

HIGHLIGHTS = 3

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Highlight:
    """What it is about, and one sentence."""

    head: str
    text: str


def of(figures: Mapping[str, Any]) -> list[Highlight]:
    """The strongest growth, the furthest target, what fell short of its own; otherwise what else the headlines say."""
    by_code = {one["code"]: one for one in figures["indicators"]}
    headlines = [by_code[code] for code in figures["headlines"] if by_code[code]["now"]["state"] == OK]
    found: list[Highlight] = []
    told: set[str] = set()
    for head, choose in _RULES:
        chosen = choose([one for one in headlines if one["code"] not in told])
        if chosen is not None:
            told.add(chosen["code"])
            found.append(Highlight(head, _said(chosen)))
    others = [one for one in headlines if one["code"] not in told]
    found += [Highlight("핵심 실적", _said(one)) for one in others[: max(0, HIGHLIGHTS - len(found))]]
    return found[:HIGHLIGHTS]


def _said(entry: Entry) -> str:
    value = display.with_unit(entry["now"], entry["unit"], entry["unit_label"])
    return f"{entry['label']} {value}: {display.sentence(entry)}."


def _most(entries: Iterable[Entry], column: str, wanted: Callable[[Decimal], bool]) -> Entry | None:
    """The entry with the largest value in a column, of those whose value is wanted; the first of equals."""
    known = [(Decimal(one[column]["value"]), one) for one in entries if one[column]["state"] == OK]
    return max(((value, one) for value, one in known if wanted(value)), key=lambda pair: pair[0], default=(0, None))[1]


def _grown(entries: Iterable[Entry]) -> Entry | None:
    rising = [one for one in entries if one["change"].get("kind") == "percent"]
    return _most(rising, "change", lambda value: value > 0)


def _reached(entries: Iterable[Entry]) -> Entry | None:
    return _most(entries, "achieved", lambda value: value >= PERCENT)


def _short(entries: Iterable[Entry]) -> Entry | None:
    behind = display.behind(list(entries))
    return min(behind, key=lambda one: Decimal(one["achieved"]["value"]), default=None)


_RULES: tuple[tuple[str, Callable[[Iterable[Entry]], Entry | None]], ...] = (
    ("가장 크게 는 지표", _grown),
    ("목표를 가장 크게 넘은 지표", _reached),
    ("목표에 못 미친 지표", _short),
)
