"""The database: base class, exact column types, the SQLite settings that hold, and the one place that commits."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from time import monotonic
from typing import Any, ClassVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, CursorResult, DateTime, Engine, Integer, MetaData, UpdateBase, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigKey = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key that SQLite still treats as its row id."""

Document = JSON().with_variant(JSONB(), "postgresql")
"""A JSON value."""


NAIVE = "an instant must know its time zone"
TO_MICROSECONDS = len("2026-01-31 09:30:00.000000")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC to the microsecond on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(NAIVE)
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """SQLAlchemy writes SQLite's text digit by digit; this is the same text, ten times as fast."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)

        def write(value: datetime | None) -> str | None:
            if value is None:
                return None
            if value.tzinfo is None:
                raise ValueError(NAIVE)
            return value.astimezone(UTC).isoformat(" ", "microseconds")[:TO_MICROSECONDS]

        return write

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal with three places, kept as a whole number of thousandths so that sums stay exact everywhere."""

    impl = BigInteger
    cache_ok = True
    SCALE: ClassVar[Decimal] = Decimal(1000)

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # SQLAlchemy's signature
        if value is None:
            return None
        return int((Decimal(value) * self.SCALE).to_integral_value(ROUND_HALF_UP))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else Decimal(int(value)) / self.SCALE


class Base(DeclarativeBase):
    """Every table of the office."""

    registry: ClassVar[registry] = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime, int: BigInteger, Decimal: Exact},
    )


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True})


def configure_engine(engine: Engine) -> None:
    """Attach what every connection needs. Called once for each engine, before its first connection."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgresql_connect)
        event.listen(engine, "checkin", _rested)
        event.listen(engine, "checkout", _still_there)


def _postgresql_connect(connection: Any, _record: Any) -> None:
    """Pages ask short questions: compiling one takes longer than answering it (a count of 100,000 cases: 20 of 70 ms).

    So does starting processes that answer it together, 15 ms for a walk of 12; long questions still are worth it.
    The default cost of a random page is that of a turning disk: with it a zone's cases are found by reading all others.
    """
    connection.autocommit = True
    connection.execute("SET jit = off")
    connection.execute("SET random_page_cost = 1.1")
    connection.execute("SET parallel_setup_cost = 10000")
    connection.autocommit = False


QUIET = 1.0
"""Seconds after which a resting connection is tried before it is used: a server that restarted has forgotten it."""


def _rested(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["rested"] = monotonic()


def _still_there(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Raises DisconnectionError, upon which the pool connects anew."""
    rested = record.info.pop("rested", None)
    if rested is None or monotonic() - rested < QUIET:
        return
    try:
        db.engine.dialect.do_ping(connection)
    except db.engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


MAPPED = 1024**3
"""How much of an SQLite file is read through memory that all connections share; beyond it page by page (decision 018)."""


