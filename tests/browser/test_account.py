"""One's own account in a real browser: enrolling an app by its picture, a security key, a forgotten password, the profile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from backoffice.accounts.models import User
from backoffice.accounts.passwords import hash_password
from backoffice.accounts.services import grant
from backoffice.core import clock
from backoffice.core.db import db, transaction
from tests.browser.site import PASSWORD, Site, sign_in
from tests.jobs.desk import mails, run_kinds
from workflows.roles import Role

AXE = Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js"
STAFF, KEYED, FORGETFUL, ADMIN = (f"{name}@own.example" for name in ("staff", "keyed", "forgetful", "admin"))
ROLES = {STAFF: Role.FINANCE, KEYED: Role.HQ_STAFF, FORGETFUL: Role.AUDITOR, ADMIN: Role.ADMIN}
WIDTHS = (1440, 390)


@pytest.fixture(scope="module", autouse=True)
def people(site: Site) -> None:
    """People of these tests only: the accounts of the demo are everybody's and stay as they are."""
    with site.app.app_context(), transaction():
        for email, role in ROLES.items():
            person = User(
                email=email, name=f"사람 {role}", phone="010-9876-5432", password_hash=hash_password(PASSWORD)
            )
            db.session.add(person)
            db.session.flush()
            grant(person.id, role)


@contextmanager
def browsing(browser: Browser) -> Iterator[tuple[BrowserContext, Page]]:
    """A browser of one's own; what it complains about in the console fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ko-KR")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield context, page
    context.close()
    assert not [text for text in complaints if "422" not in text]


def faultless(page: Page) -> None:
    """Nothing for axe to find and nothing wider than the screen, on a desk and on a phone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(AXE.read_text(encoding="utf-8") + "; 0") if not page.evaluate("'axe' in window") else None
        found = page.evaluate("axe.run().then(result => result.violations.map(v => v.id + ' ' + v.nodes[0].html))")
        assert found == [], (page.url, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_an_app_is_enrolled_from_its_picture_and_then_asked_for(site: Site, browser: Browser) -> None:
    with browsing(browser) as (_, page):
        sign_in(page, site, STAFF)
        page.goto(f"{site.address}/account/factors/new")
        faultless(page)
        page.click("text=인증 앱 등록")
        picture = page.locator("figure.qr svg")
        box = picture.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 150
        faultless(page)
        app = pyotp.TOTP(page.inner_text("code.key-text").replace(" ", ""))
        page.fill("#code", app.now())
        page.fill("#password", PASSWORD)
        page.click("main form button")
        expect(page.locator("ol.codes li")).to_have_count(10)
        faultless(page)
        with page.expect_download() as taken:
            page.click("text=파일로 내려받기")
        codes = Path(taken.value.path()).read_text(encoding="utf-8").split()
        assert codes == page.locator("ol.codes code").all_inner_texts()
        page.click("text=계속")
        expect(page.locator("#factors")).to_contain_text("인증 앱")
    with browsing(browser) as (_, page):
        sign_in(page, site, STAFF)
        assert page.url.endswith("/account/second-step")
        faultless(page)
        page.fill("#code", "000000")
        page.click("main form button")
        expect(page.locator("#errors")).to_contain_text("인증번호가 맞지 않습니다")
        page.fill("#code", app.at(int(clock.now().timestamp()) + 30))
        page.click("main form button")
        page.wait_for_url(re.compile("/staff/"))


def test_a_security_key_is_enrolled_and_signs_in(site: Site, browser: Browser) -> None:
    address = site.address.replace("127.0.0.1", "localhost")
    local = Site(address, site.app)
    with browsing(browser) as (context, page):
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "usb",
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        sign_in(page, local, KEYED)
        page.goto(f"{address}/account/factors/key")
        faultless(page)
        page.fill("#name", "사무실 열쇠")
        page.fill("#password", PASSWORD)
        page.click("main form button")
        expect(page.locator("ol.codes li")).to_have_count(10)
        page.click("text=계속")
        expect(page.locator("#factors")).to_contain_text("사무실 열쇠")
        page.click("text=나가기")
        sign_in(page, local, KEYED)
        assert page.url.endswith("/account/second-step")
        faultless(page)
        page.click("text=보안 키로 확인")
        page.wait_for_url(re.compile("/staff/"))


def test_a_forgotten_password_is_set_anew_through_the_mail(site: Site, browser: Browser) -> None:
    with browsing(browser) as (_, page):
        page.goto(f"{site.address}/sign-in")
        page.click("text=비밀번호를 잊으셨나요?")
        faultless(page)
        page.fill("#email", FORGETFUL)
        page.click("main form button")
        expect(page.locator("main [role=status].note")).to_contain_text("링크를 보냈습니다")
        faultless(page)
        run_kinds(site.app, "account_mail")
        text = next(mail.get_content() for mail in mails(site.app) if mail["To"] == FORGETFUL)
        found = re.search(rf"{re.escape(site.address)}/account/reset/\S+", text)
        assert found is not None
        page.goto(found[0])
        faultless(page)
        page.fill("#password", "짧다")
        page.fill("#again", "짧다")
        page.click("main form button")
        expect(page).to_have_title(re.compile("오류"))
        expect(page.locator("#errors")).to_be_focused()
        page.fill("#password", "푸른 바다의 작은 등대")
        page.fill("#again", "푸른 바다의 작은 등대")
        page.click("main form button")
        page.wait_for_url(re.compile("/sign-in"))
        page.fill("#email", FORGETFUL)
        page.fill("#password", "푸른 바다의 작은 등대")
        page.click("main form button")
        page.wait_for_url(re.compile("/staff/"))


@pytest.mark.parametrize("email", [ADMIN, "applicant.nanomeditech@demo.example"])
def test_the_profile_is_kept_and_faultless_for_office_and_company(site: Site, browser: Browser, email: str) -> None:
    with browsing(browser) as (_, page):
        sign_in(page, site, email)
        page.click(".who a")
        page.wait_for_url(re.compile("/account/"))
        faultless(page)
        page.fill("#phone", "010-2345-6789")
        page.uncheck("#news")
        page.click("text=저장")
        expect(page.locator(".flash")).to_contain_text("저장했습니다")
        assert page.input_value("#phone") == "010-2345-6789"
        assert not page.is_checked("#news")


def test_the_pages_of_administrators_are_faultless_and_masked(site: Site, browser: Browser) -> None:
    with site.app.app_context():
        user_id = db.session.scalar(select(User.id).where(User.email == STAFF))
        db.session.remove()
    with browsing(browser) as (_, page):
        sign_in(page, site, ADMIN)
        for address in (
            "people?role=zone_staff", f"people/{user_id}", "delegations", "jobs", "audit", "audit/reviews", "settings", "codes",
        ):  # fmt: skip
            page.goto(f"{site.address}/admin/{address}")
            faultless(page)
        page.goto(f"{site.address}/admin/people/{user_id}")
        expect(page.locator("main")).not_to_contain_text("9876")
        page.fill("#unmask-reason", "서류 확인 전화")
        page.click("text=가린 정보 보기")
        expect(page.locator("main")).to_contain_text("010-9876-5432")


def test_a_place_is_given_on_a_page_that_is_faultless(site: Site, browser: Browser) -> None:
    with browsing(browser) as (_, page):
        sign_in(page, site, "approver.hq@demo.example")
        page.goto(f"{site.address}/account/delegations")
        faultless(page)
        page.fill("#to", "nobody@own.example")
        page.click("main form.card button")
        expect(page.locator("#errors li")).to_have_count(1)
        assert page.input_value("#to") == "nobody@own.example"
