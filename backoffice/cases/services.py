"""Verbs about cases: start a draft, save answers, attach and remove files, open linked cases."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Insert, Select, bindparam, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.util import identity_key

from backoffice.access.actors import Actor
from backoffice.cases import links, queries
from backoffice.cases.feeds import apply_feeds, case_and_names, found_by, refresh_search_text
from backoffice.cases.models import Answer, Attachment, Case, CaseOrganization, CaseZone, Counter, StoredFile
from backoffice.cases.uploads import Prepared
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.prepared import Prepared as Statement
from backoffice.engine.perform import Engine
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call
from backoffice.programs.queries import newest_version
from workflows.definition import Link
from workflows.forms import Document, Form
from workflows.roles import COMPANY_SIDE, Role

DRAFT = "-D"
"""What stands between the code of a call and the running number of a draft."""


def next_number(name: str) -> int:
    """The next number under a name, counted in the caller's transaction so that no two cases share one."""
    table: Any = Counter.__table__
    one_more = {"value": table.c.value + 1}
    statement = (
        _insert_into(table).values(name=name, value=1).on_conflict_do_update(index_elements=["name"], set_=one_more)
    )
    with db.session.no_autoflush:
        return int(db.session.execute(statement.returning(table.c.value)).scalar_one())


def _insert_into(table: Any) -> Any:
    return _insert(db.session.get_bind().dialect, table)


def _insert(dialect: Dialect, table: Any) -> Any:
    return (postgresql if dialect.name == "postgresql" else sqlite).insert(table)


