"""The columns an exported queue may have: what each says, who may take it, and which stand there by default."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission, may
from backoffice.cases.taking_out import Taken
from backoffice.core import clock
from backoffice.core.errors import Invalid
from backoffice.core.i18n import Language, Sentence
from backoffice.core.identifiers import format_business_number
from backoffice.engine.definitions import Definitions
from backoffice.organizations.models import Zone
from workflows.definition import Workflow
from workflows.roles import COMPANY_SIDE, ROLE_LABELS, Role


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom rows are put into words. Fixed before the first row, so that a stream needs no request."""

    definitions: Definitions
    zones: Mapping[int, Zone]
    language: Language
    company_side: bool
    """Reads the public labels of states, as in the queue."""

    def definition(self, row: Taken) -> Workflow:
        return self.definitions.get(row.workflow, row.workflow_version).workflow

    def program(self, row: Taken) -> str:
        return self.definition(row).title.text(self.language)

    def zone_names(self, row: Taken) -> str:
        own = [self.zones[zone_id] for zone_id in row.zones]
        return ", ".join(zone.name_en if self.language == "en" else zone.name_ko for zone in own)

    def state(self, row: Taken) -> str:
        found = self.definition(row).state(row.state)
        return (found.shown if self.company_side else found.label).text(self.language)

    def stage(self, row: Taken) -> str:
        return self.definition(row).stage_label(row.stage).text(self.language)

    def waiting_for(self, row: Taken) -> str:
        return Sentence(*ROLE_LABELS[Role(row.waiting_for)]).text(self.language) if row.waiting_for else ""


@dataclass(frozen=True, slots=True)
class Column:
    code: str
    label: Sentence
    value: Callable[[Reader, Taken], Any]
    default: bool = True
    numeric: bool = False
    permission: Permission = Permission.CASE_READ
    """What somebody must hold to take it; the list itself asks for the same as the queue."""


def _moment(value: datetime | None) -> str:
    return f"{clock.in_seoul(value):%Y-%m-%d %H:%M}" if value else ""


COLUMNS: tuple[Column, ...] = (
    Column("reference", Sentence("접수번호", "Reference"), lambda _, row: row.reference),
    Column("title", Sentence("과제명", "Title"), lambda _, row: row.title),
    Column("program", Sentence("사업", "Program"), Reader.program),
    Column("year", Sentence("연도", "Year"), lambda _, row: row.year, numeric=True),
    Column("zone", Sentence("강소특구", "Zones"), Reader.zone_names),
    Column("organization", Sentence("신청 기업", "Lead organization"), lambda _, row: row.organization),
    Column(
        "business_number", Sentence("사업자등록번호", "Business number"),
        lambda _, row: format_business_number(row.business_number) if row.business_number else "",
        default=False, permission=Permission.ORGANIZATION_READ,
    ),
    Column("state", Sentence("상태", "State"), Reader.state),
    Column("stage", Sentence("단계", "Stage"), Reader.stage, default=False),
    Column("waiting_for", Sentence("처리 차례", "Waiting for"), Reader.waiting_for, default=False),
    Column("due_at", Sentence("처리 기한", "Due"), lambda _, row: "" if row.final else _moment(row.due_at)),
    Column("handler", Sentence("담당", "Handler"), lambda _, row: row.handler),
    Column("amount", Sentence("신청 금액(원)", "Amount (won)"), lambda _, row: row.amount, numeric=True),
    Column("submitted_at", Sentence("접수 일시", "Submitted at"), lambda _, row: _moment(row.submitted_at)),
)  # fmt: skip


def offered(actor: Actor) -> tuple[Column, ...]:
    """The columns a person may take."""
    return tuple(column for column in COLUMNS if may(actor, column.permission))


def chosen(actor: Actor, codes: Sequence[str]) -> tuple[Column, ...]:
    """The columns of these names, in the house's order. Raises Invalid for none, or for one there is not."""
    if not codes:
        raise Invalid.field("columns", "열을 하나 이상 골라 주세요.", "Choose at least one column.")
    found = tuple(column for column in offered(actor) if column.code in codes)
    unknown = set(codes) - {column.code for column in found}
    if unknown:
        raise Invalid.field(
            "columns",
            "고를 수 없는 열이 있습니다. 아래에서 다시 골라 주세요.",
            "A column cannot be taken; choose again below.",
        )
    return found


def reader_of(actor: Actor, definitions: Definitions, zones: Mapping[int, Zone], language: Language) -> Reader:
    return Reader(definitions, zones, language, actor.roles <= COMPANY_SIDE)
