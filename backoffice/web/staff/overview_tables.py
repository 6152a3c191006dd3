"""The tables of the overview, each with its chart and with the way to the cases behind every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import url_for
from markupsafe import Markup

from backoffice.analytics.tables import Table, share
from backoffice.cases.overview import Load, Rest, Wanted, Week
from backoffice.core.i18n import Sentence
from backoffice.reports.charts import Bar, ranking, stages
from workflows.definition import Workflow
from workflows.roles import ROLE_LABELS, Role

UNSUBMITTED = "unsubmitted"
"""The tag of states of applications nobody sent yet."""

_OPEN, _LATE = Sentence("진행 중", "Open"), Sentence("기한 초과", "Overdue")
_FREE, _MONTH = Sentence("미배정", "Unassigned"), Sentence("이번 달 기한", "Due this month")
_PROGRAM, _STAGE = Sentence("사업", "Program"), Sentence("단계", "Stage")
_NOBODY = Sentence("처리 차례 없음", "Nobody's turn")


@dataclass(frozen=True, slots=True)
class Found:
    """What was counted, with the names to put it into words."""

    roles: Sequence[Load]
    zones: Sequence[Load]
    rests: Sequence[Rest]
    weeks: Sequence[Week]
    names: Mapping[int, str]
    definitions: Mapping[str, Workflow]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, its chart, and for each row the address of its cases, if one list holds them."""

    table: Table
    chart: Markup
    links: tuple[str, ...]


def sheets(found: Found, wanted: Wanted) -> list[Sheet]:
    """Every table in the order of the page."""
    return [
        _roles(found.roles),
        *([_zones(found, wanted)] if len(found.zones) > 1 else []),
        _weeks(found.weeks, wanted),
        _stages(found, wanted),
        _programs(found, wanted),
        _conversion(found),
    ]


def _queue(wanted: Wanted, **more: object) -> str:
    arguments: dict[str, object] = {"box": "all", "zone": wanted.zone, "year": wanted.year, **more}
    return url_for("staff.queue", **{name: str(value) for name, value in arguments.items() if value is not None})  # type: ignore[arg-type]  # names of the filter


def _drawn(chart: str) -> Markup:
    return Markup(chart)  # noqa: S704  # drawn by our own chart room, which escapes every text


def _bars(names: Sequence[str], numbers: Sequence[int]) -> list[Bar]:
    return [Bar(name, number, str(number)) for name, number in zip(names, numbers, strict=True)]


def _roles(loads: Sequence[Load]) -> Sheet:
    names = [str(Sentence(*ROLE_LABELS[Role(str(one.key))]) if one.key else _NOBODY) for one in loads]
    title = Sentence("누구의 차례인가", "Whose turn it is")
    table = Table(
        "waiting", title,
        Sentence("지금 처리를 기다리는 건을 차례인 역할별로 셉니다.", "Open cases by the role that has to act now."),
        (Sentence("역할", "Role"), _OPEN, _LATE, _FREE, _MONTH), _rows(names, loads),
    )  # fmt: skip
    chart = stages(_bars(names, [one.open for one in loads]), title=str(title)) if loads else ""
    return Sheet(table, _drawn(chart), ("",) * len(loads))


def _rows(names: Sequence[str], loads: Sequence[Load]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (name, str(one.open), str(one.overdue), str(one.unassigned), str(one.this_month))
        for name, one in zip(names, loads, strict=True)
    )


def _zones(found: Found, wanted: Wanted) -> Sheet:
    loads = found.zones
    names = [found.names.get(int(one.key or 0), "-") for one in loads]
    title = Sentence("특구별 진행 중인 건", "Open cases by zone")
    table = Table(
        "zones", title, Sentence("처리를 맡은 특구로 셉니다.", "By the zone that handles a case."),
        (Sentence("특구", "Zone"), _OPEN, _LATE, _FREE, _MONTH), _rows(names, loads),
    )  # fmt: skip
    average = sum(one.open for one in loads) / len(loads)
    said = Sentence(f"평균 {average:.0f}건", f"average {average:.0f}")
    chart = ranking(
        _bars(names, [one.open for one in loads]), average=average, average_text=str(said), title=str(title)
    )
    return Sheet(table, _drawn(chart), tuple(_queue(wanted, zone=one.key) for one in loads))


def _weeks(weeks: Sequence[Week], wanted: Wanted) -> Sheet:
    names = [f"{one.first:%m-%d} ~ {one.last:%m-%d}" for one in weeks]
    title = Sentence("이번 달 기한", "This month's deadlines")
    table = Table(
        "deadlines", title, Sentence("지난 주의 수는 아직 처리되지 않은 건입니다.", "In past weeks: what is still open."),
        (Sentence("기간", "Week"), Sentence("기한이 오는 건", "Due")),
        tuple((name, str(one.due)) for name, one in zip(names, weeks, strict=True)),
    )  # fmt: skip
    chart = stages(_bars(names, [one.due for one in weeks]), title=str(title)) if any(one.due for one in weeks) else ""
    return Sheet(table, _drawn(chart), tuple(_queue(wanted, due_from=one.first, due_to=one.last) for one in weeks))


