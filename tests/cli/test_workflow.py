"""``backoffice workflow``: definitions are checked, read and published; a broken one is lines, never a stack trace."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from backoffice.core.db import db
from tests.cli.terminal import run
from workflows import catalogue

LINE = re.compile(r"^\S+:\d+ WF\d{3} \S+: .+; .+$")
OBJECTION = (catalogue.PROGRAMS / "objection.v1.yaml").read_text(encoding="utf-8")


def written(folder: Path, content: str | bytes, name: str = "program.yaml") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_everything_that_is_shipped_or_published_is_without_findings(app: Flask) -> None:
    ended = run(app, "workflow", "lint")
    assert (ended.code, ended.err) == (0, "")
    assert "without findings" in ended.out


def test_a_sound_file_passes(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path, OBJECTION.replace("version: 1\n", "version: 2\n", 1))
    assert run(app, "workflow", "lint", path).code == 0


BROKEN: list[str | bytes] = [
    "",
    "just words",
    "- a\n- list",
    "workflow: [",
    "workflow: a\nworkflow: b",
    "a: &x 1\nb: *x",
    b"\xff\xfe\x00",
    b"workflow: \xc7\xd1\xb1\xdb",
    "{" * 5000,
    "workflow: x\nversion: one",
    "a: " + "x" * 600_000,
    "version: !!python/object/apply:os.system [ls]",
    "# " + "x" * 10_000_000,
    "a: &a [1]\n" + "\n".join(f"b{number}: [*a, *a, *a]" for number in range(9)),
    OBJECTION.replace("kind: objection", "kind: objec\x00tion"),
    OBJECTION + "\n---\n" + OBJECTION,
    OBJECTION.replace("version: 1\n", "version: 1.5\n"),
    OBJECTION.replace("tone: primary", "tone: !!str primary"),
]


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: repr(content)[:24])
def test_a_broken_file_is_findings_with_file_and_line(app: Flask, tmp_path: Path, content: str | bytes) -> None:
    ended = run(app, "workflow", "lint", written(tmp_path, content))
    assert ended.code == 1
    assert ended.lines
    assert all(LINE.match(line) for line in ended.lines), ended.out


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: repr(content)[:24])
def test_a_broken_file_is_not_published_and_changes_nothing(app: Flask, tmp_path: Path, content: str | bytes) -> None:
    before = published(app)
    ended = run(app, "workflow", "publish", written(tmp_path, content))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()
    assert all(LINE.match(line) for line in ended.err.splitlines()), ended.err
    assert published(app) == before


def published(app: Flask) -> list[tuple[str, int, str]]:
    with app.app_context():
        rows = db.session.connection().execute(
            text("SELECT workflow, version, digest FROM published_workflow ORDER BY id")
        )
        return [(row.workflow, row.version, row.digest) for row in rows]


def test_every_finding_of_every_file_is_told(app: Flask, tmp_path: Path) -> None:
    one = written(
        tmp_path,
        OBJECTION.replace("to: filed", "to: nowhere", 1).replace("version: 1\n", "version: 2\n", 1),
        "one.yaml",
    )
    two = written(
        tmp_path,
        OBJECTION.replace("before_deadline", "before_lunch").replace("version: 1\n", "version: 3\n", 1),
        "two.yaml",
    )
    ended = run(app, "workflow", "lint", one, two, tmp_path / "three.yaml", tmp_path, "--json")
    assert ended.code == 1
    codes = {(item["file"].rpartition("/")[2], item["code"]) for item in ended.data}
    assert {("one.yaml", "WF101"), ("two.yaml", "WF103"), ("three.yaml", "WF001")} <= codes


def test_a_published_version_that_was_changed_is_found(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path, OBJECTION.replace("이의신청을 제출했습니다", "제출했습니다"))
    ended = run(app, "workflow", "lint", path)
    assert (ended.code, "WF401" in ended.out) == (1, True)
    refused = run(app, "workflow", "publish", path)
    assert (refused.code, refused.out) == (1, "")
    assert "WF401" in refused.err


def test_a_definition_altered_in_the_database_is_found(app: Flask) -> None:
    with app.app_context():
        statement = "UPDATE published_workflow SET source = replace(source, 'due: 30d', 'due: 90d') WHERE workflow = 'objection'"
        db.session.connection().execute(text(statement))
        db.session.commit()
    ended = run(app, "workflow", "lint")
    assert ended.code == 1
    assert "objection@1:" in ended.out


def test_a_new_version_is_published_once(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path, OBJECTION.replace("version: 1\n", "version: 2\n", 1))
    first, second = run(app, "workflow", "publish", path, "--json"), run(app, "workflow", "publish", path)
    assert (first.code, first.data["new"]) == (0, True)
    assert (second.code, "already" in second.out) == (0, True)
    assert run(app, "workflow", "show", "objection", "--json").data["version"] == 2
    assert run(app, "workflow", "show", "OBJ@1", "--json").data["version"] == 1


def test_a_definition_can_be_read_as_text(app: Flask) -> None:
    ended = run(app, "workflow", "show", "RBD")
    assert ended.code == 0
    assert ended.lines[0].startswith("RBD joint_rbd_planning@1: ")
    assert any(line.startswith("  submit -> submitted") for line in ended.lines)
    assert any("due call_closes+7d" in line for line in ended.lines)


def test_an_unknown_definition_is_refused_with_the_known_ones(app: Flask) -> None:
    ended = run(app, "workflow", "show", "XYZ")
    assert (ended.code, ended.out) == (1, "")
    assert "RBD" in ended.err
