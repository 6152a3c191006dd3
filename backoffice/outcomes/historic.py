"""The published figures that ship with the product: 68 historic and foreign ones, and national totals that disagree."""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from backoffice.outcomes.figure_rows import Row, decode, read_rows
from backoffice.outcomes.numerals import half_up, plain
from backoffice.outcomes.wording import word

DATA = Path(__file__).resolve().parent / "data"
STRATA = {"IC": "산업단지 혁신클러스터 시범단지", "BM": "국외 비교 대상", "GS": "강소연구개발특구(보도 기준)"}
"""Strata are never added up or compared as if they were one (guide 1.1)."""

_IN_BRACKETS = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class HistoricFigure:
    """One published figure and its canonical wording."""

    id: str
    stratum: str
    entity: str
    scope: str
    indicator: str
    period: str
    text: str


@dataclass(frozen=True, slots=True)
class PublishedTotal:
    """One national total as one source printed it, and what other sources print for the same year."""

    year: int
    indicator: str
    unit: str
    value: Decimal
    source: str
    others: tuple[Decimal, ...]

    @property
    def difference(self) -> str:
        """How far the other sources are off: ``-93억원(-6.0%)``; empty when they agree."""
        if not self.others or self.value == 0:
            return ""
        return ", ".join(
            f"{other - self.value:+,}{self.unit}({half_up((other - self.value) * 100 / self.value, 1):+}%)"
            for other in self.others
        )

    @property
    def printed(self) -> str:
        return f"{plain(self.value)}{self.unit}"


@cache
def rows() -> tuple[Row, ...]:
    """The shipped figures as rows; they carry no wording of their own."""
    return tuple(read_rows(decode((DATA / "historic_outcomes.csv").read_bytes())))


@cache
def historic_figures() -> tuple[HistoricFigure, ...]:
    """Every shipped figure, worded. Raises ValueError for one that cannot be: a shipped row must be sound."""
    found = []
    for row in rows():
        text, check = word(row)
        if check != "ok":
            raise ValueError(f"{row.id}: {check}")
        period = "~".join(filter(None, (row.get("period_from"), row.get("period_to"))))
        stratum = row.get("entity_code").partition("-")[0]
        found.append(
            HistoricFigure(row.id, stratum, row.get("entity"), row.get("scope"), row.get("indicator"), period, text)
        )
    return tuple(found)


@cache
def published_totals() -> tuple[PublishedTotal, ...]:
    """National totals with their sources, in the order of the file."""
    with (DATA / "national_published.csv").open(encoding="utf-8", newline="") as source:
        lines = [{name: (cell or "").strip() for name, cell in line.items()} for line in csv.DictReader(source)]
    values = [Decimal(line["value"]) for line in lines]
    keys = [(line["year"], _IN_BRACKETS.sub("", line["indicator"])) for line in lines]
    return tuple(
        PublishedTotal(
            int(line["year"]),
            line["indicator"],
            line["unit"],
            values[place],
            line["source"],
            tuple(values[at] for at, key in enumerate(keys) if key == keys[place] and values[at] != values[place]),
        )
        for place, line in enumerate(lines)
    )
