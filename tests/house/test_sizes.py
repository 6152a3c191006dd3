"""The house keeps its rooms small: files, functions, views, templates, tests, packages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("backoffice", "workflows")


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "versions" not in path.relative_to(ROOT).parts)


def functions(path: Path) -> Iterator[tuple[str, int, list[str]]]:
    """(name, lines, decorators) of every function in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [ast.unparse(decorator) for decorator in node.decorator_list]
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1, names


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", sources(*CODE, "tests"), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_four_hundred_lines(path: Path) -> None:
    assert lines(path) <= 400


def test_no_function_is_longer_than_sixty_lines_and_no_view_longer_than_forty() -> None:
    long = []
    for path in sources(*CODE):
        for name, length, decorators in functions(path):
            limit = 40 if any("blueprint." in text for text in decorators) else 60
            if length > limit:
                long.append(f"{path.relative_to(ROOT)}:{name} {length} > {limit}")
    assert not long


def test_no_test_is_longer_than_fifty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{name} {length}"
        for path in sources("tests")
        for name, length, _ in functions(path)
        if name.startswith("test_") and length > 50
    ]
    assert not long


def test_no_template_is_longer_than_two_hundred_lines() -> None:
    long = [path.name for path in (ROOT / "templates").rglob("*") if path.is_file() and lines(path) > 200]
    assert not long


def test_no_package_holds_more_than_a_third_of_the_house() -> None:
    sizes: dict[str, int] = {}
    for path in sources(*CODE):
        parts = path.relative_to(ROOT).parts
        package = parts[0] if parts[0] == "workflows" or len(parts) < 3 else ".".join(parts[:2])
        sizes[package] = sizes.get(package, 0) + lines(path)
    biggest = max(sizes, key=lambda name: sizes[name])
    assert sizes[biggest] / sum(sizes.values()) <= 0.35, biggest


def test_every_file_opens_with_one_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources(*CODE)
        if not (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").strip().endswith((".", ")"))
    ]
    assert not silent


def test_commit_is_written_in_one_file_only() -> None:
    writers = {
        str(path.relative_to(ROOT))
        for path in sources(*CODE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    assert writers == {"backoffice/core/db.py"}
