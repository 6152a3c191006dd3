"""Who belongs to a case, read beside the case itself: zones, organizations and appointments in one statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, String, cast, func, literal_column, or_, select

from backoffice.access.actors import CaseScope
from backoffice.core.db import Base
from backoffice.engine.spine import Appointment
from backoffice.engine.values import Member
from workflows.roles import Role


def scope_columns() -> list[ColumnElement[Any]]:
    """The columns of ``case`` that ``scope_of`` and ``members_of`` read, each list as text with commas.

    Whoever operates a case, such as an event, operates those that hang on it, such as its guests'.
    """
    tables = Base.metadata.tables
    case, zones, organizations = tables["case"], tables["case_zone"], tables["case_organization"]
    member = _with_colons(
        organizations.c.organization_id, organizations.c.part, organizations.c.kind,
        func.coalesce(cast(organizations.c.zone_id, String), literal_column("''")),
    )  # fmt: skip
    appointment = _with_colons(Appointment.user_id, Appointment.role)
    return [
        case.c.lead_organization_id,
        _joined(cast(zones.c.zone_id, String), zones.c.case_id == case.c.id),
        _joined(member, organizations.c.case_id == case.c.id),
        _joined(
            appointment,
            Appointment.case_id.in_([case.c.id, case.c.parent_id]),
            or_(Appointment.case_id == case.c.id, Appointment.role == literal_column(f"'{Role.OPERATOR}'")),
            Appointment.ended_at.is_(None),
        ),
    ]


def _with_colons(*parts: SQLColumnExpression[Any]) -> ColumnElement[str]:
    first, *rest = (cast(part, String) for part in parts)
    whole: ColumnElement[str] = first
    for part in rest:
        whole = whole + literal_column("':'") + part
    return whole


def _joined(value: ColumnElement[str], *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    comma: Any = literal_column("','")  # a plain "," would be a value that changes with every call
    return select(func.aggregate_strings(value, comma)).where(*conditions).scalar_subquery()


def scope_of(case_id: int, row: Sequence[Any]) -> CaseScope:
    """The scope of a case from a row of ``scope_columns``."""
    lead, zones, members, appointments = row
    named = (text.split(":") for text in appointments.split(",")) if appointments else ()
    return CaseScope(
        case_id,
        frozenset(map(int, zones.split(","))) if zones else frozenset(),
        lead,
        frozenset(int(text.partition(":")[0]) for text in members.split(",")) if members else frozenset(),
        frozenset((int(user), Role(role)) for user, role in named),
    )


def members_of(row: Sequence[Any]) -> tuple[Member, ...]:
    """The organizations in a case from a row of ``scope_columns``."""
    named = (text.split(":") for text in row[2].split(",")) if row[2] else ()
    return tuple(Member(int(one), part, kind, int(zone) if zone else None) for one, part, kind, zone in named)
