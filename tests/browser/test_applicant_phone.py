"""An applicant with a phone, with large letters, or with a mistake on the page: everything can still be done."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site
from tests.browser.writing import address, attached, draft, faults, is_saved, person, small_targets
from tests.make import PDF

pytestmark = pytest.mark.browser


def looks_right(page: Page) -> None:
    assert faults(page) == []
    assert small_targets(page) == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (720, 450)], ids=["phone", "zoomed to 200 %"])
def test_from_the_call_to_the_last_look_everything_can_be_done(
    site: Site, browser: Browser, tmp_path: Path, width: int, height: int
) -> None:
    plan = tmp_path / "계획서.pdf"
    plan.write_bytes(PDF)
    with person(browser, site) as page:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{site.address}/")
        page.locator("main a[href*='/calls/2026-RBD']").first.click()
        page.get_by_role("link", name="신청 전 자격 확인").first.click()
        expect(page.get_by_text("진행 중인 건이 이미 있습니다")).to_be_visible()
        page.get_by_label("예").first.check()
        page.get_by_role("button", name="결과 보기").click()
        looks_right(page)
        page.get_by_role("button", name="신청서 작성").click()
        reference = page.url.rpartition("/")[2]
        page.goto(address(site, reference, "overview"))
        page.get_by_label("과제명").fill("전화기로 쓴 과제 이름입니다")
        is_saved(page)
        looks_right(page)
        page.goto(address(site, reference, "budget"))
        page.get_by_role("button", name="줄 추가").click()
        looks_right(page)
        page.goto(address(site, reference, "attachments"))
        page.locator("[data-upload*=plan_file] input[type=file]").set_input_files(plan)
        expect(page.get_by_role("link", name="계획서.pdf")).to_be_visible()
        looks_right(page)
        page.goto(f"{site.address}/portal/cases/{reference}/check")
        expect(page.get_by_text("제출 전에 확인할 것")).to_be_visible()
        looks_right(page)
    assert [one.name for one in attached(site, reference)] == ["계획서.pdf"]


def test_a_mistake_is_named_on_top_and_at_its_field_and_nothing_typed_or_sent_is_lost(
    site: Site, browser: Browser
) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "budget"))
        page.get_by_label("신청 금액").fill("오천만")
        page.locator("[name=budget-0-item]").fill("기획 회의")
        page.get_by_role("button", name="저장하고 다음").click()
        summary = page.locator("#errors")
        expect(summary).to_be_focused()
        assert page.title().startswith("오류:")
        expect(page.get_by_label("신청 금액")).to_have_value("오천만")
        expect(page.get_by_label("신청 금액")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("[name=budget-0-item]")).to_have_value("기획 회의")
        summary.get_by_role("link").first.click()
        assert faults(page) == []


def test_a_printed_section_shows_the_answers_without_buttons_and_windows(site: Site, browser: Browser) -> None:
    reference = draft(site)
    with person(browser, site) as page:
        page.goto(address(site, reference, "overview"))
        page.get_by_label("과제명").fill("인쇄해서 보는 과제 이름입니다")
        is_saved(page)
        page.emulate_media(media="print")
        expect(page.get_by_label("과제명")).to_be_visible()
        for hidden in (".save", ".skip", "header nav", "dialog#again", "dialog#paste"):
            expect(page.locator(hidden)).to_be_hidden()
