"""``backoffice case``: the same rules as on the pages, and every refusal in one clear line."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.core.audit import AccessEvent
from backoffice.core.db import db
from tests.cli.terminal import Ended, run
from tests.make import make_user
from tests.story import Way, days_later
from workflows.roles import Role


@pytest.fixture
def story(app: Flask) -> Way:
    with app.app_context():
        found = Way(app.extensions["engine"])
        db.session.remove()
    return found


def reference(app: Flask, story: Way) -> str:
    with app.app_context():
        return story.case().reference


def revision(app: Flask, story: Way) -> int:
    with app.app_context():
        return story.case().revision


def submit(app: Flask, story: Way, *more: object) -> Ended:
    return run(app, "case", "perform", reference(app, story), "submit", "--as", story.applicant.email, *more)


def typed(folder: Path, content: Any) -> Path:
    path = folder / "input.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def one_line(ended: Ended, *words: str) -> None:
    """It failed, said so in one line on stderr, and printed nothing else."""
    assert ended.code == 1
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err


def test_a_step_can_be_taken_and_the_case_moves(app: Flask, story: Way) -> None:
    ended = submit(app, story)
    assert ended.code == 0, ended.err
    assert "draft -> submitted" in ended.out
    assert revision(app, story) == 2


def test_the_same_key_acts_once_and_says_so_the_second_time(app: Flask, story: Way) -> None:
    first = submit(app, story, "--key", "once", "--json")
    second = submit(app, story, "--key", "once", "--json")
    assert (first.data["replayed"], second.data["replayed"]) == (False, True)
    assert {**first.data, "replayed": True} == second.data
    assert "replayed" in submit(app, story, "--key", "once").out
    assert revision(app, story) == 2


def test_a_key_of_another_step_is_refused(app: Flask, story: Way, tmp_path: Path) -> None:
    submit(app, story, "--key", "once")
    reason = typed(tmp_path, {"reason": "다른 일을 합니다."})
    again = ("case", "perform", reference(app, story), "withdraw", "--as", story.applicant.email)
    one_line(run(app, *again, "--input", reason, "--key", "once"), "key_reused")


def test_whoever_saw_an_older_revision_is_told_who_was_faster(app: Flask, story: Way) -> None:
    submit(app, story)
    one_line(submit(app, story, "--revision", "1"), "stale", story.applicant.name)


def test_a_role_that_may_not_take_the_step_is_refused_by_name(app: Flask, story: Way) -> None:
    submit(app, story)
    ended = run(app, "case", "perform", reference(app, story), "start_screening", "--as", story.applicant.email)
    one_line(ended, "wrong_role")


def test_a_guard_that_fails_says_why(app: Flask, story: Way) -> None:
    submit(app, story)
    ended = run(app, "case", "perform", reference(app, story), "start_screening", "--as", story.hq_staff.email)
    one_line(ended, "call_still_open")


def test_several_reasons_are_several_lines(app: Flask, story: Way) -> None:
    submit(app, story)
    with days_later(11):
        run(app, "case", "perform", reference(app, story), "start_screening", "--as", story.hq_staff.email)
        with app.app_context():
            story.fill("screening_checklist", story.hq_staff, {"not_barred": False})
            db.session.remove()
        ended = run(app, "case", "perform", reference(app, story), "mark_ineligible", "--as", story.hq_staff.email)
    one_line(ended, "input_missing")
    with app.app_context():
        incomplete = Way(app.extensions["engine"])
        incomplete.fill("application", incomplete.applicant, {"title": None, "requested": 1_000_000_000})
        db.session.remove()
    refused = submit(app, incomplete)
    assert refused.code == 1
    codes = [line.partition(":")[0] for line in refused.err.splitlines()]
    assert {"form_incomplete", "budget_unbalanced", "amount_over_call"} <= set(codes)


@pytest.mark.parametrize("action", ["fly", "x" * 500, "제출"])
def test_an_unknown_step_is_refused(app: Flask, story: Way, action: str) -> None:
    ended = run(app, "case", "perform", reference(app, story), action, "--as", story.applicant.email)
    one_line(ended, "unknown_action")


def test_a_step_that_starts_elsewhere_says_where_the_case_is(app: Flask, story: Way) -> None:
    ended = run(app, "case", "perform", reference(app, story), "resubmit", "--as", story.applicant.email)
    one_line(ended, "not_from_here")


def test_an_unknown_case_and_somebody_elses_case_are_the_same_to_the_person_who_asks(app: Flask, story: Way) -> None:
    with app.app_context():
        stranger = make_user(Role.HQ_STAFF)
    unknown = run(app, "case", "perform", "2026-RBD-01-9999", "submit", "--as", stranger.email)
    private = run(app, "case", "perform", reference(app, story), "submit", "--as", stranger.email)
    one_line(unknown, "there is no such case")
    one_line(private, "there is no such case")


def test_an_unknown_person_is_refused(app: Flask, story: Way) -> None:
    one_line(run(app, "case", "actions", reference(app, story), "--as", "nobody@example.kr"), "nobody@example.kr")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ('{"reason": ', "input.json:1"),
        ("[1, 2]", "object"),
        ('{"reason": NaN}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"reason": "짧음"}', "reason"),
        ('{"reason": "충분히 긴 사유입니다.", "amount": 1}', "amount"),
        ('{"reason": {"deep": 1}}', "reason"),
    ],
)
def test_input_that_cannot_be_taken_is_named_and_nothing_changes(
    app: Flask, story: Way, tmp_path: Path, content: str, word: str
) -> None:
    file = typed(tmp_path, content)
    ended = run(
        app, "case", "perform", reference(app, story), "withdraw", "--as", story.applicant.email, "--input", file
    )
    one_line(ended, word)
    assert revision(app, story) == 1


def test_an_input_file_that_is_not_there_is_named(app: Flask, story: Way, tmp_path: Path) -> None:
    file = tmp_path / "nowhere.json"
    ended = run(
        app, "case", "perform", reference(app, story), "withdraw", "--as", story.applicant.email, "--input", file
    )
    one_line(ended, "nowhere.json")


def test_input_for_a_step_that_asks_for_none_is_refused(app: Flask, story: Way, tmp_path: Path) -> None:
    one_line(submit(app, story, "--input", typed(tmp_path, {"reason": "x"})), "takes no input")


def test_amounts_are_read_in_thousand_won_like_on_the_page(app: Flask, story: Way, tmp_path: Path) -> None:
    with app.app_context():
        story.submitted()
        with days_later(11):
            story.screened().reviewed()
        db.session.remove()
    award = typed(tmp_path, {"amount": "48,000", "resolution": "2026-12"})
    with days_later(11):
        arguments = ("case", "perform", reference(app, story), "select", "--as", story.approver.email)
        assert run(app, *arguments, "--input", award).code == 0
    shown = run(app, "case", "show", reference(app, story), "--json").data
    assert shown["history"][0]["input"]["amount"] == 48_000_000


def test_every_step_a_person_could_take_is_listed_with_all_reasons(app: Flask, story: Way) -> None:
    listed = run(app, "case", "actions", reference(app, story), "--as", story.applicant.email, "--json").data
    by_action = {item["action"]: item for item in listed}
    assert by_action["submit"]["ok"] is True
    assert by_action["resubmit"]["reasons"][0]["code"] == "not_from_here"
    assert "select" not in by_action
    text = run(app, "case", "actions", reference(app, story), "--as", story.applicant.email)
    assert "ok     submit" in text.out
    assert "- not_from_here: " in text.out


def test_cases_are_listed_and_shown_and_a_look_is_written_down(app: Flask, story: Way) -> None:
    submit(app, story)
    number = reference(app, story)
    assert [row["reference"] for row in run(app, "case", "list", "--json").data] == [number]
    assert number in run(app, "case", "list", "--state", "submitted").out
    assert run(app, "case", "list", "--state", "closed").out == ""
    shown = run(app, "case", "show", number)
    assert "나노메디텍" in shown.out
    with app.app_context():
        acts = list(db.session.scalars(select(AccessEvent.act)))
    assert acts == ["case:read"]


def test_a_missing_argument_is_a_usage_error(app: Flask) -> None:
    assert run(app, "case", "perform").code == 2
    assert run(app, "case", "fly").code == 2
