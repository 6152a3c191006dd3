"""The walls of the house: packages, imports, names that belong to the charter, templates, vendored files."""

import ast
import configparser
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

from tests.house.test_sizes import ROOT, sources
from workflows import catalogue

INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']", re.IGNORECASE)


def test_the_packages_listed_for_the_wheel_are_the_packages_of_the_tree() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(config["options"]["packages"].split()) - {"backoffice.templates", "backoffice.static"}
    tree = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for folder in ("backoffice", "workflows")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".yaml", ".csv", ".mako"} and path.name != "py.typed"
    }
    data = {name for name in tree if name.endswith(".data") or ".stories" in name}
    assert tree - data == listed - data


def test_imports_only_go_down() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_no_import_hides_inside_a_function() -> None:
    hidden = []
    for path in sources("backoffice", "workflows"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden += [
                    f"{path.relative_to(ROOT)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    assert not hidden


def test_no_program_and_no_state_is_named_in_the_office() -> None:
    names = {name for name, _ in catalogue.shipped()}
    states = {
        state
        for loaded in catalogue.shipped().values()
        for state in loaded.workflow.states
        if "_" in state or state in {"deliberation", "tracking", "settlement"}
    }
    found = []
    for path in sources("backoffice"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in names | states:
                found.append((str(path.relative_to(ROOT)), node.value))
    assert set(found) <= set(EXPLAINED_NAMES)


EXPLAINED_NAMES = {
    ("backoffice/funding/models.py", "settlement"): "the name of a table",
    ("backoffice/notifications/events.py", "not_selected"): "the code of a mail",
    ("backoffice/notifications/events.py", "report_due"): "the code of a mail",
    ("backoffice/cli/archive.py", "council"): "the name of a table",
    ("backoffice/organizations/models.py", "council"): "the name of a table",
    ("backoffice/reports/display.py", "council"): "a kind of entry in the register of councils and agreements",
    ("backoffice/wiring.py", "council"): "a kind of entry in the register of councils and agreements",
    ("backoffice/wiring.py", "report_due"): "the name of a date a definition may count from",
}
"""Words that happen to equal a state's name and mean something else."""


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def test_no_template_holds_a_style_a_script_or_an_event_attribute() -> None:
    bad = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in templates()
        for match in INLINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not bad


def test_every_template_is_used() -> None:
    words = "\n".join(path.read_text(encoding="utf-8") for path in [*sources("backoffice"), *templates()])
    unused = []
    for path in templates():
        name = str(path.relative_to(ROOT / "templates"))
        if name not in words and not name.startswith("emails/"):
            unused.append(name)
    assert not unused


def test_vendored_files_are_what_the_manifest_says() -> None:
    manifest = json.loads((ROOT / "static/vendor/MANIFEST.json").read_text(encoding="utf-8"))
    listed: dict[str, str] = {}
    for package in manifest["packages"]:
        assert package["license"]
        assert package["version"]
        listed.update(package["files"])
    there = {
        str(path.relative_to(ROOT / "static"))
        for folder in ("vendor", "fonts")
        for path in (ROOT / "static" / folder).rglob("*")
        if path.is_file() and path.name != "MANIFEST.json"
    }
    assert there == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((ROOT / "static" / name).read_bytes()).hexdigest() == digest, name