def _stages(found: Found, wanted: Wanted) -> Sheet:
    """Open cases by program and stage."""
    rows, links = [], []
    for (name, stage), rests in groupby(_in_order(found), key=lambda one: (one.workflow, one.stage)):
        own = list(rests)
        number, late = sum(one.open for one in own), sum(one.overdue for one in own)
        if number:
            rows.append((_title(found, name), _stage_name(found, name, stage), str(number), str(late)))
            links.append(_queue(wanted, program=name, stage=stage))
    note = Sentence("끝난 건은 빼고 셉니다.", "Without cases that have ended.")
    title = Sentence("사업과 단계별", "By program and stage")
    return Sheet(Table("stages", title, note, (_PROGRAM, _STAGE, _OPEN, _LATE), tuple(rows), 2), Markup(), tuple(links))


def _programs(found: Found, wanted: Wanted) -> Sheet:
    rows, links, bars = [], [], []
    for name, rests in groupby(_in_order(found), key=lambda one: one.workflow):
        own = list(rests)
        ended = {
            kind: sum(one.cases for one in own if _final(found, one) == kind)
            for kind in ("success", "failure", "cancelled")
        }
        total, still = sum(one.cases for one in own), sum(one.open for one in own)
        rows.append((_title(found, name), str(total), str(still), *(str(number) for number in ended.values())))
        bars.append(Bar(_title(found, name), still, str(still)))
        links.append(_queue(wanted, program=name))
    title = Sentence("사업별", "By program")
    head = (
        _PROGRAM, Sentence("모두", "All"), _OPEN, Sentence("잘 마침", "Succeeded"),
        Sentence("선정되지 않음 등", "Not selected"), Sentence("취소·철회", "Cancelled"),
    )  # fmt: skip
    note = Sentence("끝난 건은 어떻게 끝났는지로 나눕니다.", "Ended cases by how they ended.")
    bars = sorted((bar for bar in bars if bar.value), key=lambda bar: -bar.value)
    chart = stages(bars, title=str(title)) if bars else ""
    return Sheet(Table("programs", title, note, head, tuple(rows)), _drawn(chart), tuple(links))


def _conversion(found: Found) -> Sheet:
    """How many came at least so far; what was withdrawn or never sent is left out."""
    rows = []
    for name, rests in groupby(_in_order(found), key=lambda one: one.workflow):
        codes = [stage.code for stage in found.definitions[name].stages]
        reached = [0] * len(codes)
        for one in rests:
            if _counts(found, one) and one.stage in codes:
                for place in range(codes.index(one.stage) + 1):
                    reached[place] += one.cases
        if reached and reached[0]:
            rows += [
                (_title(found, name), _stage_name(found, name, code), share(number, reached[0]))
                for code, number in zip(codes, reached, strict=True)
            ]
    title = Sentence("단계별 도달", "Conversion by stage")
    note = Sentence(
        "그 단계까지 온 건의 수와, 첫 단계에 온 건에 대한 비율입니다. 철회한 건과 제출하지 않은 신청은 빼고 셉니다.",
        "Cases that came at least so far, and their share of those in the first stage; without withdrawn and unsent ones.",
    )
    head = (_PROGRAM, _STAGE, Sentence("도달(비율)", "Reached (share)"))
    return Sheet(Table("conversion", title, note, head, tuple(rows), 2), Markup(), ("",) * len(rows))


def _in_order(found: Found) -> list[Rest]:
    """By program, and within it in the order of its stages."""
    known = [one for one in found.rests if one.workflow in found.definitions]
    return sorted(known, key=lambda one: (one.workflow, _place(found, one), one.stage))


def _place(found: Found, one: Rest) -> int:
    codes = [stage.code for stage in found.definitions[one.workflow].stages]
    return codes.index(one.stage) if one.stage in codes else len(codes)


def _title(found: Found, name: str) -> str:
    title = found.definitions[name].title
    return str(Sentence(title.ko, title.en))


def _stage_name(found: Found, name: str, code: str) -> str:
    stage = next((one.label for one in found.definitions[name].stages if one.code == code), None)
    return str(Sentence(stage.ko, stage.en)) if stage is not None else code


def _final(found: Found, one: Rest) -> str | None:
    state = found.definitions[one.workflow].states.get(one.state)
    return state.final if state is not None else None


def _counts(found: Found, one: Rest) -> bool:
    state = found.definitions[one.workflow].states.get(one.state)
    return state is not None and state.final != "cancelled" and UNSUBMITTED not in state.tags
