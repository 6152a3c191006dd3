"""What the address of an analysis asks for: program, version, zone and period, read with one sentence per fault."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from flask import request

from backoffice.access.permissions import HOLDERS, Permission
from backoffice.analytics.selection import Book, Selection, book_of
from backoffice.core.errors import Invalid, NotFound, Problem
from backoffice.core.i18n import Sentence
from backoffice.forms.readers import read_date
from backoffice.organizations import queries as organizations
from backoffice.programs import queries as programs
from backoffice.web.access import actor, engine
from backoffice.web.case_page import zone_name
from workflows.values import Label

NAMES = ("program", "version", "zone", "from", "to")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as typed, what it selects, what it offers, and what is wrong with it."""

    book: Book
    selection: Selection | None
    problems: tuple[Problem, ...]
    typed: Mapping[str, str]
    programs: list[tuple[str, Label]]
    zones: Mapping[int, str]
    """Every innovation zone by name, for tables."""
    offered: list[tuple[int, str]]
    """The zones this reader may choose."""

    def chosen(self) -> Selection:
        """Raises Invalid with every problem."""
        if self.selection is None:
            raise Invalid(self.problems)
        return self.selection


def asked() -> Asked:
    """Read the address. Raises NotFound for an unknown program."""
    newest = _newest()
    typed = {name: request.args.get(name, "").strip()[:48] for name in NAMES}
    typed["program"] = typed["program"] or next((name for name, _ in newest), "")
    try:
        book = book_of(engine().definitions, typed["program"])
    except KeyError as error:
        raise NotFound from error
    zones = {
        zone.id: zone_name(zone)
        for zone in organizations.zone_names().values()
        if zone.stratum == organizations.INNOVATION
    }
    offered = _offered(zones)
    problems: list[Problem] = []
    selection = _selection(typed, book, dict(offered), problems)
    return Asked(book, None if problems else selection, tuple(problems), typed, newest, zones, offered)


def _newest() -> list[tuple[str, Label]]:
    """Every published program with its title, those that take applications first."""
    versions: dict[str, int] = {}
    for name, version in programs.published_digests():
        versions[name] = max(version, versions.get(name, 0))
    found = [engine().definitions.get(name, version).workflow for name, version in versions.items()]
    found.sort(key=lambda one: (one.kind != "application", one.title.ko))
    return [(one.workflow, one.title) for one in found]


def _offered(zones: Mapping[int, str]) -> list[tuple[int, str]]:
    held = [actor().zones_as(role) for role in actor().roles & HOLDERS[Permission.PROCESS_READ]]
    everywhere = any(one is None for one in held)
    mine = {key for one in held if one is not None for key in one}
    return [(key, name) for key, name in zones.items() if everywhere or key in mine]


def _selection(typed: Mapping[str, str], book: Book, zones: Mapping[int, str], problems: list[Problem]) -> Selection:
    start, end = _day(typed, "from", problems), _day(typed, "to", problems)
    if start and end and start > end:
        said = Sentence(
            "끝 날짜가 시작 날짜보다 빠릅니다. 기간을 다시 골라 주세요.",
            "The period ends before it starts; choose again.",
        )
        problems.append(Problem("to", said))
    version = _one_of(typed, "version", book.versions, problems)
    zone = _one_of(typed, "zone", zones, problems)
    return Selection(book.newest.workflow, version, zone, start, end, actor())


def _day(typed: Mapping[str, str], name: str, problems: list[Problem]) -> date | None:
    if not typed[name]:
        return None
    try:
        return read_date(typed[name], name)
    except Invalid:
        problems.append(Problem(name, _NO_DAY[name]))
        return None


_NO_DAY = {
    "from": Sentence("기간의 첫날은 2026-01-31처럼 적어 주세요.", "Write the first day of the period as 2026-01-31."),
    "to": Sentence("기간의 끝날은 2026-01-31처럼 적어 주세요.", "Write the last day of the period as 2026-01-31."),
}
_UNKNOWN = {
    "version": Sentence(
        "없는 판입니다. 판을 목록에서 골라 주세요.", "There is no such version; choose it from the list."
    ),
    "zone": Sentence(
        "볼 수 없는 특구입니다. 특구를 목록에서 골라 주세요.", "You cannot see this zone; choose one from the list."
    ),
}


def _one_of(typed: Mapping[str, str], name: str, known: Collection[int], problems: list[Problem]) -> int | None:
    text = typed[name]
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text) in known:
        return int(text)
    problems.append(Problem(name, _UNKNOWN[name]))
    return None
