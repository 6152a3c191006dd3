"""``backoffice report``: reports as files, and one clear line when there is none."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from backoffice.cli.report import group
from backoffice.core import clock
from backoffice.core.db import db, steady_transaction
from backoffice.organizations.queries import zone
from backoffice.reports import freezing
from tests.reports.worlds import zone_says

pytestmark = pytest.mark.pdf


def report(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(group, list(arguments))


@pytest.fixture
def known(app: Flask) -> Flask:
    """An office that knows one figure of one zone."""
    with app.app_context():
        zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    return app


def test_a_zone_report_becomes_a_file(known: Flask, tmp_path: Path) -> None:
    path = tmp_path / "김해.pdf"
    done = report(known, "build", "--zone", "GS-GIMHAE", "--year", "2025", "--edition", "public", "-o", str(path))
    assert done.exit_code == 0
    assert "2025-GS-GIMHAE-P-01" in done.stdout
    assert path.read_bytes().startswith(b"%PDF-1.7")
    again = report(
        known, "build", "--zone", "GS-GIMHAE", "--year", "2025", "--edition", "public", "-o", str(path), "--json"
    )
    assert json.loads(again.stdout)["cached"]


def test_a_batch_prints_every_zone_that_has_figures_and_the_nation(known: Flask, tmp_path: Path) -> None:
    done = report(known, "batch", "--year", "2025", "-o", str(tmp_path / "all"), "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == [
        "2025-GS-ALL-I-01.pdf",
        "2025-GS-GIMHAE-I-01.pdf",
    ]
    assert [one["number"] for one in told["reports"]] == ["2025-GS-GIMHAE-I-01", "2025-GS-ALL-I-01"]
    assert len(told["skipped"]) == 13


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--zone", "GS-NOWHERE", "--year", "2025", "-o", "x.pdf"), "GS-NOWHERE"),
        (("--zone", "IC-GUMI", "--year", "2025", "-o", "x.pdf"), "IC-GUMI"),
        (("--zone", "GS-POHANG", "--year", "2025", "-o", "x.pdf"), "GS-POHANG"),
        (("--zone", "GS-GIMHAE", "--year", "2011", "-o", "x.pdf"), "2011"),
        (("--national", "--year", "2011", "-o", "x.pdf"), "2011"),
        (("--zone", "GS-GIMHAE", "--year", "2025", "-o", "/nowhere/x.pdf"), "/nowhere"),
        (("--zone", "GS-GIMHAE", "--year", "2025", "-o", "/"), "directory"),
    ],
)
def test_what_cannot_be_made_is_one_line_on_the_error_stream(
    known: Flask, arguments: tuple[str, ...], words: str
) -> None:
    done = report(known, "build", *arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr


@pytest.mark.parametrize("arguments", [("--year", "2025"), ("--zone", "GS-GIMHAE", "--national", "--year", "2025"), ()])
def test_a_command_that_does_not_say_what_it_wants_is_a_usage_error(app: Flask, arguments: tuple[str, ...]) -> None:
    assert report(app, "build", *arguments, "-o", "x.pdf").exit_code == 2


def test_the_issues_of_reports_are_listed_with_where_they_stand(known: Flask) -> None:
    with known.app_context():
        with steady_transaction():
            issue = freezing.freeze(zone("GS-GIMHAE"), 2025, None)
            digest = issue.digest
        db.session.remove()
    told = json.loads(report(known, "issues", "--year", "2025", "--json").stdout)
    assert told == {
        "issues": [
            {
                "number": "2025-GS-GIMHAE-01", "year": 2025, "state": "draft", "base_date": clock.today().isoformat(),
                "internal": "2025-GS-GIMHAE-I-01", "public": "2025-GS-GIMHAE-P-01", "digest": digest,
                "not_confirmed": {}, "waiver": "",
            }
        ]
    }  # fmt: skip
    assert report(known, "issues").stdout.startswith("2025-GS-GIMHAE-01  draft  ")
    assert report(known, "issues", "--year", "2024").stdout.strip() == ""
    assert report(known, "issues", "--zone", "GS-NOWHERE").exit_code == 1
