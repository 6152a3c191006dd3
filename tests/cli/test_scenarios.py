"""``backoffice workflow simulate`` and ``test``: questions and promises about definitions, answered in a terminal."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.cli.terminal import run
from workflows import catalogue
from workflows.scenarios import SCENARIOS

OBJECTION = (catalogue.PROGRAMS / "objection.v1.yaml").read_text(encoding="utf-8")
STORIES = (SCENARIOS / "objection.v1.yaml").read_text(encoding="utf-8")


def written(folder: Path, content: str, name: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def korean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")


def test_each_action_is_open_or_closed_with_its_reasons_in_korean(app: Flask, tmp_path: Path, korean: None) -> None:
    facts = written(
        tmp_path, "closed: [budget_available]\nhistory: [{action: pass_screening, by: hq_staff/kim}]", "f.yaml"
    )
    ended = run(app, "workflow", "simulate", "RBD", "--state", "deliberation", "--as", "approver/kim", "--facts", facts)
    assert ended.code == 0
    assert "심의·확정" in ended.lines[0]
    at = ended.lines.index("불가 select -> selected: 선정 확정")
    assert "budget_available" in ended.lines[at + 1]
    assert "separation: '적격 처리'을(를) 처리한 사람은" in ended.lines[at + 2]
    assert any(line.startswith("불가 sign_agreement: 협약 체결") for line in ended.lines)


def test_without_facts_every_guard_holds(app: Flask) -> None:
    ended = run(app, "workflow", "simulate", "OBJ", "--state", "examining", "--as", "approver", "--json")
    found = {item["action"]: item for item in ended.data}
    assert found["uphold"]["ok"]
    assert found["uphold"]["to"] == "upheld"
    assert found["withdraw"]["reasons"][0]["code"] == "wrong_role"
    assert found["withdraw"]["reasons"][0]["sentence"]["ko"].startswith("이 처리는 신청기업만")
    assert found["file"]["from_here"] is False


def test_facts_may_be_json_and_say_who_asks(app: Flask, tmp_path: Path) -> None:
    facts = {"history": [{"action": "accept", "by": "hq_staff", "person": "kim"}], "person": "kim"}
    path = written(tmp_path, json.dumps(facts), "facts.json")
    ended = run(
        app, "workflow", "simulate", "OBJ", "--state", "examining", "--as", "approver", "--facts", path, "--json"
    )
    closed = {item["action"]: [reason["code"] for reason in item["reasons"]] for item in ended.data}
    assert closed["uphold"] == ["separation"]


def test_several_roles_and_a_file_that_is_not_published(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path, OBJECTION.replace("version: 1\n", "version: 7\n", 1), "next.yaml")
    arguments = ["workflow", "simulate", path, "--state", "filed", "--as", "hq_staff", "--as", "applicant"]
    ended = run(app, *arguments)
    assert ended.lines[0].startswith("objection@7 filed")
    assert [line.split()[1] for line in ended.lines if line.startswith("open")] == ["accept", "refuse", "withdraw"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("OBJ", "--state", "examinig", "--as", "approver"), "known states: drafting"),
        (("OBJ", "--state", "examining", "--as", "king"), "known roles: applicant"),
        (("OBJ", "--state", "examining", "--as", "approver/"), "known roles: applicant"),
        (("XYZ", "--state", "examining", "--as", "approver"), "known codes"),
        (("missing.yaml", "--state", "examining", "--as", "approver"), "WF001"),
        (("OBJ", "--state", "examining", "--as", "approver", "--facts", "missing.json"), "WF001"),
    ],
)
def test_a_wrong_question_is_one_clear_line(app: Flask, arguments: tuple[str, ...], words: str) -> None:
    ended = run(app, "workflow", "simulate", *arguments)
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.err.splitlines()[-1]


def test_a_question_without_state_or_role_is_a_wrong_call(app: Flask) -> None:
    assert run(app, "workflow", "simulate", "OBJ", "--as", "approver").code == 2
    assert run(app, "workflow", "simulate", "OBJ", "--state", "examining").code == 2


def test_everything_that_is_shipped_keeps_its_promises(app: Flask) -> None:
    ended = run(app, "workflow", "test")
    assert (ended.code, ended.err) == (0, "")
    assert run(app, "workflow", "test", "OBJ", "RBD").code == 0


def test_a_broken_promise_is_a_line_with_file_and_place(app: Flask, tmp_path: Path) -> None:
    definition = written(tmp_path, OBJECTION.replace("    separate_from: [accept]\n", ""), "objection.yaml")
    ended = run(app, "workflow", "test", definition)
    assert ended.code == 1
    assert all(" WF501 " in line and line.startswith("objection.v1.yaml:") for line in ended.lines)
    assert len(ended.lines) == 4
    found = run(app, "workflow", "test", definition, "--json").data
    assert {item["code"] for item in found} == {"WF501"}


def test_a_new_version_is_tested_with_its_own_stories(app: Flask, tmp_path: Path) -> None:
    definition = written(tmp_path, OBJECTION.replace("version: 1\n", "version: 2\n", 1), "objection.yaml")
    stories = written(tmp_path, STORIES.replace("version: 1\n", "version: 2\n", 1), "stories.yaml")
    assert run(app, "workflow", "test", stories, definition).code == 0
    alone = run(app, "workflow", "test", definition)
    assert (alone.code, "WF503" in alone.out) == (1, True)
    unknown = run(app, "workflow", "test", stories)
    assert (unknown.code, "no such definition" in unknown.err) == (1, True)


def test_stories_alone_are_played_against_what_is_published(app: Flask, tmp_path: Path) -> None:
    sound = written(tmp_path, STORIES, "stories.yaml")
    assert run(app, "workflow", "test", sound).code == 0
    wrong = written(
        tmp_path, STORIES.replace("by: hq_staff/kim, to: examining", "by: hq_staff/kim, to: upheld"), "wrong.yaml"
    )
    ended = run(app, "workflow", "test", wrong)
    assert ended.code == 1
    assert "'accept' leads to 'examining', not to 'upheld'" in ended.lines[0]


def test_a_story_that_cannot_be_read_is_one_line(app: Flask, tmp_path: Path) -> None:
    for content in ("scenarios: [", "scenarios: 5", "scenarios: []", "scenarios: &a []"):
        ended = run(app, "workflow", "test", written(tmp_path, content, "bad.yaml"))
        assert ended.code == 1
        assert ended.lines
        assert all(re.match(r"bad\.yaml:[12] WF00[12] ", line) for line in ended.lines)
