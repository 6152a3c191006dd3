"""Reads of what stands around a case: other cases of its organizations, places of its call, roles of its members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from backoffice.accounts.models import RoleGrant
from backoffice.accounts.queries import holding
from backoffice.cases.models import Case, CaseOrganization
from backoffice.cases.queries import ids
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.definitions import Definitions
from backoffice.engine.values import Subject
from backoffice.programs.models import Call
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another open case of an organization of a case, with the meaning of its state."""

    reference: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Places:
    """How many places a call has (0: no limit) and how many of its cases are in states with each tag."""

    total: int
    taken: Mapping[str, int]


def elsewhere_facts(definitions: Definitions, subjects: Sequence[Subject]) -> dict[int, list[Elsewhere]]:
    """Case id -> the open cases of other kinds its organizations lead."""
    found: dict[int, list[Elsewhere]] = {subject.id: [] for subject in subjects}
    own = aliased(CaseOrganization)
    query = (
        select(own.case_id, Case.reference, Case.workflow, Case.workflow_version, Case.state)
        .join(Case, and_(Case.lead_organization_id == own.organization_id, Case.id != own.case_id))
        .where(own.case_id.in_(ids(subjects)), Case.final.is_(None), Case.private.is_(False))
        .order_by(Case.id)
    )
    for case_id, reference, workflow, version, state in db.session.execute(query):
        tags = frozenset(definitions.get(workflow, version).workflow.state(state).tags)
        if tags:
            found[case_id].append(Elsewhere(reference, tags))
    return found


def place_facts(definitions: Definitions, subjects: Sequence[Subject]) -> dict[int, Places]:
    """Case id -> the places of its call."""
    calls = {subject.call_id for subject in subjects if subject.call_id is not None}
    totals = dict(db.session.execute(select(Call.id, Call.expected_awards).where(Call.id.in_(calls))).all())
    taken: dict[int | None, dict[str, int]] = {call_id: {} for call_id in calls}
    query = (
        select(Case.call_id, Case.workflow, Case.workflow_version, Case.state, func.count())
        .where(Case.call_id.in_(calls))
        .group_by(Case.call_id, Case.workflow, Case.workflow_version, Case.state)
    )
    for call_id, workflow, version, state, number in db.session.execute(query):
        for tag in definitions.get(workflow, version).workflow.state(state).tags:
            taken[call_id][tag] = taken[call_id].get(tag, 0) + number
    return {
        subject.id: Places(totals.get(subject.call_id, 0), taken.get(subject.call_id, {}))
        for subject in subjects
        if subject.call_id is not None
    }


def yearly_facts(subjects: Sequence[Subject]) -> dict[int, int]:
    """Case id -> won asked for this program year in the same program by the same organization, this case included."""
    own, other = aliased(Case), aliased(Case)
    query = (
        select(own.id, func.sum(other.amount))
        .join(
            other,
            and_(
                other.workflow == own.workflow,
                other.year == own.year,
                other.lead_organization_id == own.lead_organization_id,
                or_(other.id == own.id, other.submitted_at.is_not(None)),
                or_(other.final.is_(None), other.final == "success"),
            ),
        )
        .where(own.id.in_(ids(subjects)))
        .group_by(own.id)
    )
    return {case_id: int(amount or 0) for case_id, amount in db.session.execute(query)}


def member_role_facts(subjects: Sequence[Subject]) -> dict[int, frozenset[Role]]:
    """Case id -> the roles people hold today for the member organizations, the lead left out."""
    query = (
        select(CaseOrganization.case_id, RoleGrant.role)
        .join(RoleGrant, RoleGrant.organization_id == CaseOrganization.organization_id)
        .where(CaseOrganization.case_id.in_(ids(subjects)), CaseOrganization.part == "member", *holding(clock.today()))
        .distinct()
    )
    found: dict[int, set[Role]] = {}
    for case_id, role in db.session.execute(query):
        found.setdefault(case_id, set()).add(Role(role))
    return {case_id: frozenset(roles) for case_id, roles in found.items()}
