"""``backoffice audit``: prove that no history was changed."""

import click
from sqlalchemy import or_, select

from backoffice.cases.models import Case
from backoffice.cli.output import Failure, Noun, say, say_and_fail
from backoffice.core.db import db
from backoffice.engine.chain import Break, verify
from backoffice.engine.spine import History

group = Noun("audit", help="Evidence.")


@group.command("verify")
@click.argument("reference", required=False)
def verify_histories(reference: str | None) -> None:
    """Check the hash chain of every history, or of one case."""
    checked, breaks = _verified(_present(reference) if reference else None)
    data = {
        "checked": checked,
        "valid": checked - len(breaks),
        "broken": [{"reference": one.reference, "revision": one.revision, "what": one.what} for one in breaks],
    }
    lines = [f"case {one.reference}: first bad revision {one.revision}: {one.what}" for one in breaks]
    answer = say_and_fail if breaks else say
    answer(data, [*lines, f"{checked - len(breaks)} histories valid"])


def _present(reference: str) -> str:
    """The present reference of a case, which may be asked for by its draft's."""
    query = select(Case.reference).where(or_(Case.reference == reference, Case.draft_reference == reference))
    found = db.session.scalar(query)
    if found is None:
        raise Failure(f"case {reference}: there is no such case")
    return found


def _verified(reference: str | None) -> tuple[int, list[Break]]:
    """How many histories were checked, and the first break of each broken one.

    A value so damaged that the driver cannot read it stops the fast way; then every case is looked at by itself.
    """
    try:
        return verify(db.session(), reference)
    except ValueError:
        db.session.rollback()
    references = [reference] if reference else list(db.session.scalars(select(Case.reference).order_by(Case.id)))
    found = [_break_of(one) for one in references]
    return len(references), [one for one in found if one is not None]


def _break_of(reference: str) -> Break | None:
    try:
        return next(iter(verify(db.session(), reference)[1]), None)
    except ValueError:
        db.session.rollback()
        return Break(reference, _unreadable(reference), "a value cannot be read")


def _unreadable(reference: str) -> int:
    """The first revision whose row cannot be read."""
    case_id = db.session.scalar(select(Case.id).where(Case.reference == reference))
    query = select(History.revision).where(History.case_id == case_id).order_by(History.revision)
    revisions = list(db.session.scalars(query))
    for revision in revisions:
        try:
            db.session.get(History, (case_id, revision))
        except ValueError:
            db.session.rollback()
            return revision
    return len(revisions)
