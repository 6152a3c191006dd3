"""What a reviewer's browser does with a sheet."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site
from tests.browser.writing import is_saved, other_tab, person, says, session_ends, sign_in_again

pytestmark = pytest.mark.browser
REVIEWER = "reviewer3.hq@demo.example"
OPINION = "혈액 센서의 시장 분석이 구체적입니다."


def open_sheet(page: Page, site: Site) -> None:
    """The first file that is still to be scored, declared free of conflict."""
    page.goto(f"{site.address}/reviewer/")
    page.locator("main h3 a").first.click()
    declare = page.get_by_role("button", name="이해관계가 없음을 확인합니다")
    if declare.count():
        declare.click()
    expect(page.locator("[data-saved]")).to_be_attached()


def test_scores_and_opinion_are_saved_by_themselves_and_summed_up(site: Site, browser: Browser) -> None:
    with person(browser, site, REVIEWER) as page:
        open_sheet(page, site)
        scores = page.locator("[data-score]")
        for place in range(scores.count()):
            scores.nth(place).fill("20")
        page.get_by_label("평가의견").fill(OPINION)
        is_saved(page)
        expect(page.locator("[data-score-total]")).to_have_text(str(20 * scores.count()))
        page.reload()
        assert page.get_by_label("평가의견").input_value() == OPINION
        assert [scores.nth(place).input_value() for place in range(scores.count())] == ["20"] * scores.count()


def test_an_opinion_outlives_the_end_of_the_session(site: Site, browser: Browser) -> None:
    with person(browser, site, REVIEWER, width=390) as page:
        open_sheet(page, site)
        session_ends(page)
        page.get_by_label("평가의견").fill(f"{OPINION} 집에서 이어 씁니다.")
        says(page, "이 기기에 보관 중")
        sign_in_again(page)
        is_saved(page)
        page.reload()
        assert page.get_by_label("평가의견").input_value().endswith("집에서 이어 씁니다.")


def test_two_windows_show_both_opinions_before_one_replaces_the_other(site: Site, browser: Browser) -> None:
    with person(browser, site, REVIEWER) as page:
        open_sheet(page, site)
        other = other_tab(page.context, page.url)
        other.get_by_label("평가의견").fill("다른 창의 의견입니다.")
        is_saved(other)
        page.get_by_label("평가의견").fill("이 창의 의견입니다.")
        clash = page.locator("[data-clash]")
        expect(clash).to_contain_text("다른 창의 의견입니다.")
        clash.get_by_role("button", name="내 것으로 저장").click()
        is_saved(page)
        page.reload()
        assert page.get_by_label("평가의견").input_value() == "이 창의 의견입니다."
