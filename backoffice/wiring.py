"""Which declared guard, effect, fact and date is which function. The only such page; boot fails on a missing name."""

from datetime import datetime
from functools import partial

from backoffice.accounts import queries as accounts
from backoffice.cases import (
    answer_guards,
    history_guards,
    linked_effects,
    linked_guards,
    past_guards,
    record_effects,
    standing,
    standing_guards,
)
from backoffice.cases import effects as case_effects
from backoffice.cases import guards as case_guards
from backoffice.cases import queries as cases
from backoffice.engine import tasks
from backoffice.engine.deadlines import one_by_one
from backoffice.engine.definitions import Definitions
from backoffice.engine.perform import Engine
from backoffice.engine.values import Dates, Effect, Guard, Outside, Registry, Subject
from backoffice.funding import effects as funding_effects
from backoffice.funding import guards as funding_guards
from backoffice.funding import queries as funding
from backoffice.licensing import effects as licensing_effects
from backoffice.licensing import guards as licensing_guards
from backoffice.licensing import queries as licensing
from backoffice.meetings import effects as meeting_effects
from backoffice.meetings import guards as meeting_guards
from backoffice.meetings import queries as meetings
from backoffice.notifications import effects as notification_effects
from backoffice.notifications.events import EVENTS
from backoffice.outcomes import effects as outcome_effects
from backoffice.outcomes import guards as outcome_guards
from backoffice.outcomes import queries as outcomes
from backoffice.programs import guards as program_guards
from backoffice.programs import queries as programs
from backoffice.reviews import effects as review_effects
from backoffice.reviews import guards as review_guards
from backoffice.reviews import queries as reviews
from backoffice.webhooks import effects as webhook_effects
from workflows import catalogue
from workflows.linter import lint
from workflows.roles import Role
from workflows.vocabulary import Takes, Vocabulary

