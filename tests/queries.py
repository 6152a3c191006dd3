"""Counting what reaches the database, at the driver's door: nothing that SQLAlchemy, or we beside it, says is missed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from backoffice.core.db import db

WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
"""How a statement begins. Where a transaction begins and ends is not counted."""


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent in the block, in their order. Call inside an application context."""
    seen: list[str] = []

    def note(statement: str) -> None:
        if statement.lstrip().upper().startswith(WORDS) and not _set_off(statement, seen[-1:]):
            seen.append(statement)

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, *arguments: Any, **more: Any) -> Any:
            note(str(query))
            return super().execute(query, *arguments, **more)

        def executemany(self, query: Any, *arguments: Any, **more: Any) -> Any:
            note(str(query))
            return super().executemany(query, *arguments, **more)

    def out(connection: Any, *_: Any) -> None:
        if db.engine.dialect.name == "sqlite":
            connection.set_trace_callback(note)
        else:
            connection.cursor_factory = Noting

    def back(connection: Any, *_: Any) -> None:
        if connection is None:
            return
        if db.engine.dialect.name == "sqlite":
            connection.set_trace_callback(None)
        else:
            connection.cursor_factory = psycopg.Cursor

    db.session.rollback()
    engine = db.engine
    event.listen(engine, "checkout", out)
    event.listen(engine, "checkin", back)
    try:
        yield seen
    finally:
        db.session.rollback()
        event.remove(engine, "checkout", out)
        event.remove(engine, "checkin", back)


def _set_off(statement: str, last: list[str]) -> bool:
    """Whether this is a trigger at work: SQLite's driver then tells the writing statement that set it off once more."""
    return (
        db.engine.dialect.name == "sqlite"
        and not statement.lstrip().upper().startswith("SELECT")
        and [statement] == last
    )
