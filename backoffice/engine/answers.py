"""What an attempt is answered when it came twice or too late: the stored result, or who was faster."""

from backoffice.access.actors import SYSTEM, Actor, roles_on
from backoffice.core.errors import Conflict
from backoffice.engine import refusals, statements
from backoffice.engine.values import Performed, Registry, Subject
from workflows.definition import Workflow, label_for
from workflows.roles import COMPANY_SIDE

FOUNDATION = "재단"
"""What companies read instead of the name of a member of staff."""


def replay(key: str, case_id: int, action: str, actor: Actor) -> Performed | None:
    """The stored answer for a key that was used before. Raises Conflict if it was used for something else."""
    row = statements.history_by_key(key)
    if row is None:
        return None
    if (row.case_id, row.action, row.actor_id) != (case_id, action, actor.user_id):
        raise refusals.key_reused()
    return Performed(
        row.case_id, row.reference, row.action, row.source, row.target, row.revision, row.at, replayed=True
    )


def stale(registry: Registry, definition: Workflow, subject: Subject, actor: Actor) -> Conflict:
    """Who moved the case meanwhile, where to, and when; companies are not told the names of staff."""
    newest = statements.newest_of(subject.id)
    public = bool(roles_on(actor, subject.scope) & COMPANY_SIDE)
    label = label_for(definition.state(newest.target), public=public)
    if public and newest.role not in COMPANY_SIDE:
        who = FOUNDATION
    else:
        who = registry.names([newest.actor_id]).get(newest.actor_id, "") if newest.actor_id else SYSTEM.name
    return refusals.moved(who, newest.at, label)
