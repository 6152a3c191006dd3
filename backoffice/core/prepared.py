"""Statements of the hot path: compiled once per database, then run on the driver's own cursor in the open transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.sql import ClauseElement, Select
from sqlalchemy.sql.dml import UpdateBase

from backoffice.core.db import db, driver_error, present_direct

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One statement in the words of one database, and how values go in and come out."""

    text: str
    names: tuple[str, ...] | None
    """The parameters in the order of their marks; None when the driver knows them by name."""
    constants: dict[str, Any]
    entering: tuple[tuple[str, Convert], ...]
    leaving: tuple[tuple[int, Convert], ...]

    def parameters(self, values: dict[str, Any]) -> Any:
        for name, convert in self.entering:
            values[name] = convert(values[name])
        if self.constants:
            values |= self.constants
        return values if self.names is None else tuple(map(values.__getitem__, self.names))

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self.leaving:
            return row
        found = list(row)
        for place, convert in self.leaving:
            found[place] = convert(found[place])
        return found


class Prepared:
    """A Core statement with ``bindparam`` for everything that varies.

    SQLAlchemy spends more time on a small statement than the database does; here it only writes the text, once per
    database, and its types still convert every value (docs/decisions/014). What the session holds is flushed first,
    the connection is the session's, and failures are SQLAlchemy's, so that callers see no difference.
    """

    def __init__(self, build: Callable[[Dialect], ClauseElement]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, **values: Any) -> list[Any]:
        """Every row, as plain values in the order of the columns."""
        compiled, cursor = self._run(values)
        return [compiled.read(row) for row in cursor.fetchall()]

    def first(self, **values: Any) -> Any:
        """The first row likewise, or None."""
        compiled, cursor = self._run(values)
        found = cursor.fetchall()
        return compiled.read(found[0]) if found else None

    def change(self, **values: Any) -> int:
        """How many rows the statement changed."""
        changed: int = self._run(values)[1].rowcount
        return changed

    def _run(self, values: dict[str, Any]) -> tuple[_Compiled, Any]:
        dialect, cursor = _cursor()
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._build(dialect), dialect)
        try:
            cursor.execute(compiled.text, compiled.parameters(values))
        except dialect.loaded_dbapi.Error as error:
            raise driver_error(dialect, error, compiled.text) from error
        return compiled, cursor


_cursors: WeakKeyDictionary[SessionTransaction, tuple[Dialect, Any]] = WeakKeyDictionary()
"""One cursor per open transaction: each answer is read whole before the next statement."""


def _cursor() -> tuple[Dialect, Any]:
    """The driver's cursor: the direct one, or in the session's transaction after what the session holds was written."""
    direct = present_direct()
    if direct is not None:
        return direct.engine.dialect, direct.cursor
    session = db.session()
    session.flush()
    transaction = session.get_transaction()
    found = _cursors.get(transaction) if transaction is not None else None
    if found is None:
        connection = session.connection()
        found = connection.dialect, connection.connection.cursor()
        _cursors[session.get_transaction() or session.begin()] = found
    return found


def _compile(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    converts = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
    return _Compiled(
        str(compiled),
        None if compiled.positiontup is None else tuple(compiled.positiontup),
        {name: bind.value for name, bind in binds.items() if bind.value is not None},
        tuple(
            (name, convert) for name, convert in converts.items() if convert is not None and binds[name].value is None
        ),
        tuple(_leaving(statement, dialect)),
    )


def _leaving(statement: ClauseElement, dialect: Dialect) -> list[tuple[int, Convert]]:
    if isinstance(statement, Select):
        columns = list(statement.selected_columns)
    elif isinstance(statement, UpdateBase):
        columns = list(statement.exported_columns)
    else:
        columns = []
    found = ((place, column.type.dialect_impl(dialect)) for place, column in enumerate(columns))
    converts = ((place, kind.result_processor(dialect, None)) for place, kind in found)
    return [(place, convert) for place, convert in converts if convert is not None]
