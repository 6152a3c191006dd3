"""The board of programs: how cases came from application to settlement, in which zones and years, and what they led to."""

from collections.abc import Sequence
from typing import Any

from backoffice.core.i18n import Sentence
from backoffice.outcomes.firm_figures import NATION
from backoffice.reports import plates, plots
from backoffice.reports.casework import STATIONS, Counts
from backoffice.reports.charts import Bar, Point, stages
from backoffice.reports.indicators import entry
from backoffice.web.boards import sheets
from backoffice.web.boards.asked import Asked
from backoffice.web.boards.boards import UNIT, ZONE, Board, Choice, evidence, picture
from backoffice.web.boards.sheets import Field, Sheet, word
from workflows.definition import Workflow

PASSED = {
    "submitted": Sentence("신청", "Submitted"), "under_review": Sentence("적격(평가)", "Eligible"),
    "awarded": Sentence("선정", "Selected"), "contracted": Sentence("협약", "Agreed"),
    "performed": Sentence("수행 종료", "Performed"), "settled": Sentence("정산 완료", "Settled"),
}  # fmt: skip
RATES = (
    Sentence("경쟁률(:1)", "Applications per award"), Sentence("협약액(백만원)", "Agreed (KRW million)"),
    Sentence("지급액(백만원)", "Paid (KRW million)"), Sentence("집행률(%)", "Paid of agreed (%)"),
    Sentence("선정까지(일)", "Days to decision"),
)  # fmt: skip
RATES_IN_FILES = (
    RATES[0], Sentence("협약액(원)", "Agreed (KRW)"), Sentence("지급액(원)", "Paid (KRW)"), *RATES[3:]
)  # fmt: skip
"""A file holds whole won."""
PROGRAM = Sentence("사업", "Program")


def funnel(asked: Asked, place: int | None) -> Sheet:
    """Every program of one zone, or of the nation, from application to settlement."""
    found = asked.gathering.cases.programs(place)
    codes = {one.workflow: one.code for one in asked.gathering.charter.programs()}
    titles = {one.workflow: str(Sentence(one.title.ko, one.title.en)) for one in asked.gathering.charter.programs()}
    rows = []
    for one in found:
        rows.append((word(titles[one["program"]]), *_stations(asked, one, codes[one["program"]], place)))
    note = Sentence(
        f"{asked.year} 사업연도에 접수한 건입니다. 금액은 주관 특구에 셉니다.",
        f"Cases of the program year {asked.year}; money is counted at the lead zone.",
    )
    head, file_head = ((PROGRAM, *PASSED.values(), *rates) for rates in (RATES, RATES_IN_FILES))
    chart = picture(plates.funnel({"programs": found}))
    title = Sentence("사업별 추진 단계", "Programs by station")
    return Sheet("programs", title, note, head, tuple(rows), 1, chart, file_head)


def _stations(asked: Asked, one: dict[str, Any], code: str, place: int | None) -> tuple[Field, ...]:
    """How far the cases of a program came, each number with the way to its cases; then its rates."""
    cells = [sheets.value(one["stations"][tag], "count", evidence(asked, f"{code}.{tag}", place)) for tag in STATIONS]
    return (*cells, *_rates(one))


def _rates(one: dict[str, Any]) -> tuple[Field, ...]:
    competition, execution, days = (one[name] for name in ("competition", "execution", "decision_days"))
    return (
        sheets.value(competition, "count"), sheets.won(one["agreed"]), sheets.won(one["disbursed"]),
        sheets.value(execution, "percent"), sheets.value(days, "count"),
    )  # fmt: skip


def program(asked: Asked) -> Board:
    """One program across zones and years."""
    charter = asked.gathering.charter
    known = sorted(charter.programs(), key=lambda one: -_sent(asked, one))
    chosen = asked.program([one.workflow for one in known])
    mine = next(one for one in known if one.workflow == chosen)
    options = [(one.workflow, str(Sentence(one.title.ko, one.title.en))) for one in known]
    tables = [_by_zone(asked, mine), _by_year(asked, mine), _led_to(asked, mine)]
    title = str(Sentence(mine.title.ko, mine.title.en))
    return Board("program", title, (), tables, [Choice("program", PROGRAM, options, [chosen])])


