"""What a database holds, word for word, without what has to be random."""

import hashlib
from typing import Any

from sqlalchemy import select

from backoffice.core.db import Base, db

RANDOM = {
    ("attachment", "token"),  # not to be guessed
    ("submission", "content"),  # names those tokens
    ("submission", "sha256"),
    ("user", "password_hash"),  # salted
    ("mark", "token"),  # renewed by chance
}


def rows_of(table: Any) -> list[tuple[Any, ...]]:
    columns = [column for column in table.columns if (table.name, column.name) not in RANDOM]
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(*table.primary_key.columns))]


def digests() -> dict[str, str]:
    """Table -> digest of its rows."""
    return {
        table.name: hashlib.sha256(repr(rows_of(table)).encode()).hexdigest() for table in Base.metadata.sorted_tables
    }