GUARDS: dict[str, Guard] = {
    "call_open": Guard(program_guards.call_open, ("call",)),
    "call_closed": Guard(program_guards.call_closed, ("call",)),
    "amount_within_call": Guard(program_guards.amount_within_call, ("call", "case")),
    "presentation": Guard(program_guards.presentation, ("call",)),
    "form_complete": Guard(case_guards.form_complete, ("answers",)),
    "section_complete": Guard(case_guards.section_complete, ("answers", "attached")),
    "documents_complete": Guard(case_guards.documents_complete, ("answers", "attached")),
    "checklist_passed": Guard(case_guards.checklist_passed, ("answers",)),
    "budget_balanced": Guard(case_guards.budget_balanced, ("answers",)),
    "consortium": Guard(case_guards.consortium, ("members",)),
    "no_resident_number": Guard(case_guards.no_resident_number, ("answers",)),
    "before_deadline": Guard(case_guards.before_deadline),
    "deadline_passed": Guard(case_guards.deadline_passed),
    "rounds_left": Guard(case_guards.rounds_left),
    "quorum": Guard(case_guards.quorum, ("tasks",)),
    "objection_upheld": Guard(case_guards.objection_upheld, ("linked",)),
    "no_open_objection": Guard(case_guards.no_open_objection, ("linked",)),
    "reports_settled": Guard(case_guards.reports_settled, ("linked",)),
    "answer_is": Guard(answer_guards.answer_is, ("answers",)),
    "number_at_least": Guard(answer_guards.number_at_least, ("answers",)),
    "number_at_most": Guard(answer_guards.number_at_most, ("answers",)),
    "share_at_least": Guard(answer_guards.share_at_least, ("answers",)),
    "share_at_most": Guard(answer_guards.share_at_most, ("answers",)),
    "date_reached": Guard(answer_guards.date_reached, ("answers",)),
    "date_ahead": Guard(answer_guards.date_ahead, ("answers",)),
    "period_within": Guard(answer_guards.period_within, ("answers",)),
    "quiet_for": Guard(history_guards.quiet_for),
    "done_within": Guard(history_guards.done_within),
    "linked_closed": Guard(linked_guards.linked_closed, ("linked",)),
    "no_case_elsewhere": Guard(standing_guards.no_case_elsewhere, ("elsewhere",)),
    "yearly_amount_within": Guard(standing_guards.yearly_amount_within, ("yearly",)),
    "places_left": Guard(standing_guards.places_left, ("places",)),
    "places_taken": Guard(standing_guards.places_taken, ("places",)),
    "member_holds": Guard(standing_guards.member_holds, ("member_roles",)),
    "linked_tagged": Guard(linked_guards.linked_tagged, ("linked",)),
    "linked_none_tagged": Guard(linked_guards.linked_none_tagged, ("linked",)),
    "done": Guard(past_guards.done),
    "not_done": Guard(past_guards.not_done),
    "nothing_asked": Guard(past_guards.nothing_asked),
    "asked_by_other": Guard(past_guards.asked_by_other),
    "date_before": Guard(answer_guards.date_before, ("answers",)),
    "event_is": Guard(meeting_guards.event_is, ("event",)),
    "event_ahead": Guard(meeting_guards.event_ahead, ("event",)),
    "event_day_come": Guard(meeting_guards.event_day_come, ("event",)),
    "event_not_begun": Guard(meeting_guards.event_not_begun, ("event",)),
    "registration_open": Guard(meeting_guards.registration_open, ("event", "call")),
    "timetable_sound": Guard(meeting_guards.timetable_sound, ("event",)),
    "one_entry": Guard(meeting_guards.one_entry, ("guest_record",)),
    "reliable_guest": Guard(meeting_guards.reliable_guest, ("guest_record",)),
    "mutual_interest": Guard(meeting_guards.mutual_interest, ("mutual",)),
    "candidate_left": Guard(licensing_guards.candidate_left, ("license",)),
    "upfront_paid": Guard(licensing_guards.upfront_paid, ("license",)),
    "royalty_owed": Guard(licensing_guards.royalty_owed, ("license",)),
    "royalties_settled": Guard(licensing_guards.royalties_settled, ("license",)),
    "no_arrears": Guard(licensing_guards.no_arrears, ("license",)),
    "broker_fee_within": Guard(licensing_guards.broker_fee_within, ("license",)),
    "panel_ready": Guard(review_guards.panel_ready, ("panel",)),
    "no_conflicted_sheet": Guard(review_guards.no_conflicted_sheet, ("rounds",)),
    "score_at_least": Guard(review_guards.score_at_least, ("rounds", "call")),
    "score_below": Guard(review_guards.score_below, ("rounds", "call")),
    "passed_review": Guard(review_guards.passed_review, ("result", "call")),
    "budget_available": Guard(funding_guards.budget_available, ("funding", "case")),
    "amount_within_award": Guard(funding_guards.amount_within_award, ("funding", "case")),
    "agreement_within_reservation": Guard(funding_guards.agreement_within_reservation, ("funding",)),
    "award_at_most": Guard(funding_guards.award_at_most, ("funding",)),
    "change_within_award": Guard(funding_guards.change_within_award, ("funding",)),
    "instalment_open": Guard(funding_guards.instalment_open, ("funding",)),
    "payment_ordered": Guard(funding_guards.payment_ordered, ("funding",)),
    "no_payment_pending": Guard(funding_guards.no_payment_pending, ("funding",)),
    "period_over": Guard(funding_guards.period_over, ("funding",)),
    "agreement_goes_on": Guard(funding_guards.agreement_goes_on, ("funding", "answers")),
    "settlement_calculated": Guard(funding_guards.settlement_calculated, ("funding",)),
    "nothing_to_recover": Guard(funding_guards.nothing_to_recover, ("funding",)),
    "figures_explained": Guard(outcome_guards.figures_explained, ("answers", "figures")),
    "figures_agree": Guard(outcome_guards.figures_agree, ("answers", "figures")),
    "evidence_own": Guard(outcome_guards.evidence_own, ("answers", "shared_files")),
    "something_to_recover": Guard(funding_guards.something_to_recover, ("funding",)),
    "support": Guard(funding_guards.support, ("funding",)),
    "support_accounted": Guard(funding_guards.support_accounted, ("funding",)),
}

