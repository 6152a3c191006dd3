"""Every seeded fault is found where it stands, by its own code, and by nothing else."""

from pathlib import Path

import pytest

from tests.workflows import seeded
from workflows.rules.codes import CODES

FOUND_ELSEWHERE = {"WF411", "WF501", "WF502", "WF503"}
"""Codes of drafts and of scenario files, which have tests of their own."""


@pytest.mark.parametrize("name", ["base.yaml", "appeal.yaml"])
def test_the_definitions_under_the_faults_are_sound(name: str) -> None:
    nothing = seeded.Fault("", "", name, published=False, occupied=frozenset(), hunks=())
    assert [str(finding) for finding in seeded.findings(nothing)] == []


@pytest.mark.parametrize("path", seeded.PATCHES, ids=lambda path: path.stem)
def test_a_seeded_fault_is_found_on_its_line_and_nothing_else(path: Path) -> None:
    fault = seeded.read(path)
    _, marked = seeded.patched(fault)
    assert marked
    assert {code for _, code in marked} == {fault.code}
    found = seeded.findings(fault)
    assert {(finding.line, finding.code) for finding in found} == marked, "\n".join(map(str, found))
    assert len(found) == len(marked)


def test_every_code_has_a_seeded_fault_and_a_meaning() -> None:
    seen = {seeded.read(path).code for path in seeded.PATCHES}
    assert seen | FOUND_ELSEWHERE == set(CODES)
    assert len(seeded.PATCHES) >= 45
