"""The pages around the API: a token and a secret are shown once, and both pages are accessible and fit."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looking import AXE, WIDTHS, Watch, seen
from tests.browser.site import Site, sign_in

PICTURES = os.environ.get("PICTURES", "")
"""A folder for pictures of what was looked at; none unless somebody wants them."""


def fits(page: Page, name: str) -> list[str]:
    """What is wrong with the page as it stands, at the desk and on the phone."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{name} {width} px: {fault}" for fault in seen(page)]
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    return faults


@pytest.mark.browser
@pytest.mark.parametrize("email", ["admin.hq@demo.example", "applicant.nanomeditech@demo.example"])
def test_a_token_is_made_seen_once_and_revoked(site: Site, browser: Browser, email: str) -> None:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    watch = Watch(page, site.address)
    sign_in(page, site, email)
    page.click(".who a[href='/account/']")
    page.click("main a[href='/account/tokens/']")
    faults = fits(page, "tokens-empty")
    page.click("main form button")
    assert "이름을 1~80자로" in page.inner_text("#errors")
    faults += fits(page, "tokens-wrong")
    page.fill("#name", "통계 연계")
    page.click("main form .pri")
    assert re.fullmatch(r"ieum_[\w-]{43}", page.inner_text("#secret"))
    faults += fits(page, "tokens-made")
    page.goto(f"{site.address}/account/tokens/")
    assert page.locator("#secret").count() == 0
    page.click("main table button")
    assert "폐기했습니다" in page.inner_text("main")
    context.close()
    assert not faults
    assert not [fault for fault in watch.faults if "422" not in fault]


@pytest.mark.browser
def test_an_administrator_subscribes_a_system_and_sees_its_secret_once(site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    watch = Watch(page, site.address)
    sign_in(page, site, "admin.hq@demo.example")
    page.click(".side a[href='/admin/webhooks/']")
    faults = fits(page, "webhooks")
    page.fill("#name", "통계시스템")
    page.fill("#url", "http://127.0.0.1:9/ieum")
    page.click("main form .pri")
    assert re.fullmatch(r"whsec_[\w-]{43}", page.inner_text("#secret"))
    faults += fits(page, "webhook")
    page.click("text=멈추기")
    assert "더 보내지 않습니다" in page.inner_text("main")
    context.close()
    assert not faults
    assert not watch.faults
