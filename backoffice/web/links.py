"""Which linked cases, such as an objection or a sanction, the reader of a case may open now."""

from backoffice.core import clock
from backoffice.engine import deadlines
from backoffice.web.case_page import CasePage
from workflows.definition import Link


def openable_links(page: CasePage) -> list[tuple[str, Link]]:
    """By role, state, number and time; each with its name in the definition."""
    taken = [line.row.workflow for line in page.linked]
    return [
        (name, link)
        for name, link in page.definition.links.items()
        if page.roles & set(link.opened_by)
        and page.row.state in link.while_in
        and taken.count(link.workflow) < link.limit
        and ((until := deadlines.link_until(link, page.subject)) is None or clock.now() <= until)
    ]
