"""Every page of every role at both widths: no accessibility fault, no console message, nothing from elsewhere, no overflow."""

import hashlib
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from flask import Flask, current_app
from playwright.sync_api import Browser, Page
from sqlalchemy import or_, select, true

from backoffice.access.actors import Actor, roles_on
from backoffice.access.permissions import HOLDERS, Permission, may, zones_with
from backoffice.accounts.queries import actor, by_email
from backoffice.cases import moving
from backoffice.cases.models import BulkRun, Case
from backoffice.cases.sight import sees_all_zones, visible_to
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.imports.queries import newest
from backoffice.meetings.models import MATCHING, Event
from backoffice.organizations.models import Organization, Zone
from backoffice.organizations.queries import zone
from backoffice.outcomes.models import Measure
from backoffice.programs.models import Call, WorkflowDraft
from backoffice.reports import batches, services, shelf
from backoffice.reports.models import Snapshot
from backoffice.reviews.models import Sheet
from backoffice.web.access import STATIC, permission_of
from tests.browser.looking import AXE, AXE_AT_HAND, WIDTHS, Watch, judged, overflow
from tests.browser.site import Site, sign_in
from tests.imports.sheets import book, check, workbook, zone_table
from tests.machine import shared_folder

ROOT = Path(__file__).resolve().parents[2]

PEOPLE = (
    "", "applicant.nanomeditech@demo.example", "reviewer3.hq@demo.example", "chair.hq@demo.example",
    "zone_staff.gimhae@demo.example", "hq_staff.hq@demo.example", "approver.hq@demo.example", "finance.hq@demo.example",
    "auditor.hq@demo.example", "ministry.hq@demo.example", "admin.hq@demo.example",
)  # fmt: skip
THOROUGH = {"hq_staff.hq@demo.example", "applicant.nanomeditech@demo.example"}
"""Who looks at a case of every state; the others look at three."""
TELLING = {"staff.case", "portal.case", "staff.form", "portal.section", "transitions.step"}
"""The pages that differ from state to state."""
EVENT_PAGES = {"staff.guests", "staff.timetable", "portal.timetable"}
NO_PAGES = {
    "staff.dossier",
    "reports.batch_files",
    "reports.paper",
    "staff.export_file",
    "staff.outcomes_export",
    "staff.import_file",
    "files.download",
    "calendar.meeting",
    "admin.workflow_text",
    "files.receipt",
    "health.healthz",
    "health.readyz",
    "previews.preview",
    "public.sign_in",
    "account.oidc_start",
    "account.oidc_return",
    "public.signed_in_still",
}


def person(app: Flask, email: str) -> Actor | None:
    found = by_email(email) if email else None
    return actor(found.id) if found else None


def cases_of(who: Actor, limit: int) -> list[Case]:
    """One case of every state this person may see, the newest of each."""
    by_state = {row.state: row for row in db.session.scalars(select(Case).where(visible_to(who)).order_by(Case.id))}
    return list(by_state.values())[-limit:]


def event_cases(who: Actor, endpoint: str) -> list[Case]:
    """The newest events with talks this person may see, or on the portal the newest guest at one."""
    beside = Case.parent_id if endpoint == "portal.timetable" else Case.id
    query = select(Case).join(Event, Event.case_id == beside).where(Event.kind == MATCHING, visible_to(who))
    return list(db.session.scalars(query.order_by(Case.id.desc()).limit(2)))


def addresses(app: Flask, email: str) -> list[str]:
    """Every page this person may open, from the URL map, with the demo's own rows for the parts in brackets."""
    with app.test_request_context():
        who = person(app, email)
        found = []
        for rule in app.url_map.iter_rules():
            for_programs = rule.rule.startswith("/api/")
            if for_programs or rule.endpoint in STATIC | NO_PAGES or "GET" not in (rule.methods or ()):
                continue
            permission = permission_of(app, rule.endpoint)
            if permission is not None and may(who, permission):
                found += fill(rule.rule, rule.endpoint, who)
        db.session.remove()
    return sorted(one_of_each_step(set(found)))


