"""What a board is: a heading, headlines and tables; and the parts that several of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from markupsafe import Markup

from backoffice.core.i18n import Sentence
from backoffice.outcomes.firm_figures import NATION
from backoffice.reports import display, plates, plots
from backoffice.reports.charts import Point
from backoffice.reports.indicators import has_anything, headlines
from backoffice.web.boards import sheets
from backoffice.web.boards.asked import Asked
from backoffice.web.boards.sheets import Field, Sheet, Tile, word
from workflows.indicators import Indicator

Entry = Mapping[str, Any]

INDICATOR, UNIT = Sentence("지표", "Indicator"), Sentence("단위", "Unit")
VALUE, BEFORE, CHANGE = Sentence("실적", "Value"), Sentence("전년", "Year before"), Sentence("증감", "Change")
TARGET, ACHIEVED = Sentence("목표", "Target"), Sentence("달성률", "Achieved")
AVERAGE, FIRMS = Sentence("특구 평균", "Zone average"), Sentence("기업 수(n)", "Firms (n)")
ZONE = Sentence("특구", "Zone")


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of the filter: its values with their names, and the present one."""

    name: str
    label: Sentence
    options: Sequence[tuple[str, str]]
    present: Sequence[str]
    several: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """Everything a board shows."""

    code: str
    title: str
    tiles: Sequence[Tile] = ()
    sheets: Sequence[Sheet] = ()
    choices: Sequence[Choice] = field(default_factory=tuple)


def drawn(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704  # drawn and cleaned by our own chart room


def picture(svg: str | None) -> tuple[tuple[str, Markup], ...]:
    """One drawing without a caption, or none."""
    return (("", drawn(svg)),) if svg else ()


def zone_choice(asked: Asked) -> Choice:
    names = [(zone.code, str(Sentence(zone.name_ko, zone.name_en))) for zone in asked.zones]
    return Choice("zone", ZONE, names, [asked.zone.code])


def indicator_choice(asked: Asked, chosen: Indicator) -> Choice:
    names = [(one.code, sheets.name_of(one)) for one in asked.indicators.values()]
    return Choice("indicator", INDICATOR, names, [chosen.code])


@dataclass(frozen=True, slots=True)
class Place:
    """The entries of one zone, or of the nation, and where their numbers lead."""

    asked: Asked
    zone_id: int | None
    entries: list[dict[str, Any]]

    @classmethod
    def of(cls, asked: Asked, zone_id: int | None) -> "Place":
        return cls(asked, zone_id, asked.gathering.entries(zone_id))

    @property
    def headlines(self) -> list[dict[str, Any]]:
        by_code = {one["code"]: one for one in self.entries}
        return [by_code[code] for code in headlines(self.entries)]

    def name(self, entry: Entry) -> str:
        return label(self.asked, entry["code"])

    def link(self, code: str, year: int | None = None) -> str:
        return evidence(self.asked, code, self.zone_id, year)

    def tiles(self) -> list[Tile]:
        return [
            Tile(
                self.name(one), display.big(one["now"], one["unit"], one["unit_label"]), sheets.change(one["change"]).text,
                sheets.percent(one["achieved"]).text, display.sentence(one), self.link(one["code"]),
            )
            for one in self.headlines
        ]  # fmt: skip

    def table(self) -> Sheet:
        """Every indicator that has anything to say."""
        head = (INDICATOR, UNIT, VALUE, BEFORE, CHANGE, TARGET, ACHIEVED, AVERAGE, FIRMS)
        rows = [self._row(one) for one in self.entries if has_anything(one)]
        note = Sentence(
            "증감은 동일 기업 기준입니다. 특구 평균은 전국 합계를 특구 수로 나눈 값, 비율은 전국의 비율입니다. "
            "실적을 누르면 근거가 열립니다.",
            "Growth is over the same firms. The zone average is the nation's sum over its zones, for rates the nation's "
            "rate. A value leads to what it is made of.",
        )  # fmt: skip
        return Sheet("indicators", Sentence("지표별 실적", "Indicators"), note, head, tuple(rows), words=2)

    def _row(self, one: Entry) -> tuple[Field, ...]:
        unit = one["unit"]
        firms = one["now"].get("firms")
        return (
            word(self.name(one)), sheets.unit_of(one), sheets.value(one["now"], unit, self.link(one["code"])),
            sheets.value(one["before"], unit), sheets.change(one["change"]), sheets.value(one["target"], unit),
            sheets.percent(one["achieved"]), sheets.value(one["average"], unit), sheets.count(firms) if firms else word("-"),
        )  # fmt: skip

    def achievements(self) -> Sheet:
        """The headlines that have a target."""
        aimed = [one for one in self.entries if one["achieved"]["state"] == "ok"]
        rows = [
            (word(self.name(one)), sheets.unit_of(one), sheets.value(one["target"], one["unit"]),
             sheets.value(one["now"], one["unit"], self.link(one["code"])), sheets.percent(one["achieved"]))
            for one in aimed
        ]  # fmt: skip
        shown = [one | {"label": self.name(one)} for one in self.headlines]
        chart = picture(plates.achievements(shown))
        note = Sentence(
            "목표가 있는 지표입니다. 그림은 핵심지표만 보입니다.",
            "Indicators with a target; the chart shows the headlines.",
        )
        head = (INDICATOR, UNIT, TARGET, VALUE, ACHIEVED)
        return Sheet("targets", Sentence("목표 달성", "Targets"), note, head, tuple(rows), 2, chart)

    def trends(self) -> Sheet:
        """Five years of the headlines."""
        grid = self.asked.gathering.grid
        rows = [
            (word(self.name(one)), sheets.unit_of(one),
             *(sheets.value(cell, one["unit"], self.link(one["code"], cell["year"])) for cell in one["trend"]))
            for one in self.headlines
        ]  # fmt: skip
        pictures = [plates.trend(one | {"label": self.name(one)}) for one in self.headlines]
        charts = tuple((one["label"], one["svg"]) for one in pictures if one is not None)
        head = (INDICATOR, UNIT, *(Sentence(str(year), str(year)) for year in grid.years))
        note = Sentence("핵심지표의 5개년 값입니다.", "Five years of the headlines.")
        return Sheet("trends", Sentence("5개년 추이", "Five years"), note, head, tuple(rows), 2, charts)


def label(asked: Asked, code: str) -> str:
    return sheets.name_of(asked.indicators[code])


def evidence(asked: Asked, code: str, zone_id: int | None, year: int | None = None) -> str:
    """Where a figure is taken apart: its rule, its rows and what was left out. Empty where this reader may not look."""
    zone = next((one.code for one in asked.zones if one.id == zone_id), None)
    if zone is None and (zone_id is not NATION or asked.allowed is not None):
        return ""
    return url_for("reports.figure_today", code=code, year=year or asked.year, zone=zone)


def points(trend: Sequence[Entry], unit: str, unit_label: str) -> list[Point]:
    return [
        Point(str(one["year"]), float(one["value"]) if one["state"] == "ok" else None,
              display.with_unit(one, unit, unit_label))
        for one in trend
    ]  # fmt: skip


def line(name: str, trend: Sequence[Entry], indicator: Indicator) -> plots.Line:
    return plots.Line(name, points(trend, indicator.unit, indicator.unit_label.ko))
