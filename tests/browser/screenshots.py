"""The README's pictures, taken from a fresh demo: python -m tests.browser.screenshots FOLDER."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.site import Site, chromium, serving, sign_in

STAFF = "hq_staff.hq@demo.example"
APPLICANT = "applicant.nanomeditech@demo.example"


def queue(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/?box=all")


def case(page: Page, site: Site) -> None:
    """A case that waits for its decision."""
    page.goto(f"{site.address}/staff/?box=all")
    page.locator("tr", has_text="심의·확정").locator("a").first.click()


def application(page: Page, site: Site) -> None:
    """The budget of the newest application this company is writing."""
    page.goto(f"{site.address}/portal/")
    page.locator("main a[href*='/portal/cases/']").first.click()
    page.locator("main a[href*='/forms/']", has_text="사업비").first.click()


PICTURES = {
    "queue": (STAFF, queue),
    "case": ("approver.hq@demo.example", case),
    "application": (APPLICANT, application),
}


def take(browser: Browser, site: Site, folder: Path) -> None:
    """Every picture, as its owner sees the first screen."""
    for name, (email, find) in PICTURES.items():
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ko-KR")
        page = context.new_page()
        sign_in(page, site, email)
        find(page, site)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png")
        context.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, serving(Path(scratch)) as running, chromium() as opened:
        take(opened, running, target)
