"""How the databases of the tests are put back to what they held at first: the zones, the definitions, and nothing else.

TRUNCATE makes new files for every table and index, 0.3 s for ours on PostgreSQL; what a test wrote are a few rows in a few
tables. So the database is asked which tables and counters differ, and only those are put back.
"""

from typing import Any

from sqlalchemy import Connection, Table, insert, select, text

from backoffice.core.db import Base

Rows = list[dict[str, Any]]

_LATER = {
    "postgresql": "SET LOCAL session_replication_role = replica",
    "sqlite": "PRAGMA defer_foreign_keys = ON",
}


class Emptying:
    """What a prepared database held, and the way back to it."""

    def __init__(self, connection: Connection) -> None:
        self.seeds: dict[str, Rows] = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }
        self.fingerprints = self._fingerprints(connection)
        self.counters = _counters(connection)

    def put_back(self, connection: Connection) -> None:
        """Take out what came since, and put back what was changed."""
        # Rows that stayed may point at rows that are put back.
        connection.execute(text(_LATER[connection.dialect.name]))
        now = self._fingerprints(connection)
        changed = [table for table in Base.metadata.sorted_tables if now[table.name] != self.fingerprints[table.name]]
        for table in reversed(changed):
            connection.execute(table.delete())
        for table in changed:
            if self.seeds[table.name]:
                connection.execute(insert(table), self.seeds[table.name])
        for name, value in _counters(connection).items():
            if value != self.counters[name]:
                first = self.counters[name]
                connection.execute(
                    text("SELECT setval(CAST(:name AS regclass), :value, :used)"),
                    {"name": name, "value": first or 1, "used": first is not None},
                )

    def _fingerprints(self, connection: Connection) -> dict[str, str]:
        """Table -> something that differs once its rows do."""
        whole = _whole_on_postgresql if connection.dialect.name == "postgresql" else _whole_on_sqlite
        asked = {
            table.name: whole(table)
            if self.seeds[table.name]
            else f'SELECT CAST(EXISTS (SELECT 1 FROM "{table.name}") AS text)'
            for table in Base.metadata.sorted_tables
        }
        question = " UNION ALL ".join(f"SELECT '{name}', ({one})" for name, one in asked.items())
        return {row[0]: row[1] for row in connection.execute(text(question))}


def _whole_on_postgresql(table: Table) -> str:
    row = "CAST(one AS text)"
    return f'SELECT md5(string_agg({row}, chr(10) ORDER BY {row})) FROM "{table.name}" AS one'


def _whole_on_sqlite(table: Table) -> str:
    row = " || ".join(f'quote("{column.name}")' for column in table.columns)
    return f'SELECT group_concat({row}) FROM "{table.name}"'


def _counters(connection: Connection) -> dict[str, int | None]:
    """Sequence -> the number it gave last, None before the first; SQLite counts on from the highest row."""
    if connection.dialect.name != "postgresql":
        return {}
    query = "SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'"
    return {row[0]: row[1] for row in connection.execute(text(query))}
