"""The place where somebody writes: a section of a form of a case, if this person may write there now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backoffice.access.actors import roles_on
from backoffice.cases import queries as cases
from backoffice.cases.models import Attachment, Case
from backoffice.core.errors import Forbidden, NotFound
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Subject
from backoffice.web.access import actor, engine
from workflows.definition import State, Workflow
from workflows.forms import Form, Section
from workflows.roles import ROLE_LABELS, Role


@dataclass(frozen=True, slots=True)
class Place:
    """A section that may be written in, with as little around it as saving needs."""

    row: Case
    subject: Subject
    definition: Workflow
    name: str
    """The name of the form."""
    form: Form
    section: Section
    roles: frozenset[Role]

    @property
    def own(self) -> Form:
        """The form as far as this person writes it."""
        return self.form.part_for(self.roles)

    @property
    def reference(self) -> str:
        """What the case is called; the row itself would be read anew for it after every transaction."""
        return self.subject.reference


Written = Mapping[str, Mapping[str, tuple[Any, int]]]
"""Form -> field -> typed answer with its revision."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page of a section shows of its case: what is written and attached, and nothing else of it."""

    place: Place
    written: Written
    attachments: Sequence[Attachment]

    @property
    def definition(self) -> Workflow:
        return self.place.definition

    def form(self, name: str) -> Form:
        return self.definition.forms[name]

    def answers(self, form: str) -> dict[str, Any]:
        """Field name -> typed answer of one form."""
        return values(self.written, form)

    def revisions(self, form: str) -> dict[str, int]:
        """Field name -> how often its answer was changed."""
        return {name: number for name, (_, number) in self.written.get(form, {}).items()}

    def files(self, form: str) -> list[Attachment]:
        return [item for item in self.attachments if item.form == form]


def values(written: Written, form: str) -> dict[str, Any]:
    """Field name -> typed answer of one form."""
    return {name: value for name, (value, _revision) in written.get(form, {}).items()}


def closed() -> Forbidden:
    return Forbidden(
        Sentence(
            "지금 단계에서는 이 서류를 고칠 수 없습니다. 건 화면에서 현재 단계를 확인해 주세요.",
            "This form cannot be changed in the present state; look at the case.",
        )
    )


def not_yours(section: Section) -> Forbidden:
    """The answer for whoever opens a part that others of the case write."""
    ko, en = (", ".join(ROLE_LABELS[role][place] for role in section.by) for place in (0, 1))
    return Forbidden(
        Sentence(
            f"'{section.title.ko}'은(는) {ko}에서 작성합니다. 적힌 내용은 확인·제출 화면에서 볼 수 있습니다.",
            f"'{section.title.en}' is written by: {en}. What it says stands on the page to check and submit.",
        )
    )


def check_turn(state: State, form: str, section: Section, roles: frozenset[Role]) -> None:
    """Raises Forbidden, in the words that fit, for whoever may not write a section in a state."""
    if not roles & set(state.edit.get(form, ())):
        raise closed()
    if not section.written_by(roles):
        raise not_yours(section)


def open_place(reference: str, form: str, code: str) -> Place:
    """Raises NotFound for what does not exist for this person, Forbidden where it is not the time to write."""
    row, subject = cases.case_and_subject(reference, actor())
    definition = engine().compiled(subject).workflow
    section = definition.forms[form].section(code) if form in definition.forms else None
    if section is None:
        raise NotFound
    roles = roles_on(actor(), subject.scope)
    check_turn(definition.state(row.state), form, section, roles)
    return Place(row, subject, definition, form, definition.forms[form], section, roles)


def still_open(place: Place) -> Case:
    """The case, read again inside a transaction. Raises Forbidden if it moved on meanwhile, such as by a submission."""
    row = cases.case(place.reference, actor())
    check_turn(place.definition.state(row.state), place.name, place.section, place.roles)
    return row
