"""In which layout a page about one's account stands: with the side bar of the office, or calm."""

from flask import g

from backoffice.access.permissions import Permission, may


def layout() -> str:
    office = may(g.actor, Permission.CASE_READ) and not g.company_side
    return "layouts/staff.html" if office else "layouts/calm.html"
