"""Everything a page about one case shows, gathered once with a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from backoffice.access.actors import roles_on
from backoffice.cases import queries as cases
from backoffice.cases.models import Attachment, Case, Submission
from backoffice.cases.queries import ZoneName
from backoffice.core.i18n import Sentence, language
from backoffice.engine import timeline, undo
from backoffice.engine.spine import History
from backoffice.engine.standing import past_of
from backoffice.engine.undo import Undoable
from backoffice.engine.values import Past, Subject, Verdict
from backoffice.funding import queries as funding
from backoffice.funding.queries import Money
from backoffice.organizations import queries as organizations
from backoffice.organizations.models import Zone
from backoffice.outcomes import queries as outcomes
from backoffice.outcomes.contradictions import stated
from backoffice.outcomes.entry_checks import Before
from backoffice.outcomes.queries import SharedFile
from backoffice.web import showing
from backoffice.web.access import actor, engine
from workflows.definition import State, Workflow
from workflows.forms import Field, Form
from workflows.roles import COMPANY_SIDE, Role

KINDS = {
    "company": Sentence("기업", "Company"),
    "anchor": Sentence("기술핵심기관", "Anchor institution"),
    "institute": Sentence("대학·연구기관", "University or institute"),
}


@dataclass(frozen=True, slots=True)
class MemberLine:
    organization_id: int
    name: str
    kind: Sentence
    zone: str
    lead: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case as one person may see it."""

    row: Case
    subject: Subject
    history: Sequence[History]
    past: Sequence[Past]
    """Its history as far as it stands."""
    money: Money
    definition: Workflow
    state: State
    roles: frozenset[Role]
    verdicts: tuple[Verdict, ...]
    undoable: Undoable | None
    """The reader's own last step, while it may be taken back."""
    zones: Mapping[int, ZoneName]
    zone_names: Mapping[str, str]
    """Zone code -> name in the reader's language."""
    own_zones: list[str]
    members: list[MemberLine]
    attachments: list[Attachment]
    submissions: list[Submission]
    linked: list["LinkedLine"]
    parent: Case | None
    """The case it hangs on, if the reader may see it."""
    filled: Mapping[str, Mapping[str, Any]]
    """Form -> field -> typed answer."""
    figures: Before | None = None
    """What others tell about the figures it states; read for the office only."""
    shared_files: Sequence[SharedFile] = ()

    @property
    def company_side(self) -> bool:
        return bool(self.roles & COMPANY_SIDE)

    def form(self, name: str) -> Form:
        return self.definition.forms[name]

    def answers(self, form: str) -> dict[str, Any]:
        """Field name -> typed answer of one form."""
        return dict(self.filled.get(form, {}))

    def sections(self, form: str) -> list[showing.Part]:
        return showing.sections(self.form(form), self.answers(form), self.zone_names)

    def masked_sections(self, form: str) -> list[showing.Part]:
        """The same for whoever need not call or write to the company."""
        answers = showing.without_contacts(self.form(form), self.answers(form))
        return showing.sections(self.form(form), answers, self.zone_names)

    def files(self, form: str) -> list[Attachment]:
        return [item for item in self.attachments if item.form == form]

    def typed(self, entry: timeline.Entry) -> list[showing.Line]:
        return showing.typed_lines(entry.asked, entry.input, self.zone_names)

    def editable_forms(self) -> list[str]:
        """The forms this person may fill in the present state, or at least sections of them."""
        return [form for form, roles in self.state.edit.items() if self.roles & set(roles) and self.own_sections(form)]

    def own_sections(self, form: str) -> list[str]:
        """The codes of the sections of such a form that this person writes."""
        return [section.code for section in self.form(form).part_for(self.roles).sections]


@dataclass(frozen=True, slots=True)
class LinkedLine:
    row: Case
    label: Sentence
    tone: str
    title: Sentence
    organization: str
    """Who leads it, when that is not who leads the case itself."""


