"""The single page of who may do what. Every view states one of these names; what is not listed is refused."""

from enum import StrEnum

from backoffice.access.actors import Actor
from workflows.roles import Role

OFFICE = frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.FINANCE, Role.CHAIR, Role.ADMIN})
"""People of the foundation who work on cases."""

STAFF = OFFICE - {Role.CHAIR}
"""People of the foundation itself: a chair presides over it from outside."""

READERS = frozenset({Role.MINISTRY, Role.AUDITOR})
COMPANIES = frozenset({Role.APPLICANT, Role.PARTNER, Role.SUPPLIER})
EVERYBODY = frozenset(Role) - {Role.SYSTEM}
SECOND_FACTOR = EVERYBODY - COMPANIES
"""Whoever sees what belongs to others proves themselves twice; companies may (trust rule 11)."""


class Permission(StrEnum):
    """``<noun>:<verb>``; the docstring of each says what it lets somebody do."""

    PUBLIC = "public"
    """Look at open calls, sign in, verify a receipt or a report, read a published figure: anybody, signed in or not."""
    SIGNED_IN = "session:use"
    """Whatever every signed-in person may do: sign out, change the language."""
    CASE_ACT = "case:act"
    """Take a step of a case. Which step is decided by the definition, the roles on that case and its guards."""
    CASE_APPLY = "case:apply"
    """Start an application and write in the forms of one's own organization's cases."""
    CASE_OPEN = "case:open"
    """Start a case that begins at the foundation; which kinds is decided by the definition, where by one's zones."""
    CASE_READ = "case:read"
    """See the queue and the cases of one's zones, or those one is appointed to as broker or operator."""
    API_READ = "api:read"
    """Read through the API, with a token, the cases one may see on the pages."""
    NOTE_READ = "note:read"
    """Read what the office notes on a case for itself, and its conversation with the companies of the case."""
    NOTE_WRITE = "note:write"
    """Note something on a case that only the office reads."""
    MESSAGE_WRITE = "message:write"
    """Write to the companies of a case in the name of the foundation."""
    PROCESS_READ = "process:read"
    """See how long the work on one's zones' cases takes, and take its event log out."""
    CASE_ASSIGN = "case:assign"
    """Say who handles a case."""
    CASE_BULK = "case:bulk"
    """Take one step on many cases at once; each case still decides by itself."""
    DEADLINE_MOVE = "deadline:move"
    """Give a case another deadline, with a reason; the definition says who may, and the law how far."""
    REVIEW_WRITE = "review:write"
    """Declare conflicts and score the cases one was assigned."""
    REVIEW_MANAGE = "review:manage"
    """Compose panels and assign reviewers."""
    FUNDING_READ = "funding:read"
    """See budget lines, agreements and payments."""
    EVENT_MANAGE = "event:manage"
    """Make and adjust the timetable of an event, admit its guests and take attendance."""
    CALL_READ = "call:read"
    """See calls before they are published, with their budgets."""
    CALL_MANAGE = "call:manage"
    """Create, publish and extend calls."""
    ORGANIZATION_READ = "organization:read"
    """See companies across programs and years."""
    REPORT_READ = "report:read"
    """See and download published performance reports of one's zones."""
    REPORT_FOLLOW = "report:follow"
    """See them before they are published, too, and what is decided about them."""
    REPORT_BUILD = "report:build"
    """Freeze a year, have reports made, and ask for their review."""
    REPORT_CHECK = "report:check"
    """Check what somebody else asks for, and send it back with a reason."""
    REPORT_APPROVE = "report:approve"
    """Approve and publish what somebody else prepared; never one's own, whatever roles one holds."""
    OUTCOME_READ = "outcome:read"
    """See the ledger of outcomes of one's zones, company by company, and take it out as a file."""
    OUTCOME_IMPORT = "outcome:import"
    """Bring in and undo outcomes of one's zones, and propose to restate them."""
    OUTCOME_CONFIRM = "outcome:confirm"
    """Accept or refuse a restatement that somebody else proposed."""
    ROLE_DELEGATE = "role:delegate"
    """Have a colleague act in one's place for a while; which roles, delegation.py says."""
    USER_MANAGE = "user:manage"
    """Create people and grant roles."""
    JOB_MANAGE = "job:manage"
    """See and retry background jobs."""
    WEBHOOK_MANAGE = "webhook:manage"
    """Say which systems are told of steps, and see and retry what was sent to them."""
    AUDIT_READ = "audit:read"
    """Read the access log and verify histories."""
    WORKFLOW_READ = "workflow:read"
    """See definitions, their versions and drafts, and try them out."""
    DEFINITION_EDIT = "definition:edit"
    """Write the next version of a definition and ask for its approval."""
    DEFINITION_PUBLISH = "definition:publish"
    """Publish or send back what somebody else wrote; never one's own, whatever roles one holds."""


