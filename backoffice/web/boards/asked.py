"""What the address of a board asks for, as far as this person may ask it; the rest is told in a sentence."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from flask import request

from backoffice.core import clock
from backoffice.core.errors import NotFound, Problem
from backoffice.core.i18n import Sentence
from backoffice.organizations.models import Zone
from backoffice.reports.cells import INTERNAL
from backoffice.reports.gathering import Gathering
from backoffice.web.reports import readable_zones
from workflows.indicators import Indicator

FIRST_YEAR = 2019
"""The year in which the first zones were designated."""

LONGEST = 48

_SENTENCES = {
    "year": Sentence("볼 수 있는 연도가 아닙니다. 연도를 목록에서 골라 주세요.", "There are no figures of this year; choose one from the list."),
    "zone": Sentence("볼 수 없는 특구입니다. 특구를 목록에서 골라 주세요.", "You cannot see this zone; choose one from the list."),
    "indicator": Sentence("없는 지표입니다. 지표를 목록에서 골라 주세요.", "There is no such indicator; choose one from the list."),
    "program": Sentence("없는 사업입니다. 사업을 목록에서 골라 주세요.", "There is no such program; choose one from the list."),
    "group": Sentence("없는 협의체입니다. 목록에서 골라 주세요.", "There is no such council; choose one from the list."),
}  # fmt: skip


def may_read_report_of(zone_id: int) -> bool:
    """Whether this person may read what is reported about a zone."""
    allowed = readable_zones()
    return allowed is None or zone_id in allowed


@dataclass
class Asked:
    """The filter of a board. Reading a part of it that means nothing adds a problem and falls back to the first choice."""

    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def allowed(self) -> frozenset[int] | None:
        """The zones whose figures this person may read; None for all, and the nation."""
        return readable_zones()

    @property
    def years(self) -> range:
        return range(clock.today().year, FIRST_YEAR - 1, -1)

    @cached_property
    def year(self) -> int:
        """The last full year, unless another one is asked for."""
        text = request.args.get("year", "").strip()
        if not text:
            return clock.today().year - 1
        if text.isascii() and text.isdigit() and len(text) == 4 and int(text) in self.years:
            return int(text)
        self._refuse("year")
        return clock.today().year - 1

    @cached_property
    def gathering(self) -> Gathering:
        """Everything a report frozen now would be made from, in the edition of the house."""
        return Gathering(self.year, INTERNAL)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Code -> every indicator of the year that has a value of its own."""
        return {one.code: one for one in self.gathering.grid.indicators}

    @cached_property
    def zones(self) -> list[Zone]:
        """The zones of the year this person may read."""
        return [zone for zone in self.gathering.zones if self.allowed is None or zone.id in self.allowed]

    @cached_property
    def zone(self) -> Zone:
        """The zone of the page. Raises NotFound where there is none to read."""
        if not self.zones:
            raise NotFound
        chosen = self._one("zone", [zone.code for zone in self.zones])
        return next(zone for zone in self.zones if zone.code == chosen)

    @cached_property
    def chosen_zones(self) -> list[Zone]:
        """Any number of zones; the first three unless somebody chose."""
        codes = [code[:LONGEST] for code in request.args.getlist("zones")]
        known = {zone.code: zone for zone in self.zones}
        if any(code not in known for code in codes):
            self._refuse("zone")
        picked = [zone for code, zone in known.items() if code in codes]
        return picked or self.zones[:3]

    def indicator(self, among: Collection[Indicator]) -> Indicator:
        codes = {one.code: one for one in among}
        return codes[self._one("indicator", list(codes))]

    def program(self, among: Collection[str]) -> str:
        return self._one("program", among)

    def group(self, among: Collection[str]) -> str:
        return self._one("group", among)

    def _one(self, name: str, known: Collection[str]) -> str:
        text = request.args.get(name, "").strip()[:LONGEST]
        if text in known:
            return text
        if text:
            self._refuse(name)
        first = next(iter(known), None)
        if first is None:
            raise NotFound
        return first

    def _refuse(self, name: str) -> None:
        self.problems.append(Problem(name, _SENTENCES[name]))
