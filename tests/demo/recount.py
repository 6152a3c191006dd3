"""A whole report counted a second time: every number it should hold, by its place in the frozen data."""

from decimal import Decimal
from itertools import combinations
from typing import Any

from sqlalchemy import Connection

from tests.demo.casebook import Casebook
from tests.demo.ledger import Ledger, rows


class Recount:
    """One year of the house, counted without the product."""

    def __init__(self, connection: Connection, year: int) -> None:
        self.connection, self.year = connection, year
        self.cases = Casebook(connection, year)
        self.ledger = Ledger(connection, year, self.cases.counted())
        self.names = dict(rows(connection, "SELECT id, name_ko FROM zone"))

    def id_of(self, code: str) -> int:
        found: int = rows(self.connection, "SELECT id FROM zone WHERE code = :code", code=code)[0][0]
        return found

    def zone(self, code: str, figures: dict[str, Any]) -> dict[str, Decimal]:
        """The report of a zone. Only which programs and stories it prints is taken from it, no number."""
        place, book = self.id_of(code), self.cases
        return {
            "year": Decimal(self.year), "schema": Decimal(1), **_under("zone", book.zone(place)), **book.months(place),
            **self.ledger.printed(place), **book.programs(place, {one["program"] for one in figures["programs"]}),
            **book.projects(place), **book.grades(place), **book.cooperation(place),
            **book.stories({one["number"] for one in figures["stories"]}), **self.restatements(place),
        }  # fmt: skip

    def nation(self, figures: dict[str, Any]) -> dict[str, Decimal]:
        """The report of all zones, their rankings, their sizes and what they share."""
        book = self.cases
        listed = book.listed(0)
        joint = {number: one for number, one in listed.items() if len(book.zones[one["case"]]) > 1}
        return {
            "year": Decimal(self.year), "schema": Decimal(1), **book.months(0), **self.ledger.printed(0),
            **book.programs(0, {one["program"] for one in figures["programs"]}),
            **book.told("joint_projects", joint), **book.grades(0),
            **book.stories({one["number"] for one in figures["stories"]}), **self.restatements(0),
            **self._rankings(figures), **self._sizes(listed), **self._shared(listed), **self._technologies(listed),
        }  # fmt: skip

    def restatements(self, place: int) -> dict[str, Decimal]:
        """Replaced values of two years, in the order of the list."""
        query = """SELECT n.year, n.indicator, n.zone_id, n.edition, o.value, n.value FROM measure n JOIN measure o
                   ON o.zone_id = n.zone_id AND o.indicator = n.indicator AND o.year = n.year AND o.scope = n.scope
                   AND o.attribution = n.attribution AND o.edition = n.edition - 1 AND o.superseded_at IS NOT NULL
                   AND coalesce(o.organization_id, 0) = coalesce(n.organization_id, 0)
                   AND coalesce(o.case_id, 0) = coalesce(n.case_id, 0)
                   WHERE o.value <> n.value AND n.year IN (:last, :this) ORDER BY n.year, n.indicator, n.zone_id, n.edition, n.id"""
        found: dict[str, Decimal] = {}
        said = [one for one in rows(self.connection, query, last=self.year - 1, this=self.year) if place in {0, one[2]}]
        for number, (year, _, _, edition, before, after) in enumerate(said):
            stem = f"restatements/{number}"
            found |= {f"{stem}/year": Decimal(year), f"{stem}/edition": Decimal(edition)}
            found |= {
                f"{stem}/before/value": Decimal(int(before)) / 1000,
                f"{stem}/after/value": Decimal(int(after)) / 1000,
            }
        return found

    def _rankings(self, figures: dict[str, Any]) -> dict[str, Decimal]:
        found: dict[str, Any] = {}
        cohorts = dict(rows(self.connection, "SELECT id, cohort FROM zone"))
        kinds = dict(self.ledger.listed())
        for code in [one["code"] for one in figures["indicators"] if "zones" in one]:
            mine = {zone: self.ledger.cells(code, kinds[code], zone) for zone in self.ledger.operating}
            known = sorted((cells["now"]["value"] for cells in mine.values() if cells["now"]), reverse=True)
            for zone, cells in mine.items():
                stem = f"indicators/{code}/zones/{self.names[zone]}"
                found[f"{stem}/cohort"] = cohorts[zone]
                for name in ("now", "before", "change", "target", "achieved"):
                    found |= {f"{stem}/{name}/{key}": value for key, value in cells[name].items()}
                if cells["now"]:
                    found[f"{stem}/rank"] = known.index(cells["now"]["value"]) + 1
        return found

    def _sizes(self, listed: dict[str, Any]) -> dict[str, Decimal]:
        found: dict[str, Any] = {}
        mine = [one for one in listed.values() if one["year"] == self.year]
        codes = dict(rows(self.connection, "SELECT id, code FROM zone"))
        tenants = dict(self.ledger.listed())["TEN-STK"]
        for zone in self.ledger.operating:
            stem = f"zones/{codes[zone]}"
            led = [one for one in mine if self.cases.zones[one["case"]][0] == zone]
            found |= _under(stem, self.cases.zone(zone))
            found[f"{stem}/projects"] = sum(zone in self.cases.zones[one["case"]] for one in mine)
            found |= {f"{stem}/{key}": sum(one[key] for one in led) for key in ("agreed", "disbursed")}
            value = self.ledger.value("TEN-STK", tenants, self.year, zone)
            found |= {f"{stem}/tenants/{key}": one for key, one in value.items()}
        counted = sum(len(self.cases.zones[one["case"]]) for one in mine)
        return found | {
            "overlap/by_zone": counted, "overlap/nation": len(mine), "overlap/twice": counted - len(mine)
        }  # fmt: skip

    def _shared(self, listed: dict[str, Any]) -> dict[str, Decimal]:
        """Zone by zone how many projects of the year two share."""
        groups = [self.cases.zones[one["case"]] for one in listed.values() if one["year"] == self.year]
        joint = [group for group in groups if len(group) > 1]
        order = [
            zone for (zone,) in rows(self.connection, "SELECT id FROM zone WHERE stratum = 'GS' ORDER BY cohort, code")
        ]
        zones = [zone for zone in order if zone in self.ledger.operating]
        found: dict[str, Any] = {"cooperation/joint": len(joint)}
        for zone in zones:
            stem, total = f"cooperation/rows/{self.names[zone]}", 0
            for place, other in enumerate(zones):
                if other != zone:
                    both = sum({zone, other} in map(set, combinations(group, 2)) for group in joint)
                    found[f"{stem}/cells/{place}"] = both
                    total += both
            found[f"{stem}/total"] = total
        return found

    def _technologies(self, listed: dict[str, Any]) -> dict[str, Decimal]:
        named = self.cases.technologies()
        order = [
            zone for (zone,) in rows(self.connection, "SELECT id FROM zone WHERE stratum = 'GS' ORDER BY cohort, code")
        ]
        zones = [zone for zone in order if zone in self.ledger.operating]
        found: dict[str, Any] = {}
        for one in listed.values():
            label = named.get(one["case"])
            if one["year"] != self.year or label is None:
                continue
            for key, more in (("total", 1), *((f"cells/{n}", zone in self.cases.zones[one["case"]])
                                              for n, zone in enumerate(zones))):  # fmt: skip
                stem = f"technologies/{label}/{key}"
                found[stem] = found.get(stem, 0) + int(more)
        return found

    def told_twice(self, code: str) -> Decimal:
        """By how much the zones together exceed the nation: firms of two zones, projects and agreements of several."""
        firms = self.ledger.firms
        nation = firms.get((code, self.year, 0), {})
        by_zone = [said for (name, year, zone), said in firms.items() if (name, year) == (code, self.year) and zone]
        if nation:
            return sum((sum(said.values(), Decimal(0)) for said in by_zone), Decimal(0)) - sum(nation.values())
        return self.cases.counted_twice(code)


def _under(stem: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{stem}/{key}": value for key, value in values.items() if value is not None}