EFFECTS: dict[str, Effect] = {
    "number_case": case_effects.number_case,
    "take_snapshot": case_effects.take_snapshot,
    "restore_answers": case_effects.restore_answers,
    "open_linked": case_effects.open_linked,
    "parent": case_effects.act_on_parent,
    "parent_where_possible": case_effects.act_where_possible,
    "keep_input": record_effects.keep_input,
    "clear_answers": record_effects.clear_answers,
    "tally": record_effects.tally,
    "move_date": record_effects.move_date,
    "hold_place": record_effects.hold_place,
    "appoint": record_effects.appoint,
    "dismiss": record_effects.dismiss,
    "enter_register": record_effects.enter_register,
    "leave_register": record_effects.leave_register,
    "linked": linked_effects.act_on_linked,
    "plan_event": meeting_effects.plan_event,
    "open_recruitment": meeting_effects.open_recruitment,
    "prolong_recruitment": meeting_effects.prolong_recruitment,
    "close_recruitment": meeting_effects.close_recruitment,
    "receive_guest": meeting_effects.receive_guest,
    "note_arrival": meeting_effects.note_arrival,
    "note_survey": meeting_effects.note_survey,
    "make_timetable": meeting_effects.make_timetable,
    "drop_talks": meeting_effects.drop_talks,
    "let_next_in": meeting_effects.let_next_in,
    "open_follow_ups": meeting_effects.open_follow_ups,
    "list_candidates": licensing_effects.list_candidates,
    "invite_candidate": licensing_effects.invite_candidate,
    "drop_candidate": licensing_effects.drop_candidate,
    "conclude_license": licensing_effects.conclude_license,
    "amend_license": licensing_effects.amend_license,
    "bill_sales": licensing_effects.bill_sales,
    "book_royalty": licensing_effects.book_royalty,
    "note_delivery": licensing_effects.note_delivery,
    "note_broker_fee": licensing_effects.note_broker_fee,
    "end_license": licensing_effects.end_license,
    "assign_reviewers": review_effects.assign_reviewers,
    "store_result": review_effects.store_result,
    "close_reviews": review_effects.close_reviews,
    "reserve_budget": funding_effects.reserve_budget,
    "release_budget": funding_effects.release_budget,
    "draft_agreement": funding_effects.draft_agreement,
    "drop_agreement": funding_effects.drop_agreement,
    "open_signatures": funding_effects.open_signatures,
    "conclude_agreement": funding_effects.conclude_agreement,
    "number_project": funding_effects.number_project,
    "amend_agreement": funding_effects.amend_agreement,
    "end_agreement": funding_effects.end_agreement,
    "end_support": funding_effects.end_support,
    "order_payment": funding_effects.order_payment,
    "recall_payment": funding_effects.recall_payment,
    "pay_instalment": funding_effects.pay_instalment,
    "book_expenditures": funding_effects.book_expenditures,
    "calculate_settlement": funding_effects.calculate_settlement,
    "book_recovery": funding_effects.book_recovery,
    "close_agreement": funding_effects.close_agreement,
    "book_measures": outcome_effects.book_measures,
    "record_follow_on": outcome_effects.record_follow_on,
}

OUTSIDE: dict[str, Outside] = {
    "mail": notification_effects.mail,
    "render_receipt": case_effects.render_receipt,
}
"""Effects that are nothing but a job: they are written in one statement with the step."""

INVERSES: dict[str, Effect] = {
    "mail": lambda _happening, _event: None,
    "assign_reviewers": review_effects.withdraw_reviewers,
    "reserve_budget": funding_effects.release_budget,
    "draft_agreement": funding_effects.drop_agreement,
    "open_signatures": funding_effects.withdraw_signatures,
    "order_payment": funding_effects.recall_payment,
}
"""What takes an effect back when its step is undone. A mail needs nothing: it waited, and its job was dropped."""

REWRITING = frozenset({"open_recruitment", "prolong_recruitment", "close_recruitment"})
"""Effects that change the terms of the call a case hangs on."""

