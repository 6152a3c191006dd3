"""The command as a process of its own: it serves, it works, it stops when told, and its answers fit a shell."""

import json
import os
import signal
import subprocess
import urllib.request
from pathlib import Path

from flask import Flask

from backoffice.core.db import db
from backoffice.core.outbox import DONE
from tests.jobs.desk import command, environment, free_port, jobs, mails, process, until
from tests.story import Way

ROOT = Path(__file__).resolve().parents[2]


def shell(app: Flask, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*arguments), env=environment(app, **variables), cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:  # our own server
            return bool(answer.status == 200)
    except OSError:
        return False


def test_serving_answers_sends_what_was_waiting_and_ends_when_told(app: Flask) -> None:
    with app.app_context():
        Way(app.extensions["engine"]).submitted()
        db.session.remove()
    port = free_port()
    with process(app, "serve", "--port", str(port)) as server:
        assert until(lambda: answers(port))
        assert until(lambda: len(mails(app)) == 1)
        os.kill(server.pid, signal.SIGTERM)
        assert server.wait(30) == 0


def test_a_worker_that_is_told_to_stop_finishes_its_job_first(app: Flask) -> None:
    with app.app_context():
        Way(app.extensions["engine"]).submitted()
        db.session.remove()
    with process(app, "worker") as worker:
        assert until(lambda: len(mails(app)) == 1)
        os.kill(worker.pid, signal.SIGTERM)
        assert worker.wait(60) == 0
    with app.app_context():
        assert {row.status for row in jobs("mail")} == {DONE}


def test_answers_go_to_stdout_and_refusals_to_stderr_with_their_exit_status(app: Flask) -> None:
    listed = shell(app, "case", "list", "--json")
    assert (listed.returncode, json.loads(listed.stdout)) == (0, [])
    unknown = shell(app, "case", "show", "2026-RBD-01-0001")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert len(unknown.stderr.splitlines()) == 1
    assert shell(app, "case", "show").returncode == 2
    garbled = shell(app, "case", "show", os.fsdecode(b"\xff"))
    assert (garbled.returncode, garbled.stderr) == (1, "arguments and input must be UTF-8 text\n")


def test_a_korean_terminal_is_answered_in_korean(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"])
        reference = story.case().reference
        db.session.remove()
    refused = ("case", "perform", reference, "resubmit", "--as", story.applicant.email)
    assert "작성중" in shell(app, *refused, LC_ALL="ko_KR.UTF-8").stderr
    assert "'Draft'" in shell(app, *refused, LC_ALL="C.UTF-8").stderr
