"""The linter: what is shipped is clean, findings are one clear line each, and no definition makes it fail."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.wiring import ARGUMENTS, EFFECTS, GUARDS, OPPOSITES, OUTSIDE, vocabulary
from tests.workflows import seeded
from workflows import catalogue
from workflows.linter import lint
from workflows.loader import DefinitionError, Finding, Loaded, load_bytes
from workflows.roles import Role
from workflows.rules.arguments import KINDS
from workflows.simulation import Facts, simulate

RBD = catalogue.newest("joint_rbd_planning").source
BASE = (seeded.FAULTS / "base.yaml").read_text(encoding="utf-8")
LINE = re.compile(r"^\S+:\d+ WF\d{3} \S.*: .+; .+$")


@pytest.mark.parametrize("name", sorted({name for name, _ in catalogue.shipped()}))
def test_every_shipped_definition_is_clean(name: str) -> None:
    assert [str(finding) for finding in lint(catalogue.newest(name), vocabulary())] == []


def test_a_finding_tells_file_line_code_place_what_and_hint() -> None:
    wrong = RBD.replace("initial: draft", "initial: drft")
    finding = lint(load_bytes(wrong.encode(), "seeded.yaml"), vocabulary())[0]
    assert re.match(r"seeded\.yaml:\d+ WF101 initial: unknown state 'drft'; did you mean 'draft'\?$", str(finding))


def test_findings_come_in_the_order_of_the_file() -> None:
    wrong = RBD.replace("initial: draft", "initial: drft").replace("[call_closed]", "[call_clsd]")
    found = lint(load_bytes(wrong.encode(), "seeded.yaml"), vocabulary())
    assert [finding.line for finding in found] == sorted(finding.line for finding in found)
    assert len({finding.line for finding in found}) > 2


def test_a_file_cannot_write_a_second_line_into_a_finding() -> None:
    wrong = BASE.replace("from: tracking", 'from: "tracking"').replace(
        "{ko: 완료, en: Closed}", '{ko: "x\\nb.yaml:1 WF999 states: made up; nothing", en: Closed}'
    )
    said = [str(finding) for finding in lint(load_bytes(wrong.encode(), "b.yaml"), vocabulary())]
    assert any("WF999" in line for line in said)
    assert all(LINE.match(line) and "\n" not in line for line in said)


def test_it_is_known_what_every_guard_and_effect_takes() -> None:
    assert set(ARGUMENTS) == set(GUARDS) | set(EFFECTS) | set(OUTSIDE)
    assert {kind for kind in ARGUMENTS.values() if isinstance(kind, str)} <= set(KINDS)
    assert {name.partition(":")[0] for pair in OPPOSITES for name in pair} <= set(GUARDS)


_TOKENS = sorted(set(re.findall(r"[\w:+-]+|[{}\[\],]", BASE)))
_LINES = BASE.splitlines()

_edits = st.lists(
    st.tuples(
        st.sampled_from(["drop", "double", "swap", "word"]),
        st.integers(0, len(_LINES) - 1),
        st.integers(0, 40),
        st.sampled_from(_TOKENS),
    ),
    min_size=1,
    max_size=6,
)


def edited(edits: list[tuple[str, int, int, str]]) -> str:
    """The sound definition after somebody's clumsy editing."""
    lines = list(_LINES)
    for kind, at, word, token in edits:
        at %= len(lines)
        if kind == "drop":
            del lines[at]
        elif kind == "double":
            lines.insert(at, lines[at])
        elif kind == "swap":
            lines[at], lines[at - 1] = lines[at - 1], lines[at]
        else:
            parts = re.split(r"([\w:+-]+|[{}\[\],])", lines[at])
            parts[(2 * word + 1) % len(parts) if len(parts) > 1 else 0] = token
            lines[at] = "".join(parts)
    return "\n".join(lines)


def read(text: str) -> Loaded | tuple[Finding, ...]:
    """The definition, or the lines with which it is refused."""
    try:
        return load_bytes(text.encode(), "edited.yaml")
    except DefinitionError as error:
        return error.findings


@settings(max_examples=250, deadline=None)
@given(_edits)
def test_clumsy_editing_ends_in_findings_and_never_in_a_failure(edits: list[tuple[str, int, int, str]]) -> None:
    loaded = read(edited(edits))
    refused = isinstance(loaded, tuple)
    findings = loaded if refused else lint(loaded, vocabulary())
    assert findings or not refused
    for finding in findings:
        assert LINE.match(str(finding))
        assert 1 <= finding.line <= len(_LINES) + len(edits)
    for state in () if refused else loaded.workflow.states:
        simulate(loaded.workflow, state, [Role.APPROVER], Facts())
