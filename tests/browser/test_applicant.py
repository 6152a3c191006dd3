"""What an applicant's browser does: nothing typed is ever lost, and nothing is sent or overwritten by accident."""

import re
import time

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import PASSWORD, Site, sign_in
from tests.browser.writing import (
    APPLICANT,
    address,
    colleague,
    draft,
    is_saved,
    other_tab,
    person,
    says,
    session_ends,
    sign_in_again,
    stored,
)

pytestmark = pytest.mark.browser
SUMMARY = "혈액 한 방울로 감염성 질환을 판별하는 센서의 사업화를 함께 기획합니다."


def test_each_field_is_saved_by_itself_within_a_second_of_rest_however_unfinished(site: Site, browser: Browser) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "overview"))
        page.get_by_label("과제명").fill("짧은")
        begun = time.monotonic()
        is_saved(page)
        assert time.monotonic() - begun < 1.5
        assert re.fullmatch(r"\d\d:\d\d:\d\d 자동 저장됨", page.locator("[data-saved]").inner_text())
        assert stored(site, reference, "title") == "짧은"
        page.goto(address(site, reference, "budget"))
        page.get_by_label("신청 금액").fill("오천만쯤")
        is_saved(page)
    assert stored(site, reference, "requested") == {"unread": "오천만쯤"}


def test_choices_ticks_and_whole_grids_are_saved_by_themselves_too(site: Site, browser: Browser) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "consent"))
        page.get_by_label("개인정보 수집·이용").check()
        is_saved(page)
        assert stored(site, reference, "consent_personal") is True
        page.get_by_label("개인정보 수집·이용").uncheck()
        is_saved(page)
        assert stored(site, reference, "consent_personal") is None
        page.goto(address(site, reference, "budget"))
        page.locator("[name=budget-0-item]").fill("기획 회의")
        page.locator("[name=budget-0-grant]").fill("４８，０００")
        page.locator("[name=budget-0-category]").select_option("activity")
        is_saved(page)
    assert stored(site, reference, "budget") == [
        {"category": "activity", "item": "기획 회의", "grant": 48_000_000, "own": None}
    ]


def test_a_session_that_ended_loses_no_text_and_is_renewed_without_leaving_the_page(
    site: Site, browser: Browser
) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "overview"))
        session_ends(page)
        page.get_by_label("과제 요약").fill(SUMMARY)
        says(page, "이 기기에 보관 중")
        sign_in_again(page)
        is_saved(page)
        page.get_by_label("필요성").fill("다음 글도 그대로 저장됩니다.")
        is_saved(page)
    assert stored(site, reference, "summary") == SUMMARY
    assert stored(site, reference, "need") == "다음 글도 그대로 저장됩니다."


def test_text_typed_after_the_session_ended_is_back_after_a_reload_and_says_so(site: Site, browser: Browser) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "overview"))
        session_ends(page)
        page.get_by_label("과제 요약").fill(SUMMARY)
        says(page, "이 기기에 보관 중")
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(address(site, reference, "overview"))
        page.fill("input[name=email]", APPLICANT)
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button")
        expect(page.get_by_text("보관해 두었던 내용을 되살렸습니다")).to_be_visible()
        expect(page.get_by_label("과제 요약")).to_have_value(SUMMARY)
        is_saved(page)
    assert stored(site, reference, "summary") == SUMMARY


def test_offline_text_is_kept_on_the_device_and_saved_when_the_connection_returns(site: Site, browser: Browser) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "overview"))
        page.context.set_offline(True)
        page.get_by_label("과제 요약").fill(SUMMARY)
        says(page, "오프라인 - 이 기기에 보관 중")
        page.context.set_offline(False)
        is_saved(page)
    assert stored(site, reference, "summary") == SUMMARY


def test_kept_text_never_appears_for_another_person_and_is_gone_after_signing_out(site: Site, browser: Browser) -> None:
    reference = draft(site)
    url = address(site, reference, "overview")
    with person(browser, site) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(url)
        session_ends(page)
        page.get_by_label("과제 요약").fill(SUMMARY)
        says(page, "이 기기에 보관 중")
        sign_in(page, site, colleague(site))
        page.goto(url)
        expect(page.get_by_label("과제 요약")).to_have_value("")
        session_ends(page)
        sign_in(page, site, APPLICANT)
        assert page.evaluate("Object.keys(localStorage).length") == 1
        page.get_by_role("button", name="나가기", exact=True).click()
        page.wait_for_url(f"{site.address}/")
        assert page.evaluate("localStorage.length") == 0
    assert stored(site, reference, "summary") is None


def test_leaving_is_questioned_only_while_something_is_unsaved(site: Site, browser: Browser) -> None:
    reference = draft(site)
    asked: list[str] = []
    with person(browser, site) as page:
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto(address(site, reference, "overview"))
        page.get_by_label("과제명").fill("나노입자 바이오센서 기획")
        is_saved(page)
        page.goto(address(site, reference, "overview"))
        assert asked == []
        page.context.set_offline(True)
        page.get_by_label("과제명").fill("나노입자 바이오센서 공동 기획")
        says(page, "오프라인")
        with page.expect_event("dialog"):
            page.evaluate("location.href = '/portal/'")
    assert asked == ["beforeunload"]


def test_two_tabs_show_both_texts_and_nothing_is_overwritten_before_one_is_chosen(site: Site, browser: Browser) -> None:
    reference = draft(site)
    url = address(site, reference, "overview")
    with person(browser, site) as page:
        page.goto(url)
        second = other_tab(page.context, url)
        page.get_by_label("과제명").fill("첫째 창에서 쓴 과제 이름")
        is_saved(page)
        second.get_by_label("과제명").fill("둘째 창에서 쓴 과제 이름")
        says(second, "1개 항목은 어느 내용을 쓸지")
        clash = second.locator("[data-clash]")
        expect(clash).to_contain_text("첫째 창에서 쓴 과제 이름")
        expect(clash).to_contain_text("둘째 창에서 쓴 과제 이름")
        assert stored(site, reference, "title") == "첫째 창에서 쓴 과제 이름"
        clash.get_by_role("button", name="내 것으로 저장").click()
        is_saved(second)
        assert stored(site, reference, "title") == "둘째 창에서 쓴 과제 이름"
        page.get_by_label("과제명").fill("첫째 창의 다음 글")
        page.locator("[data-clash]").get_by_role("button", name="저장된 내용 쓰기").click()
        expect(page.get_by_label("과제명")).to_have_value("둘째 창에서 쓴 과제 이름")
        second.get_by_label("필요성").fill("다른 항목은 서로 부딪치지 않습니다.")
        is_saved(second)
    assert stored(site, reference, "title") == "둘째 창에서 쓴 과제 이름"


def test_enter_ends_a_syllable_and_never_sends_the_long_form(site: Site, browser: Browser) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "overview"))
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.is_navigation_request() else None)
        page.get_by_label("과제명").focus()
        keys = page.context.new_cdp_session(page)
        keys.send("Input.imeSetComposition", {"text": "한", "selectionStart": 1, "selectionEnd": 1})
        keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
        keys.send("Input.insertText", {"text": "한"})
        page.keyboard.press("Enter")
        expect(page.get_by_label("과제명")).to_have_value("한")
        is_saved(page)
        assert sent == []
