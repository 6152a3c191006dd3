"""A definition that is edited piece by piece keeps the comments and the layout of everything that was not touched."""

import copy
import random
from typing import Any

import pytest

from workflows import catalogue
from workflows.loader import load_bytes
from workflows.rewriting import read, revise
from workflows.writer import canonical

NAMES = sorted({name for name, _ in catalogue.shipped()})


@pytest.mark.parametrize("name", NAMES)
def test_the_canonical_text_means_the_same(name: str) -> None:
    loaded = catalogue.newest(name)
    assert load_bytes(canonical(loaded.workflow).encode(), "x").digest == loaded.digest


@pytest.mark.parametrize("name", NAMES)
def test_saving_without_a_change_changes_no_byte(name: str) -> None:
    source = catalogue.newest(name).source
    assert revise(source, read(source)) == source


def test_only_the_edited_lines_change_and_comments_stay() -> None:
    source = catalogue.newest("joint_rbd_planning").source
    data = read(source)
    data["states"]["screening"]["label"]["ko"] = "자격검토"
    data["transitions"][2]["by"] = ["applicant", "hq_staff"]
    changed = [
        (old, new)
        for old, new in zip(source.splitlines(), revise(source, data).splitlines(), strict=True)
        if old != new
    ]
    assert [new.strip() for _, new in changed] == [
        "label: {ko: 자격검토, en: Eligibility screening}",
        "by: [applicant, hq_staff]",
    ]


def test_pieces_come_and_go_where_they_stand() -> None:
    source = "# head\na: 1\n# about b\nb:\n  - x: 1 # one\n    y: 2\n  - x: 3\n# about c\nc: {k: v}\n"
    data = read(source)
    data["b"].append({"x": 4})
    del data["a"]
    data["c"]["new"] = "말: 씀"
    revised = revise(source, data)
    assert read(revised) == data
    assert [line for line in revised.splitlines() if "#" in line] == [
        "# head",
        "# about b",
        "  - x: 1 # one",
        "# about c",
    ]


def mutate(data: Any, rng: random.Random) -> None:
    """One random change at a random place."""
    inner = data
    while isinstance(inner, dict | list) and inner:
        key = rng.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
        chance = rng.random()
        if chance < 0.15:
            del inner[key]
            return
        if chance < 0.3:
            fresh = rng.choice(["x: y", [1, 2], {"a": {"b": "c # d"}}, "한글", True, None, "7", "a\nb"])
            if isinstance(inner, dict):
                inner[f"new_{rng.randrange(99)}"] = fresh
            else:
                inner.insert(key, fresh)
            return
        if not isinstance(inner[key], dict | list) or not inner[key]:
            inner[key] = "다른 값"
            return
        inner = inner[key]


@pytest.mark.parametrize("name", NAMES)
def test_any_edit_is_written_exactly(name: str) -> None:
    source = catalogue.newest(name).source
    for seed in range(60):
        rng = random.Random(seed)
        data = copy.deepcopy(read(source))
        for _ in range(rng.randrange(1, 4)):
            mutate(data, rng)
        assert read(revise(source, data)) == data, seed