DATES: dict[str, Dates] = {
    "agreement_end": one_by_one(funding.agreement_end),
    "notified_on": one_by_one(funding.notified_on),
    "tracking_end": one_by_one(funding.tracking_end),
    "report_due": one_by_one(funding.report_due),
    "objection_until": one_by_one(cases.parent_due),
    "event_day": meetings.event_days,
    "royalty_due": one_by_one(licensing.royalty_due),
    "transfer_tracked_until": one_by_one(licensing.transfer_tracked_until),
}

ARGUMENTS: dict[str, Takes] = {
    **dict.fromkeys(
        (
            "call_open", "call_closed", "amount_within_call", "no_resident_number", "before_deadline",
            "deadline_passed", "objection_upheld", "no_open_objection", "panel_ready", "passed_review",
            "budget_available", "amount_within_award", "agreement_within_reservation", "instalment_open",
            "payment_ordered", "no_payment_pending", "period_over", "settlement_calculated", "nothing_to_recover",
            "something_to_recover", "number_case", "render_receipt", "close_reviews", "reserve_budget",
            "release_budget", "draft_agreement", "drop_agreement", "conclude_agreement", "number_project",
            "end_agreement", "order_payment", "recall_payment", "pay_instalment", "book_recovery", "close_agreement",
            "record_follow_on", "leave_register", "end_support", "support_accounted", "event_day_come",
            "event_not_begun", "registration_open", "timetable_sound", "one_entry", "mutual_interest",
            "candidate_left", "upfront_paid", "royalty_owed", "royalties_settled", "no_arrears",
            "prolong_recruitment", "close_recruitment", "note_arrival", "make_timetable", "drop_talks",
            "invite_candidate", "drop_candidate", "bill_sales", "book_royalty", "note_delivery", "note_broker_fee",
            "end_license",
        ),
        "nothing",
    ),
    **dict.fromkeys(
        ("form_complete", "documents_complete", "budget_balanced", "take_snapshot", "restore_answers", "clear_answers",
         "plan_event", "receive_guest", "conclude_license"),
        "form",
    ),
    **dict.fromkeys(("quorum", "no_conflicted_sheet", "score_at_least", "score_below", "store_result"), "task"),
    **dict.fromkeys(("assign_reviewers", "open_signatures"), "task of the target"),
    **dict.fromkeys(("change_within_award", "amend_agreement", "amend_license", "done", "not_done"), "action"),
    **dict.fromkeys(("book_expenditures", "calculate_settlement"), "form.grid"),
    **dict.fromkeys(("figures_explained", "figures_agree", "evidence_own", "book_measures"), "form.field"),
    **dict.fromkeys(("open_linked", "linked_closed", "open_recruitment", "open_follow_ups"), "link"),
    **dict.fromkeys(("date_ahead", "agreement_goes_on", "note_survey", "list_candidates"), "value"),
    **dict.fromkeys(("places_left", "places_taken", "hold_place"), "tag"),
    **dict.fromkeys(("share_at_least", "share_at_most"), "share"),
    **dict.fromkeys(("quiet_for", "done_within"), "actions and length"),
    **dict.fromkeys(("award_at_most", "yearly_amount_within", "event_ahead"), "number"),
    **dict.fromkeys(("parent", "parent_where_possible"), "actions of the parent"),
    **dict.fromkeys(("nothing_asked", "asked_by_other"), "request"),
    "linked_tagged": "link, tag and least",
    "linked_none_tagged": "link and tag",
    "linked": "link and actions",
    "date_before": "value and limit",
    "reliable_guest": "absences",
    "broker_fee_within": "fee",
    "let_next_in": "next in line",
    "event_is": ("matching", "seminar"),
    "support": ("none", "reserved", "agreed"),
    "reports_settled": "yearly reports",
    "answer_is": "answer",
    "number_at_least": "value and least",
    "number_at_most": "value and most",
    "date_reached": "date and shift",
    "period_within": "period",
    "keep_input": "own input",
    "tally": "running total",
    "move_date": "date and length",
    "appoint": "appointment",
    "enter_register": ("council", "mou"),
    "no_case_elsewhere": ("barring",),
    "dismiss": (Role.BROKER, Role.OPERATOR),
    "member_holds": (Role.SUPPLIER, Role.PARTNER),
    "presentation": ("required", "waived"),
    "section_complete": "form.section",
    "checklist_passed": "checklist",
    "consortium": "members",
    "rounds_left": "rounds",
    "mail": "mail",
}  # fmt: skip
"""What each guard and effect takes, so that the linter finds a wrong argument before a case meets it."""

