"""What is looked for on a page in a browser: accessibility by axe, overflow, the console, requests that leave the house."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js"
WIDTHS = (1440, 390)
AXE_AT_HAND = f"window.withAxe = () => {{ {AXE.read_text(encoding='utf-8')}\n; window.axe = axe; }}"
"""For the start of every page: axe is there once ``withAxe`` is called, without being sent again."""


class Watch:
    """What a page must not do: write to the console, or ask anybody but us."""

    def __init__(self, page: Page, home: str) -> None:
        self.faults: list[str] = []
        page.on("console", lambda message: self.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on(
            "request",
            lambda request: None if request.url.startswith((home, "data:")) else self.faults.append(request.url),
        )


def overflow(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"overflows by {wide}px"] if wide > 0 else []


def judged(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is laid out now."""
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"axe {one['id']} ({len(one['nodes'])}): " + "; ".join(node["html"][:120] for node in one["nodes"][:2])
        for one in found["violations"]
    ]


def seen(page: Page) -> list[str]:
    """What is wrong with the page as it is laid out now; axe is there already."""
    return overflow(page) + judged(page)
