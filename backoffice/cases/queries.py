"""Reads of cases. Every load by reference goes through ``visible_to``: somebody else's case does not exist."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Select, and_, bindparam, func, or_, select

from backoffice.access.actors import Actor, CaseScope
from backoffice.cases.models import Answer, Attachment, Case, CaseOrganization, CaseZone, Submission
from backoffice.cases.sight import Sight, named, seen, visible_to, whose
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.prepared import Prepared
from backoffice.engine.definitions import Definitions
from backoffice.engine.scopes import scope_columns, scope_of
from backoffice.engine.subjects import subject_from, terms_columns
from backoffice.engine.values import Member, Subject
from backoffice.organizations.models import Organization, Zone
from backoffice.programs.models import Call


@cache
def _case(sight: Sight) -> Select[Case]:
    return select(Case).where(*named(sight))


@cache
def _case_and_subject(sight: Sight) -> Select[*tuple[Any, ...]]:
    found = select(Case, *terms_columns(), *scope_columns()).outerjoin(Call, Call.id == Case.call_id)
    return found.where(*named(sight))


def case(reference: str, actor: Actor) -> Case:
    """One case by its reference, present or former. Raises NotFound for what the actor may not see."""
    found = db.session.scalar(_case(Sight.of(actor)), {"reference": reference, **whose(actor)})
    if found is None:
        raise NotFound
    return found


def case_and_subject(reference: str, actor: Actor) -> tuple[Case, Subject]:
    """The same with what the engine sees of it, in one query. Raises NotFound."""
    found = db.session.execute(_case_and_subject(Sight.of(actor)), {"reference": reference, **whose(actor)}).first()
    if found is None:
        raise NotFound
    row, *columns = found
    return row, subject_from(row, columns)


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


def versions_in_use() -> list[tuple[str, int]]:
    """The versions of workflows that cases run under which have not ended."""
    query = select(Case.workflow, Case.workflow_version).where(Case.final.is_(None)).distinct()
    return [(name, version) for name, version in db.session.execute(query)]


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


@cache
def _answer_facts() -> Select[*tuple[Any, ...]]:
    wanted = Answer.case_id.in_(bindparam("case_ids", expanding=True))
    return select(Answer.case_id, Answer.form, Answer.field, Answer.value).where(wanted)


def answer_facts(subjects: Sequence[Subject]) -> dict[int, dict[str, dict[str, Any]]]:
    """Case id -> form -> field -> typed answer."""
    found: dict[int, dict[str, dict[str, Any]]] = {subject.id: {} for subject in subjects}
    for case_id, form, field, value in db.session.execute(_answer_facts(), {"case_ids": ids(subjects)}):
        found[case_id].setdefault(form, {})[field] = value
    return found


@cache
def _attached_facts() -> Select[*tuple[Any, ...]]:
    return (
        select(Attachment.case_id, Attachment.form, Attachment.field, func.count())
        .where(Attachment.case_id.in_(bindparam("case_ids", expanding=True)), Attachment.removed_at.is_(None))
        .group_by(Attachment.case_id, Attachment.form, Attachment.field)
    )


def attached_facts(subjects: Sequence[Subject]) -> dict[int, dict[str, dict[str, int]]]:
    """Case id -> form -> field -> number of files."""
    found: dict[int, dict[str, dict[str, int]]] = {subject.id: {} for subject in subjects}
    for case_id, form, field, count in db.session.execute(_attached_facts(), {"case_ids": ids(subjects)}):
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


class ZoneName(NamedTuple):
    """What a zone is called."""

    code: str
    name_ko: str
    name_en: str


@cache
def _answers() -> Select[Answer]:
    return select(Answer).where(Answer.case_id == bindparam("case_id"), Answer.form == bindparam("form"))


def answers(case_id: int, form: str) -> dict[str, Answer]:
    """Field name -> answer row of one form."""
    return {row.field: row for row in db.session.scalars(_answers(), {"case_id": case_id, "form": form})}


@Prepared
def _written(_dialect: Dialect) -> Select[*tuple[Any, ...]]:
    return select(Answer.form, Answer.field, Answer.value, Answer.revision).where(
        Answer.case_id == bindparam("case_id")
    )


def written(case_id: int) -> dict[str, dict[str, tuple[Any, int]]]:
    """Form -> field -> typed answer with its revision, of a whole case."""
    found: dict[str, dict[str, tuple[Any, int]]] = {}
    for form, field, value, revision in _written.rows(case_id=case_id):
        found.setdefault(form, {})[field] = (value, revision)
    return found


@cache
def _attachments() -> Select[Attachment]:
    query = select(Attachment).where(Attachment.case_id == bindparam("case_id"), Attachment.removed_at.is_(None))
    return query.order_by(Attachment.id)


def attachments(case_id: int) -> list[Attachment]:
    """The files that are there now, in the order of upload."""
    return list(db.session.scalars(_attachments(), {"case_id": case_id}))


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


@cache
def _submissions() -> Select[Submission]:
    query = select(Submission).where(Submission.case_id == bindparam("case_id"))
    return query.order_by(Submission.number.desc())


def submissions(case_id: int) -> list[Submission]:
    """What was submitted, newest first."""
    return list(db.session.scalars(_submissions(), {"case_id": case_id}))


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


@cache
def _kin(sight: Sight) -> Select[Case, str]:
    query = select(Case, Organization.name_ko).outerjoin(Organization, Organization.id == Case.lead_organization_id)
    parent = and_(Case.id == bindparam("parent_id"), seen(sight))
    return query.where(or_(Case.parent_id == bindparam("case_id"), parent)).order_by(Case.id)


def kin(row: Case, actor: Actor) -> tuple[Case | None, list[tuple[Case, str]]]:
    """The case a case hangs on, if the actor may see it; and those that hang on it, with the names of who leads them."""
    wanted = {"case_id": row.id, "parent_id": row.parent_id, **whose(actor)}
    rows = db.session.execute(_kin(Sight.of(actor)), wanted).all()
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


@cache
def _named_members() -> Select[CaseOrganization, str]:
    return (
        select(CaseOrganization, Organization.name_ko)
        .join(Organization, Organization.id == CaseOrganization.organization_id)
        .where(CaseOrganization.case_id == bindparam("case_id"))
        .order_by(CaseOrganization.part, CaseOrganization.organization_id)
    )


def named_members(case_id: int) -> list[tuple[CaseOrganization, str]]:
    """The organizations in a case with their names, the lead first."""
    return [(member, name) for member, name in db.session.execute(_named_members(), {"case_id": case_id})]


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


@Prepared
def _zones_and_own(_dialect: Dialect) -> Select[*tuple[Any, ...]]:
    own = and_(CaseZone.zone_id == Zone.id, CaseZone.case_id == bindparam("case_id"))
    names = select(Zone.id, Zone.code, Zone.name_ko, Zone.name_en, CaseZone.lead)
    return names.outerjoin(CaseZone, own).order_by(CaseZone.lead.desc(), Zone.id)


def zones_and_own(case_id: int) -> tuple[dict[int, ZoneName], list[int]]:
    """Every zone by its id, and those of the case, the lead zone first."""
    rows = _zones_and_own.rows(case_id=case_id)
    return {row[0]: ZoneName(*row[1:4]) for row in rows}, [row[0] for row in rows if row[4] is not None]


@cache
def _own_cases() -> Select[Case]:
    member = CaseOrganization.organization_id.in_(bindparam("organizations", expanding=True))
    return select(Case).where(Case.id.in_(select(CaseOrganization.case_id).where(member))).order_by(Case.id.desc())


def own_cases(actor: Actor) -> list[Case]:
    """The cases of the actor's organizations, newest first."""
    if not actor.organizations:
        return []
    return list(db.session.scalars(_own_cases(), {"organizations": sorted(actor.organizations)}))
