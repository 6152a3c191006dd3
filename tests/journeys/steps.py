"""What people do again and again on their way through the pages: take a step, write a section, fill an office form."""

from typing import Any

from tests.browse import Page, Person


def act(person: Person, reference: str, action: str, **values: Any) -> Page:
    """Take a step the way the page offers it: through its own form."""
    page = person.get(f"/cases/{reference}/actions/{action}")
    assert page.status == 200, page.text
    done = person.submit(page, "", **values)
    assert "처리했습니다" in done.text, done.text[:1500]
    return done


def refused(person: Person, reference: str, action: str, **values: Any) -> str:
    """Try a step that is closed: what the page says about it."""
    page = person.get(f"/cases/{reference}/actions/{action}")
    forms = [form for form in page.forms() if (form.get("action") or page.address).endswith(action)]
    return person.submit(page, "", **values).text if forms else page.text


def write(person: Person, reference: str, form: str, section: str, **values: Any) -> Page:
    """A company writes one section of a form and goes on."""
    page = person.get(f"/portal/cases/{reference}/forms/{form}/{section}")
    assert page.status == 200, page.text
    done = person.submit(page, "", button=("go", "next"), **values)
    assert done.status == 200, done.text[:1500]
    return done


def fill(person: Person, reference: str, form: str, **values: Any) -> Page:
    """Somebody at the foundation fills a form of a case."""
    page = person.get(f"/staff/cases/{reference}/forms/{form}")
    assert page.status == 200, page.text
    done = person.submit(page, "", **values)
    assert "저장했습니다" in done.text, done.text[:1500]
    return done
