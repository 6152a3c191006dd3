"""``backoffice outcomes render``: a file of figures in, their wording out."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from backoffice.cli.outcomes import group
from backoffice.outcomes.figure_rows import COLUMNS
from backoffice.outcomes.historic import DATA


def render(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(group, ["render", *arguments])


def write(path: Path, *rows: dict[str, str], encoding: str = "utf-8") -> str:
    with path.open("w", encoding=encoding, newline="") as target:
        writer = csv.DictWriter(target, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def test_a_sound_file_is_worded_line_by_line(app: Flask) -> None:
    done = render(app, str(DATA / "historic_outcomes.csv"))
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert done.exit_code == 0
    assert len(rows) == 68
    assert rows[0] == {"row_id": "S001", "text": "지원 9억원→매출 795억원", "check": "ok"}


def test_a_refused_row_is_named_with_its_reason_and_the_command_fails(app: Flask, tmp_path: Path) -> None:
    path = write(
        tmp_path / "figures.csv",
        {"row_id": "A1", "shape": "level", "value": "3", "unit": "건"},
        {"row_id": "A2", "shape": "growth", "growth": "15", "before": "7"},
        encoding="cp949",
    )
    done = render(app, path)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "row_id,text,check",
        "A1,3건,ok",
        "A2,,growth 형태에는 before 열을 쓸 수 없습니다",
    ]


def test_programs_read_the_answer_as_json(app: Flask, tmp_path: Path) -> None:
    path = write(tmp_path / "figures.csv", {"row_id": "A1", "shape": "multiple", "multiple": "3"})
    assert json.loads(render(app, path, "--json").stdout) == [{"row_id": "A1", "text": "3배", "check": "ok"}]


@pytest.mark.parametrize("content", [None, b"\x00\x01\x02", b"a,b\n1,2\n", "가".encode("utf-16")])
def test_a_file_that_cannot_be_read_is_one_line_on_the_error_stream(
    app: Flask, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "figures.csv"
    if content is not None:
        path.write_bytes(content)
    done = render(app, str(path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
