"""Taking over what one's own organization wrote in an earlier application: only into what is still empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, exists, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Answer, Case
from backoffice.cases.sight import Sight, seen, whose
from backoffice.core.db import db
from backoffice.forms import checks
from backoffice.forms.readers import is_unread
from workflows.forms import Field, Form

FRESH = frozenset({"consent", "date", "files", "yes_no"})
"""What is asked anew every time: consents and pledges, days, files, declarations."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What an earlier application has for this one."""

    taken: tuple[tuple[Field, Any], ...]
    kept: tuple[Field, ...]
    """Answered here already: stays as it is."""
    anew: tuple[Field, ...]
    """Answered there, but asked anew every time."""


def earlier(row: Case, form: str, actor: Actor, *, limit: int = 20) -> list[Case]:
    """Other cases of the same program, led by the same organization of the actor, in which this form was written."""
    if row.lead_organization_id not in actor.organizations:
        return []
    wanted = {
        "form": form, "workflow": row.workflow, "lead": row.lead_organization_id, "case_id": row.id, "year": row.year,
        "most": limit,
    }  # fmt: skip
    return list(db.session.scalars(_earlier(Sight.of(actor)), {**wanted, **whose(actor)}))


@cache
def _earlier(sight: Sight) -> Select[Case]:
    written = exists().where(Answer.case_id == Case.id, Answer.form == bindparam("form"))
    query = select(Case).where(
        Case.workflow == bindparam("workflow"), Case.lead_organization_id == bindparam("lead"),
        Case.id != bindparam("case_id"), Case.year <= bindparam("year"), written, seen(sight),
    )  # fmt: skip
    return query.order_by(Case.year.desc(), Case.id.desc()).limit(bindparam("most", type_=Integer))


def offer(form: Form, before: Form, old: Mapping[str, Any], now: Mapping[str, Any]) -> Offer:
    """Field by field: the same name and type, something readable there, nothing here."""
    taken, kept, anew = [], [], []
    for field in form.fields:
        value, there = old.get(field.name), before.field(field.name)
        if there is None or there.type != field.type or checks.is_empty(value) or is_unread(value):
            continue
        if field.type in FRESH:
            anew.append(field)
        elif not checks.is_empty(now.get(field.name)):
            kept.append(field)
        else:
            taken.append((field, _known(field, value)))
    return Offer(tuple(taken), tuple(kept), tuple(anew))


def _known(field: Field, value: Any) -> Any:
    """The rows of a grid with the columns there are now."""
    if field.type != "group":
        return value
    names = [inner.name for inner in field.fields]
    return [{name: row.get(name) for name in names} for row in value]