HOLDERS: dict[Permission, frozenset[Role]] = {
    Permission.SIGNED_IN: EVERYBODY,
    Permission.CASE_ACT: EVERYBODY - READERS,
    Permission.CASE_APPLY: COMPANIES,
    Permission.NOTE_READ: STAFF | READERS,
    Permission.NOTE_WRITE: STAFF,
    Permission.MESSAGE_WRITE: STAFF,
    Permission.PROCESS_READ: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.MINISTRY, Role.AUDITOR, Role.ADMIN}),
    Permission.CASE_OPEN: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF}),
    Permission.CASE_READ: OFFICE | READERS | {Role.BROKER, Role.OPERATOR},
    Permission.API_READ: OFFICE | READERS | COMPANIES | {Role.BROKER, Role.OPERATOR},
    Permission.CASE_ASSIGN: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF}),
    Permission.CASE_BULK: OFFICE,
    Permission.DEADLINE_MOVE: OFFICE,
    Permission.REVIEW_WRITE: frozenset({Role.REVIEWER, Role.CHAIR}),
    Permission.REVIEW_MANAGE: frozenset({Role.HQ_STAFF}),
    Permission.FUNDING_READ: frozenset({Role.HQ_STAFF, Role.APPROVER, Role.FINANCE, Role.AUDITOR, Role.ADMIN}),
    Permission.EVENT_MANAGE: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.OPERATOR}),
    Permission.CALL_READ: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.FINANCE, Role.ADMIN, Role.AUDITOR}),
    Permission.CALL_MANAGE: frozenset({Role.HQ_STAFF, Role.ADMIN}),
    Permission.ORGANIZATION_READ: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.FINANCE, Role.AUDITOR, Role.ADMIN}),
    Permission.REPORT_READ: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.MINISTRY, Role.AUDITOR, Role.ADMIN}),
    Permission.REPORT_FOLLOW: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.ADMIN}),
    Permission.REPORT_CHECK: frozenset({Role.HQ_STAFF, Role.APPROVER}),
    Permission.REPORT_APPROVE: frozenset({Role.APPROVER}),
    Permission.REPORT_BUILD: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.ADMIN}),
    Permission.OUTCOME_READ: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.AUDITOR, Role.ADMIN}),
    Permission.OUTCOME_IMPORT: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF}),
    Permission.OUTCOME_CONFIRM: frozenset({Role.APPROVER}),
    Permission.ROLE_DELEGATE: frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.FINANCE}),
    Permission.USER_MANAGE: frozenset({Role.ADMIN}),
    Permission.JOB_MANAGE: frozenset({Role.ADMIN}),
    Permission.WEBHOOK_MANAGE: frozenset({Role.ADMIN}),
    Permission.AUDIT_READ: frozenset({Role.ADMIN, Role.AUDITOR}),
    Permission.WORKFLOW_READ: frozenset({Role.HQ_STAFF, Role.APPROVER, Role.ADMIN, Role.AUDITOR}),
    Permission.DEFINITION_EDIT: frozenset({Role.HQ_STAFF}),
    Permission.DEFINITION_PUBLISH: frozenset({Role.HQ_STAFF, Role.APPROVER}),
}  # fmt: skip


def may(actor: Actor | None, permission: Permission) -> bool:
    """Whether an actor holds a permission anywhere; which objects it reaches is the scoped query's question."""
    if permission is Permission.PUBLIC:
        return True
    return actor is not None and bool(actor.roles & HOLDERS.get(permission, frozenset()))


def zones_with(actor: Actor, permission: Permission) -> frozenset[int] | None:
    """The zones for which somebody holds a permission; None means all."""
    held = [actor.zones_as(role) for role in actor.roles & HOLDERS[permission]]
    if any(zones is None for zones in held):
        return None
    return frozenset(zone for zones in held for zone in zones or ())
