"""The staff desk in a real browser: views, keyboard, walking, bulk, undo, reasons, map and deadlines."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.looking import AXE, WIDTHS, seen
from tests.browser.site import Site, sign_in

pytestmark = pytest.mark.browser

HQ, ZONE, APPROVER = "hq_staff.hq@demo.example", "zone_staff.gimhae@demo.example", "approver.hq@demo.example"


@pytest.fixture(scope="module")
def hq(site: Site, browser: Browser) -> Iterator[BrowserContext]:
    """Headquarters staff, signed in once."""
    context = browser.new_context(locale="ko-KR", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    sign_in(page, site, HQ)
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(hq: BrowserContext, site: Site) -> Iterator[Page]:
    opened = hq.new_page()
    opened.set_default_timeout(8000)
    opened.goto(f"{site.address}/staff/?box=all")
    yield opened
    opened.close()


def faults(page: Page) -> list[str]:
    """What is wrong with the present page in both widths."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{page.url} {width} px: {fault}" for fault in seen(page)]
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def references(page: Page) -> list[str]:
    return [cell.inner_text().split()[0] for cell in page.locator("table.q tbody td.id").all()]


# ---- 14: the address is the list


def test_a_filter_lives_in_the_address_and_can_be_kept_as_a_view(page: Page, site: Site) -> None:
    page.select_option("#program", label="공동 R&BD 기획 지원")
    page.select_option("#sort", "amount")
    page.click("#filter button")
    asked = parse_qs(urlparse(page.url).query)
    assert (asked["program"], asked["sort"]) == (["joint_rbd_planning"], ["amount"])
    page.select_option("#state", "screening")
    page.click("#filter button")
    expect(page.locator("tbody .st").first).to_have_text("사전검토")
    assert set(page.locator("tbody .st").all_inner_texts()) == {"사전검토"}
    page.click("text=이 조건을 보기로 저장")
    page.fill("#name", "사전검토 큰 건부터")
    page.click(".pop button")
    expect(page.locator("h1")).to_have_text("사전검토 큰 건부터")
    page.click(".chips >> text=전체")
    page.click("nav[aria-label='저장한 보기'] >> text=사전검토 큰 건부터")
    assert set(page.locator("tbody .st").all_inner_texts()) == {"사전검토"}
    page.click("text=보기 관리")
    assert faults(page) == []
    page.click("text=지우기")
    expect(page.locator(".empty")).to_contain_text("아직 저장한 보기가 없습니다")


