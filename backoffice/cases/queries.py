"""Reads of cases. Every load by reference goes through ``visible_to``: somebody else's case does not exist."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from backoffice.access.actors import Actor, CaseScope
from backoffice.access.permissions import OFFICE, READERS
from backoffice.cases.models import Answer, Attachment, Case, CaseOrganization, CaseZone, Submission
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.engine.definitions import Definitions
from backoffice.engine.scopes import scope_columns, scope_of
from backoffice.engine.spine import Appointment
from backoffice.engine.subjects import subject_from, terms_columns
from backoffice.engine.values import Member, Subject
from backoffice.organizations.models import Organization, Zone
from backoffice.programs.models import Call
from workflows.roles import COMPANY_SIDE, Role

Where = Callable[[Iterable[int]], ColumnElement[bool]]
"""A way to ask whether a case belongs to one of some zones: ``in_zones`` or ``of_zones``."""


def in_zones(zones: Iterable[int]) -> ColumnElement[bool]:
    """In one of these zones, asked case by case: for lists that are read in their order and stop after a page."""
    return exists().where(CaseZone.case_id == Case.id, CaseZone.zone_id.in_(sorted(zones)))


def of_zones(zones: Iterable[int]) -> ColumnElement[bool]:
    """The same, begun at the zones' own rows: for counting all of them."""
    return Case.id.in_(select(CaseZone.case_id).where(CaseZone.zone_id.in_(sorted(zones))))


BY_ZONE = (OFFICE | READERS) - {Role.CHAIR}
"""Roles that see the cases of the zones they are held for."""


def sees_all_zones(actor: Actor) -> bool:
    """Whether no zone is closed to the actor."""
    return any(actor.zones_as(role) is None for role in BY_ZONE)


def visible_to(actor: Actor, here: Where = in_zones) -> ColumnElement[bool]:
    """The condition under which a case exists for an actor: by zone, by organization, or by appointment.

    However the database is asked about zones (``here``), the answer is the same.
    """
    if actor.is_system:
        return true()
    ways: list[ColumnElement[bool]] = []
    for zones in {actor.zones_as(role) for role in BY_ZONE}:
        if zones is None:
            ways.append(Case.private.is_(False))
        elif zones:
            ways.append(and_(Case.private.is_(False), here(zones)))
    if actor.organizations:
        ways.append(
            exists().where(
                CaseOrganization.case_id == Case.id, CaseOrganization.organization_id.in_(sorted(actor.organizations))
            )
        )
    of_case = or_(
        Appointment.case_id == Case.id,
        and_(Appointment.case_id == Case.parent_id, Appointment.role == Role.OPERATOR, Case.private.is_(False)),
    )
    appointed = exists().where(of_case, Appointment.user_id == actor.user_id, Appointment.ended_at.is_(None))
    if actor.roles & {Role.REVIEWER, Role.CHAIR, Role.BROKER, Role.OPERATOR}:
        ways.append(appointed)
    return or_(*ways) if ways else false()


