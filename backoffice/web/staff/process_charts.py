"""The charts above the tables of an analysis: the same figures, drawn."""

from collections.abc import Mapping

from markupsafe import Markup

from backoffice.analytics.selection import SIDES, Book
from backoffice.analytics.tables import DAY, Analysis, days
from backoffice.core.i18n import Sentence
from backoffice.reports.charts import Bar, Span, ranking, spans, stages

MOST = 12
"""So many returns are drawn; the table has all of them."""


def charts_of(found: Analysis, book: Book, zones: Mapping[int, str]) -> dict[str, Markup]:
    """Table code -> its chart; a table without anything to draw has none."""
    drawn = {
        "states": _states(found, book),
        "waiting": _waiting(found),
        "stages": _stages(found, book),
        "returns": _returns(found, book),
        "zones": _zones(found, zones),
    }
    # Drawn by our own chart room, which escapes every text.
    return {code: Markup(chart) for code, chart in drawn.items() if chart}  # noqa: S704  # see above


def _states(found: Analysis, book: Book) -> str:
    unit = Sentence("일", " days")
    rows = [
        Span(str(book.state_label(one.state)), one.p50 / DAY, one.p90 / DAY, f"{days(one.p50)} / {days(one.p90)}{unit}")
        for one in found.states
        if one.p50 is not None and one.p90 is not None
    ]
    title = Sentence("상태별 머문 시간: 중앙값과 90%값", "Time in state: median and 90th percentile")
    return spans(rows, title=str(title)) if rows else ""


def _waiting(found: Analysis) -> str:
    total = sum(one.total for one in found.waiting)
    bars = [
        Bar(str(SIDES[one.side]), one.total / DAY, f"{one.total * 100 / total:.0f}%") for one in found.waiting if total
    ]
    return stages(bars, title=str(Sentence("누구를 기다렸나", "Whom cases waited for"))) if bars else ""


def _stages(found: Analysis, book: Book) -> str:
    names = [Sentence(stage.label.ko, stage.label.en) for stage in book.newest.stages]
    said = Sentence("건 중 {}건 통과", ", {} went on")
    bars = [
        Bar(str(names[one.position]), one.entered, f"{one.entered}{str(said).format(one.forward)}")
        for one in found.stages
        if one.position < len(names)
    ]
    return stages(bars, title=str(Sentence("단계별 통과", "Conversion by stage"))) if bars else ""


def _returns(found: Analysis, book: Book) -> str:
    times = Sentence("번", " times")
    bars = [
        Bar(f"{book.action_label(one.action)} → {book.state_label(one.target)}", one.times, f"{one.times}{times}")
        for one in found.returns[:MOST]
    ]
    return stages(bars, title=str(Sentence("되돌아간 처리", "Returns"))) if bars else ""


def _zones(found: Analysis, zones: Mapping[int, str]) -> str:
    """The share of stays that ended after their deadline, zone by zone, against the whole."""
    bars = [
        Bar(zones.get(one.zone_id or 0, "-"), one.late * 100 / one.due, f"{one.late * 100 / one.due:.0f}%")
        for one in sorted(found.zones, key=lambda one: -(one.late / one.due if one.due else 0))
        if one.due
    ]
    if not bars:
        return ""
    average = found.whole.late * 100 / found.whole.due
    title = Sentence("기한을 넘긴 비율", "Past the deadline")
    text = Sentence(f"전체 {average:.0f}%", f"All {average:.0f}%")
    return ranking(bars, average=average, average_text=str(text), title=str(title))
