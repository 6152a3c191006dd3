"""On which side of a case somebody stands: who may read and write its notes and its messages."""

from backoffice.access.permissions import HOLDERS, Permission
from workflows.roles import COMPANY_SIDE, Role

CORRESPONDENTS = frozenset({Role.APPLICANT, Role.PARTNER})
"""Who writes with the office; a supplier is asked by the office and is no party to the application."""

OTHER_SIDES = COMPANY_SIDE | {Role.REVIEWER, Role.CHAIR}
"""Whoever belongs to a case or judges it reads nothing the office says about it, whatever else they are."""


def office_may(roles: frozenset[Role], permission: Permission) -> bool:
    """Whether somebody with these roles on the case is of the office's side and holds the permission there."""
    return not roles & OTHER_SIDES and bool(roles & HOLDERS[permission])


def company_may(roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles on the case takes part in the conversation for a company."""
    return bool(roles & CORRESPONDENTS)