OPPOSITES = (
    frozenset({"call_open", "call_closed"}),
    frozenset({"before_deadline", "deadline_passed"}),
    frozenset({"presentation:required", "presentation:waived"}),
    frozenset({"score_at_least", "score_below"}),
    frozenset({"nothing_to_recover", "something_to_recover"}),
    frozenset({"payment_ordered", "no_payment_pending"}),
    frozenset({"payment_ordered", "instalment_open"}),
    frozenset({"event_is:matching", "event_is:seminar"}),
    frozenset({"event_day_come", "event_ahead"}),
    frozenset({"royalty_owed", "royalties_settled"}),
    frozenset({"nothing_asked", "asked_by_other"}),
    frozenset({"support:none", "support:reserved", "support:agreed"}),
)
"""Guards that never hold together."""

QUOTING = frozenset({"correction_requested"})
"""Mails that say nothing without what was typed for the step."""

OUTCOME_GUARDS = frozenset({"reports_settled"})
"""Guards that hold a funded case open until its outcomes are reported."""


def vocabulary() -> Vocabulary:
    """The names a definition may use, for the linter."""
    return Vocabulary(
        guards=frozenset(GUARDS),
        effects=frozenset(EFFECTS) | frozenset(OUTSIDE),
        facts=frozenset(DATES),
        mails=frozenset(EVENTS),
        outcome_guards=OUTCOME_GUARDS,
        reversible=frozenset(INVERSES),
        workflows=frozenset(name for name, _ in catalogue.shipped()),
        others={one.workflow: one for one in catalogue.workflows()},
        arguments=ARGUMENTS,
        opposites=OPPOSITES,
        overdue=frozenset({"deadline_passed"}),
        mail_readers={code: event.to for code, event in EVENTS.items()},
        quoting_mails=QUOTING,
    )


def _closing(subject: Subject) -> datetime | None:
    return subject.call.closes_at if subject.call else None


def _touched(subject: Subject, since: datetime) -> bool:
    return (
        cases.written_since(subject.id, since)
        or tasks.finished_since(subject.id, since)
        or reviews.begun_since(subject.id, since)
    )


def _check_names() -> None:
    """Raise LookupError for the first shipped definition that names what is not here."""
    for loaded in catalogue.shipped().values():
        for finding in lint(loaded, vocabulary()):
            raise LookupError(str(finding))


def build_engine() -> Engine:
    """The engine of this process. Raises LookupError when a shipped definition names what is not here."""
    _check_names()
    definitions = Definitions(programs.find_workflow, programs.version_of)
    registry = Registry(
        guards=GUARDS,
        facts={
            "call": programs.terms,
            "case": cases.case_facts,
            "answers": cases.answer_facts,
            "attached": cases.attached_facts,
            "members": cases.member_facts,
            "linked": partial(cases.linked_facts, definitions),
            "elsewhere": partial(standing.elsewhere_facts, definitions),
            "places": partial(standing.place_facts, definitions),
            "yearly": standing.yearly_facts,
            "member_roles": standing.member_role_facts,
            "event": partial(meetings.event_facts, definitions),
            "guest_record": partial(meetings.record_facts, definitions),
            "mutual": meetings.mutual_facts,
            "license": licensing.license_facts,
            "tasks": tasks.counts,
            "panel": reviews.panel_facts,
            "rounds": reviews.round_facts,
            "result": reviews.result_facts,
            "funding": funding.funding_facts,
            "figures": outcomes.figure_facts,
            "shared_files": outcomes.shared_facts,
        },
        effects=EFFECTS,
        outside=OUTSIDE,
        dates={**DATES, "call_closes": one_by_one(_closing)},
        names=accounts.names,
        answer_date=cases.answer_date,
        inverses=INVERSES,
        rewriting=REWRITING,
        watch=webhook_effects.watch,
        touched=_touched,
    )
    return Engine(registry, definitions)