def _sqlite_connect(connection: Any, _record: Any) -> None:
    """WAL, FULL (NORMAL loses acknowledged rows on a power cut: docs/decisions/005), foreign keys, patience, a map to read by."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        f"mmap_size={MAPPED}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    if cursor.execute("PRAGMA synchronous").fetchone()[0] < 2:
        raise RuntimeError("SQLite refuses synchronous=FULL: acknowledged rows could be lost; not starting")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    """Writers take the lock at once: a late upgrade from reader to writer cannot wait and fails instead."""
    immediate = connection.get_execution_options().get("writing", False)
    driver: Any = connection.connection
    driver.execute("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def transaction() -> Iterator[None]:
    """One unit of work: everything in the block is committed together, or, if it raises, nothing is.

    What was read before is read again inside, so that it is true under the lock. Raises RuntimeError when nested:
    a transaction opens and closes at the edge (request, job, command) or in engine.perform.
    """
    with _unit_of_work({"writing": True}):
        yield


@contextmanager
def steady_transaction() -> Iterator[None]:
    """A ``transaction`` in which every read sees the same moment, whatever others commit meanwhile.

    SQLite's transactions do so anyway. Who changes a row that another changed since is told so by a DBAPIError.
    """
    options: dict[str, Any] = {"writing": True}
    if db.session().get_bind().dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with _unit_of_work(options):
        yield


@contextmanager
def _unit_of_work(options: dict[str, Any]) -> Iterator[None]:
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("a transaction is already open; it belongs to the edge")
    session.rollback()
    hooks: list[Callable[[], None]] = []
    session.info.update(writing=True, after_commit=hooks)
    try:
        with _sqlite_turn(session.get_bind()):
            session.connection(execution_options=options)
            try:
                yield
                session.commit()
            except BaseException:
                session.rollback()
                raise
    finally:
        del session.info["writing"], session.info["after_commit"]
    for hook in hooks:
        hook()


@dataclass(frozen=True, slots=True)
class Direct:
    """A connection on which every statement is its own transaction."""

    engine: Engine
    cursor: Any


_direct: ContextVar[Direct | None] = ContextVar("direct", default=None)


def present_direct() -> Direct | None:
    """What ``direct`` opened, inside of its block."""
    return _direct.get()


@contextmanager
def direct() -> Iterator[None]:
    """Within the block, prepared statements run on a connection of their own: each is its own transaction.

    For engine.perform only: reading needs no transaction, and one statement (or ``at_once``) is a transaction already.
    What the session read before or meanwhile is forgotten, so that nobody goes on with what is no longer true.
    """
    session = db.session()
    if session.info.get("writing") or _direct.get() is not None:
        raise RuntimeError("a transaction is already open; it belongs to the edge")
    session.rollback()
    engine = cast(Engine, session.get_bind())
    connection = _raw_connection(engine)
    driver: Any = connection.driver_connection
    _let_statements_commit(engine, driver)
    token = _direct.set(Direct(engine, driver.cursor()))
    try:
        yield
    finally:
        _direct.reset(token)
        session.rollback()
        _let_sessions_commit(engine, driver)
        connection.close()


def _let_statements_commit(engine: Engine, driver: Any) -> None:
    """SQLite's driver never opens a transaction by itself here (``_sqlite_connect``); PostgreSQL's must be told."""
    if engine.dialect.name == "postgresql":
        driver.autocommit = True


def _let_sessions_commit(engine: Engine, driver: Any) -> None:
    if engine.dialect.name == "postgresql" and not driver.closed:
        driver.autocommit = False


def _raw_connection(engine: Engine) -> PoolProxiedConnection:
    try:
        return engine.raw_connection()
    except engine.dialect.loaded_dbapi.Error as error:
        raise driver_error(engine.dialect, error) from error


@contextmanager
def at_once() -> Iterator[str]:
    """Inside ``direct``: what the block writes becomes durable together. Inside ``transaction``: that does it.

    On PostgreSQL the block is one data-modifying statement, which needs no more. Answers the database's name.
    """
    open_ = _direct.get()
    name: str = (open_.engine if open_ else db.session.get_bind()).dialect.name
    if open_ is None or name != "sqlite":
        yield name
        return
    cursor, dialect = open_.cursor, open_.engine.dialect
    with _sqlite_turn(open_.engine):
        try:
            cursor.execute("BEGIN IMMEDIATE")
            yield name
            cursor.execute("COMMIT")
        except BaseException as error:
            if cursor.connection.in_transaction:
                cursor.execute("ROLLBACK")
            if isinstance(error, dialect.loaded_dbapi.Error):
                raise driver_error(dialect, error) from error
            raise


@contextmanager
def rows_held() -> Iterator[None]:
    """Within the block the session holds every row it reads, so that a row asked for by its key is read once."""
    session, held = db.session(), []

    def hold(_session: Any, row: Any) -> None:
        held.append(row)

    event.listen(session, "loaded_as_persistent", hold)
    try:
        yield
    finally:
        event.remove(session, "loaded_as_persistent", hold)


def driver_error(dialect: Dialect, error: Exception, statement: str | None = None) -> Exception:
    """A failure of the driver as SQLAlchemy would have told it; without the values, which may be somebody's data."""
    return DBAPIError.instance(statement, None, error, dialect.loaded_dbapi.Error, dialect=dialect)


def rows_changed(statement: UpdateBase) -> int:
    """Execute an update or delete in the present transaction: how many rows it changed."""
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101  # what every update answers; this tells the type checker
    return result.rowcount


def refresh_statistics() -> None:
    """Let SQLite count what its planner goes by, from a sample; PostgreSQL does it by itself."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
        connection.exec_driver_sql("ANALYZE")


def in_transaction() -> bool:
    return bool(db.session.info.get("writing"))


def after_commit(hook: Callable[[], None]) -> None:
    """Call ``hook`` once the present transaction is durable; never if it is rolled back."""
    db.session.info["after_commit"].append(hook)


@contextmanager
def _sqlite_turn(bind: Any) -> Iterator[None]:
    """A blocking file lock around a short SQLite write: writers queue instead of polling (decision 005)."""
    database = bind.url.database if bind.dialect.name == "sqlite" else None
    if not database or database == ":memory:":
        yield
        return
    handle = os.open(f"{database}-turn", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
