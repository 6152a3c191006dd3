"""The jobs of large imports: checking a file and booking it, with progress, by the rights its person has now."""

from backoffice.access.actors import Actor
from backoffice.accounts import queries as accounts
from backoffice.core import audit
from backoffice.core.db import db
from backoffice.core.errors import Conflict, Forbidden, Refused
from backoffice.imports import booking, checking, services
from backoffice.jobs.work import Work
from backoffice.outcomes.models import Import


def check(work: Work) -> None:
    """Check the import of payload ``{"import": id, "actor": id}``."""
    row = db.session.get_one(Import, work.payload["import"])
    work.total = row.sheet["total"]

    def progress(done: int) -> None:
        work.done = min(done, work.total)

    checking.run(row.id, _person(work), files=work.files, writing=work.writing, progress=progress)


def book(work: Work) -> None:
    """Book the import of payload ``{"import": id, "actor": id}``; what keeps it from being booked stays on it."""
    person = _person(work)
    try:
        with work.writing():
            row = db.session.get_one(Import, work.payload["import"])
            if row.status == "booking":
                work.done = work.total = booking.book(row, person)
                audit.record(audit.Visit(person.user_id, "job"), "import:book", about=row.name)
    except (Refused, Conflict) as kept:
        with work.writing():
            services.stop_booking(db.session.get_one(Import, work.payload["import"]), kept.sentence.ko)


def _person(work: Work) -> Actor:
    """Whoever asked for it, with the roles that hold today. Raises Forbidden for a closed account."""
    found = accounts.actor(work.payload["actor"])
    if found is None:
        raise Forbidden
    return found
