"""The storyboard's small language: pools of sentences, words in braces, expressions behind an equals sign."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from backoffice.cases.queries import answers, case_by_id
from backoffice.core import clock, periods
from backoffice.demo import figures, sources
from backoffice.demo.casting import SEED, Cast, Word
from backoffice.demo.moments import World
from backoffice.demo.society import House
from backoffice.funding.queries import agreement_of, reservation_of, settlement_of
from workflows.durations import Length, Unit
from workflows.forms import Field

THOUSAND = 1_000
_EXPRESSION = re.compile(
    r"^=(?P<name>[a-z_]+)(?::(?P<argument>[\w:.-]+))?(?P<shift>[+-]\d+)?(?P<unit>bd|d|m)?(?:\*(?P<share>\d+)%)?$"
)


@dataclass
class Pools:
    """Sentences by subject. Each pool is shuffled once and walked round, so that neighbours differ."""

    places: dict[str, int] = field(default_factory=dict)
    orders: dict[str, list[str]] = field(default_factory=dict)

    def pick(self, name: str) -> str:
        """The next sentence of a pool. Raises KeyError for an unknown pool."""
        if name not in self.orders:
            order = list(sources.chapter().pools[name])
            Random(f"{SEED}:{name}").shuffle(order)  # noqa: S311  # believable, not secret
            self.orders[name] = order
        place = self.places.get(name, 0)
        self.places[name] = place + 1
        return self.orders[name][place % len(self.orders[name])]


@dataclass
class Scope:
    """What an expression can speak about: one case, its people, its money and its dates, as they are now."""

    cast: Cast
    case_id: int
    target_id: int
    """The case that is written in: the case itself, or one linked to it."""
    world: World
    pools: Pools
    rng: Random
    settings: Mapping[str, int]
    extra: Mapping[str, Any] = field(default_factory=dict)

    def words(self) -> dict[str, Any]:
        """What may stand in braces inside a sentence."""
        cast, names = self.cast, sources.figures()["zones"]
        partner = cast.partners[0].firm
        supplier = next(house for house in cast.partners if house.firm.kind != partner.kind)
        anchor, reserve = supplier.firm, cast.reserve
        return {
            "title": Word(cast.project.title),
            "subject": Word(re.sub(r"\s*(공동\s*)?(R&BD\s*)?(사업화\s*)?(공동)?기획$", "", cast.project.title)),
            "need": cast.project.need,
            "aim": cast.project.aim,
            "lead": Word(cast.lead.firm.name_ko),
            "partner": Word(partner.name_ko),
            "anchor": Word(anchor.name_ko),
            "anchor_number": supplier.business_number,
            "anchor_zone": anchor.zone,
            "reserve": Word(reserve.firm.name_ko),
            "reserve_number": reserve.business_number,
            "reserve_zone": reserve.firm.zone,
            "contact": cast.lead.firm.contact,
            "zone": Word(names[cast.zone]["name"]),
            "partner_zone": Word(names[partner.zone]["name"]),
            "year": clock.today().year,
            "month": clock.today().month,
            "state": case_by_id(self.case_id).state,
            "technology": cast.project.technology,
            "address": sources.figures()["addresses"][cast.zone],
            "planned": 62 + self.settings["days"],
            "market": 300 + 70 * (cast.place % 23),
            "revenue": 18 + cast.place % 29,
            "place": cast.place,
            **self.settings,
            **self.extra,
        }

    def resolve(self, value: Any, asked: Field | None = None) -> Any:
        """A value of the storyboard as a typed answer: expressions are worked out, braces filled."""
        if isinstance(value, dict):
            return {key: self.resolve(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.resolve(inner) for inner in value]
        if not isinstance(value, str):
            return value
        filled = value.format_map(self.words()) if "{" in value else value
        return self._expression(filled, asked) if filled.startswith("=") else filled

    def _expression(self, text: str, asked: Field | None) -> Any:
        match = _EXPRESSION.match(text)
        if match is None:
            raise ValueError(f"'{text}' is not an expression of the storyboard")
        found = self._value(match["name"], match["argument"] or "", asked=asked, share=int(match["share"] or 100))
        if isinstance(found, date):
            if match["shift"]:
                count = int(match["shift"])
                found = periods.add(found, Length(count, Unit(match["unit"] or "d")))
            return found.isoformat()
        if isinstance(found, int) and match["share"]:
            return _share(found, int(match["share"]))
        return found

    def _value(self, name: str, argument: str, *, asked: Field | None, share: int) -> Any:
        if name == "grid":
            grid, _, total = argument.partition(":")
            return self._grid(grid, _share(int(self._value(total, "", asked=None, share=100)), share), asked)
        functions: Mapping[str, Callable[[str], Any]] = {
            "pick": lambda pool: self.resolve(self.pools.pick(pool)),
            "members": self._members,
            "rows": self._rows,
            "outcomes": lambda _: figures.company_values(self.cast.lead.firm, case_by_id(self.target_id).year),
            "restated": lambda code: self._restated(code, share),
            "within": lambda percent: self._within(int(percent)),
            "between": lambda span: self.rng.randint(*(int(part) for part in span.split("-"))),
            **_facts(self),
        }
        if name in functions:
            return functions[name](argument)
        found = self.words()[name]
        return str(found) if isinstance(found, Word) else found

    def _within(self, percent: int) -> date:
        """A working day so far into the agreement, and not in the future."""
        agreement = agreement_of(self.case_id)
        assert agreement is not None  # noqa: S101  # only told of cases under agreement
        begin, end = agreement.starts_on, agreement.ends_on
        assert begin is not None  # noqa: S101  # a concluded agreement has its period
        assert end is not None  # noqa: S101  # a concluded agreement has its period
        latest = min(end, clock.today() - timedelta(days=1))
        return periods.roll_forward(begin + (latest - begin) * percent // 100)

    def _grid(self, grid: str, total: int, asked: Field | None) -> list[dict[str, Any]]:
        """A budget or account that adds up exactly: each line takes its weight, the last one the rest."""
        assert asked is not None  # noqa: S101  # a grid is the answer to a group field
        lines = sources.chapter().grids[grid]
        weights = [int(line["weight"]) * self.rng.randint(93, 107) for line in lines]
        rows, left = [], total
        for place, (line, weight) in enumerate(zip(lines, weights, strict=True)):
            last = place == len(lines) - 1
            amount = left if last else _share(total, 100 * weight // sum(weights))
            left -= amount
            self.extra = {**self.extra, "row": amount}
            row = {key: self.resolve(value) for key, value in line.items() if key != "weight"}
            rows.append({**row, asked.total or "amount": amount})
        return rows

    def _rows(self, argument: str) -> list[Any]:
        """``plan_items:2``: some lines of a grid, in its order; ``plan_items:2:first``: the first is among them."""
        grid, count, *fixed = argument.split(":")
        lines = sources.chapter().grids[grid]
        least = len(fixed)
        chosen = [*range(least), *sorted(self.rng.sample(range(least, len(lines)), int(count) - least))]
        return [self.resolve(lines[place]) for place in chosen]

    def _members(self, grid: str) -> list[dict[str, Any]]:
        lines = sources.chapter().grids[grid]
        return [self._member(house, lines[min(place, len(lines) - 1)]) for place, house in enumerate(self.cast.houses)]

    def _member(self, house: House, line: Mapping[str, Any]) -> dict[str, Any]:
        firm = house.firm
        self.extra = {
            **self.extra, "house_number": house.business_number, "house_name": firm.name_ko, "house_kind": firm.kind,
            "house_zone": firm.zone, "house_contact": firm.contact,
        }  # fmt: skip
        return {key: self.resolve(value) for key, value in line.items()}

    def _restated(self, code: str, share: int) -> dict[str, Any]:
        """What was reported, with one figure corrected."""
        for answer in (row for form in self._forms() for row in form.values()):
            if isinstance(answer.value, dict) and code in answer.value:
                return {**answer.value, code: _share(int(answer.value[code]), share)}
        raise ValueError(f"nothing was reported for {code}")

    def _forms(self) -> list[Mapping[str, Any]]:
        return [answers(self.target_id, name) for name in sources.chapter().answers]


def _facts(scope: Scope) -> dict[str, Callable[[str], Any]]:
    """The dates and sums of a case, looked up when they are asked for."""

    def owed(_: str) -> int:
        agreement = agreement_of(scope.case_id)
        account = settlement_of(agreement.id) if agreement else None
        return account.recovery - account.recovered if account else 0

    def agreed(column: str) -> Callable[[str], Any]:
        return lambda _: getattr(agreement_of(scope.case_id), column)

    return {
        "today": lambda _: clock.today(),
        "closes": lambda _: scope.cast.call.closes,
        "opens": lambda _: scope.cast.call.opens,
        "since": lambda _: clock.in_seoul(case_by_id(scope.case_id).state_since).date(),
        "begin": agreed("starts_on"),
        "end": agreed("ends_on"),
        "agreed": agreed("amount"),
        "disbursed": agreed("disbursed"),
        "amount": lambda _: case_by_id(scope.case_id).amount or scope.cast.amount,
        "awarded": lambda _: getattr(reservation_of(scope.case_id), "amount", 0),
        "owed": owed,
        "upcoming": lambda _: scope.world.upcoming_year,
    }


def _share(amount: int, percent: int) -> int:
    """A part of a sum in won, to the thousand."""
    return amount * percent // 100 // THOUSAND * THOUSAND
