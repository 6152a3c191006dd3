"""Figures of the demo: what companies report every year, what zones enter, and what they set out to reach."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.demo import sources
from backoffice.demo.moments import World
from backoffice.demo.society import Society
from backoffice.demo.sources import Firm
from backoffice.organizations.queries import zones
from backoffice.outcomes.services import NewMeasure, record, set_target

SEED = "ieum-figures"
EOK = 100_000_000
BASE_YEAR = 2023
"""The year the sales and staff of the list of organizations are about."""


def _rng(*parts: object) -> Random:
    return Random(":".join([SEED, *map(str, parts)]))  # noqa: S311  # believable, not secret


def _level(firm: Firm, year: int) -> float:
    """How large a company is in a year, 1 in the base year; each company grows at a pace of its own."""
    pace = _rng(firm.slug).uniform(-0.02, 0.13)
    level = 1.0
    for step in range(abs(year - BASE_YEAR)):
        level *= 1 + pace + _rng(firm.slug, step, year < BASE_YEAR).uniform(-0.03, 0.03)
    return level if year >= BASE_YEAR else 1 / level


def company_values(firm: Firm, year: int) -> dict[str, int]:
    """Indicator -> what a company reports for a year, in the indicator's unit; unknown ones are left out."""
    level = _level(firm, year)
    sizes = {"sales": firm.sales * EOK * level, "staff": firm.staff * level}
    values: dict[str, int] = {}
    for code, rule in sources.figures()["company"].items():
        rng = _rng(firm.slug, code, year)
        if rng.random() > rule.get("known", 1.0):
            continue
        if rng.random() > rule.get("chance", 1.0):
            values[code] = 0
        elif "count" in rule:
            values[code] = rng.randint(*rule["count"])
        else:
            part = rng.uniform(*rule["part"]) * sizes[rule["of"]]
            values[code] = int(part // rule.get("unit", 1)) * rule.get("round", 1)
    return values


def enter(society: Society, world: World) -> None:
    """Record the zones' figures of every year and their targets, each at the time they were known."""
    newest = world.reported_year
    spans = {code: len(rule.get("totals", rule.get("base"))) for code, rule in _measures().items()}
    for year in range(newest - max(spans.values()) + 1, newest + 1):
        with clock.travelling(clock.seoul(year + 1, 3, 16, 11)), transaction():
            for code, span in spans.items():
                if newest - year < span:
                    _enter_year(society, code, year, place=span - 1 - (newest - year))
    for year in (newest - 1, newest, newest + 1):
        with clock.travelling(clock.seoul(year, 2, 3, 15)), transaction():
            _set_targets(society, newest, year)


def _measures() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = sources.figures()["measures"]
    return found


def _enter_year(society: Society, code: str, year: int, *, place: int) -> None:
    """``place`` counts the years an indicator has been entered, from 0."""
    spread = _ratios if "ratio" in _measures()[code] else _shares
    shares = spread(code, place, year)
    for zone, (value, denominator) in shares.items():
        seat = f"zone_staff.{zone.partition('-')[2].lower()}"
        record(
            NewMeasure(society.zones[zone], code, year, Decimal(value), denominator, attribution="zone"),
            society.actors[seat].user_id,
        )


def _weights(code: str, year: int) -> dict[str, float]:
    """Zone -> its share of an indicator: its size, bent by a taste of its own. Only zones designated by then."""
    facts: Mapping[str, Any] = sources.figures()["zones"]
    operating = [zone.code for zone in zones(date(year, 12, 31))]
    return {zone: facts[zone]["size"] * _rng(code, zone).uniform(0.7, 1.35) for zone in operating}


def _shares(code: str, place: int, year: int) -> dict[str, tuple[int, Decimal | None]]:
    """A national total spread over the zones so that it adds up exactly."""
    rule = _measures()[code]
    if place and "plus" in rule:
        before, added = _shares(code, place - 1, year - 1), _shares(rule["plus"], place, year)
        return {zone: (before.get(zone, (0, None))[0] + value, None) for zone, (value, _) in added.items()}
    unit, weights = rule.get("unit", 1), _weights(code, year)
    total = rule["totals"][place]
    exact = {
        zone: total * weight * _rng(code, zone, place).uniform(0.96, 1.04) / sum(weights.values())
        for zone, weight in weights.items()
    }
    found = {zone: int(value) for zone, value in exact.items()}
    by_rest = sorted(exact, key=lambda zone: (found[zone] - exact[zone], zone))
    missing = total - sum(found.values())
    for turn in range(abs(missing)):
        found[by_rest[turn % len(by_rest)]] += 1 if missing > 0 else -1
    return {zone: (value * unit, None) for zone, value in found.items()}


def _ratios(code: str, place: int, year: int) -> dict[str, tuple[int, Decimal | None]]:
    """Numerator and denominator for each zone; the ratio itself is never stored."""
    rule, weights = _measures()[code], _weights(code, year)
    unit, mean = rule.get("unit", 1), sum(weights.values()) / len(weights)
    found: dict[str, tuple[int, Decimal | None]] = {}
    for zone, weight in weights.items():
        base = max(3, round(rule["base"][place] * weight / mean))
        rate = min(rule["ratio"][place] * _rng(code, zone, "rate").uniform(0.9, 1.08), rule.get("most", 1))
        found[zone] = (round(base * rate) * unit, Decimal(base * unit))
    return found


def _set_targets(society: Society, newest: int, year: int) -> None:
    """A zone's target leans on what it reached the year before; the oldest one on its own year."""
    for code, rule in _measures().items():
        if "target" not in rule:
            continue
        last = len(rule["totals"]) - (1 if year > newest else 2)
        reached = _shares(code, last, newest if year > newest else newest - 1)
        for zone, (value, _) in reached.items():
            rate = rule["target"] * _rng(code, zone, year).uniform(0.96, 1.05)
            set_target(society.zones[zone], code, year, Decimal(max(1, round(value * rate))))
