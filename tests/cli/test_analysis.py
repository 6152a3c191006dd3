"""``backoffice workflow stats``, ``conformance``, ``log`` and ``diagram``: figures, faults, files, and clear refusals."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from backoffice.core.db import db
from backoffice.programs import layouts
from tests.analytics.rows import HOUR, Hand
from tests.cli.terminal import run


@pytest.fixture
def bent(app: Flask) -> str:
    """Two cases, one of which was taken by the wrong role: its reference."""
    with app.app_context():
        hand = Hand(app.extensions["engine"])
        hand.case((5, "file"), (3, "accept"), zone_code="GS-POHANG")
        reference = hand.case((7, "file"), (3, "withdraw"))
        hand.change(reference, 2, role="approver")
        db.session.remove()
    return reference


def test_figures_are_printed_as_tables_and_as_exact_numbers(app: Flask, bent: str) -> None:
    shown, told = run(app, "workflow", "stats", "OBJ"), run(app, "workflow", "stats", "objection@1", "--json").data
    assert shown.code == 0
    assert "Time in state and deadlines" in shown.out
    assert "nearest rank" in shown.out
    assert (told["version"], told["whole"]["cases"]) == (1, 2)
    assert (told["states"][0]["state"], told["states"][0]["left"], told["states"][0]["p50"]) == (
        "drafting",
        2,
        5 * HOUR,
    )


def test_figures_of_one_zone_and_of_a_period(app: Flask, bent: str) -> None:
    def cases(*options: str) -> int:
        return int(run(app, "workflow", "stats", "OBJ", "--json", *options).data["whole"]["cases"])

    assert cases("--zone", "GS-POHANG") == 1
    assert cases("--from", "2026-03-02", "--to", "2026-03-02") == 2
    assert cases("--to", "2026-03-01") == 0


@pytest.mark.parametrize(
    ("options", "code", "named"),
    [
        (("XYZ",), 1, "XYZ"),
        (("OBJ", "--zone", "GS-NOWHERE"), 1, "GS-NOWHERE"),
        (("OBJ", "--from", "yesterday"), 2, "yesterday"),
    ],
)
def test_what_does_not_exist_is_named(app: Flask, options: tuple[str, ...], code: int, named: str) -> None:
    ended = run(app, "workflow", "stats", *options)
    assert (ended.code, ended.out) == (code, "")
    assert named in ended.err


def test_deviations_are_listed_and_make_the_command_fail(app: Flask, bent: str) -> None:
    ended = run(app, "workflow", "conformance", "OBJ")
    assert ended.code == 1
    assert ended.lines[0].startswith(f"{bent} revision 2 role: ")
    assert run(app, "workflow", "conformance", "RBD").code == 0
    with_figures = run(app, "workflow", "stats", "OBJ", "--conformance")
    assert (with_figures.code, "1 deviations" in with_figures.out) == (0, True)


def test_an_event_log_is_written_to_a_file_and_to_the_terminal(app: Flask, bent: str, tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    assert run(app, "workflow", "log", "OBJ", "-o", path).code == 0
    assert len(etree.parse(path).getroot().xpath("*[local-name()='trace']")) == 2
    printed = run(app, "workflow", "log", "OBJ", "--format", "csv", "-o", "-")
    assert len(printed.lines) == 1 + 6
    assert [one.name for one in tmp_path.iterdir()] == ["log.xes"]
    nowhere = run(app, "workflow", "log", "OBJ", "-o", tmp_path / "nowhere" / "log.xes")
    assert (nowhere.code, len(nowhere.err.splitlines())) == (1, 1)


def test_a_definition_is_drawn_as_svg_and_written_as_mermaid(app: Flask, tmp_path: Path) -> None:
    drawing, text = tmp_path / "map.svg", tmp_path / "map.mmd"
    ended = run(app, "workflow", "diagram", "RBD@1", "--format", "svg", "-o", drawing)
    assert (ended.code, ended.err) == (0, "")
    root = etree.parse(drawing).getroot()
    assert root.xpath("//@data-state")
    assert root.xpath("//@style") == []
    told = run(app, "workflow", "diagram", "objection", "--format", "mermaid", "-o", text, "--json")
    assert (told.code, told.data["states"], told.data["steps"]) == (0, 9, 14)
    assert text.read_text(encoding="utf-8").startswith("stateDiagram-v2")
    assert run(app, "workflow", "diagram", "RBD@7", "-o", drawing).code == 1


def test_without_graphviz_mermaid_still_works_and_svg_says_what_to_install(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "program.yaml"
    shown = (Path(layouts.__file__).parents[2] / "workflows/programs/objection.v1.yaml").read_text(encoding="utf-8")
    source.write_text(shown.replace("version: 1\n", "version: 2\n", 1), encoding="utf-8")
    folder = tmp_path / "empty"
    folder.mkdir()
    with monkeypatch.context() as bare:
        bare.setenv("PATH", str(folder))
        layouts._asked.cache_clear()
        assert run(app, "workflow", "publish", source).code == 0
        missing = run(app, "workflow", "diagram", "OBJ@2", "-o", tmp_path / "map.svg")
        assert (missing.code, "graphviz" in missing.err) == (1, True)
        assert run(app, "workflow", "diagram", "OBJ@2", "--format", "mermaid", "-o", tmp_path / "map.mmd").code == 0
    layouts._asked.cache_clear()
    assert shutil.which("dot")
    with app.app_context():
        assert layouts.lay_out_published() == 1
        assert layouts.lay_out_published() == 0
        db.session.remove()
