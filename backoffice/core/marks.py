"""Marks: a random number per subject that changes in the transaction that changes the subject (decision 021).

Whoever computed something from a subject may keep it as long as the mark is the same. A mark never returns: not after
a rollback, not from a second process, not from an older backup, whose marks belong to what the backup holds.
"""

import secrets
from collections.abc import Collection

from sqlalchemy import String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, db

BITS = 62

OFFICE = "office"
"""The whole of a database: renewed where one is filled or put back from a backup."""


class Mark(Base):
    """The present mark of one subject."""

    __tablename__ = "mark"

    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    token: Mapped[int]


def renew(subjects: Collection[str]) -> None:
    """Give these subjects new marks; true for others when the caller's transaction commits.

    The rows are taken in order, so that two who renew the same subjects wait for each other and never for good.
    """
    if not subjects:
        return
    build = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [{"subject": subject, "token": secrets.randbits(BITS)} for subject in sorted(set(subjects))]
    query = build(Mark).values(rows)
    query = query.on_conflict_do_update(index_elements=[Mark.subject], set_={"token": query.excluded.token})
    db.session.execute(query)


def present() -> dict[str, int]:
    """Subject -> its mark, of all that ever had one."""
    return dict(db.session.execute(select(Mark.subject, Mark.token)).all())
