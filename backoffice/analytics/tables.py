"""An analysis as tables that page, CSV file and terminal share: Korean first, lengths of time in days."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backoffice.analytics.figures import (
    Lead,
    Return,
    StageFlow,
    StateTimes,
    Waiting,
    leads,
    returns,
    stage_flows,
    state_times,
    waiting,
)
from backoffice.analytics.selection import SIDES, Book, Selection
from backoffice.core.i18n import Sentence

DAY = 86_400_000_000
"""A day in microseconds."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """All figures of one selection. ``whole`` counts every case of it."""

    whole: Lead
    states: list[StateTimes]
    waiting: list[Waiting]
    returns: list[Return]
    stages: list[StageFlow]
    zones: list[Lead]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: ``words`` says how many columns, from the left, are words; the others are numbers."""

    code: str
    title: Sentence
    note: Sentence
    head: tuple[Sentence, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def analyze(wanted: Selection, book: Book) -> Analysis:
    """Six queries, whatever the number of cases."""
    whole, *zones = leads(wanted, book)
    return Analysis(
        whole,
        state_times(wanted, book),
        waiting(wanted, book),
        returns(wanted, book),
        stage_flows(wanted, book),
        zones,
    )


def days(length: int | None) -> str:
    """``12.3``; a dash where there is nothing to say."""
    return "-" if length is None else f"{length / DAY:.1f}"


def csv_of(table: Table) -> bytes:
    """The table as a CSV file that a Korean spreadsheet opens as it is."""
    target = io.StringIO()
    csv.writer(target).writerows([[str(one) for one in table.head], *table.rows])
    return target.getvalue().encode("utf-8-sig")


def share(part: int, whole: int) -> str:
    """``12 (34%)``; a dash where nothing was counted."""
    return f"{part} ({part * 100 / whole:.0f}%)" if whole else "-"


def tables(found: Analysis, book: Book, zones: Mapping[int, str]) -> tuple[Table, ...]:
    """Every table, in the order of the page."""
    return (
        _states(found.states, book),
        _waiting(found.waiting),
        _stages(found.stages, book),
        _returns(found.returns, book),
        _zones([found.whole, *found.zones], zones),
    )


def _states(rows: Sequence[StateTimes], book: Book) -> Table:
    return Table(
        "states",
        Sentence("상태별 머문 시간과 기한", "Time in state and deadlines"),
        Sentence(
            "머문 시간은 다음 단계로 넘어간 경우만 셉니다. 아직 머무는 건과 철회·취소로 끝난 건은 따로 셉니다. "
            "중앙값과 90%값은 최근접 순위로 구하고, 막대 길이는 제곱근 눈금입니다.",
            "Times count completed stays only; cases still there, and those withdrawn or cancelled there, are counted "
            "apart. Percentiles are by nearest rank; bars are on a square-root scale.",
        ),
        (
            Sentence("상태", "State"),
            Sentence("넘어간 건", "Left"),
            Sentence("중앙값(일)", "Median (days)"),
            Sentence("90%값(일)", "90th percentile (days)"),
            Sentence("머무는 건", "Still there"),
            Sentence("최장 경과(일)", "Oldest (days)"),
            Sentence("철회·취소", "Withdrawn"),
            Sentence("기한 뒤 처리", "Left late"),
            Sentence("기한 지나 자동 처리", "Moved by the system"),
            Sentence("지금 기한 초과", "Overdue now"),
        ),
        tuple(
            (
                str(book.state_label(one.state)), str(one.left), days(one.p50), days(one.p90), str(one.open),
                days(one.oldest), str(one.given_up), share(one.late, one.due), share(one.by_system, one.due),
                str(one.overdue),
            )
            for one in rows
        ),
    )  # fmt: skip


def _waiting(rows: Sequence[Waiting]) -> Table:
    total = sum(one.total for one in rows)
    return Table(
        "waiting",
        Sentence("누구를 기다렸나", "Whom cases waited for"),
        Sentence(
            "상태를 맡은 쪽별로 기다린 시간의 합입니다. 아직 기다리는 건은 지금까지의 시간을 더합니다.",
            "Time waited by the side whose turn it was; cases that still wait count with the time so far.",
        ),
        (
            Sentence("맡은 쪽", "Side"),
            Sentence("횟수", "Stays"),
            Sentence("기다리는 건", "Waiting now"),
            Sentence("합계(일)", "Total (days)"),
            Sentence("비중", "Share"),
            Sentence("중앙값(일)", "Median (days)"),
        ),
        tuple(
            (
                str(SIDES[one.side]), str(one.stays), str(one.open), days(one.total),
                f"{one.total * 100 / total:.0f}%" if total else "-", days(one.p50),
            )
            for one in rows
        ),
    )  # fmt: skip


def _stages(rows: Sequence[StageFlow], book: Book) -> Table:
    stages = book.newest.stages
    return Table(
        "stages",
        Sentence("단계별 통과", "Conversion by stage"),
        Sentence(
            "각 건이 그 단계를 마지막으로 떠난 모습으로 셉니다. 부적격·미선정 통보는 그 단계에서 탈락한 것으로 봅니다.",
            "Counted by the last time each case left the stage; a refusal ends the stage it was refused in.",
        ),
        (
            Sentence("단계", "Stage"),
            Sentence("들어온 건", "Entered"),
            Sentence("다음으로", "Went on"),
            Sentence("탈락", "Refused"),
            Sentence("철회·취소", "Withdrawn"),
            Sentence("이전 단계로", "Sent back"),
            Sentence("머무는 건", "Still there"),
        ),
        tuple(
            (
                str(Sentence(stages[one.position].label.ko, stages[one.position].label.en))
                if one.position < len(stages)
                else "-",
                str(one.entered), share(one.forward, one.entered), str(one.refused), str(one.given_up), str(one.back),
                str(one.still),
            )
            for one in rows
        ),
    )  # fmt: skip


def _returns(rows: Sequence[Return], book: Book) -> Table:
    return Table(
        "returns",
        Sentence("되돌아간 처리", "Returns"),
        Sentence(
            "한 번 있었던 상태로 다시 들어간 처리입니다. 시간은 다시 들어간 뒤 머문 시간의 합입니다.",
            "Steps that led back into a state the case had been in before, and the time spent there again.",
        ),
        (
            Sentence("처리", "Step"),
            Sentence("어디서", "From"),
            Sentence("어디로", "Back to"),
            Sentence("횟수", "Times"),
            Sentence("건수", "Cases"),
            Sentence("다시 머문 시간(일)", "Time again (days)"),
        ),
        tuple(
            (
                str(book.action_label(one.action)), str(book.state_label(one.source)), str(book.state_label(one.target)),
                str(one.times), str(one.cases), days(one.spent),
            )
            for one in rows
        ),
        words=3,
    )  # fmt: skip


def _zones(rows: Sequence[Lead], names: Mapping[int, str]) -> Table:
    return Table(
        "zones",
        Sentence("특구별", "By zone"),
        Sentence(
            "주관 특구로 셉니다. 걸린 시간은 시작부터 종료·탈락 확정까지이며, 진행 중이거나 철회·취소된 건은 넣지 않습니다.",
            "By lead zone. Times run from start to an outcome; open, withdrawn and cancelled cases are not timed.",
        ),
        (
            Sentence("특구", "Zone"),
            Sentence("건수", "Cases"),
            Sentence("진행중", "Open"),
            Sentence("종료", "Completed"),
            Sentence("탈락", "Refused"),
            Sentence("철회·취소", "Withdrawn"),
            Sentence("걸린 시간 중앙값(일)", "Median (days)"),
            Sentence("90%값(일)", "90th percentile (days)"),
            Sentence("기한을 넘긴 비율", "Past the deadline"),
        ),
        tuple(
            (
                _zone_name(one, names), str(one.cases), str(one.open), str(one.success), str(one.failure),
                str(one.cancelled), days(one.p50), days(one.p90), share(one.late, one.due),
            )
            for one in rows
        ),
    )  # fmt: skip


def _zone_name(one: Lead, names: Mapping[int, str]) -> str:
    if one.zone_id is None:
        return str(Sentence("전체", "All"))
    return names.get(one.zone_id, "-")
