"""What was computed from the tables and still holds: units under a stamp that says from which state of the tables."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from backoffice.core.db import db

Key = TypeVar("Key", bound=Hashable)
Content = TypeVar("Content")

LIMIT = 4_096
"""Units a process keeps; a unit is a year of the ledger or a program year of cases: some kilobytes."""

_kept: WeakKeyDictionary[Engine, dict[Hashable, tuple[Hashable, Any]]] = WeakKeyDictionary()
_lock = Lock()


def units(
    kind: str, stamps: Mapping[Key, Hashable], compute: Callable[[list[Key]], Mapping[Key, Content]]
) -> dict[Key, Content]:
    """The content of each key: what is kept under its present stamp, and the rest computed together.

    Stamps are read before the tables. What another transaction commits in between is then kept under a stamp that is
    past already and never asked for again.
    """
    mine = _of_database()
    found: dict[Key, Content] = {}
    for key, stamp in stamps.items():
        known = mine.get((kind, key))
        if known is not None and known[0] == stamp:
            found[key] = known[1]
    missing = [key for key in stamps if key not in found]
    if missing:
        computed = compute(missing)
        found.update(computed)
        _keep(mine, (((kind, key), (stamps[key], content)) for key, content in computed.items()))
    return found


def forget() -> None:
    """Drop everything that was kept from the present database: the next who asks computes it."""
    with _lock:
        _of_database().clear()


def _of_database() -> dict[Hashable, tuple[Hashable, Any]]:
    return _kept.setdefault(db.engine, {})


def _keep(mine: dict[Hashable, tuple[Hashable, Any]], new: Iterable[tuple[Hashable, tuple[Hashable, Any]]]) -> None:
    with _lock:
        for name, unit in new:
            mine.pop(name, None)
            mine[name] = unit
        for oldest in list(mine)[: max(0, len(mine) - LIMIT)]:
            del mine[oldest]
