"""Adding rows that may be there only once: of two people at the same time, the later one is told."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.exc import IntegrityError

from backoffice.core.db import db
from backoffice.core.errors import Conflict


def add_once(rows: Iterable[Any], conflict: Conflict) -> None:
    """Add rows under a unique key. Raises the conflict when somebody was faster."""
    db.session.add_all(rows)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise conflict from error