def load(reference: str) -> CasePage:
    """The page of a case. Raises NotFound for what the reader may not see."""
    row, subject = cases.case_and_subject(reference, actor())
    office, history = engine(), timeline.rows_of(row.id)
    definition = office.compiled(subject).workflow
    past, written = past_of(history), cases.written(row.id)
    filled = {form: {name: value for name, (value, _revision) in fields.items()} for form, fields in written.items()}
    money = funding.money_of(row.id) if definition.takes(*funding.BEGINNINGS) else funding.NO_MONEY
    parent, children = cases.kin(row, actor())
    attachments = cases.attachments(row.id)
    known = {
        "case": cases.CaseFacts(row.amount, row.year, row.title),
        "attached": cases.numbers_of(attachments),
        "funding": funding.facts_of(money),
        "answers": filled,
        "linked": [cases.as_linked(office.definitions, child) for child, _ in children],
    }
    roles, figures, shared = roles_on(actor(), subject.scope), None, list[SharedFile]()
    if stated(definition, filled) and not roles & COMPANY_SIDE:
        figures, shared = outcomes.figure_facts([subject])[row.id], outcomes.shared_facts([subject])[row.id]
        known |= {"figures": figures, "shared_files": shared}
    zones, own_zones = cases.zones_and_own(row.id)
    names = {zone.code: zone_name(zone) for zone in zones.values()}
    return CasePage(
        row=row,
        subject=subject,
        history=history,
        past=past,
        money=money,
        definition=definition,
        state=definition.state(row.state),
        roles=roles,
        verdicts=office.actions_on(subject, past, actor(), known=known),
        undoable=undo.undoable(office, subject, past, actor()),
        zones=zones,
        zone_names=names,
        own_zones=[zone_name(zones[zone_id]) for zone_id in own_zones],
        members=_members(row, zones),
        attachments=attachments,
        submissions=cases.submissions(row.id),
        linked=_linked(row, children),
        parent=parent,
        filled=filled,
        figures=figures,
        shared_files=shared,
    )


def zone_name(zone: Zone | ZoneName) -> str:
    return zone.name_en if language() == "en" else zone.name_ko


def zone_choices() -> list[tuple[str, str]]:
    """The innovation zones as choices of a field."""
    return [(zone.code, zone_name(zone)) for zone in organizations.zones()]


def zone_choices_for(fields: Iterable[Field]) -> list[tuple[str, str]]:
    """The same where one of these fields, or a column of theirs, asks for a zone; else nothing."""
    asking = any(one.type == "zone" for field in fields for one in (field, *field.fields))
    return zone_choices() if asking else []


def _members(row: Case, zones: Mapping[int, ZoneName]) -> list[MemberLine]:
    return [
        MemberLine(
            member.organization_id,
            name,
            KINDS[member.kind],
            zone_name(zones[member.zone_id]) if member.zone_id else "",
            member.part == "lead",
        )
        for member, name in cases.named_members(row.id)
    ]


def _linked(row: Case, children: Sequence[tuple[Case, str]]) -> list[LinkedLine]:
    lines = []
    for child, lead in children:
        definition = engine().definitions.get(child.workflow, child.workflow_version).workflow
        state = definition.state(child.state)
        title = Sentence(f"{definition.title.ko} ({child.year})", f"{definition.title.en} ({child.year})")
        if child.private and not roles_on(actor(), engine().subject(child.id).scope) & COMPANY_SIDE:
            continue
        other = lead if child.lead_organization_id != row.lead_organization_id else ""
        lines.append(LinkedLine(child, shown_label(state), tone(state), title, other))
    return lines


def shown_label(state: State) -> Sentence:
    """The label this reader may see: companies read the public one."""
    label = state.shown if actor().roles <= COMPANY_SIDE else state.label
    return Sentence(label.ko, label.en)


def tone(state: State) -> str:
    """The colour that repeats what a state's label says."""
    if state.final is not None:
        return {"success": "success", "failure": "gray", "cancelled": "gray"}[state.final]
    tags = set(state.tags)
    if tags & {"correcting", "late"}:
        return "warning"
    if tags & {"spending_stopped", "broken_off"}:
        return "danger"
    if "refused" in tags:
        return "gray"
    if tags & {"awarded", "report_settled", "upheld"}:
        return "success"
    if "unsubmitted" in tags:
        return "gray"
    return "primary" if "under_review" in tags else "info"


def home_of(row: Case, **arguments: Any) -> str:
    """The address of a case for the present reader; ``arguments`` are for the office."""
    roles = actor().roles
    if roles & COMPANY_SIDE:
        return url_for("portal.case", reference=row.reference)
    if roles <= {Role.REVIEWER}:
        return url_for("reviewer.case", reference=row.reference)
    return url_for("staff.case", reference=row.reference, **arguments)


def reason_address(row: Case, link: str | None) -> str | None:
    """Where a reason can be removed, for the present reader."""
    if link is None:
        return None
    kind, _, name = link.partition(":")
    company = bool(actor().roles & COMPANY_SIDE)
    if kind == "form" and company:
        return url_for("portal.check", reference=row.reference)
    if kind == "form":
        return url_for("staff.case", reference=row.reference) + f"#form-{name}"
    anchors = {
        "history": "history",
        "reviews": "reviews",
        "task": "reviews",
        "agreement": "money",
        "money": "money",
        "linked": "linked",
    }
    if kind in anchors and not company:
        return url_for("staff.case", reference=row.reference) + f"#{anchors[kind]}"
    return None


def documents_label(definition: Workflow, code: str) -> str:
    found = definition.documents.get(code)
    return found.label.text(language()) if found else code


def first_or_none(items: Sequence[Submission]) -> Submission | None:
    return items[0] if items else None
