"""Every blueprint of the web floor, in one list."""

from flask import Flask

from backoffice.web import (
    calendar,
    case_page,
    files,
    health,
    previews,
    report_batches,
    report_figures,
    report_issues,
    report_lists,
    report_papers,
    reports,
    transitions,
    undo,
)
from backoffice.web.account import credentials, enrolment, forgotten, oidc, profile, second_step
from backoffice.web.account import delegations as own_delegations
from backoffice.web.admin import (
    access_log,
    access_reviews,
    codes,
    definitions,
    delegations,
    drafts,
    jobs,
    moving,
    people,
    person,
    piece_pages,
    settings,
    simulation,
)
from backoffice.web.api import token_pages, webhook_pages
from backoffice.web.boards import pages as board_pages
from backoffice.web.portal import autosave, conversation, corrections, earlier, eligibility, section, uploading
from backoffice.web.portal import case as portal_case
from backoffice.web.portal import event as portal_event
from backoffice.web.portal import home as portal_home
from backoffice.web.public import again, calls, receipts, session, verify_report
from backoffice.web.reviewer import calendar as reviewer_calendar
from backoffice.web.reviewer import sheets
from backoffice.web.staff import (
    agenda,
    bulk,
    dossier,
    handing,
    imports,
    mails,
    month,
    opening,
    organizations,
    outcomes,
    overview,
    process,
    queue,
    queue_export,
    restating,
    versions,
    views,
    zones,
)
from backoffice.web.staff import calls as staff_calls
from backoffice.web.staff import case as staff_case
from backoffice.web.staff import correspondence as staff_correspondence
from backoffice.web.staff import event as staff_event
from backoffice.web.staff import form as staff_form

MODULES = (
    calls,
    receipts,
    session,
    second_step,
    enrolment,
    forgotten,
    oidc,
    profile,
    credentials,
    again,
    own_delegations,
    portal_home,
    portal_case,
    conversation,
    portal_event,
    section,
    autosave,
    uploading,
    corrections,
    eligibility,
    earlier,
    sheets,
    reviewer_calendar,
    queue,
    queue_export,
    views,
    agenda,
    month,
    calendar,
    bulk,
    handing,
    staff_case,
    staff_correspondence,
    dossier,
    versions,
    staff_event,
    staff_form,
    opening,
    staff_calls,
    mails,
    organizations,
    zones,
    outcomes,
    restating,
    imports,
    process,
    overview,
    reports,
    report_batches,
    report_papers,
    report_figures,
    verify_report,
    report_issues,
    report_lists,
    board_pages,
    people,
    person,
    delegations,
    jobs,
    access_log,
    access_reviews,
    codes,
    settings,
    definitions,
    moving,
    drafts,
    piece_pages,
    simulation,
    token_pages,
    webhook_pages,
    files,
    previews,
    health,
    transitions,
    undo,
)
"""The modules that hold views; each names the blueprint they belong to."""


def register(app: Flask) -> None:
    """Attach every blueprint once."""
    for blueprint in dict.fromkeys(module.blueprint for module in MODULES):
        app.register_blueprint(blueprint)
    app.jinja_env.globals["tone"] = case_page.tone
