"""The figures of a report counted a second time: programs and projects, from plain SQL and the published definitions."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import combinations
from typing import Any

import yaml
from sqlalchemy import Connection

from tests.demo.ledger import COUNTED, INDICATORS, THOUSANDTHS, Figure, Ledger, rounded, rows

SEOUL = timezone(timedelta(hours=9))
STATIONS = ("under_review", "awarded", "contracted", "performed", "settled")
CODES = {one["code"]: one for one in INDICATORS}


def instant(value: Any) -> datetime:
    """SQLite answers text, PostgreSQL a time; both mean UTC where they say nothing."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(SEOUL)


def day(value: Any) -> str | None:
    return None if value is None else str(value)[:10]


class Casebook:
    """Every submitted case with what its history says, read row by row."""

    def __init__(self, connection: Connection, year: int) -> None:
        self.connection, self.year = connection, year
        self.definitions = {
            (name, version): (digest, yaml.safe_load(source))
            for name, version, digest, source in rows(
                connection,
                "SELECT workflow, version, digest, source FROM published_workflow ORDER BY workflow, version",
            )
        }
        self.newest = {name: held for (name, _), (_, held) in self.definitions.items()}
        self.program = {held["code"]: name for name, held in self.newest.items()}
        self.zones: dict[int, list[int]] = defaultdict(list)
        for case, zone in rows(
            connection, "SELECT case_id, zone_id FROM case_zone ORDER BY case_id, lead DESC, zone_id"
        ):
            self.zones[case].append(zone)
        self.cases = self._cases()
        self._walk()

    def _cases(self) -> dict[int, dict[str, Any]]:
        query = """SELECT c.id, c.year, c.workflow, c.workflow_version, c.state, c.final, c.submitted_at, c.amount,
                   a.amount, a.disbursed, a.concluded_at, s.recovered
                   FROM "case" c LEFT JOIN agreement a ON a.case_id = c.id LEFT JOIN settlement s ON s.agreement_id = a.id
                   WHERE c.parent_id IS NULL AND c.submitted_at IS NOT NULL"""
        names = (
            "year",
            "workflow",
            "version",
            "state",
            "final",
            "submitted",
            "asked",
            "agreed",
            "paid",
            "signed",
            "back",
        )
        return {case: dict(zip(names, said, strict=True)) for case, *said in rows(self.connection, query)}

    def _tags(self, workflow: str, digest: str, state: str) -> set[str]:
        for (name, _), (known, held) in self.definitions.items():
            if (name, known) == (workflow, digest):
                return set(held["states"].get(state, {}).get("tags") or ())
        return set()

    def _walk(self) -> None:
        """When each case first rested in a state with each tag; a step that was taken back never happened."""
        steps: dict[int, list[Any]] = defaultdict(list)
        query = "SELECT case_id, kind, target, digest, at FROM history ORDER BY case_id, revision"
        for case, *step in rows(self.connection, query):
            if step[0] == "undo":
                steps[case].pop()
            else:
                steps[case].append(step)
        for number, case in self.cases.items():
            case["first"] = {}
            for _, target, digest, at in steps[number]:
                for tag in self._tags(case["workflow"], digest, target):
                    case["first"].setdefault(tag, instant(at))
            held = self.definitions[case["workflow"], case["version"]][1]
            case["tags"] = set(held["states"][case["state"]].get("tags") or ())

    def of(self, year: int, workflow: str, place: int) -> list[tuple[int, dict[str, Any]]]:
        """The cases of a program year, in one zone or in all."""
        return [
            (number, case)
            for number, case in self.cases.items()
            if (case["year"], case["workflow"]) == (year, workflow) and (not place or place in self.zones[number])
        ]

    def knows(self, workflow: str, tag: str) -> bool:
        return any(
            tag in (state.get("tags") or ())
            for (name, _), (_, held) in self.definitions.items()
            if name == workflow
            for state in held["states"].values()
        )

    # ---- programs

    def programs(self, place: int, printed: set[str]) -> dict[str, Any]:
        """Every number of the chapter on programs, for the programs that are printed."""
        found: dict[str, Any] = {}
        for name in printed:
            for key, value in self._program(name, place).items():
                found[f"programs/{name}/{key}"] = value
        return found

    def _program(self, name: str, place: int) -> dict[str, Any]:
        mine = self.of(self.year, name, place)
        reached = {tag: sum(tag in case["first"] for _, case in mine) for tag in (*STATIONS, "broken_off")}
        led = [case for number, case in mine if not place or self.zones[number][0] == place]
        signed = [case for case in led if case["signed"] is not None]
        asked, agreed, paid = (sum(case[key] or 0 for case in one) for key, one in
                               (("asked", led), ("agreed", signed), ("paid", signed)))  # fmt: skip
        calls = rows(
            self.connection,
            'SELECT count(*) FROM "call" WHERE workflow = :name AND year = :year AND published_at IS NOT NULL',
            name=name, year=self.year,
        )[0][0]  # fmt: skip
        numbers: dict[str, Any] = {
            "calls": calls,
            "refused": sum("refused" in case["tags"] for _, case in mine),
            "withdrawn": sum(case["final"] == "cancelled" for _, case in mine),
            "broken_off": reached.pop("broken_off"),
            "joint": sum("contracted" in case["first"] and len(self.zones[number]) > 1 for number, case in mine),
            "requested": asked, "agreed": agreed, "disbursed": paid,
            "recovered": sum(case["back"] or 0 for case in signed),
            "stations/submitted/value": Decimal(len(mine)),
        }  # fmt: skip
        numbers |= {f"stations/{tag}/value": Decimal(n) for tag, n in reached.items() if self.knows(name, tag)}
        if agreed:
            numbers["execution/value"] = rounded(Decimal(paid * 100) / agreed)
        if reached["awarded"]:
            numbers["competition/value"] = rounded(Decimal(len(mine)) / reached["awarded"])
        return numbers | self._days(mine)

    def _days(self, mine: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
        decided, agreed = [], []
        for _, case in mine:
            ends = [case["first"][tag] for tag in ("awarded", "refused") if tag in case["first"]]
            if ends:
                decided.append((min(ends).date() - instant(case["submitted"]).date()).days)
            if ends and "contracted" in case["first"]:
                agreed.append((case["first"]["contracted"].date() - min(ends).date()).days)
        found: dict[str, Any] = {}
        for name, days in (("decision_days", decided), ("agreement_days", agreed)):
            if days:
                found |= {f"{name}/value": rounded(Decimal(sum(days)) / len(days)), f"{name}/cases": len(days)}
        return found

    def months(self, place: int) -> dict[str, Any]:
        found = {f"months/{number}": 0 for number in range(12)}
        for number, case in self.cases.items():
            when = instant(case["submitted"])
            if case["year"] == self.year == when.year and (not place or place in self.zones[number]):
                found[f"months/{when.month - 1}"] += 1
        return found

    # ---- indicators that are counted from cases

    def counted(self) -> dict[tuple[str, int, int], Figure]:
        """(indicator, year, zone) -> what is counted; the zone 0 is the nation."""
        found: dict[tuple[str, int, int], Figure] = {}
        operating = Ledger.operating_in(self.connection, self.year)
        for code, rule in COUNTED.items():
            name = self.program.get(rule["program"], "")
            if rule["program"] and not name:
                continue
            for when in range(self.year - 4, self.year + 1):
                for place, figure in self._count(rule, name, when, operating).items():
                    found[code, when, place] = figure
        return found

    def _count(self, rule: dict[str, str], name: str, when: int, operating: list[int]) -> dict[int, Figure]:
        places = [0, *operating]
        if rule["counts"] == "cases":
            query = 'SELECT count(*) FROM "call" WHERE workflow = :n AND year = :y AND published_at IS NOT NULL'
            called = rows(self.connection, query, n=name, y=when)[0][0] or self.of(when, name, 0)
            return {
                place: Figure(Decimal(sum(rule["tag"] in case["first"] for _, case in self.of(when, name, place))))
                for place in (places if called else [])
            }
        if rule["counts"].startswith("main_project"):
            return self._main_projects(rule, name, when, places)
        if rule["counts"] == "joint":
            return self._joint(when, places)
        return self._execution(when, places)

    def _main_projects(self, rule: dict[str, str], name: str, when: int, places: list[int]) -> dict[int, Figure]:
        called = rows(
            self.connection, 'SELECT min(year) FROM "call" WHERE workflow = :n AND published_at IS NOT NULL', n=name
        )[0][0]
        begun = min([case["year"] for case in self.cases.values() if case["workflow"] == name] + [called or 9999])
        if when < begun:
            return {}
        query = """SELECT f.case_id, f.amount, f.decided_on FROM follow_on f JOIN "case" c ON c.id = f.case_id
                   WHERE f.status = 'won' AND c.workflow = :name"""
        won = [one for one in rows(self.connection, query, name=name) if str(one[2])[:4] == str(when)]
        return {
            place: Figure(Decimal(sum(
                1 if rule["counts"] == "main_projects" else amount
                for case, amount, _ in won
                if not place or place in self.zones[case]
            )))
            for place in places
        }  # fmt: skip

    def _joint(self, when: int, places: list[int]) -> dict[int, Figure]:
        groups = [
            self.zones[number]
            for number, case in self.cases.items()
            if case["year"] == when and "contracted" in case["first"] and len(self.zones[number]) > 1
        ]
        signed: dict[int, set[int]] = {}
        query = """SELECT c.id, m.zone_id, c.signed_on FROM council c LEFT JOIN council_member m ON m.council_id = c.id
                   WHERE c.kind = 'mou' AND c.signed_on IS NOT NULL"""
        for council, zone, on in rows(self.connection, query):
            if str(on)[:4] == str(when):
                signed.setdefault(council, set()).add(zone)
        anything = signed or any(case["year"] == when for case in self.cases.values())
        everything = [*groups, *signed.values()]
        return {
            place: Figure(Decimal(sum(not place or place in group for group in everything)))
            for place in (places if anything else [])
        }

    def _execution(self, when: int, places: list[int]) -> dict[int, Figure]:
        found = {}
        for place in places:
            mine = [
                case
                for number, case in self.cases.items()
                if case["year"] == when and case["signed"] is not None and (not place or self.zones[number][0] == place)
            ]
            agreed, paid = (sum(case[key] for case in mine) for key in ("agreed", "paid"))
            if agreed:
                found[place] = Figure(Decimal(paid * 100) / agreed)
        return found

    # ---- projects

    def projects(self, place: int) -> dict[str, Any]:
        """Every number of the lists of projects: money, members, main projects, outcomes, grades, partners."""
        return self.told("projects", self.listed(place))

    def told(self, name: str, listed: dict[str, dict[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, one in listed.items():
            stem = f"{name}/{number}"
            found |= {f"{stem}/{key}": one[key] for key in ("year", "agreed", "disbursed", "members")}
            found |= {f"{stem}/main_projects/{name}/amount": amount for name, amount in one["main"]}
            found |= {f"{stem}/outcomes/{code}/now/value": value for code, value in one["outcomes"]}
        return found

    def listed(self, place: int) -> dict[str, dict[str, Any]]:
        query = """SELECT c.id, c.year, c.reference, a.project_number, a.amount, a.disbursed, a.starts_on, a.ends_on
                   FROM "case" c JOIN agreement a ON a.case_id = c.id WHERE a.concluded_at IS NOT NULL"""
        members: dict[int, int] = defaultdict(int)
        for (case,) in rows(self.connection, "SELECT case_id FROM case_organization"):
            members[case] += 1
        found = {}
        for case, year, reference, number, amount, paid, starts, ends in rows(self.connection, query):
            outcomes, main = self.outcomes(case), self._main(case)
            first, last = str(day(starts) or "9999"), str(day(ends) or "")
            running = first <= f"{self.year}-12-31" and last >= f"{self.year}-01-01"
            if (year == self.year or running or outcomes or main) and (not place or place in self.zones[case]):
                found[number or reference] = {
                    "case": case, "year": year, "agreed": amount, "disbursed": paid, "members": members[case],
                    "outcomes": outcomes, "main": main, "ends": day(ends),
                }  # fmt: skip
        return found

    def outcomes(self, case: int) -> list[tuple[str, Decimal]]:
        query = """SELECT indicator, value FROM measure WHERE case_id = :case AND year = :year
                   AND superseded_at IS NULL AND scope = ''"""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for code, value in rows(self.connection, query, case=case, year=self.year):
            found[code] += Decimal(int(value)) / 1000
        return [(code, value) for code, value in found.items() if code in CODES]

    def _main(self, case: int) -> list[tuple[str, int]]:
        query = "SELECT name, amount, decided_on FROM follow_on WHERE case_id = :case"
        said = rows(self.connection, query, case=case)
        return [(name, amount) for name, amount, on in said if str(on)[:4] == str(self.year)]

    def grades(self, place: int) -> dict[str, Any]:
        """How many projects that ended in the year were given each grade, by the last word of their review."""
        found: dict[str, int] = defaultdict(int)
        for one in self.listed(place).values():
            label = self._grade(one["case"])
            if label and (one["ends"] or "")[:4] == str(self.year):
                found[f"grades/{label}/count"] += 1
        return dict(found)

    def _grade(self, case: int) -> str:
        label = ""
        query = """SELECT h.input, h.digest, c.workflow FROM history h JOIN "case" c ON c.id = h.case_id
                   WHERE h.case_id = :case ORDER BY h.revision"""
        for typed, digest, workflow in rows(self.connection, query, case=case):
            grade = json.loads(typed).get("grade")
            for (name, _), (known, held) in self.definitions.items():
                if grade and (name, known) == (workflow, digest):
                    label = self._label(held, grade) or label
        return label

    def _label(self, held: dict[str, Any], grade: str) -> str:
        fields = [field for form in held["forms"].values() for part in form["sections"] for field in part["fields"]]
        options = [option for field in fields if field["name"] == "grade" for option in field["options"]]
        return next((option["label"]["ko"] for option in options if option["code"] == grade), "")

    def technologies(self) -> dict[int, str]:
        """Case -> the strategic technology its application names."""
        query = """SELECT a.case_id, a.form, a.value, c.workflow, c.workflow_version FROM answer a
                   JOIN "case" c ON c.id = a.case_id WHERE a.field = 'technology'"""
        found = {}
        for case, form, value, name, version in rows(self.connection, query):
            chosen = json.loads(value) if isinstance(value, str) and value.startswith('"') else value
            parts = self.definitions[name, version][1]["forms"][form]["sections"]
            options = [option for part in parts for field in part["fields"] if field["name"] == "technology"
                       for option in field["options"]]  # fmt: skip
            labels = {option["code"]: option["label"]["ko"] for option in options}
            if chosen in labels:
                found[case] = labels[chosen]
        return found

    def counted_twice(self, code: str) -> Decimal:
        """By how much an indicator that is counted from cases is counted more often in the zones than in the nation."""
        rule = COUNTED.get(code)
        if rule is None or rule["counts"] == "paid_of_agreed":
            return Decimal(0)
        name = self.program.get(rule["program"], "")
        places = Ledger.operating_in(self.connection, self.year)
        found = self._count(rule, name, self.year, places)
        weights = {place: figure.amount for place, figure in found.items() if place}
        return sum(weights.values(), Decimal(0)) - (found[0].amount if 0 in found else 0)

    def stories(self, numbers: set[str]) -> dict[str, Any]:
        """The outcomes beside the stories of these projects."""
        query = """SELECT c.id FROM "case" c LEFT JOIN agreement a ON a.case_id = c.id
                   WHERE a.project_number = :number"""
        cases = {number: rows(self.connection, query, number=number)[0][0] for number in numbers}
        return {
            f"stories/{number}/outcomes/{code}/now/value": value
            for number, case in cases.items()
            for code, value in self.outcomes(case)
        }

    def zone(self, place: int) -> dict[str, Any]:
        """Cohort and area of a zone."""
        (cohort,) = rows(self.connection, "SELECT cohort FROM zone WHERE id = :zone", zone=place)[0]
        query = (
            "SELECT area_km2 FROM zone_event WHERE zone_id = :zone AND area_km2 IS NOT NULL ORDER BY happened_on, id"
        )
        areas = [Decimal(str(area)) for (area,) in rows(self.connection, query, zone=place)]
        return {"cohort": cohort} | ({"area_km2": areas[-1] / THOUSANDTHS} if areas else {})

    def cooperation(self, place: int) -> dict[str, Any]:
        """With whom a zone shares how many projects of the year, and how many councils today."""
        shared = [self.zones[one["case"]] for one in self.listed(place).values()
                  if one["year"] == self.year and len(self.zones[one["case"]]) > 1]  # fmt: skip
        names = dict(rows(self.connection, "SELECT id, name_ko FROM zone"))
        found: dict[str, Any] = {"cooperation/joint": len(shared)}
        for pair in (pair for group in shared for pair in combinations(sorted(group), 2) if place in pair):
            other = names[pair[0] if pair[1] == place else pair[1]]
            key = f"cooperation/partners/{other}/projects"
            found[key] = found.get(key, 0) + 1
        query = """SELECT o.zone_id, count(DISTINCT o.council_id) FROM council_member m
                   JOIN council_member o ON o.council_id = m.council_id AND o.zone_id <> m.zone_id
                   WHERE m.zone_id = :zone AND m.valid_to IS NULL AND o.valid_to IS NULL GROUP BY o.zone_id"""
        for zone, together in rows(self.connection, query, zone=place):
            found[f"cooperation/partners/{names[zone]}/councils"] = together
        partners = {key.split("/")[2] for key in found if key.startswith("cooperation/partners/")}
        both = [f"cooperation/partners/{name}/{kind}" for name in partners for kind in ("projects", "councils")]
        return dict.fromkeys(both, 0) | found