def _sent(asked: Asked, one: Workflow) -> int:
    """How many of a program were submitted in the year, in the places of the page: the busiest comes first."""
    counts = asked.gathering.facts.counts
    found = (counts.get((asked.year, one.workflow, place)) for place, _ in _places(asked))
    return sum(counts_of.reached[STATIONS[0]] for counts_of in found if counts_of is not None)


def _places(asked: Asked) -> list[tuple[int | None, str]]:
    """The zones this person may read, and the nation for whoever may read all."""
    own: list[tuple[int | None, str]] = [(zone.id, str(Sentence(zone.name_ko, zone.name_en))) for zone in asked.zones]
    return own if asked.allowed is not None else [*own, (NATION, str(Sentence("전국(중복 제외)", "All, each once")))]


def _by_zone(asked: Asked, mine: Workflow) -> Sheet:
    book, rows, sums = asked.gathering.cases, [], Counts()
    for place, name in _places(asked):
        one = book.entry(mine, place)
        rows.append((word(name), *_stations(asked, one, mine.code, place)))
        if place is NATION or asked.allowed is not None:
            for tag in STATIONS:
                sums.reached[tag] += int(one["stations"][tag].get("value", 0))
    note = Sentence(
        "다특구 과제는 특구마다 1건, 전국에서 1건으로 셉니다.",
        "A joint project counts once in each zone and once in all.",
    )
    title = Sentence(f"{asked.year}년 특구별 추진 단계", f"Stations by zone, {asked.year}")
    bars = [Bar(str(name), sums.reached[tag], f"{sums.reached[tag]:,}") for tag, name in PASSED.items()]
    chart = stages(bars, title=str(title)) if sums.reached[STATIONS[0]] else None
    head, file_head = ((ZONE, *PASSED.values(), *rates) for rates in (RATES, RATES_IN_FILES))
    return Sheet("zones", title, note, head, tuple(rows), 1, picture(chart), file_head)


def _by_year(asked: Asked, mine: Workflow) -> Sheet:
    """Five program years: applications, awards, agreements, and their share."""
    facts = asked.gathering.facts
    rows: list[tuple[Field, ...]] = []
    told: dict[str, list[Point]] = {tag: [] for tag in ("submitted", "awarded", "contracted")}
    places = [place for place, _ in _places(asked)] if asked.allowed is not None else [NATION]
    for year in facts.years:
        counts = [
            facts.counts[year, mine.workflow, place] for place in places if (year, mine.workflow, place) in facts.counts
        ]
        sums = {tag: sum(one.reached[tag] for one in counts) for tag in STATIONS}
        for tag, points in told.items():
            points.append(Point(str(year), sums[tag] if counts else None, str(sums[tag])))
        share = f"{sums['contracted'] * 100 / sums['submitted']:.1f}" if sums["submitted"] else "-"
        rows.append((word(year), *(sheets.count(sums[tag]) for tag in STATIONS), word(share)))
    head = (Sentence("연도", "Year"), *PASSED.values(), Sentence("신청 대비 협약(%)", "Agreed of submitted (%)"))
    title, note = (
        Sentence("5개 사업연도", "Five program years"),
        Sentence("접수한 사업연도로 셉니다.", "By the program year."),
    )
    lines = [plots.Line(str(PASSED[tag]), points) for tag, points in told.items()]
    known = any(point.value is not None for points in told.values() for point in points)
    chart = plots.lines(lines, title=str(title)) if known else None
    return Sheet("years", title, note, head, tuple(rows), 1, picture(chart))


def _led_to(asked: Asked, mine: Workflow) -> Sheet:
    """The indicators that are counted from this program."""
    lens = asked.gathering.lens
    own = [one for one in lens.grid.indicators if one.counted is not None and one.counted.program == mine.code]
    rows = [
        (word(name), word(sheets.name_of(one)), sheets.unit_of(entry(lens, one, place)),
         *(sheets.value(lens.of(one, year, place), one.unit, evidence(asked, one.code, place, year))
           for year in lens.grid.years))
        for one in own
        for place, name in _places(asked)
    ]  # fmt: skip
    years: Sequence[Sentence] = [Sentence(str(year), str(year)) for year in lens.grid.years]
    head = (ZONE, Sentence("지표", "Indicator"), UNIT, *years)
    note = Sentence("이 사업에서 세는 지표입니다.", "Indicators that are counted from this program.")
    return Sheet("outcomes", Sentence("사업의 성과", "What it led to"), note, head, tuple(rows), 3)
