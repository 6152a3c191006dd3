"""What stands in the side bar of each audience; every page is here or excluded by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, g, request, url_for

from backoffice.access.permissions import Permission, may
from backoffice.core.i18n import Sentence


@dataclass(frozen=True, slots=True)
class Item:
    endpoint: str
    label: Sentence
    permission: Permission
    group: str = ""


STAFF: tuple[Item, ...] = (
    Item("staff.queue", Sentence("업무함", "Queue"), Permission.CASE_READ),
    Item("staff.overview", Sentence("현황", "Overview"), Permission.PROCESS_READ),
    Item("staff.opening_list", Sentence("새 건 만들기", "New case"), Permission.CASE_OPEN),
    Item("staff.deadlines", Sentence("기한", "Deadlines"), Permission.CASE_READ),
    Item("staff.month", Sentence("달력", "Calendar"), Permission.CASE_READ),
    Item("reviewer.home", Sentence("평가", "Reviews"), Permission.REVIEW_WRITE),
    Item("staff.calls", Sentence("공고", "Calls"), Permission.CALL_READ),
    Item("staff.organization_list", Sentence("기업·기관", "Organizations"), Permission.ORGANIZATION_READ),
    Item("staff.zones", Sentence("특구", "Zones"), Permission.CASE_READ),
    Item("boards.home", Sentence("성과 현황판", "Dashboards"), Permission.REPORT_READ, "outcomes"),
    Item("reports.home", Sentence("성과보고서", "Reports"), Permission.REPORT_READ, "outcomes"),
    Item("staff.outcomes", Sentence("성과대장", "Outcome ledger"), Permission.OUTCOME_READ, "outcomes"),
    Item("staff.imports", Sentence("성과 자료 가져오기", "Import outcomes"), Permission.OUTCOME_IMPORT, "outcomes"),
    Item("staff.process", Sentence("프로세스 분석", "Process analysis"), Permission.PROCESS_READ, "outcomes"),
    Item("staff.mails", Sentence("메일 문안", "Mail texts"), Permission.MESSAGE_WRITE, "settings"),
    Item("admin.people", Sentence("사람과 역할", "People and roles"), Permission.USER_MANAGE, "settings"),
    Item("admin.workflows", Sentence("업무 흐름", "Workflows"), Permission.WORKFLOW_READ, "settings"),
    Item("admin.jobs", Sentence("작업", "Jobs"), Permission.JOB_MANAGE, "settings"),
    Item("webhooks.all_", Sentence("웹훅", "Webhooks"), Permission.WEBHOOK_MANAGE, "settings"),
    Item("admin.audit_log", Sentence("접속기록", "Access log"), Permission.AUDIT_READ, "settings"),
    Item("admin.codes", Sentence("기준 목록", "Code lists"), Permission.USER_MANAGE, "settings"),
    Item("admin.settings", Sentence("시스템 설정", "Configuration"), Permission.JOB_MANAGE, "settings"),
)
PORTAL: tuple[Item, ...] = (
    Item("public.home", Sentence("공고", "Calls"), Permission.PUBLIC),
    Item("portal.home", Sentence("내 신청", "My applications"), Permission.CASE_APPLY),
    Item("reviewer.home", Sentence("평가할 건", "Reviews"), Permission.REVIEW_WRITE),
    Item("staff.queue", Sentence("업무함", "Queue"), Permission.CASE_READ),
)

GROUPS = {
    "outcomes": Sentence("성과", "Outcomes"),
    "settings": Sentence("설정", "Settings"),
}

EXCLUDED: dict[str, str] = {
    "public.call": "reached from the list of calls",
    "public.sign_in": "a button in the head of the page",
    "account.profile": "the name in the head of the page",
    "account.second_step": "follows the password",
    "account.begin": "reached from the profile, or follows the first password",
    "account.add_app": "reached from there",
    "account.add_key": "reached from there",
    "account.ask_reset": "linked on the page for signing in",
    "account.delegations": "reached from the profile",
    "admin.person": "reached from the list of people",
    "admin.delegations": "reached from the list of people",
    "admin.access_review": "reached from the access log",
    "account.oidc_start": "a button on the page for signing in, where a provider is configured",
    "account.oidc_return": "the way back from the provider",
    "account.new_password": "a link in a mail",
    "account.confirm_email": "a link in a mail",
    "public.signed_in_still": "for the script of a page that stayed open",
    "public.verify_receipt": "linked on the home page and on every receipt",
    "public.verify_report": "linked on the home page and in every report",
    "tokens.own": "reached from one's profile",
    "webhooks.one": "reached from the list of webhooks",
    "api.openapi": "for programs",
    "api.case_list": "for programs",
    "api.case": "for programs",
    "api.history": "for programs",
    "api.action_list": "for programs",
    "api.call_list": "for programs",
    "api.me": "for programs",
    "health.healthz": "for machines",
    "health.readyz": "for machines",
    "transitions.step": "reached from a case",
    "files.download": "reached from a case",
    "previews.preview": "a frame in the list of files",
    "files.receipt": "reached from a case",
    "portal.case": "reached from the list",
    "portal.corrections": "reached from the case",
    "portal.look_first": "reached from the call",
    "portal.take_over": "reached from a section",
    "portal.check": "reached from the case",
    "portal.section": "reached from the case",
    "portal.submission": "reached from the case",
    "portal.timetable": "reached from the case",
    "reviewer.case": "reached from the list",
    "reviewer.calendar": "reached from the list",
    "staff.case": "reached from the queue",
    "staff.handlers": "reached from the queue",
    "calendar.feed": "for calendar programs; its address is made on the calendar page",
    "calendar.meeting": "a file, reached from the event",
    "staff.linked": "reached from the case",
    "staff.overview_table": "a file, reached from the overview",
    "staff.compare": "reached from the case",
    "staff.views": "reached from the queue",
    "staff.neighbor": "a button of the case, while one walks through a list",
    "staff.dossier": "a button of the case",
    "staff.export": "reached from the queue",
    "staff.export_file": "the file of that page",
    "staff.form": "reached from the case",
    "staff.guests": "reached from the case",
    "staff.timetable": "reached from the case",
    "staff.open_case": "reached from the list of what may be started",
    "staff.move_deadline": "reached from the case",
    "staff.bulk_result": "reached from the queue",
    "staff.call": "reached from the list of calls",
    "staff.new_call": "reached from the list of calls",
    "staff.organization": "reached from the list of organizations",
    "staff.zone": "reached from the list of zones",
    "staff.restatements": "reached from the ledger",
    "staff.measure": "reached from the ledger",
    "staff.outcomes_export": "a button of the ledger",
    "staff.import_": "reached from the list of imports",
    "staff.import_file": "reached from the ledger and from its import",
    "staff.process_table": "a file, reached from the analysis",
    "staff.process_log": "a file, reached from the analysis",
    "boards.nation": "a tab of the dashboards",
    "boards.zone": "a tab of the dashboards",
    "boards.program": "a tab of the dashboards",
    "boards.councils": "a tab of the dashboards",
    "boards.technologies": "a tab of the dashboards",
    "boards.network": "a tab of the dashboards",
    "boards.trends": "a tab of the dashboards",
    "boards.file": "a file, reached from its table",
    "reports.download": "reached from the list of reports",
    "reports.paper": "a file, reached from the list of reports",
    "reports.figures": "reached from the list of reports",
    "reports.figure": "reached from there and from every figure of a report",
    "reports.figure_today": "reached from the figures of dashboards",
    "reports.issue": "reached from the list of reports",
    "reports.issues": "reached from the list of reports",
    "reports.batch": "reached from the list of reports",
    "reports.batch_files": "the files of that page",
    "admin.workflow": "reached from the list of workflows",
    "admin.workflow_text": "reached from a version",
    "admin.workflow_difference": "reached from the list of workflows",
    "admin.move": "reached from the comparison of two versions",
    "admin.simulate_version": "reached from a version",
    "admin.draft": "reached from the list of workflows",
    "admin.draft_text": "reached from a draft",
    "admin.draft_difference": "reached from a draft",
    "admin.edit_piece": "reached from a draft",
    "admin.simulate_draft": "reached from a draft",
}
"""Pages that belong in no menu, each with the way that leads to them."""


FAMILIES = {"admin.workflows": ("/admin/drafts/", "/admin/moves/")}
"""Pages that belong to an item although their address does not begin like its own."""


def visible(items: Sequence[Item]) -> list[Item]:
    """The items the present person may use."""
    return [item for item in items if may(g.actor, item.permission)]


def is_current(item: Item) -> bool:
    """Whether the present page belongs to this item: same endpoint, or a page below its address."""
    if request.endpoint == item.endpoint:
        return True
    if item.endpoint in FAMILIES and request.path.startswith(FAMILIES[item.endpoint]):
        return True
    address = url_for(item.endpoint).rstrip("/")
    if not request.path.startswith(f"{address}/") or address in {"", "/staff", "/portal", "/reviewer"}:
        return False
    others = (url_for(other.endpoint).rstrip("/") for other in STAFF if other != item)
    return not any(other.startswith(f"{address}/") and request.path.startswith(f"{other}/") for other in others)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        staff_navigation=lambda: visible(STAFF),
        portal_navigation=lambda: visible(PORTAL),
        navigation_groups=GROUPS,
        is_current=is_current,
        may_=lambda name: may(g.actor, Permission(name)),
    )
