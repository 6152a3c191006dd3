"""An applicant at a browser: a fresh draft in an open call, its sections, and what the page says about saving."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select

from backoffice.accounts.models import User
from backoffice.accounts.passwords import hash_password
from backoffice.accounts.queries import actor, by_email
from backoffice.accounts.services import grant
from backoffice.cases import queries as cases
from backoffice.cases.models import Attachment
from backoffice.cases.services import start_draft
from backoffice.core.db import db, transaction
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call
from backoffice.programs.queries import open_calls
from tests.browser.looking import AXE, seen
from tests.browser.site import PASSWORD, Site, sign_in
from workflows.roles import Role

APPLICANT = "applicant.nanomeditech@demo.example"
PLANNING = "joint_rbd_planning"


def draft(site: Site, email: str = APPLICANT) -> str:
    """The reference of a new draft in an open call of joint planning."""
    with site.app.app_context(), transaction():
        person = by_email(email)
        who = actor(person.id) if person else None
        assert who is not None
        house = db.session.get_one(Organization, min(who.organizations))
        call = next(call for call in open_calls() if call.workflow == PLANNING)
        engine = site.app.extensions["engine"]
        row = start_draft(engine, db.session.get_one(Call, call.id), house, who, key=uuid.uuid4().hex)
        return row.reference


def colleague(site: Site, email: str = APPLICANT) -> str:
    """The address of somebody else in the same company."""
    with site.app.app_context(), transaction():
        person = by_email(email)
        who = actor(person.id) if person else None
        assert who is not None
        found = User(
            email=f"{uuid.uuid4().hex[:12]}@demo.example", name="정동료", password_hash=hash_password(PASSWORD)
        )
        db.session.add(found)
        db.session.flush()
        grant(found.id, Role.APPLICANT, organization_id=min(who.organizations))
        return found.email


def session_ends(page: Page) -> None:
    """Once nothing is under way any more, for every answer renews the cookie."""
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()


def stored(site: Site, reference: str, field: str) -> Any:
    """The typed answer as the database holds it now."""
    with site.app.app_context():
        row = db.session.scalar(select(cases.Case).where(cases.Case.reference == reference))
        assert row is not None
        found = cases.answers(row.id, "application").get(field)
        db.session.remove()
        return found.value if found else None


def attached(site: Site, reference: str) -> list[Attachment]:
    """The files of the case as the database holds them now."""
    with site.app.app_context():
        row = db.session.scalar(select(cases.Case).where(cases.Case.reference == reference))
        assert row is not None
        found = cases.attachments(row.id)
        db.session.remove()
        return found


def address(site: Site, reference: str, code: str) -> str:
    return f"{site.address}/portal/cases/{reference}/forms/application/{code}"


@contextmanager
def person(browser: Browser, site: Site, email: str = APPLICANT, width: int = 1440) -> Iterator[Page]:
    """Somebody signed in, in a browser of their own."""
    context = browser.new_context(locale="ko-KR", viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, site, email)
    yield page
    context.close()


def says(page: Page, text: str) -> None:
    """Wait until the page says this about saving."""
    expect(page.locator("[data-saved]")).to_contain_text(text)


def is_saved(page: Page) -> None:
    """Wait until nothing is left to save."""
    expect(page.locator("[data-saved][data-state=saved]")).to_contain_text("자동 저장됨")


def sign_in_again(page: Page) -> None:
    """Through the window over the page."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("비밀번호").fill(PASSWORD)
    dialog.get_by_role("button", name="로그인하고 저장").click()
    expect(dialog).to_be_hidden()


def other_tab(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def paste(cell: Locator, text: str) -> None:
    """A block copied in a spreadsheet, pasted into this cell."""
    cell.evaluate(
        """(cell, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it is now: too wide, or hard to use for somebody."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return seen(page)


def small_targets(page: Page) -> list[str]:
    """Buttons and fields that are lower than a finger needs (44 px); boxes and circles carry their label with them."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main button, main .btn, main .in, main summary, main .choice")]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5 && !one.matches(".sr"))
            .map((one) => one.outerHTML.slice(0, 90))"""
    )
    return found
