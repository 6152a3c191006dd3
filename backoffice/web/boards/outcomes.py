"""The boards of outcomes: the nation, one zone, and one indicator over zones and years."""

from collections.abc import Mapping
from typing import Any

from backoffice.core.errors import NotFound
from backoffice.core.i18n import Sentence
from backoffice.outcomes.firm_figures import NATION
from backoffice.reports import plates, plots
from backoffice.reports.indicators import entry, has_anything, ranking
from backoffice.web.boards import sheets
from backoffice.web.boards.asked import Asked
from backoffice.web.boards.boards import (
    ACHIEVED,
    BEFORE,
    CHANGE,
    FIRMS,
    TARGET,
    UNIT,
    VALUE,
    ZONE,
    Board,
    Choice,
    Place,
    evidence,
    indicator_choice,
    line,
    picture,
    zone_choice,
)
from backoffice.web.boards.programs import funnel
from backoffice.web.boards.sheets import Field, Sheet, word
from workflows.indicators import Indicator

PLACE = Sentence("순위", "Rank")


def nation(asked: Asked) -> Board:
    """All zones together. Raises NotFound for whoever may not read all of them."""
    if asked.allowed is not None:
        raise NotFound
    place = Place.of(asked, NATION)
    indicator = asked.indicator(_worth_choosing(place))
    tables = [
        place.table(), _ranking(asked, indicator, place), place.achievements(), place.trends(),
        funnel(asked, NATION),
    ]  # fmt: skip
    title = Sentence("전국 종합", "All zones")
    return Board("nation", str(title), place.tiles(), tables, [indicator_choice(asked, indicator)])


def _worth_choosing(place: Place) -> list[Indicator]:
    """Every indicator, those with something to say first: the headline, then the others."""
    known = place.asked.indicators
    told = [one["code"] for one in place.headlines] + [one["code"] for one in place.entries if has_anything(one)]
    return [known[code] for code in dict.fromkeys([*told, *known])]


def _ranking(asked: Asked, indicator: Indicator, place: Place) -> Sheet:
    """The zones by one indicator, with the average as a line."""
    mine = next(one for one in place.entries if one["code"] == indicator.code)
    found = ranking(asked.gathering.lens, indicator)
    names = {zone.code: zone for zone in asked.gathering.zones}
    rows = [_ranked(asked, indicator, row, names[row["zone"]].id) for row in found]
    head = (ZONE, PLACE, VALUE, BEFORE, CHANGE, TARGET, ACHIEVED, FIRMS)
    title = Sentence(f"특구 비교: {indicator.label.ko}", f"Zones by {indicator.label.en}")
    unit = sheets.unit_of(mine).text
    note = Sentence(f"단위: {unit}. 값이 없는 특구는 뒤에 둡니다.", f"Unit: {unit}. Zones without a value come last.")
    return Sheet("ranking", title, note, head, tuple(rows), 1, picture(plates.ranking(mine | {"zones": found})))


def _ranked(asked: Asked, indicator: Indicator, row: Mapping[str, Any], zone_id: int) -> tuple[Field, ...]:
    unit, firms = indicator.unit, row["now"].get("firms")
    return (
        word(row["name"]), sheets.count(row["rank"]) if row["rank"] else word("-"),
        sheets.value(row["now"], unit, evidence(asked, indicator.code, zone_id)), sheets.value(row["before"], unit),
        sheets.change(row["change"]), sheets.value(row["target"], unit), sheets.percent(row["achieved"]),
        sheets.count(firms) if firms else word("-"),
    )  # fmt: skip


def zone(asked: Asked) -> Board:
    """One zone: what its annual report of the year would say."""
    mine = asked.zone
    place = Place.of(asked, mine.id)
    tables = [place.table(), place.achievements(), place.trends(), funnel(asked, mine.id)]
    return Board("zone", str(Sentence(mine.name_ko, mine.name_en)), place.tiles(), tables, [zone_choice(asked)])


def trends(asked: Asked) -> Board:
    """One indicator over five years, in any zones and in the nation."""
    grid, lens = asked.gathering.grid, asked.gathering.lens
    indicator = asked.indicator(list(asked.indicators.values()))
    places: list[tuple[int | None, str]] = [
        (zone.id, str(Sentence(zone.name_ko, zone.name_en))) for zone in asked.chosen_zones
    ]
    places += [] if asked.allowed is not None else [(NATION, str(Sentence("전국", "All zones")))]
    found = [(place, name, entry(lens, indicator, place)) for place, name in places]
    title = str(Sentence(indicator.label.ko, indicator.label.en))
    drawing = [line(name, one["trend"], indicator) for place, name, one in found if place is not NATION]
    drawing += [_average(asked, indicator)]
    unit = sheets.unit_of(found[0][2] if found else entry(lens, indicator, NATION)).text
    values = Sheet(
        "values", Sentence("연도별 값", "By year"),
        Sentence(f"단위: {unit}. 그림에는 특구 평균도 있습니다.", f"Unit: {unit}. The chart also shows the zone average."),
        (ZONE, *(Sentence(str(year), str(year)) for year in grid.years)),
        tuple(_of_years(asked, indicator, *one) for one in found),
        1, picture(plots.lines(drawing[-6:], title=title) if any(p.value is not None for d in drawing for p in d.points) else None),
    )  # fmt: skip
    return Board("trends", title, (), [values, _aims(asked, indicator, found)], _choices(asked, indicator))


def _average(asked: Asked, indicator: Indicator) -> plots.Line:
    lens = asked.gathering.lens
    cells = [{"year": year, **lens.average(indicator, year)} for year in lens.grid.years]
    return line(str(Sentence("특구 평균", "Zone average")), cells, indicator)


def _of_years(
    asked: Asked, indicator: Indicator, place: int | None, name: str, one: Mapping[str, Any]
) -> tuple[Field, ...]:
    links = (evidence(asked, indicator.code, place, cell["year"]) for cell in one["trend"])
    cells = zip(one["trend"], links, strict=True)
    return (word(name), *(sheets.value(cell, indicator.unit, link) for cell, link in cells))


def _aims(asked: Asked, indicator: Indicator, found: list[tuple[int | None, str, dict[str, Any]]]) -> Sheet:
    """Targets of the year and the next, against what was reached."""
    head = (ZONE, UNIT, TARGET, VALUE, ACHIEVED, Sentence("다음 해 목표", "Next target"))
    rows = [
        (word(name), sheets.unit_of(one), sheets.value(one["target"], indicator.unit),
         sheets.value(one["now"], indicator.unit, evidence(asked, indicator.code, place)),
         sheets.percent(one["achieved"]), sheets.value(one["next_target"], indicator.unit))
        for place, name, one in found
    ]  # fmt: skip
    note = Sentence(f"{asked.year}년 목표와 실적입니다.", f"Targets and values of {asked.year}.")
    bars = [one | {"label": name} for _, name, one in found if one["achieved"]["state"] == "ok"]
    title = Sentence("목표와 실적", "Targets and values")
    return Sheet("aims", title, note, head, tuple(rows), 2, picture(plates.achievements(bars)))


def _choices(asked: Asked, indicator: Indicator) -> list[Choice]:
    names = [(zone.code, str(Sentence(zone.name_ko, zone.name_en))) for zone in asked.zones]
    picked = [zone.code for zone in asked.chosen_zones]
    return [indicator_choice(asked, indicator), Choice("zones", ZONE, names, picked, several=True)]
