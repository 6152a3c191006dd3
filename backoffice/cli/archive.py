"""A backup on disk: one JSON-lines file per table, the stored files, and a manifest with the hash of each."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text

from backoffice.cli.output import Failure
from backoffice.core import clock
from backoffice.core.db import Base, Exact, UtcDateTime, db
from backoffice.core.files import Damaged, FileStore, verify
from backoffice.core.marks import Mark

FORMAT = 1
MANIFEST = "manifest.json"
BATCH = 500

SHIPPED = frozenset({"zone", "zone_event", "council", "council_member", "published_workflow"})
"""Tables that a fresh database already holds rows in; a restore puts the backup's in their place."""


@dataclass(frozen=True, slots=True)
class Dumped:
    """A table as it was written: how many rows, and the SHA-256 of the file."""

    rows: int
    sha256: str


def tables() -> list[Table]:
    """Every table of the office, each after those it refers to. Marks speak of one database and stay in it."""
    return [table for table in Base.metadata.sorted_tables if table.name != Mark.__tablename__]


# ---- out


def dump_tables(connection: Connection, folder: Path) -> dict[str, Dumped]:
    """Write every table in the order of its key, as one consistent reading shows it."""
    folder.mkdir(mode=0o700)
    return {table.name: _dump_table(connection, table, folder / f"{table.name}.jsonl") for table in tables()}


def _dump_table(connection: Connection, table: Table, path: Path) -> Dumped:
    digest, count = hashlib.sha256(), 0
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    with _private(path) as target:
        for row in connection.execute(query).mappings():
            line = json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False, sort_keys=True)
            encoded = f"{line}\n".encode()
            digest.update(encoded)
            target.write(encoded)
            count += 1
        target.flush()
        os.fsync(target.fileno())
    return Dumped(count, digest.hexdigest())


def _private(path: Path) -> Any:
    """A new file that only its owner may read: a backup holds everything about everybody."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def dump_file(store: FileStore, digest: str, folder: Path) -> bool:
    """Copy one content; False when the store does not have it, or it is not what its name says."""
    try:
        verify(store, digest)
    except (Damaged, FileNotFoundError):
        return False
    with _private(folder / digest) as target:
        for piece in store.open(digest):
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return True


def write_manifest(folder: Path, schema: str, dumped: Mapping[str, Dumped], files: list[str]) -> None:
    """The last file to be written: a folder without it is no backup."""
    manifest = {
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "schema": schema,
        "tables": {name: {"rows": one.rows, "sha256": one.sha256} for name, one in dumped.items()},
        "files": files,
    }
    with _private(folder / MANIFEST) as target:
        target.write(json.dumps(manifest, ensure_ascii=False, indent=2).encode())
        target.flush()
        os.fsync(target.fileno())


# ---- in


def read_manifest(folder: Path, schema: str) -> dict[str, Any]:
    """The manifest, once every table and file fits it. Raises Failure naming the first that does not."""
    path = folder / MANIFEST
    if not path.is_file():
        raise Failure(f"{folder}: holds no complete backup ({MANIFEST} is missing)")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT or manifest["schema"] != schema:
        made_with = f"schema {manifest['schema']}, format {manifest['format']}"
        raise Failure(f"{folder}: was made with {made_with}, this version has schema {schema}, format {FORMAT}")
    for name, entry in manifest["tables"].items():
        if _hash(folder / "tables" / f"{name}.jsonl") != entry["sha256"]:
            raise Failure(f"{folder}: the table {name} is damaged")
    for digest in manifest["files"]:
        if _hash(folder / "files" / digest) != digest:
            raise Failure(f"{folder}: the file {digest} is damaged")
    return manifest


def _hash(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def refuse_unless_empty() -> None:
    """Raise Failure if the database holds anything but what it was shipped with."""
    for table in tables():
        if table.name not in SHIPPED and db.session.execute(select(table).limit(1)).first() is not None:
            raise Failure(f"the database is not empty: '{table.name}' has rows; restore into a new database")


def load_tables(folder: Path, names: Mapping[str, Any]) -> int:
    """Put every row back, in the caller's transaction: how many."""
    for table in reversed(tables()):
        if table.name in SHIPPED:
            db.session.execute(table.delete())
    count = 0
    for table in tables():
        if table.name in names:
            for batch in _batches(table, folder / "tables" / f"{table.name}.jsonl"):
                db.session.execute(insert(table), batch)
                count += len(batch)
            _set_sequence(table)
    return count


def _batches(table: Table, path: Path) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as source:
        for line in source:
            row = json.loads(line)
            batch.append({name: _typed(table, name, value) for name, value in row.items()})
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _typed(table: Table, name: str, value: Any) -> Any:
    """A JSON value as the column's own type."""
    if value is None:
        return None
    kind = table.c[name].type
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Exact):
        return Decimal(value)
    return date.fromisoformat(value) if kind.python_type is date else value


def _set_sequence(table: Table) -> None:
    """PostgreSQL counts on from the highest restored number."""
    if db.engine.dialect.name != "postgresql" or "id" not in table.c:
        return
    sequence = db.session.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'})
    highest = db.session.scalar(select(table.c.id).order_by(table.c.id.desc()).limit(1))
    if sequence is not None and highest is not None:
        db.session.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :highest)"), {"sequence": sequence, "highest": highest}
        )