def _named(reference: str, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return or_(Case.reference == reference, Case.draft_reference == reference), visible_to(actor)


def case(reference: str, actor: Actor) -> Case:
    """One case by its reference, present or former. Raises NotFound for what the actor may not see."""
    found = db.session.scalar(select(Case).where(*_named(reference, actor)))
    if found is None:
        raise NotFound
    return found


def case_and_subject(reference: str, actor: Actor) -> tuple[Case, Subject]:
    """The same with what the engine sees of it, in one query. Raises NotFound."""
    found = db.session.execute(
        select(Case, *terms_columns(), *scope_columns())
        .outerjoin(Call, Call.id == Case.call_id)
        .where(*_named(reference, actor))
    ).first()
    if found is None:
        raise NotFound
    row, *columns = found
    return row, subject_from(row, columns)


def is_of_own_company(reference: str, actor: Actor) -> bool:
    """Whether an organization for which the actor applies or takes part is in a case."""
    own = {grant.organization_id for grant in actor.grants if grant.role in COMPANY_SIDE and grant.organization_id}
    query = select(CaseOrganization.case_id).join(Case, Case.id == CaseOrganization.case_id)
    named = or_(Case.reference == reference, Case.draft_reference == reference)
    mine = CaseOrganization.organization_id.in_(sorted(own))
    return db.session.scalar(query.where(named, mine).limit(1)) is not None


def case_by_id(case_id: int) -> Case:
    """One case without asking who looks: for effects and jobs only. Raises NotFound."""
    found = db.session.get(Case, case_id)
    if found is None:
        raise NotFound
    return found


def case_and_next_submission(case_id: int) -> tuple[Case, int]:
    """One case with the number its next submission gets, in one query. Raises NotFound."""
    newest = select(func.max(Submission.number)).where(Submission.case_id == Case.id).scalar_subquery()
    found = db.session.execute(select(Case, newest).where(Case.id == case_id)).first()
    if found is None:
        raise NotFound
    row, last = found
    return row, (last or 0) + 1


def scopes(case_ids: Sequence[int]) -> Mapping[int, CaseScope]:
    """Case id -> who belongs to it, in one query for any number of cases."""
    query = select(Case.id, *scope_columns()).where(Case.id.in_(case_ids))
    return {row[0]: scope_of(row[0], row[1:]) for row in db.session.execute(query)}


# ---- facts for guards: one query per family


@dataclass(frozen=True, slots=True)
class CaseFacts:
    amount: int
    year: int
    title: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A case that lives beside another, with the meaning of the state it rests in."""

    case_id: int
    reference: str
    workflow: str
    state: str
    year: int
    tags: frozenset[str]
    final: str | None
    opened_at: datetime


def ids(subjects: Iterable[Subject]) -> list[int]:
    return [subject.id for subject in subjects]


def case_facts(subjects: Sequence[Subject]) -> dict[int, CaseFacts]:
    return {subject.id: CaseFacts(subject.amount, subject.year, subject.title) for subject in subjects}


def answer_facts(subjects: Sequence[Subject]) -> dict[int, dict[str, dict[str, Any]]]:
    """Case id -> form -> field -> typed answer."""
    found: dict[int, dict[str, dict[str, Any]]] = {subject.id: {} for subject in subjects}
    query = select(Answer.case_id, Answer.form, Answer.field, Answer.value).where(Answer.case_id.in_(ids(subjects)))
    for case_id, form, field, value in db.session.execute(query):
        found[case_id].setdefault(form, {})[field] = value
    return found


def attached_facts(subjects: Sequence[Subject]) -> dict[int, dict[str, dict[str, int]]]:
    """Case id -> form -> field -> number of files."""
    found: dict[int, dict[str, dict[str, int]]] = {subject.id: {} for subject in subjects}
    query = (
        select(Attachment.case_id, Attachment.form, Attachment.field, func.count())
        .where(Attachment.case_id.in_(ids(subjects)), Attachment.removed_at.is_(None))
        .group_by(Attachment.case_id, Attachment.form, Attachment.field)
    )
    for case_id, form, field, count in db.session.execute(query):
        found[case_id].setdefault(form, {})[field] = count
    return found


def member_facts(subjects: Sequence[Subject]) -> dict[int, Sequence[Member]]:
    return {subject.id: subject.members for subject in subjects}


def linked_facts(definitions: Definitions, subjects: Sequence[Subject]) -> dict[int, list[Linked]]:
    """Case id -> its linked cases, oldest first."""
    found: dict[int, list[Linked]] = {subject.id: [] for subject in subjects}
    query = select(Case).where(Case.parent_id.in_(ids(subjects))).order_by(Case.id)
    for row in db.session.scalars(query):
        if row.parent_id is not None:
            found[row.parent_id].append(as_linked(definitions, row))
    return found


def as_linked(definitions: Definitions, row: Case) -> Linked:
    """What guards ask about a linked case."""
    tags = frozenset(definitions.get(row.workflow, row.workflow_version).workflow.state(row.state).tags)
    return Linked(row.id, row.reference, row.workflow, row.state, row.year, tags, row.final, row.created_at)


def answer_date(subject: Subject, field: str) -> date | None:
    """The date typed in a field of the case, whichever form it stands in."""
    value = db.session.scalar(select(Answer.value).where(Answer.case_id == subject.id, Answer.field == field).limit(1))
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def parent_due(subject: Subject) -> Any:
    """When the parent's present deadline ends: a linked case such as an objection must come before it."""
    return db.session.scalar(select(Case.due_at).where(Case.id == subject.parent_id)) if subject.parent_id else None


def written_since(case_id: int, since: datetime) -> bool:
    """Whether anybody wrote, attached, removed, submitted or opened a linked case after an instant."""
    ways = (
        select(Answer.case_id).where(Answer.case_id == case_id, Answer.saved_at > since),
        select(Attachment.case_id).where(
            Attachment.case_id == case_id, or_(Attachment.uploaded_at > since, Attachment.removed_at > since)
        ),
        select(Submission.case_id).where(Submission.case_id == case_id, Submission.submitted_at > since),
        select(Case.id).where(Case.parent_id == case_id, Case.created_at > since),
    )
    return db.session.scalar(select(or_(*(way.exists() for way in ways)))) or False


# ---- reads for pages


def answers(case_id: int, form: str) -> dict[str, Answer]:
    """Field name -> answer row of one form."""
    query = select(Answer).where(Answer.case_id == case_id, Answer.form == form)
    return {row.field: row for row in db.session.scalars(query)}


def attachments(case_id: int) -> list[Attachment]:
    """The files that are there now, in the order of upload."""
    query = select(Attachment).where(Attachment.case_id == case_id, Attachment.removed_at.is_(None))
    return list(db.session.scalars(query.order_by(Attachment.id)))


def numbers_of(files: Iterable[Attachment]) -> dict[str, dict[str, int]]:
    """Form -> field -> number of files, of a case's present files: what guards ask about them."""
    found: dict[str, dict[str, int]] = {}
    for item in files:
        fields = found.setdefault(item.form, {})
        fields[item.field] = fields.get(item.field, 0) + 1
    return found


def attachment(case_id: int, token: str) -> Attachment:
    """One file of a case, removed or not: what was submitted can still be read. Raises NotFound."""
    found = db.session.scalar(select(Attachment).where(Attachment.case_id == case_id, Attachment.token == token))
    if found is None:
        raise NotFound
    return found


def submissions(case_id: int) -> list[Submission]:
    """What was submitted, newest first."""
    return list(
        db.session.scalars(select(Submission).where(Submission.case_id == case_id).order_by(Submission.number.desc()))
    )


def submission(case_id: int, number: int) -> Submission:
    """Raises NotFound."""
    found = db.session.scalar(select(Submission).where(Submission.case_id == case_id, Submission.number == number))
    if found is None:
        raise NotFound
    return found


def submission_by_receipt(receipt: str) -> Submission | None:
    return db.session.scalar(select(Submission).where(Submission.receipt == receipt))


def linked(case_id: int) -> list[Case]:
    """The linked cases of a case, oldest first."""
    return list(db.session.scalars(select(Case).where(Case.parent_id == case_id).order_by(Case.id)))


def kin(row: Case, actor: Actor) -> tuple[Case | None, list[tuple[Case, str]]]:
    """The case a case hangs on, if the actor may see it; and those that hang on it, with the names of who leads them."""
    query = select(Case, Organization.name_ko).outerjoin(Organization, Organization.id == Case.lead_organization_id)
    parent = and_(Case.id == row.parent_id, visible_to(actor)) if row.parent_id is not None else false()
    rows = db.session.execute(query.where(or_(Case.parent_id == row.id, parent)).order_by(Case.id)).all()
    children = [(one, name or "") for one, name in rows if one.parent_id == row.id]
    return next((one for one, _ in rows if one.id == row.parent_id), None), children


def visible_linked(case_id: int, actor: Actor) -> list[Case]:
    """The linked cases of a case that an actor may see, oldest first."""
    query = select(Case).where(Case.parent_id == case_id, visible_to(actor)).order_by(Case.id)
    return list(db.session.scalars(query))


def members(case_id: int) -> list[CaseOrganization]:
    """The organizations in a case, the lead first."""
    query = select(CaseOrganization).where(CaseOrganization.case_id == case_id)
    return list(db.session.scalars(query.order_by(CaseOrganization.part, CaseOrganization.organization_id)))


def named_members(case_id: int) -> list[tuple[CaseOrganization, str]]:
    """The organizations in a case with their names, the lead first."""
    query = (
        select(CaseOrganization, Organization.name_ko)
        .join(Organization, Organization.id == CaseOrganization.organization_id)
        .where(CaseOrganization.case_id == case_id)
        .order_by(CaseOrganization.part, CaseOrganization.organization_id)
    )
    return [(member, name) for member, name in db.session.execute(query)]


def zones_of(case_ids: Sequence[int]) -> Mapping[int, list[int]]:
    """Case id -> its zones, the lead zone first."""
    query = (
        select(CaseZone.case_id, CaseZone.zone_id)
        .where(CaseZone.case_id.in_(case_ids))
        .order_by(CaseZone.case_id, CaseZone.lead.desc(), CaseZone.zone_id)
    )
    found: dict[int, list[int]] = {case_id: [] for case_id in case_ids}
    for case_id, zone_id in db.session.execute(query):
        found[case_id].append(zone_id)
    return found


def zones_and_own(case_id: int) -> tuple[dict[int, Zone], list[int]]:
    """Every zone by its id, and those of the case, the lead zone first."""
    query = (
        select(Zone, CaseZone.lead)
        .outerjoin(CaseZone, and_(CaseZone.zone_id == Zone.id, CaseZone.case_id == case_id))
        .order_by(CaseZone.lead.desc(), Zone.id)
    )
    rows = db.session.execute(query).all()
    return {zone.id: zone for zone, _ in rows}, [zone.id for zone, lead in rows if lead is not None]


def own_cases(actor: Actor) -> list[Case]:
    """The cases of the actor's organizations, newest first."""
    if not actor.organizations:
        return []
    own = select(CaseOrganization.case_id).where(CaseOrganization.organization_id.in_(sorted(actor.organizations)))
    return list(db.session.scalars(select(Case).where(Case.id.in_(own)).order_by(Case.id.desc())))