def start_draft(engine: Engine, call: Call, organization: Organization, actor: Actor, *, key: str) -> Case:
    """A draft application of an organization to a call, pinned to the call's workflow version."""
    definition = engine.definitions.get(call.workflow, call.workflow_version).workflow
    state = definition.state(definition.initial)
    row = Case(
        reference=f"{call.code}{DRAFT}{next_number(f'draft:{call.code}'):04d}",
        workflow=call.workflow,
        workflow_version=call.workflow_version,
        state=definition.initial,
        stage=state.stage,
        waiting_for=state.owner,
        kind=definition.kind,
        year=call.year,
        call_id=call.id,
        title=db.session.get_one(Case, call.host_case_id).title if call.host_case_id is not None else "",
        parent_id=call.host_case_id,
        lead_organization_id=organization.id,
        created_by=actor.user_id,
        private=True,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(
        CaseOrganization(
            case_id=row.id, organization_id=organization.id, part="lead", kind="company", zone_id=organization.zone_id
        )
    )
    for place, zone_id in enumerate(_zones_of_draft(call, organization)):
        db.session.add(CaseZone(case_id=row.id, zone_id=zone_id, lead=place == 0))
    refresh_search_text(row)
    db.session.flush()
    engine.start(row.id, actor, role=Role.APPLICANT, key=key)
    db.session.refresh(row)
    return row


def _zones_of_draft(call: Call, organization: Organization) -> list[int]:
    """The zones of whoever invites come first: they handle the case. Then the applicant's own."""
    host = call.host_case_id
    zones = list(queries.zones_of([host])[host]) if host is not None else []
    return list(dict.fromkeys([*zones, *([organization.zone_id] if organization.zone_id is not None else [])]))


def open_linked(engine: Engine, parent: Case, link: Link, actor: Actor, *, role: Role, year: int, key: str) -> Case:
    """A linked case, with the parent's zones and organizations. Raises Refused where the link is closed."""
    existing = links.check(engine.subject(parent.id), link, role)
    version = newest_version(link.workflow)
    definition = engine.definitions.get(link.workflow, version).workflow
    state = definition.state(definition.initial)
    row = Case(
        reference=f"{parent.reference}-{definition.code}{len(existing) + 1}",
        workflow=link.workflow,
        workflow_version=version,
        state=definition.initial,
        stage=state.stage,
        waiting_for=state.owner,
        kind=definition.kind,
        year=year,
        title=parent.title,
        amount=0,
        call_id=parent.call_id,
        parent_id=parent.id,
        lead_organization_id=parent.lead_organization_id,
        handler_id=parent.handler_id,
        created_by=actor.user_id,
        private=role in COMPANY_SIDE,
    )
    row.search_text = found_by(row, case_and_names(parent.id)[1])
    db.session.add(row)
    db.session.flush()
    for table in (CaseOrganization.__table__, CaseZone.__table__):
        _copy_rows(table, parent.id, row.id)
    engine.start(row.id, actor, role=role, key=key)
    return row


def _copy_rows(table: Any, parent_id: int, case_id: int) -> None:
    """What hangs on a case, for another case."""
    rest = [column for column in table.c if column.name != "case_id"]
    theirs = select(literal(case_id), *rest).where(table.c.case_id == parent_id)
    db.session.execute(insert(table).from_select(["case_id", *(column.name for column in rest)], theirs))


@dataclass(frozen=True, slots=True)
class Clash:
    """A field somebody else saved meanwhile: what stands there now, and its revision."""

    field: str
    value: Any
    revision: int
    saved_by: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of typed answers."""

    clashes: list[Clash]
    revisions: Mapping[str, int]
    """Field -> its revision now, of every field that stands there as it was typed."""


def save_answers(
    row: Case, form_name: str, form: Form, values: Mapping[str, Any], *, actor: Actor, seen: Mapping[str, int] | None
) -> list[Clash]:
    """Save typed answers field by field. A field whose revision is newer than ``seen`` is left alone and reported.

    None stands for whoever writes over all that is there now: a step that decides what the form says.
    """
    return store_answers(row, form_name, form, values, actor=actor, seen=seen).clashes


def store_answers(
    row: Case,
    form_name: str,
    form: Form,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    seen: Mapping[str, int] | None,
    touched: Collection[str] | None = None,
) -> Stored:
    """The same, told in full. Of what is stored already only the ``touched`` fields are looked at, if they are known."""
    stored = _stored(row.id, form_name)
    clashes: list[Clash] = []
    fresh: dict[str, Any] = {}
    revisions: dict[str, int] = {}
    for name, value in values.items():
        known = stored.get(name)
        if known is not None and touched is not None and name not in touched:
            continue
        if value == (known.value if known is not None else None):
            revisions |= {name: known.revision} if known is not None else {}
        elif known is None or seen is None or known.revision <= seen.get(name, 0):
            fresh[name] = value
        else:
            clashes.append(_clash(known))
    changed = _write(row.id, form_name, stored, fresh, actor)
    if len(changed) < len(fresh):
        now = _stored(row.id, form_name)
        for name in fresh.keys() - changed.keys():
            if now[name].value == fresh[name]:
                revisions[name] = now[name].revision
            else:
                clashes.append(_clash(now[name]))
    apply_feeds(row, form, {name: values[name] for name in fresh if name in changed})
    return Stored(clashes, revisions | changed)


class _Known(NamedTuple):
    """An answer as it stands in the database."""

    field: str
    value: Any
    revision: int
    saved_by: int | None


@Statement
def _known(_dialect: Dialect) -> Select[*tuple[Any, ...]]:
    return select(Answer.field, Answer.value, Answer.revision, Answer.saved_by).where(
        Answer.case_id == bindparam("case_id"), Answer.form == bindparam("form")
    )


def _stored(case_id: int, form_name: str) -> dict[str, _Known]:
    return {row[0]: _Known(*row) for row in _known.rows(case_id=case_id, form=form_name)}


def _clash(known: _Known) -> Clash:
    return Clash(known.field, known.value, known.revision, known.saved_by)


def _write(
    case_id: int, form_name: str, stored: Mapping[str, _Known], fresh: Mapping[str, Any], actor: Actor
) -> dict[str, int]:
    """Store answers in one statement, each only over what was read of it: the new revisions of what was stored.

    What somebody else stored in the same moment stays, and is read anew by whoever asks for it.
    """
    if not fresh:
        return {}
    values = {"case_id": case_id, "form": form_name, "saved_at": clock.now(), "saved_by": actor.user_id}
    for number, (name, value) in enumerate(fresh.items()):
        revision = stored[name].revision + 1 if name in stored else 1
        values |= {f"field{number}": name, f"value{number}": value, f"revision{number}": revision}
    written = dict(_upsert(len(fresh)).rows(**values))
    for name in written:
        row = db.session.identity_map.get(identity_key(Answer, (case_id, form_name, name)))
        if row is not None:
            db.session.expire(row)
    return written


@cache
def _upsert(number: int) -> Statement:
    """So many answers of a form at once."""

    def build(dialect: Dialect) -> Insert:
        table: Any = Answer.__table__
        each = {"field", "value", "revision"}
        rows = [
            {c.name: bindparam(f"{c.name}{one}" if c.name in each else c.name, type_=c.type) for c in table.c}
            for one in range(number)
        ]
        statement = _insert(dialect, table).values(rows)
        new = statement.excluded
        told: Insert = statement.on_conflict_do_update(
            index_elements=["case_id", "form", "field"],
            set_={name: new[name] for name in ("value", "revision", "saved_at", "saved_by")},
            where=table.c.revision == new.revision - 1,
        ).returning(table.c.field, table.c.revision)
        return told

    return Statement(build)


def attach(
    row: Case, form_name: str, field: str, document_name: str, document: Document, prepared: Prepared, *, actor: Actor
) -> Attachment:
    """Record a file whose bytes are already durable. A document that comes once replaces the one before."""
    if not document.many:
        for older in queries.attachments(row.id):
            if older.document == document_name and older.field == field:
                remove(older, actor)
    if db.session.get(StoredFile, prepared.stored.sha256) is None:
        db.session.add(StoredFile(sha256=prepared.stored.sha256, size=prepared.stored.size))
        db.session.flush()
    attachment = Attachment(
        token=uuid.uuid4().hex,
        case_id=row.id,
        form=form_name,
        field=field,
        document=document_name,
        name=prepared.name,
        kind=prepared.kind,
        sha256=prepared.stored.sha256,
        size=prepared.stored.size,
        uploaded_by=actor.user_id,
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def remove(attachment: Attachment, actor: Actor) -> None:
    """Take a file out of the case. Its bytes stay while anything, such as a submission, refers to them."""
    attachment.removed_at = clock.now()
    attachment.removed_by = actor.user_id


def assign_handler(rows: Sequence[Case], user_id: int | None) -> None:
    """Say who handles these cases."""
    for row in rows:
        row.handler_id = user_id


def draft_of(organization_id: int, call_id: int) -> Case | None:
    """An application of the organization to this call that exists already: pointed out, never blocked."""
    return db.session.scalar(
        select(Case)
        .join(Call, Call.id == Case.call_id)
        .where(Case.call_id == call_id, Case.lead_organization_id == organization_id, Case.workflow == Call.workflow)
        .where(Case.parent_id.is_not_distinct_from(Call.host_case_id), Case.final.is_(None))
        .order_by(Case.id.desc())
        .limit(1)
    )