def one_of_each_step(found: set[str]) -> list[str]:
    """The page of a step is the same for every case: one is enough."""
    steps = {address.rpartition("/")[2]: address for address in sorted(found) if "/actions/" in address}
    return [address for address in found if "/actions/" not in address or address in steps.values()]


def fill(rule: str, endpoint: str, who: Actor | None) -> list[str]:
    if endpoint == "boards.nation" and (who is None or not sees_all_zones(who)):
        return []
    if "<" not in rule:
        return [rule] if endpoint != "staff.queue" else [rule, f"{rule}?box=all", f"{rule}?box=all&q=ㄴㄴㅁㄷ"]
    if endpoint in EVENT_PAGES and who is not None:
        return [rule.replace("<reference>", row.reference) for row in event_cases(who, endpoint)]
    if "<reference>" in rule and who is not None:
        return [
            address
            for row in cases_of(who, 40 if who.email in THOROUGH and endpoint in TELLING else 3)
            for address in of_case(rule, endpoint, row, who)
        ]
    if endpoint in {"public.call", "staff.call"}:
        return [
            rule.replace("<code>", code)
            for code in db.session.scalars(
                select(Call.code).where(Call.published_at.is_not(None)).order_by(Call.id.desc()).limit(2)
            )
        ]
    if endpoint in {"reports.figures", "reports.figure"} and "<zone>" not in rule:
        zones = (
            zones_with(who, Permission.REPORT_READ)
            if who is not None and may(who, Permission.REPORT_READ)
            else frozenset()
        )
        seen = or_(Snapshot.edition == "public", Snapshot.zone_id.in_(zones) if zones is not None else true())
        issue_for_all()
        issues = db.session.execute(select(Snapshot.number, Snapshot.year).where(seen).order_by(Snapshot.id).limit(1))
        ending = "/SALES/{}" if endpoint == "reports.figure" else ""
        return [f"/reports/{row.number}/figures{ending.format(row.year)}" for row in issues]
    if endpoint == "reports.figure_today" and who is not None:
        zones = zones_with(who, Permission.REPORT_READ)
        seen = select(Zone.code).where(Zone.id.in_(zones) if zones is not None else Zone.code == "GS-GIMHAE").limit(1)
        return [
            f"/reports/figures/{code}/2025/{zone}"
            for zone in db.session.scalars(seen)
            for code in ("SALES", "RBD.contracted")
        ]
    if endpoint == "reports.batch" and who is not None and sees_all_zones(who):
        return [rule.replace("<token>", item.token) for item in batches.newest()]
    if endpoint == "reports.issue" and who is not None:
        return [rule.replace("<number>", line.issue.number) for line in shelf.page(shelf.Filter(), who).lines]
    if endpoint == "staff.organization":
        return [rule.replace("<int:organization_id>", str(db.session.scalar(select(Organization.id).limit(1))))]
    if endpoint == "admin.person" and who is not None:
        return [rule.replace("<int:user_id>", str(who.user_id))]
    if endpoint == "staff.measure" and who is not None:
        zones = zones_with(who, Permission.OUTCOME_READ)
        seen = Measure.zone_id.in_(zones) if zones is not None else true()
        restated = select(Measure.id).where(seen).order_by(Measure.edition.desc(), Measure.id.desc()).limit(1)
        return [rule.replace("<int:measure_id>", str(db.session.scalar(restated)))]
    if endpoint == "staff.import_" and who is not None:
        return [rule.replace("<token>", token) for token in imports_of(who)]
    if endpoint == "admin.move":
        return [rule.replace("<token>", move_for_all())]
    if endpoint in {"admin.workflow", "admin.simulate_version"}:
        named = rule.replace("<name>", "joint_rbd_planning").replace("<int:version>", "1")
        return [named, *([f"{named}?state=screening&role=hq_staff"] if endpoint == "admin.simulate_version" else [])]
    if endpoint == "admin.workflow_difference":
        return [rule.replace("<name>", "objection").replace("<int:old>", "1").replace("<int:new>", "2")]
    if "<int:draft_id>" in rule:
        pieces = ("program", "states/new", "states/screening", "transitions/0", "forms/reason/0/0", "documents/plan")
        drafts = [rule.replace("<int:draft_id>", str(key)) for key in db.session.scalars(select(WorkflowDraft.id))]
        return [draft.replace("<path:path>", piece) for draft in drafts for piece in pieces]
    return []


