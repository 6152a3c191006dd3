"""What an applicant's browser does: nothing typed is ever lost, and nothing is sent or overwritten by accident."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import PASSWORD, Site, sign_in
from tests.browser.writing import (
    APPLICANT,
    address,
    attached,
    colleague,
    draft,
    faults,
    is_saved,
    other_tab,
    paste,
    person,
    says,
    session_ends,
    sign_in_again,
    stored,
)
from tests.make import PDF

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


BLOCK = (
    "인건비\t기획 인력\t４８，０００\t5,000천원\r\n"
    '연구활동비\t"회의비\n(3회)"\t₩12,000,000\t(3,000)\r\n'
    "없는비목\t자문\t1,234,567원\t4억 5,350만\r\n"
)


def test_a_block_from_a_spreadsheet_is_looked_at_filled_and_taken_back(site: Site, browser: Browser) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "budget"))
        page.locator("[name=budget-0-item]").fill("먼저 있던 내역")
        is_saved(page)
        paste(page.locator("[name=budget-0-category]"), BLOCK)
        preview = page.get_by_role("dialog")
        expect(preview).to_contain_text("9칸을 채웁니다. 3칸은 채우지 않습니다")
        for why in ("음수는 적을 수 없습니다", "천원 단위로 떨어지지 않습니다", "목록에 없는 값입니다"):
            expect(preview).to_contain_text(why)
        assert faults(page) == []
        preview.get_by_role("button", name="표에 채우기").click()
        expect(page.locator("[data-total-of=budget]")).to_have_text("60,000")
        expect(page.locator("[data-total-reading]")).to_have_text("6,000만 원")
        is_saved(page)
        rows = stored(site, reference, "budget")
        assert rows[:2] == [
            {"category": "personnel", "item": "기획 인력", "grant": 48_000_000, "own": 5_000_000},
            {"category": "activity", "item": "회의비 (3회)", "grant": 12_000_000, "own": None},
        ]
        assert rows[2] == {"category": None, "item": "자문", "grant": None, "own": 453_500_000}
        page.get_by_role("button", name="붙여넣기 되돌리기").click()
        is_saved(page)
        expect(page.locator("[name=budget-0-item]")).to_have_value("먼저 있던 내역")
    assert stored(site, reference, "budget") == [
        {"category": None, "item": "먼저 있던 내역", "grant": None, "own": None}
    ]


def test_a_pasted_block_may_begin_with_the_names_of_its_columns_and_be_counted_in_won(
    site: Site, browser: Browser
) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "budget"))
        paste(page.locator("[name=budget-0-category]"), "내역\t비목\t지원금\n시제품\t연구재료비\t7000000\n")
        page.get_by_label("단위를 적지 않은 금액은").select_option(label="원")
        page.get_by_role("button", name="표에 채우기").click()
        is_saved(page)
    assert stored(site, reference, "budget") == [
        {"category": "material", "item": "시제품", "grant": 7_000_000, "own": None}
    ]


def test_rows_come_and_go_without_a_reload_and_the_total_is_held_against_the_ceiling(
    site: Site, browser: Browser
) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "budget"))
        before = page.locator("[data-grid=budget] tbody tr").count()
        page.get_by_role("button", name="줄 추가").click()
        expect(page.locator("[data-grid=budget] tbody tr")).to_have_count(before + 1)
        page.locator(f"[name=budget-{before}-grant]").fill("40,000")
        expect(page.locator(f"[data-reading-for=budget-{before}-grant]")).to_have_text("4,000만 원")
        page.locator("[name=budget-0-grant]").fill("9,999,999")
        expect(page.locator("[data-total-said]")).to_contain_text("넘습니다")
        page.get_by_label("신청 금액").fill("50,000")
        page.locator("[name=budget-0-grant]").fill("10,000")
        expect(page.locator("[data-total-said]")).to_contain_text("신청 금액과 같습니다")
        page.locator("[data-grid=budget] tbody tr").first.get_by_role("button", name="빼기").click()
        expect(page.locator("[data-total-said]")).to_contain_text("1,000만 원 적습니다")
        is_saved(page)
        assert [row["grant"] for row in stored(site, reference, "budget")] == [40_000_000]
        page.set_viewport_size({"width": 390, "height": 900})
        assert faults(page) == []


def test_files_are_sent_at_once_refused_with_a_reason_and_tried_again_after_a_cut(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    reference = draft(site)
    plan, picture, fake = tmp_path / "공동기획 계획서.pdf", tmp_path / "그림.exe", tmp_path / "가짜.pdf"
    plan.write_bytes(PDF)
    picture.write_bytes(b"MZ")
    fake.write_bytes(b"MZ\x90\x00" + b"0" * 100)
    with person(browser, site) as page:
        page.goto(address(site, reference, "attachments"))
        box = page.locator("[data-upload*=plan_file]")
        chooser = box.locator("input[type=file]")
        chooser.set_input_files(picture)
        expect(box).to_contain_text("그림.exe 받을 수 없는 형식입니다. PDF")
        chooser.set_input_files(fake)
        expect(box).to_contain_text("'가짜.pdf'은(는) 받을 수 없는 형식입니다")
        page.context.set_offline(True)
        chooser.set_input_files(plan)
        expect(box).to_contain_text("올리지 못했습니다")
        page.context.set_offline(False)
        box.get_by_role("button", name="다시 올리기").click()
        expect(box.get_by_role("link", name="공동기획 계획서.pdf")).to_be_visible()
        assert [item.name for item in attached(site, reference)] == ["공동기획 계획서.pdf"]
        assert faults(page) == []
        box.get_by_role("button", name="빼기").click()
        expect(page.get_by_text("뺐습니다")).to_be_visible()
    assert attached(site, reference) == []


def test_a_pdf_is_looked_into_in_a_frame_that_reaches_nothing(site: Site, browser: Browser, tmp_path: Path) -> None:
    reference = draft(site)
    plan = tmp_path / "계획서.pdf"
    plan.write_bytes(PDF)
    with person(browser, site) as page:
        page.goto(address(site, reference, "attachments"))
        page.locator("[data-upload*=plan_file] input[type=file]").set_input_files(plan)
        frame = page.locator("details.look iframe")
        with page.expect_response(re.compile("/preview$")):
            page.locator("details.look summary").click()
        expect(frame).to_be_visible()
        headers = page.request.get(f"{site.address}{frame.get_attribute('src')}").headers
        assert headers["content-type"] == "application/pdf"
        assert headers["content-disposition"] == "inline"
        assert headers["content-security-policy"] == "sandbox; default-src 'none'; frame-ancestors 'self'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
