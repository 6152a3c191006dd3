"""What every view about cases reads alike: the case of an address, its short form, and who may read which words."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from flask import g, url_for

from backoffice.access.actors import roles_on
from backoffice.cases import queries as cases
from backoffice.cases.models import Case
from backoffice.cases.queries import ZoneName
from backoffice.core import audit
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.core.i18n import language
from backoffice.engine.values import Subject
from backoffice.organizations.models import Zone
from backoffice.web.access import actor, engine, visit
from workflows.definition import Workflow
from workflows.roles import COMPANY_SIDE, Role
from workflows.values import Label

REFERENCE = re.compile(r"[0-9A-Za-z-]{1,40}")
OF_CASE: list[dict[str, Any]] = [
    {
        "in": "path",
        "name": "reference",
        "required": True,
        "description": "The reference of a case, present or former.",
        "schema": {"type": "string", "pattern": f"^{REFERENCE.pattern}$"},
        "example": "2026-RBD-01-0007",
    }
]
OF_STEP: list[dict[str, Any]] = [
    *OF_CASE,
    {
        "in": "path",
        "name": "action",
        "required": True,
        "description": "The name of a step, as the list of steps has it.",
        "schema": {"type": "string", "pattern": "^[a-z0-9_]{1,48}$"},
        "example": "withdraw",
    },
]
"""How the addresses below a case are described."""


def case_of(reference: str) -> tuple[Case, Subject]:
    """The case of an address with what the engine sees of it. Raises NotFound for what the person may not see."""
    if REFERENCE.fullmatch(reference) is None:
        raise NotFound
    return cases.case_and_subject(reference, actor())


def public_on(subject: Subject) -> bool:
    """Whether the person stands on the side of the companies: then nothing internal is told."""
    return is_public(roles_on(actor(), subject.scope))


def is_public(held: Collection[Role]) -> bool:
    return bool(COMPANY_SIDE.intersection(held)) or actor().roles <= COMPANY_SIDE


def brief(row: Case, held: Collection[Role], organization: str, zones: Sequence[Zone | ZoneName]) -> dict[str, Any]:
    """A case in a few lines, in the words a holder of these roles may read."""
    definition = engine().definitions.get(row.workflow, row.workflow_version).workflow
    public = is_public(held)
    return {
        "reference": row.reference,
        "url": url_for("api.case", reference=row.reference),
        "title": row.title,
        "program": {"code": row.workflow, "name": said(definition.title)},
        "version": row.workflow_version,
        "year": row.year,
        "state": state_json(definition, row.state, public=public),
        "final": row.final,
        "yours": row.waiting_for is not None and row.waiting_for in held,
        "waiting_for": None if public else row.waiting_for,
        "since": row.state_since,
        "due_at": row.due_at if row.final is None else None,
        "amount": row.amount,
        "zones": [zone_json(zone) for zone in zones],
        "organization": organization,
        "revision": row.revision,
    }


def state_json(definition: Workflow, name: str, *, public: bool) -> dict[str, Any]:
    state = definition.state(name)
    if public:
        return {"code": None, "label": said(state.shown), "stage": None}
    return {"code": name, "label": said(state.label), "stage": state.stage}


def zone_json(zone: Zone | ZoneName) -> dict[str, str]:
    return {"code": zone.code, "name": zone.name_en if language() == "en" else zone.name_ko}


def said(label: Label) -> str:
    return label.text(language())


def looked_at(act: str, *, about: str, case_id: int | None = None) -> None:
    """Write into the access log who read whose data, and through which token."""
    with transaction():
        audit.record(visit(), act, about=about, case_id=case_id, reason=f"API, token {g.token.token_id}")
