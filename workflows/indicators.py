"""The outcome indicators as frozen values, read once from indicators.yaml."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from workflows.values import Frozen, Label

FILE = Path(__file__).resolve().parent / "indicators.yaml"

Aggregation = Literal["sum", "last", "distinct", "ratio", "weighted"]


class Counted(Frozen):
    """How an indicator is computed from cases: what is counted, of which program (by code), in states with which tag."""

    counts: Literal["cases", "main_projects", "main_project_money", "joint", "paid_of_agreed"]
    program: str | None = None
    """Empty where all programs count together."""
    tag: str | None = None


class Indicator(Frozen):
    """One outcome indicator: what it counts, in which unit, and how it adds up."""

    code: str
    label: Label
    unit: Literal["won", "count", "percent", "times", "points"]
    unit_label: Label
    kind: Literal["flow", "stock", "ratio", "n_of_m", "share", "weighted", "growth_vs"]
    source: Literal["company", "zone", "cases", "derived"]
    in_zone: Aggregation
    in_nation: Aggregation
    counted: Counted | None = None
    """Where the program had a call or a case it is computed, and never typed there."""
    growth: Literal["percent", "points", "times", "difference", "none"]
    parts: tuple[str, str] | None = None
    """For a derived ratio: the indicators of numerator and denominator."""
    comparator: Literal["zone_average", "site_average", "national_sme"] | None = None
    decimals: bool = False
    aliases: tuple[str, ...] = ()
    """Other names for it in the heads of tables people send."""


@cache
def all_indicators() -> dict[str, Indicator]:
    """Code -> indicator, in the order of the file."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = {row["code"]: Indicator.model_validate(row) for row in rows}
    if len(found) != len(rows):
        raise ValueError("indicators.yaml lists a code twice")
    return found


@cache
def counted() -> dict[str, Counted]:
    """Code -> how it is counted from cases, in the order of the file."""
    return {code: one.counted for code, one in all_indicators().items() if one.counted is not None}


@cache
def asked_of_companies() -> tuple[Indicator, ...]:
    """What a company reports about itself, in the order of the file."""
    return tuple(item for item in all_indicators().values() if item.source == "company")