def issue_for_all() -> None:
    """A public edition, made once, so that there is a figure to look at."""
    if db.session.scalar(select(Snapshot.id).where(Snapshot.edition == "public").limit(1)) is None:
        with transaction():
            services.freeze(zone("GS-GIMHAE"), clock.today().year - 1, "public", None)


def move_for_all() -> str:
    """The token of a request to move cases that waits for a second person, written once."""
    found = db.session.scalar(select(BulkRun.token).where(BulkRun.action == moving.MIGRATION).limit(1))
    if found is None:
        asker, found = by_email("hq_staff.hq@demo.example"), "0" * 32
        assert asker is not None
        order = asdict(moving.Order(1, 2, {}, accepted=True, reason="개정된 지침에 따라 새 판으로 옮깁니다."))
        with transaction():
            row = BulkRun(token=found, actor_id=asker.id, workflow="objection", action=moving.MIGRATION, input=order)
            db.session.add(row)
    return found


def imports_of(who: Actor) -> list[str]:
    """The tokens of an import at every step, made once where this person may import."""
    if not who.roles & HOLDERS[Permission.OUTCOME_IMPORT]:
        return []
    if {row.status for row in newest(who)} >= {"checked", "booked"}:
        return [row.token for row in newest(who, limit=2)]
    zone = db.session.scalar(select(Zone).where(Zone.code == "GS-GIMHAE"))
    firm = db.session.scalar(
        select(Organization).where(Organization.zone_id == zone.id, Organization.kind == "company")
    )
    table = zone_table((1, "경남 김해", "다른 이름", firm.business_number, 1, "#"), ("", "합계", "", "", 3, ""))
    office: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to the application
    check(office, who, "성과.xlsx", workbook(table, hidden=[4]))
    book(office, who, "가져온 자료.xlsx", workbook(table))
    return [row.token for row in newest(who, limit=2)]


def of_case(rule: str, endpoint: str, row: Case, who: Actor) -> list[str]:
    base = rule.replace("<reference>", row.reference)
    if endpoint == "transitions.step":
        return [base.replace("<action>", action) for action in open_actions(row, who)]
    if endpoint == "portal.section":
        return [f"/portal/cases/{row.reference}/forms/{form}/{code}" for form, code in open_sections(row, who)]
    if endpoint == "staff.form":
        return [base.replace("<form>", form) for form in dict.fromkeys(form for form, _ in open_sections(row, who))]
    if endpoint == "reviewer.case":
        mine = select(Sheet.id).where(
            Sheet.case_id == row.id, Sheet.reviewer_id == who.user_id, Sheet.conflict != "declared"
        )
        return [base] if db.session.scalar(mine) else []
    if endpoint in {"portal.submission", "staff.compare"}:
        return [base.replace("<int:number>", "1")] if row.submitted_at else []
    return [base] if "<" not in base else []


def open_actions(row: Case, who: Actor) -> list[str]:
    verdicts = current_app.extensions["engine"].actions([row.id], who)[row.id]
    return [verdict.action for verdict in verdicts if verdict.ok][:3]


def open_sections(row: Case, who: Actor) -> list[tuple[str, str]]:
    engine = current_app.extensions["engine"]
    subject = engine.subject(row.id)
    definition = engine.compiled(subject).workflow
    held = roles_on(who, subject.scope)
    forms = [form for form, roles in definition.state(row.state).edit.items() if held & set(roles)]
    return [(form, section.code) for form in forms for section in definition.forms[form].sections]


