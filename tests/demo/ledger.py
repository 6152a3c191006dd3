"""The figures of a report counted a second time: indicators, from plain SQL and the published lists alone.

Nothing of the product takes part but its database and its list of indicators. The rules are
those of the domain's guide, written down here a second time and in another way: rows are read and counted one by one.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, text

ROOT = Path(__file__).resolve().parents[2]
INDICATORS: list[dict[str, Any]] = yaml.safe_load((ROOT / "workflows/indicators.yaml").read_text(encoding="utf-8"))
COUNTED: dict[str, dict[str, str]] = {
    one["code"]: {"program": "", "tag": ""} | one["counted"] for one in INDICATORS if one.get("counted")
}
"""Indicator -> how it is counted from cases."""

THOUSANDTHS = 1000
"""Measures and targets are stored as whole thousandths."""


def rounded(value: Decimal, digits: int = 1) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def rows(connection: Connection, query: str, **values: Any) -> list[Any]:
    return list(connection.execute(text(query), values))


@dataclass(frozen=True)
class Figure:
    amount: Decimal
    firms: int = 0
    parts: tuple[Decimal, Decimal] | None = None


class Ledger:
    """Every indicator of five years for every zone; the zone 0 is the nation."""

    def __init__(self, connection: Connection, year: int, counted: dict[tuple[str, int, int], Figure]) -> None:
        """``counted``: what was counted from cases, by (indicator, year, zone)."""
        self.connection, self.year = connection, year
        self.years = range(year - 4, year + 1)
        self.firms: dict[tuple[str, int, int], dict[int, Decimal]] = {}
        self.found: dict[tuple[str, int, int], Figure] = {}
        self._read_firms()
        self.wide = self._read_entered()
        self.found |= counted
        self._derive()
        self.targets = {
            (code + "@zone" if code in self.wide else code, when, zone): Decimal(int(value)) / THOUSANDTHS
            for code, when, zone, value in rows(connection, "SELECT indicator, year, zone_id, value FROM target")
        }
        self.operating = self.operating_in(connection, year)

    @staticmethod
    def operating_in(connection: Connection, year: int) -> list[int]:
        """The zones that were designated on some day of the year."""
        query = "SELECT id, designated_on, dissolved_on FROM zone WHERE stratum = 'GS'"
        last, first = f"{year}-12-31", f"{year}-01-01"
        return [
            zone
            for zone, begun, ended in rows(connection, query)
            if (begun is None or str(begun) <= last) and (ended is None or str(ended) > first)
        ]

    def _read_firms(self) -> None:
        """The newest value of each firm, once for each zone and once for the nation."""
        query = """SELECT indicator, year, zone_id, organization_id, value FROM measure WHERE superseded_at IS NULL
                   AND scope = '' AND organization_id IS NOT NULL AND attribution = 'direct' ORDER BY id"""
        asked = {one["code"] for one in INDICATORS if one["source"] == "company"}
        for code, when, zone, firm, value in rows(self.connection, query):
            if code in asked and when in self.years:
                for place in (zone, 0):
                    self.firms.setdefault((code, when, place), {})[firm] = Decimal(int(value)) / THOUSANDTHS
        for key, said in self.firms.items():
            self.found[key] = Figure(sum(said.values(), Decimal(0)), len(said))

    def _read_entered(self) -> set[str]:
        """What zones said about themselves; the codes of company indicators that stand beside the firms' own."""
        query = """SELECT indicator, year, zone_id, value, denominator, attribution FROM measure WHERE superseded_at IS NULL
                   AND scope = '' AND organization_id IS NULL ORDER BY period_to, id"""
        groups: dict[tuple[str, int, int], list[Any]] = defaultdict(list)
        for code, when, zone, *said in rows(self.connection, query):
            if when in self.years:
                groups[code, when, zone].append(said)
        known = {one["code"]: one for one in INDICATORS}
        wide: set[str] = set()
        for (code, when, zone), said in groups.items():
            name = code
            if known[code]["source"] == "company":
                wide.add(code)
                name = code + "@zone"
            if known[code]["source"] != "derived":
                self.found[name, when, zone] = self._entered(known[code], said)
        for code in {code for code, _, _ in groups}:
            name = code + "@zone" if code in wide else code
            if known[code]["source"] != "derived":
                self._add_up(name, known[code])
        return wide

    def _entered(self, indicator: dict[str, Any], said: list[Any]) -> Figure:
        widest = min((attribution for *_, attribution in said), key=("zone", "member", "direct").index)
        mine = [
            (Decimal(int(value)) / THOUSANDTHS, below) for value, below, attribution in said if attribution == widest
        ]
        if indicator["in_zone"] in {"ratio", "weighted"}:
            over = [(value, Decimal(int(below)) / THOUSANDTHS) for value, below in mine if below is not None]
            return self._quotient(indicator, over) if over else Figure(mine[-1][0])
        return Figure(sum((value for value, _ in mine), Decimal(0)) if indicator["kind"] == "flow" else mine[-1][0])

    def _quotient(self, indicator: dict[str, Any], over: list[tuple[Decimal, Decimal]], firms: int = 0) -> Figure:
        above, below = (sum(one, Decimal(0)) for one in zip(*over, strict=True))
        scale = 100 if indicator["unit"] == "percent" else 1
        return Figure(above / below * scale, firms, (above, below))

    def _add_up(self, name: str, indicator: dict[str, Any]) -> None:
        for when in self.years:
            mine = [one for (code, year, zone), one in self.found.items() if (code, year) == (name, when) and zone]
            if not mine:
                continue
            if indicator["in_zone"] not in {"ratio", "weighted"}:
                self.found[name, when, 0] = Figure(sum((one.amount for one in mine), Decimal(0)))
            elif all(one.parts for one in mine):
                self.found[name, when, 0] = self._quotient(indicator, [one.parts for one in mine if one.parts])

    def _derive(self) -> None:
        source = {one["code"]: one["source"] for one in INDICATORS}
        places = sorted({zone for _, _, zone in self.found})
        for one in INDICATORS:
            if one["source"] != "derived" or not one.get("parts"):
                continue
            first, second = one["parts"]
            for when in self.years:
                for place in places:
                    if second == "SUPPORT":
                        figure = self._over_support(one, first, when, place)
                    elif source[first] == source[second] == "company":
                        figure = self._same_firms(one, first, second, when, place)
                    else:
                        figure = self._over(one, first, second, when, place)
                    if figure is not None:
                        self.found[one["code"], when, place] = figure

    def _same_firms(self, one: dict[str, Any], first: str, second: str, when: int, place: int) -> Figure | None:
        above, below = self.firms.get((first, when, place), {}), self.firms.get((second, when, place), {})
        both = above.keys() & below.keys()
        over = [(sum(above[firm] for firm in both), sum(below[firm] for firm in both))]
        return self._quotient(one, over, len(both)) if both and over[0][1] else None

    def _over(self, one: dict[str, Any], first: str, second: str, when: int, place: int) -> Figure | None:
        above, below = self.found.get((first, when, place)), self.found.get((second, when, place))
        return self._quotient(one, [(above.amount, below.amount)]) if above and below and below.amount else None

    def _over_support(self, one: dict[str, Any], first: str, when: int, place: int) -> Figure | None:
        query = """SELECT DISTINCT m.case_id, m.zone_id, a.disbursed FROM measure m JOIN agreement a ON a.case_id = m.case_id
                   WHERE m.indicator = :code AND m.year = :year AND m.superseded_at IS NULL
                   AND m.organization_id IS NOT NULL"""
        paid = sum(
            amount
            for _, zone, amount in rows(self.connection, query, code=first, year=when)
            if place in {0, zone}
        )  # fmt: skip
        reported = self.found.get((first, when, place))
        return self._quotient(one, [(reported.amount, Decimal(paid))], reported.firms) if reported and paid else None

    # ---- what a report prints of it

    def listed(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for one in INDICATORS:
            if one["source"] != "derived" or one.get("parts"):
                yield one["code"], one
            if one["code"] in self.wide:
                yield one["code"] + "@zone", {**one, "source": "zone"}

    def printed(self, place: int) -> dict[str, Any]:
        """Every number of the indicator tables of a zone, by its place in the document."""
        found: dict[str, Any] = {}
        for code, one in self.listed():
            for name, cell in self.cells(code, one, place).items():
                for key, value in cell.items():
                    found[f"indicators/{code}/{name}/{key}"] = value
        return found

    def value(self, code: str, one: dict[str, Any], when: int, place: int) -> dict[str, Any]:
        figure = self.found.get((code, when, place))
        if figure is None:
            return {}
        amount = rounded(figure.amount) if one["in_zone"] in {"ratio", "weighted"} else figure.amount
        return {"value": amount} | ({"firms": figure.firms} if figure.firms else {})

    def cells(self, code: str, one: dict[str, Any], place: int) -> dict[str, dict[str, Any]]:
        now, aim = self.value(code, one, self.year, place), self._target(code, one, self.year, place)
        reached = rounded(now["value"] * 100 / aim) if now and aim is not None and aim > 0 else None
        after = self._target(code, one, self.year + 1, place)
        cells = {
            "now": now,
            "before": self.value(code, one, self.year - 1, place),
            "target": {} if aim is None else {"value": aim},
            "next_target": {} if after is None else {"value": after},
            "achieved": {} if reached is None else {"value": reached},
            "average": self._average(code, one),
            "change": self._change(code, one, place),
        }
        return cells | {f"trend/{when}": self.value(code, one, when, place) for when in self.years}

    def _target(self, code: str, one: dict[str, Any], when: int, place: int) -> Decimal | None:
        if place:
            return self.targets.get((code, when, place))
        aims = [aim for (name, year, _), aim in self.targets.items() if (name, year) == (code, when)]
        return sum(aims, Decimal(0)) if aims and one["in_zone"] not in {"ratio", "weighted"} else None

    def _average(self, code: str, one: dict[str, Any]) -> dict[str, Any]:
        nation = self.found.get((code, self.year, 0))
        if nation is None:
            return {}
        rate = one["in_zone"] in {"ratio", "weighted"}
        return {"value": rounded(nation.amount if rate else nation.amount / len(self.operating))}

    def _change(self, code: str, one: dict[str, Any], place: int) -> dict[str, Any]:
        now, before = (self.found.get((code, when, place)) for when in (self.year, self.year - 1))
        if now is None or before is None or one["growth"] == "none":
            return {}
        if one["growth"] == "percent" and one["source"] == "company":
            return self._panel(code, place)
        if one["growth"] in {"points", "difference"}:
            return {"value": rounded(now.amount) - rounded(before.amount)}
        if before.amount <= 0:
            return {}
        if one["growth"] == "times":
            return {"value": rounded(now.amount / before.amount)}
        return {"value": rounded((now.amount - before.amount) * 100 / before.amount)}

    def _panel(self, code: str, place: int) -> dict[str, Any]:
        """Only firms that reported both years grow; the others are counted as left out."""
        now, before = (self.firms.get((code, when, place), {}) for when in (self.year, self.year - 1))
        same = now.keys() & before.keys()
        first, second = (sum(said[firm] for firm in same) for said in (before, now))
        if not same or first <= 0:
            return {}
        grown = rounded((second - first) * 100 / first)
        return {"value": grown, "firms": len(same), "left_out": len(now.keys() ^ before.keys())}
