"""What hangs off a case besides its forms, for its pages: the event it is or belongs to, the license it led to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backoffice.cases.models import Case
from backoffice.core.i18n import Sentence, language
from backoffice.licensing import queries as licensing
from backoffice.licensing.models import CHOSEN, CURRENT, DROPPED, LISTED, Candidate, License, RoyaltyPart
from backoffice.licensing.royalty import MILESTONE, RUNNING, UPFRONT
from backoffice.meetings import queries as meetings
from backoffice.meetings.models import MATCHING, SEMINAR, Event, PlannedTalk
from backoffice.organizations.queries import organization_names
from workflows.definition import Workflow

EVENT_KINDS = {
    MATCHING: Sentence("1대1 상담이 있는 교류회", "Exchange with 1:1 talks"),
    SEMINAR: Sentence("세미나·성과공유회", "Seminar or sharing of results"),
}
CANDIDATES = {
    LISTED: Sentence("예비", "In reserve"),
    CURRENT: Sentence("협의 중", "In talks"),
    DROPPED: Sentence("제외", "Dropped"),
    CHOSEN: Sentence("계약", "Chosen"),
}
PARTS = {
    UPFRONT: Sentence("선급기술료", "Upfront"),
    MILESTONE: Sentence("단계별 기술료", "Milestone"),
    RUNNING: Sentence("경상기술료", "Running royalty"),
}


@dataclass(frozen=True, slots=True)
class EventCard:
    """The event of a case in a few lines."""

    event: Event
    kind: Sentence
    ends_at: datetime
    home: Case
    """The event's own case."""
    talks: int


def event_card(row: Case, definition: Workflow) -> EventCard | None:
    """The event a case is, or belongs to."""
    if row.parent_id is None and not definition.takes("plan_event"):
        return None
    found = meetings.event_at_a_glance(row.id)
    return _card(*found) if found is not None else None


def card_of(event: Event) -> EventCard:
    return _card(event, meetings.case_of(event), len(meetings.talks(event.case_id)))


def _card(event: Event, home: Case, talks: int) -> EventCard:
    return EventCard(event, EVENT_KINDS[event.kind], meetings.ends_at(event), home, talks)


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One talk as somebody reads it: when, at which table, and the two names."""

    row: PlannedTalk
    begins: datetime
    first: str
    second: str


def talk_lines(event: Event, rows: Sequence[PlannedTalk]) -> list[TalkLine]:
    names = organization_names({one for row in rows for one in (row.first_id, row.second_id)})
    return [
        TalkLine(row, meetings.slot_begins(event, row.slot), names[row.first_id], names[row.second_id]) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class LicensePage:
    """Candidates, contract and royalties of a transfer."""

    candidates: list[Candidate]
    names: Mapping[int, str]
    license: License | None
    parts: list[RoyaltyPart]


def license_page(row: Case, definition: Workflow) -> LicensePage | None:
    """None for a case about no technology."""
    if not definition.takes("list_candidates"):
        return None
    named, concluded = licensing.candidates_and_license(row.id)
    if not named:
        return None
    names = {one.supplier_id: name for one, name in named}
    parts = licensing.parts_of(row.id) if concluded is not None else []
    return LicensePage([one for one, _ in named], names, concluded, parts)


def license_words(definition: Workflow) -> tuple[Mapping[str, str], Mapping[str, Sentence], Mapping[str, Sentence]]:
    """The words of a license: kinds as the definition's terms name them, how candidates stand, what is owed."""
    kinds = {
        option.code: option.label.text(language())
        for form in definition.forms.values()
        for field in form.fields
        if field.name == "kind"
        for option in field.options
    }
    return kinds, CANDIDATES, PARTS