@dataclass(frozen=True)
class Familiar:
    """What was judged already in this run of the tests, by any of its processes, and nothing was wrong with it.

    One empty file each for (nobody, a page without its frame) and (somebody, the frame of their pages).
    """

    folder: Path

    def holds(self, parts: set[str]) -> bool:
        return all((self.folder / part).exists() for part in parts)

    def add(self, parts: set[str]) -> None:
        for part in parts:
            (self.folder / part).touch()


@pytest.fixture(scope="session")
def familiar(tmp_path_factory: pytest.TempPathFactory) -> Familiar:
    folder = shared_folder(tmp_path_factory) / "familiar"
    folder.mkdir(exist_ok=True)
    return Familiar(folder)


def look(page: Page, site: Site, address: str, email: str, familiar: Familiar) -> list[str]:
    """Open one page, look at it on the desk and on the phone, and list everything that is wrong with it.

    What a page says is often the same for several people: it is judged once, and the frame around it once for each of them.
    """
    answer = page.goto(site.address + address)
    faults = [] if answer is not None and answer.status < 400 else [f"status {answer.status if answer else '-'}"]
    main, frame = page.evaluate(PARTS)
    parts = {digest("", main), digest(email, frame)}
    known = familiar.holds(parts)
    if not known:
        page.evaluate("withAxe()")
    for width in from_here(page):
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{width} px: {fault}" for fault in (overflow(page) if known else overflow(page) + judged(page))]
    if not faults:
        familiar.add(parts)
    return faults


def from_here(page: Page) -> list[int]:
    """Both widths, the one the page has now first: laid out for it already."""
    now = page.viewport_size
    return sorted(WIDTHS, key=lambda width: now is None or width != now["width"])


PARTS = """() => {
  const main = document.querySelector('main');
  const frame = document.documentElement.cloneNode(true);
  frame.querySelector('main')?.remove();
  frame.querySelectorAll('[href], [action]').forEach(one => { one.removeAttribute('href'); one.removeAttribute('action'); });
  return [main ? main.outerHTML : '', frame.outerHTML];
}"""


LOOKS = b"".join((ROOT / name).read_bytes() for name in ("static/app.css", "static/app.js")) + AXE.read_bytes()
"""What else decides how a page is judged."""
NEW_EACH_TIME = re.compile(r'value="[^"]{20,}"|content="[^"]{20,}"|<title>.*?</title>')
"""Tokens and keys."""


def digest(whose: str, part: str) -> str:
    """Of a part of a page without what is new each time."""
    return hashlib.sha256(b"\0".join((LOOKS, whose.encode(), NEW_EACH_TIME.sub("", part).encode()))).hexdigest()


def turned(all_pages: list[str], email: str) -> list[str]:
    """From another page on for each person, so that two processes seldom judge the same page at the same time."""
    first = PEOPLE.index(email) * len(all_pages) // len(PEOPLE)
    return all_pages[first:] + all_pages[:first]


@pytest.mark.browser
@pytest.mark.parametrize(
    "email",
    [pytest.param(email, marks=pytest.mark.xdist_group(f"the pages of {email}")) for email in PEOPLE],
    ids=lambda email: re.split(r"[.@]", email)[0] or "stranger",
)
def test_every_page_is_accessible_quiet_and_fits(site: Site, browser: Browser, familiar: Familiar, email: str) -> None:
    context = browser.new_context(locale="ko-KR")
    context.add_init_script(AXE_AT_HAND)
    page = context.new_page()
    watch = Watch(page, site.address)
    if email:
        sign_in(page, site, email)
    found = {
        address: look(page, site, address, email, familiar) for address in turned(addresses(site.app, email), email)
    }
    faults = {address: wrong for address, wrong in found.items() if wrong}
    context.close()
    assert not faults
    assert not watch.faults
