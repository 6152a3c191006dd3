"""``backoffice audit verify``: whatever is done to a history behind the office's back is found and named."""

import re

import pytest
from flask import Flask
from sqlalchemy import text

from backoffice.core.db import db
from tests.cli.terminal import Ended, run
from tests.story import Way, days_later

COLUMNS = (
    "kind", "action", "source", "target", "actor_id", "role", "at", "input", "digest", "previous_hash", "hash", "key",
)  # fmt: skip
"""Every column but the two that say where the row belongs: those are moved in tests of their own."""


@pytest.fixture
def story(app: Flask) -> Way:
    with app.app_context():
        found = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            found.screened()
        db.session.remove()
    return found


def tamper(app: Flask, *statements: str) -> None:
    """Raw SQL behind the office's back, with the locks off, as an intruder would."""
    with app.app_context():
        connection = db.session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        for statement in statements:
            connection.execute(text(statement))
        db.session.commit()
        db.session.remove()


def found(app: Flask, story: Way, revision: int) -> Ended:
    """The audit fails, naming the case and the first bad revision."""
    ended = run(app, "audit", "verify")
    with app.app_context():
        name = story.case().reference
    assert ended.code == 1
    assert f"case {name}: first bad revision {revision}: " in ended.out
    assert "0 histories valid" in ended.out
    assert "Traceback" not in ended.out + ended.err
    return ended


def test_untouched_histories_are_valid_and_counted(app: Flask, story: Way) -> None:
    ended = run(app, "audit", "verify")
    assert (ended.code, ended.lines[-1]) == (0, "1 histories valid")


def test_one_case_can_be_verified_by_its_present_or_former_reference(app: Flask, story: Way) -> None:
    with app.app_context():
        row = story.case()
    assert run(app, "audit", "verify", row.reference, "--json").data["valid"] == 1
    assert run(app, "audit", "verify", row.draft_reference).code == 0
    unknown = run(app, "audit", "verify", "2026-RBD-01-9999")
    assert (unknown.code, unknown.out) == (1, "")


def changed(column: str, sqlite: bool) -> str:
    """SQL that changes one byte of a column of revision 2."""
    if column == "actor_id":
        return "UPDATE history SET actor_id = actor_id + 1 WHERE revision = 2"
    if column == "at" and not sqlite:
        return "UPDATE history SET at = at + interval '1 microsecond' WHERE revision = 2"
    if column == "input":
        return "UPDATE history SET input = input || ' ' WHERE revision = 2"
    if column == "key":  # another digit at its end may be the key of another row
        return "UPDATE history SET key = '#' || substr(key, 2) WHERE revision = 2"
    last = f"CASE substr({column}, length({column})) WHEN '1' THEN '2' ELSE '1' END"
    return f"UPDATE history SET {column} = substr({column}, 1, length({column}) - 1) || {last} WHERE revision = 2"


@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_byte_in_any_column_is_found(app: Flask, story: Way, column: str) -> None:
    with app.app_context():
        sqlite = db.engine.dialect.name == "sqlite"
    quoted = f'"{column}"' if column == "key" else column
    tamper(app, changed(column, sqlite).replace(f" {column} ", f" {quoted} "))
    found(app, story, 2)


def test_a_value_that_cannot_be_read_any_more_is_found(app: Flask, story: Way) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL refuses such a value by itself")
    tamper(app, "UPDATE history SET at = 'x' || substr(at, 2) WHERE revision = 3")
    found(app, story, 3)


def test_a_deleted_row_is_found(app: Flask, story: Way) -> None:
    tamper(app, "DELETE FROM history WHERE revision = 2")
    found(app, story, 2)


def test_a_cut_tail_is_found(app: Flask, story: Way) -> None:
    tamper(app, "DELETE FROM history WHERE revision >= 3")
    found(app, story, 3)


def test_a_whole_history_that_is_gone_is_found(app: Flask, story: Way) -> None:
    tamper(app, "DELETE FROM history")
    found(app, story, 1)


def test_two_rows_in_the_wrong_order_are_found(app: Flask, story: Way) -> None:
    tamper(
        app,
        "UPDATE history SET revision = 99 WHERE revision = 2",
        "UPDATE history SET revision = 2 WHERE revision = 3",
        "UPDATE history SET revision = 3 WHERE revision = 99",
    )
    found(app, story, 2)


def test_an_invented_row_is_found(app: Flask, story: Way) -> None:
    names = "kind, action, source, target, actor_id, role, at, input, digest, previous_hash, hash"
    tamper(
        app,
        f'INSERT INTO history (case_id, revision, "key", {names}) '
        f"SELECT case_id, revision + 1, 'invented', {names} FROM history WHERE revision = 4",
    )
    found(app, story, 5)


def test_a_case_moved_without_a_step_is_found(app: Flask, story: Way) -> None:
    tamper(app, "UPDATE \"case\" SET state = 'selected'")
    found(app, story, 4)


def test_a_row_moved_to_another_case_is_found_in_both(app: Flask, story: Way) -> None:
    with app.app_context():
        other = Way(app.extensions["engine"]).submitted()
        other_id = other.case_id
        db.session.remove()
    tamper(
        app,
        f"DELETE FROM history WHERE revision = 2 AND case_id = {other_id}",
        f"UPDATE history SET case_id = {other_id} WHERE revision = 2",
    )
    ended = run(app, "audit", "verify")
    assert ended.code == 1
    assert len(re.findall(r"first bad revision 2", ended.out)) == 2
