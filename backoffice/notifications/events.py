"""Which mails exist, who receives them, and how a recipient finds the way back."""

from dataclasses import dataclass

from workflows.roles import COMPANY_SIDE, Role

COMPANY = frozenset(COMPANY_SIDE)


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of mail. Its texts are templates/emails/<code>.<language>.txt, the subject on the first line."""

    code: str
    to: frozenset[Role]
    """The roles that receive it on the case; a mail to one named person has none."""


def _events(*pairs: tuple[str, frozenset[Role]]) -> dict[str, Event]:
    return {code: Event(code, to) for code, to in pairs}


_STAFF = frozenset({Role.ZONE_STAFF, Role.HQ_STAFF})
_APPLICANT = frozenset({Role.APPLICANT})

EVENTS = _events(
    ("receipt", _APPLICANT),
    ("resubmission_receipt", _APPLICANT),
    ("withdrawn", _STAFF),
    ("correction_requested", _APPLICANT),
    ("ineligible", _APPLICANT),
    ("selected", _APPLICANT),
    ("reserve", _APPLICANT),
    ("not_selected", _APPLICANT),
    ("agreement_ready", COMPANY),
    ("agreement_signed", COMPANY),
    ("cancelled", COMPANY),
    ("payment_made", _APPLICANT),
    ("change_requested", frozenset({Role.APPROVER, Role.HQ_STAFF})),
    ("change_decided", _APPLICANT),
    ("suspended", COMPANY),
    ("resumed", COMPANY),
    ("terminated", COMPANY),
    ("report_due", _APPLICANT),
    ("final_reviewed", _APPLICANT),
    ("settled", _APPLICANT),
    ("recovery_ordered", _APPLICANT),
    ("objection_filed", frozenset({Role.HQ_STAFF, Role.APPROVER})),
    ("objection_decided", _APPLICANT),
    ("outcome_missing", frozenset({Role.APPLICANT, Role.ZONE_STAFF})),
    ("outcome_confirmed", _APPLICANT),
    ("outcome_requested", _APPLICANT),
    ("message_to_company", _APPLICANT | {Role.PARTNER}),
    ("message_to_office", _STAFF),
    ("notice", COMPANY),
    ("notice_office", _STAFF),
    ("notice_expert", frozenset({Role.BROKER, Role.OPERATOR})),
    ("review_assigned", frozenset()),
    ("reminder", frozenset()),
    ("overdue", frozenset()),
    ("deadline_moved", frozenset()),
    ("call_extended", COMPANY),
)
"""Every mail by code."""

NEWS = frozenset(
    {"notice_office", "notice_expert", "message_to_office", "change_requested", "withdrawn", "outcome_confirmed"}
)
"""Mails that only keep somebody up to date. What the law or a definition owes a company (results, agreements, payments,
notices) is not among them and cannot be declined."""
REMINDERS = frozenset({"reminder"})
"""Mails before a deadline. The alarm when one has passed (``overdue``) is an office's duty."""