def test_the_link_of_a_list_is_copied(page: Page, hq: BrowserContext, site: Site) -> None:
    hq.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site.address}/staff/?box=overdue&sort=title&page=1")
    page.click("text=링크 복사")
    expect(page.locator("[data-copy-said]")).to_have_text("링크를 복사했습니다.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.address}/staff/?box=overdue&sort=title"


def test_on_a_phone_the_filters_fold_and_on_a_desk_they_lie_open(page: Page) -> None:
    expect(page.locator("#zone")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#zone")).not_to_be_visible()
    page.click("details.filters > summary")
    expect(page.locator("#zone")).to_be_visible()
    assert faults(page) == []


# ---- 6: the keyboard


def test_the_queue_is_worked_by_keyboard(page: Page) -> None:
    page.locator("main").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("table.q tbody tr").nth(1)
    expect(second.locator("a.co")).to_be_focused()
    page.keyboard.press("x")
    expect(second.locator("input")).to_be_checked()
    expect(page.locator("[data-chosen]")).to_have_text("1건 고름")
    page.keyboard.press("k")
    expect(page.locator("table.q tbody a.co").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("jx?/")
    expect(page.locator("#search")).to_have_value("jx?/")
    page.locator("table.q tbody a.co").first.focus()
    wanted = references(page)[0]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/cases/{wanted}?**")


def test_a_korean_layout_moves_as_well_and_composing_moves_nothing(page: Page) -> None:
    press = "(more) => document.querySelector('main').dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, code: 'KeyJ', key: 'ㅓ', ...more}))"
    page.evaluate(press, {"isComposing": True})
    expect(page.locator("table.q tbody a.co").first).not_to_be_focused()
    page.evaluate(press, {})
    expect(page.locator("table.q tbody a.co").first).to_be_focused()


def test_a_question_mark_shows_the_keys_unless_they_are_switched_off(page: Page) -> None:
    page.locator("main").focus()
    page.keyboard.press("Shift+Slash")
    expect(page.locator("#keys")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
    page.evaluate("document.body.dataset.shortcuts = 'off'")
    page.keyboard.press("Shift+Slash")
    page.keyboard.press("j")
    expect(page.locator("#keys")).not_to_be_visible()
    expect(page.locator("table.q tbody a.co").first).not_to_be_focused()
    expect(page.locator("p.keys")).not_to_be_visible()


def test_a_touch_screen_shows_no_keys(site: Site, browser: Browser) -> None:
    context = browser.new_context(
        locale="ko-KR", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    phone = context.new_page()
    sign_in(phone, site, ZONE)
    phone.goto(f"{site.address}/staff/?box=all")
    expect(phone.locator("p.keys")).to_have_count(1)
    expect(phone.locator("p.keys")).not_to_be_visible()
    context.close()


# ---- 15: walking through a list


def test_next_and_previous_stay_inside_the_filtered_list_to_its_end(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=overdue&sort=reference")
    wanted = references(page)
    page.locator("table.q tbody a.co").first.click()
    walked = []
    for _ in wanted:
        walked.append(urlparse(page.url).path.rpartition("/")[2])
        page.click("[data-walk=next]")
    assert walked == wanted
    expect(page.locator(".flash")).to_have_text("이 목록의 마지막 건입니다.")
    assert "box=overdue" in page.url
    page.locator("table.q tbody a.co").nth(1).click()
    page.locator("main").focus()
    page.keyboard.press("k")
    page.wait_for_url(f"**/staff/cases/{wanted[0]}?**")


def test_after_an_action_next_is_the_case_that_came_next_and_undo_counts_down(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=all&program=joint_rbd_planning&state=selected&sort=reference")
    wanted = references(page)
    assert len(wanted) >= 2
    page.locator("table.q tbody a.co").first.click()
    page.click(".act button:has-text('협약 개시')")
    bar = page.locator("form.undo")
    expect(bar).to_contain_text("협약 개시")
    expect(bar.locator("[data-clock]")).to_have_text("9:58", timeout=4000)
    assert faults(page) == []
    bar.locator("button").click()
    expect(page.locator(".flash")).to_contain_text("되돌렸습니다")
    expect(page.locator("form.undo")).to_have_count(0)
    page.click(".act button:has-text('협약 개시')")
    page.click("[data-walk=next]")
    assert urlparse(page.url).path.endswith(wanted[1])
    page.go_back()
    page.locator("form.undo button").click()


def test_undo_works_without_script(site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="ko-KR", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, HQ)
    page.goto(f"{site.address}/staff/?box=all&program=joint_rbd_planning&state=selected")
    page.locator("table.q tbody a.co").first.click()
    page.click(".act button:has-text('협약 개시')")
    expect(page.locator("form.undo")).to_contain_text("까지 되돌릴 수 있고")
    page.click("form.undo button")
    expect(page.locator(".flash")).to_contain_text("되돌렸습니다")
    context.close()


# ---- 8, 9: many at once


def test_a_bulk_step_previews_every_case_and_tells_the_result_of_each(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=all&program=joint_rbd_planning&sort=reference&state=selected")
    all_ready = references(page)
    ready = all_ready[0]
    page.goto(f"{site.address}/staff/?box=all&program=joint_rbd_planning&sort=reference&stage=selection")
    other = next(name for name in references(page) if name not in all_ready)
    for name in (ready, other):
        page.check(f"input[value='{name}']")
    page.select_option("#step", "joint_rbd_planning:open_agreement")
    page.click("text=일괄 처리 미리 보기")
    expect(page.locator("main")).to_contain_text("2건 가운데")
    expect(page.locator("main")).to_contain_text(ready)
    expect(page.locator("main")).to_contain_text(other)
    assert faults(page) == []
    page.click(".save button")
    expect(page.locator("main")).to_contain_text("처리됨")
    assert faults(page) == []
    page.locator("form.undo button").click()
    expect(page.locator("p[role=status]")).to_contain_text("되돌림")


def test_all_of_the_filter_means_every_page_of_it_and_no_hidden_row(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=all&program=joint_rbd_planning&sort=newest")
    number = page.locator("label[for=all]").inner_text().split("의 ")[1].split("건")[0]
    assert int(number) > 50
    page.check("#all")
    expect(page.locator("[data-chosen]")).to_have_text(f"조건의 {number}건 모두 고름")
    expect(page.locator("td.tick input").first).to_be_disabled()
    offered = page.locator("#step option").evaluate_all("all => all.map(one => one.value)")
    assert "joint_rbd_planning:open_agreement" in offered
    page.select_option("#step", "joint_rbd_planning:open_agreement")
    page.click("text=일괄 처리 미리 보기")
    expect(page.locator("main")).to_contain_text(f"{number}건 가운데")


def test_cases_are_handed_to_a_colleague_with_a_reason(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=unassigned&sort=reference")
    name = references(page)[0]
    page.check(f"input[value='{name}']")
    page.click("text=담당 배정·인계")
    page.select_option("#handler", label="김서연")
    page.fill("#reason", "담당을 새로 정합니다.")
    assert faults(page) == []
    page.click("text=넘길 수 있는지 보기")
    page.click(".save button")
    expect(page.locator("main")).to_contain_text("처리됨 1")
    page.click(f"main >> text={name}")
    expect(page.locator("#notes")).to_contain_text("담당을 새로 정합니다.")


# ---- 11, 12, 13: why not, the map, deadlines


def test_a_blocked_action_names_every_reason_who_unblocks_it_and_the_way(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=all&program=joint_rbd_planning&state=screening")
    page.locator("table.q tbody a.co").first.click()
    blocked = page.locator("details.no").first
    blocked.locator("summary").click()
    expect(blocked.locator("li.fail").first).to_be_visible()
    assert blocked.locator("li.fail").count() == int(blocked.locator("summary .small").inner_text().rsplit(" ", 1)[1])
    expect(page.locator("details.no li.fail a").first).to_have_attribute(
        "href", re.compile("#form-|#reviews|#money|#linked|#history")
    )
    expect(page.locator("details.no li.fail").filter(has_text="푸는 사람").first).to_be_attached()


def test_the_stages_of_a_case_lead_to_its_map_which_is_told_in_words_as_well(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=all&program=joint_rbd_planning&state=screening")
    page.locator("table.q tbody a.co").first.click()
    expect(page.locator(".stages [aria-current=step]")).to_contain_text("접수")
    page.click(".stages a[href='#process-map']")
    expect(page.locator("#process .map svg")).to_be_visible()
    page.click("#process summary:has-text('글로 보기')")
    now = page.locator("#process [aria-current=step]")
    expect(now).to_contain_text("사전검토")
    expect(now).to_contain_text("지금 단계")
    expect(page.locator("#process .path .done").first).to_contain_text("지나온 단계")


def test_deadlines_are_days_left_with_korean_time_and_overdue_ones_come_first(page: Page, site: Site) -> None:
    cells = page.locator("table.q tbody tr td:nth-child(4)").all_inner_texts()
    assert "지남" in cells[0]
    late = [index for index, text in enumerate(cells) if "지남" in text]
    assert late == list(range(len(late)))
    page.goto(f"{site.address}/staff/deadlines?due=later")
    first = page.locator("table.q tbody tr td:nth-child(3)").first.inner_text()
    assert re.search(r"D-\d+\s+20\d\d-\d\d-\d\d\([월화수목금토일]\) \d\d:\d\d, 근무일 \d+일", first), first


# ---- 16 and further: versions, calendar, record, calls, mails, overview, empty states, paper


def test_two_submissions_stand_side_by_side_with_only_what_changed(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/cases/2025-RBD-01-0016?from=box%3Dall")
    page.click("text=제출본 비교")
    rows = page.locator("table.compare tbody tr")
    expect(rows.first).to_be_visible()
    assert rows.count() < 12
    for row in rows.all():
        old, new = row.locator("td.diff").all_inner_texts()
        assert old != new
    expect(page.locator("#asked")).to_contain_text("보완 요청")
    assert faults(page) == []


def test_the_calendar_shows_the_month_and_gives_an_address_once(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/calendar")
    expect(page.locator("a.dl").first).to_be_visible()
    page.click("text=지금 조건으로 구독 주소 만들기")
    address = page.locator("#feed").input_value()
    answer = page.request.get(address)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in answer.text()
    assert faults(page) == []
    page.click("text=끊기")
    assert page.request.get(address).status == 404


def test_the_record_of_a_company_spans_programs_and_years(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=all&q=오창디스플레이텍")
    page.locator("table.q tbody a.co").first.click()
    page.click("text=이 기업의 다른 건")
    expect(page.locator("#cases h2")).to_contain_text("참여한 건")
    expect(page.locator("#money")).to_be_visible()
    expect(page.locator("#people li").first).to_be_visible()
    assert faults(page) == []


def test_a_call_is_prepared_from_last_years(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/calls")
    page.locator("table.q tbody tr", has_text="2026-RBD-03").locator("a.co").click()
    assert faults(page) == []
    page.click("text=이 공고를 본떠 다음 해 공고 만들기")
    expect(page.locator("#title_ko")).to_have_value(re.compile("2027년"))
    expect(page.locator("#criterion-0-points")).not_to_have_value("")
    assert faults(page) == []


def test_the_mail_of_a_step_is_read_before_it_goes(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=all&program=joint_rbd_planning&state=screening")
    page.locator("table.q tbody a.co").first.click()
    page.locator(".act a.btn", has_text="부적격").first.click()
    expect(page.locator("#mails")).to_contain_text("받는 사람")
    page.locator("form textarea").first.fill("신청 자격을 갖추지 못하였습니다. 자세한 내용은 공고문을 참고해 주세요.")
    page.click("text=메일 미리 보기 >> visible=true")
    expect(page.locator("#mails .letter")).to_contain_text("신청 자격을 갖추지 못하였습니다")
    assert faults(page) == []


def test_every_mail_of_a_program_is_shown_on_a_real_case(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/mails?program=joint_rbd_planning")
    assert page.locator("pre.letter").count() > 10
    assert faults(page) == []


def test_the_overview_has_a_table_and_a_file_for_every_chart(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/overview")
    for section in page.locator("section.card:has(.chart)").all():
        expect(section.locator("table")).to_have_count(1)
        expect(section.locator("a", has_text="CSV")).to_have_count(1)
    assert faults(page) == []


def test_an_empty_list_says_why_and_offers_the_next_step(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=overdue&year=2019")
    expect(page.locator(".empty")).to_contain_text("이 조건에 맞는 건이 없습니다")
    expect(page.locator(".empty a", has_text="같은 조건으로 전체에서 찾기")).to_be_visible()
    assert faults(page) == []
    page.click("text=같은 조건으로 전체에서 찾기")
    expect(page.locator("table.q tbody tr").first).to_be_visible()


def test_on_paper_a_queue_is_its_table_and_a_case_its_content(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=all")
    page.emulate_media(media="print")
    for hidden in (".side", ".filters", "#bulk", ".keys", "td.tick >> nth=0"):
        expect(page.locator(hidden).first).not_to_be_visible()
    expect(page.locator("table.q tbody tr").first).to_be_visible()
    page.emulate_media(media="screen")
    page.locator("table.q tbody a.co").first.click()
    page.emulate_media(media="print")
    expect(page.locator(".walk")).not_to_be_visible()
    expect(page.locator("#history .tl li").first).to_be_visible()
    expect(page.locator("#process .path")).to_be_visible()
