"""Definitions that cannot be read are refused with one line each and change nothing."""

from pathlib import Path

import pytest

from workflows import catalogue
from workflows.loader import MAX_BYTES, DefinitionError, digest_of, load_bytes, load_file

SMALL = """
workflow: small
version: 1
code: SM
title: {ko: 작은 업무, en: Small}
summary: {ko: 작은 업무입니다, en: A small one}
kind: application
initial: open
stages: [{code: only, label: {ko: 하나, en: One}}]
states:
  open: {stage: only, label: {ko: 열림, en: Open}, owner: hq_staff, deadline: {due: 7d}}
  shut: {stage: only, label: {ko: 닫힘, en: Shut}, final: success}
transitions:
  - {action: shut_it, label: {ko: 닫기, en: Shut}, from: open, to: shut, by: [hq_staff]}
"""


def refusals(raw: bytes) -> list[str]:
    with pytest.raises(DefinitionError) as wrong:
        load_bytes(raw, "bad.yaml")
    return [str(finding) for finding in wrong.value.findings]


def finding(text: str) -> str:
    return refusals(text.encode())[0]


def test_a_small_definition_is_enough() -> None:
    loaded = load_bytes(SMALL.encode(), "small.yaml")
    assert loaded.workflow.states["open"].shown.ko == "열림"
    assert loaded.line("transitions", 0) == 14


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("version: 1", "version: 1\nversion: 2"), 4, "is written twice"),
        (("owner: hq_staff", "owner: king"), 11, "states.open.owner"),
        (("owner: hq_staff", "ownr: hq_staff"), 11, "remove it or correct its spelling"),
        (("version: 1\n", ""), 2, "version: is missing; add it"),
        (("due: 7d", "due: soon"), 11, "write one of"),
        (("states:", "states: &all"), 10, "anchor or alias"),
        (("title: {ko", "title: [{ko"), 6, "is not readable YAML"),
        (("version: 1", "version: 1970-01-01"), 3, "put it in quotes"),
        (("version: 1", "version: .nan"), 3, "put it in quotes"),
        (("version: 1", "version: '1'"), 3, "must be a whole number"),
        (("version: 1", "version: true"), 3, "must be a whole number"),
        (("version: 1", f"version: {'9' * 5000}"), 3, "is not a plain value"),
        (("code: SM", "code: sm"), 4, "capital letters"),
        (("en: Small}", "en: No}"), 5, "must be text; put it in quotes"),
        (("by: [hq_staff]", "by: hq_staff"), 14, "must be a list"),
        (("from: open", "from: 3"), 14, "must be a list"),
        (("stages: [{code: only, label: {ko: 하나, en: One}}]", "stages: [only]"), 9, "must be keys with values"),
        (("by: [hq_staff]", "by: [hq_staff], bulk: 1"), 14, "must be true or false"),
        (("by: [hq_staff]", "by: [hq_staff], requires: [5]"), 14, "name:argument"),
        (("initial: open", "initial: open\x00"), 8, "control character U+0000"),
        (("initial: open", "initial: op\u2028en"), 8, "control character U+2028"),
        (("initial: open", "initial: !!str open"), 8, "YAML tag"),
        (("initial: open", "initial: !!python/name:os.system x"), 8, "YAML tag"),
        (("initial: open", "initial: open\n---\na: b"), 9, "second document"),
        (("initial: open", "initial: open\n? [a]\n: b"), 9, "a key that is not a word"),
        (("workflow: small", "workflow: Small Thing"), 2, "workflow"),
    ],
)
def test_each_fault_is_named_with_file_line_place_and_hint(change: tuple[str, str], line: int, words: str) -> None:
    assert change[0] in SMALL
    found = finding(SMALL.replace(*change, 1))
    assert found.startswith(f"bad.yaml:{line} ")
    assert words in found


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"# only a remark", "empty"),
        (b"- a\n- list", "must be keys with values"),
        (b"just words", "must be keys with values"),
        (b"null", "must be keys with values"),
        (b"#" * (MAX_BYTES + 1), "larger than"),
        (b"a: " + b"[" * 60, "nested too deeply"),
        (b"{" * 200_000, "nested too deeply"),
        (b"a: &a [x]\nb: [*a, *a, *a]", "anchor or alias"),
        (b"a: &a\n  <<: *a", "anchor or alias"),
        (b"!!python/object/apply:os.system [ls]", "YAML tag"),
        (b"\xff\xfe\x00bad", "UTF-8"),
        ("workflow: 정의".encode("cp949"), "UTF-8"),
        (b'a: "\\ud800"', "is not readable YAML"),
        (b"%YAML 9.9\n---\na: b", "is not readable YAML"),
    ],
)
def test_bombs_and_rubbish_are_refused_with_one_line(raw: bytes, words: str) -> None:
    (line,) = refusals(raw)
    assert words in line
    assert "\n" not in line


def test_a_file_without_an_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    endless = tmp_path / "endless.yaml"
    with endless.open("wb") as file:
        file.truncate(1_000_000_000)
    with pytest.raises(DefinitionError, match="larger than"):
        load_file(endless)
    with pytest.raises(DefinitionError, match="cannot be read"):
        load_file(tmp_path / "missing.yaml")


def test_one_wrong_item_does_not_make_its_list_look_too_short() -> None:
    found = refusals(SMALL.replace("action: shut_it", "action: Shut It").encode())
    assert len(found) == 1


def test_the_digest_follows_the_meaning_and_not_the_layout() -> None:
    one = load_bytes(SMALL.encode(), "a.yaml")
    laid_out = load_bytes(("# a remark\n" + SMALL.replace("version: 1", "version:   1")).encode(), "b.yaml")
    other = load_bytes(SMALL.replace("7d", "8d").encode(), "c.yaml")
    assert one.digest == laid_out.digest != other.digest
    assert digest_of(one.workflow) == one.digest


def test_one_name_and_a_list_of_one_name_mean_the_same() -> None:
    listed = load_bytes(SMALL.replace("from: open", "from: [open]").encode(), "a.yaml")
    assert listed.digest == load_bytes(SMALL.encode(), "b.yaml").digest


def test_everything_shipped_can_be_read() -> None:
    assert {name for name, _ in catalogue.shipped()} >= {"joint_rbd_planning", "objection", "outcome_report"}
    assert len(catalogue.newest("joint_rbd_planning").workflow.states) == 27
