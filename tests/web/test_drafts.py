"""A draft is edited as text or piece by piece; what cannot be taken is refused with its line, and nothing is lost."""

import pytest

from backoffice.core.db import db
from backoffice.programs.models import DraftAct
from tests.story import Way
from tests.versions import next_version, replaced
from tests.web.desk import Desk
from workflows import catalogue
from workflows.loader import load_bytes

SHIPPED = catalogue.newest("joint_rbd_planning").source


BAD = {
    "broken": "workflow: [",
    "a list": "- a\n- b\n",
    "empty": "",
    "twice": SHIPPED.replace("version: 1\n", "version: 2\nversion: 3\n", 1),
    "guard": next_version(("requires: [call_closed]", "requires: [call_somehow]")),
    "state": next_version(("to: withdrawn", "to: gone_away")),
    "bomb": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "deep": "a: " + "[" * 4000,
    "python": "workflow: !!python/object/apply:os.system [ls]\n",
    "NUL": "workflow: x\0y\n",
    "long": "a: " + "x" * 600_000,
    "other workflow": catalogue.newest("objection").source.replace("version: 1\n", "version: 9\n", 1),
    "same version": SHIPPED,
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_wrong_definition_is_refused_with_its_line_and_changes_nothing(desk: Desk, name: str) -> None:
    address = desk.started().address
    before = desk.source()
    page = desk.author.submit(desk.author.get(f"{address}/text"), "/text", source=BAD[name])
    assert page.status == 422
    assert "번째 줄" in page.text
    assert desk.source() == before
    if "\0" not in BAD[name]:
        assert page.tree.xpath("//textarea[@name='source']")[0].value.strip() == BAD[name].strip()


@pytest.mark.parametrize("content", [b"x" * 10_000_000, b"workflow: \xc7\xd1\xb1\xdb", b"\xff\xfe\x00", b"{" * 5000])
def test_a_wrong_file_is_refused_with_one_line(desk: Desk, content: bytes) -> None:
    address = desk.started().address
    before = desk.source()
    page = desk.author.submit(desk.author.get(f"{address}/text"), "/text", file=("next.yaml", content))
    assert (page.status, len(page.tree.xpath("//ul[contains(@class,'findings')]/li"))) == (422, 1)
    assert desk.source() == before


def test_ten_megabytes_in_the_field_are_refused(desk: Desk) -> None:
    address = desk.started().address
    before = desk.source()
    page = desk.author.submit(desk.author.get(f"{address}/text"), "/text", source="x" * 10_000_000)
    assert page.status == 413
    assert desk.source() == before


def test_findings_are_told_while_the_text_is_written_and_nothing_is_saved(desk: Desk) -> None:
    address = desk.started().address
    token = desk.author.get(f"{address}/text").tree.xpath("//input[@name='csrf_token']/@value")[0]
    text = replaced(desk.source(), ("stage: intake\n    label: {ko: 작성중", "stage: nowhere\n    label: {ko: 작성중"))
    answer = desk.author.post(f"{address}/check", {"csrf_token": token, "source": text})
    assert answer.status == 200
    assert "없는 단계를 가리킵니다" in answer.text
    assert "nowhere" not in desk.source()


def test_a_draft_with_findings_can_be_saved_but_not_sent_for_approval(desk: Desk) -> None:
    address = desk.started().address
    page = desk.author.submit(
        desk.author.get(f"{address}/edit/states/new"), "/new",
        **{"piece-name": "waiting_room", "label-ko": "대기", "label-en": "Waiting", "stage": "intake", "owner": "hq_staff"},
    )  # fmt: skip
    assert page.status == 200
    assert "처음부터 이 상태에 이르는 길이 없습니다" in page.text
    assert "waiting_room" in desk.source()
    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    answer = desk.author.post(
        f"{address}/request", {"csrf_token": token, "revision": "2", "note": "그래도 부탁합니다."}
    )
    assert answer.status == 409
    assert "WF203" in answer.text
    assert desk.status() == "open"


def test_a_step_is_edited_with_fields_and_everything_else_stays_word_for_word(desk: Desk) -> None:
    address = desk.started().address
    before = desk.source()
    index = next(
        place
        for place, step in enumerate(load_bytes(before.encode(), "x").workflow.transitions)
        if step.action == "pass_screening"
    )
    page = desk.author.get(f"{address}/edit/transitions/{index}")
    assert page.form("").fields["action"] == "pass_screening"
    page = desk.author.submit(page, "", **{"label-ko": "적격 확정", "undo": "900"})
    assert page.status == 200, page.text
    old, new = before.splitlines(), desk.source().splitlines()
    assert [line for line in new if line not in old] == [
        "    label: {ko: 적격 확정, en: Pass screening}",
        "    undo: 900",
    ]
    assert [line for line in old if line not in new] == ["    label: {ko: 적격 처리, en: Pass screening}"]
    assert "# ---- intake" in desk.source()


@pytest.mark.parametrize(
    "place", ["program", "states/screening", "transitions/2", "forms/application/0/1", "documents/plan"]
)
def test_saving_a_piece_unchanged_changes_nothing(desk: Desk, place: str) -> None:
    address = desk.started().address
    before = desk.source()
    page = desk.author.submit(desk.author.get(f"{address}/edit/{place}"), "")
    assert page.status == 200
    assert desk.source() == before
    assert desk.count(DraftAct) == 1


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("states/screening", {"label-en": ""}, "한국어와 영어를 모두"),
        ("states/screening", {"stage": ""}, "단계"),
        ("states/screening", {"deadline-due": "tomorrow"}, "빠졌거나 모르는 값"),
        ("states/screening", {"tasks": "a: [b"}, "읽을 수 없습니다"),
        ("states/screening", {"tasks": "a: &x 1\nb: *x"}, "읽을 수 없습니다"),
        ("states/new", {"label-ko": "새", "label-en": "New", "stage": "intake"}, "부호를 적어 주세요"),
        ("transitions/2", {"undo": "soon"}, "숫자로"),
        ("transitions/2", {"requires": "no_such_guard"}, "없는 조건"),
        ("documents/plan", {"max-mb": "9" * 30}, "숫자로"),
    ],
)
def test_wrong_input_names_the_field_and_loses_nothing(
    desk: Desk, path: str, typed: dict[str, str], words: str
) -> None:
    address = desk.started().address
    before = desk.source()
    page = desk.author.submit(desk.author.get(f"{address}/edit/{path}"), "", **typed)
    assert page.status == 422
    assert words in page.text
    for name, value in typed.items():
        assert value in [text.lstrip("\n") for field, text in page.form("").form_values() if field == name]
    assert desk.source() == before


def test_a_state_in_use_cannot_be_taken_out(desk: Desk) -> None:
    address = desk.started().address
    before = desk.source()
    page = desk.author.submit(desk.author.get(f"{address}/edit/states/screening"), "", button=("remove", "yes"))
    assert page.status == 422
    assert "없는 상태를 가리킵니다" in page.text
    assert desk.source() == before


def test_an_unused_document_is_taken_out(desk: Desk) -> None:
    address = desk.started().address
    page = desk.author.get(f"{address}/edit/documents/new")
    typed = {"piece-name": "letter", "label-ko": "공문", "label-en": "Letter", "types": "pdf", "max-mb": "10"}
    assert desk.author.submit(page, "", **typed).status == 200
    assert "letter" in desk.source()
    desk.author.submit(desk.author.get(f"{address}/edit/documents/letter"), "", button=("remove", "yes"))
    assert "letter:" not in desk.source()


def test_two_people_editing_do_not_overwrite_each_other(desk: Desk) -> None:
    address = desk.started().address
    mine, theirs = (one.get(f"{address}/edit/states/screening") for one in (desk.author, desk.colleague))
    desk.colleague.submit(theirs, "", **{"label-ko": "자격심사"})
    page = desk.author.submit(mine, "", **{"label-ko": "자격확인"})
    assert page.status == 409
    assert "다른 사람이 이 안을 바꾸었습니다" in page.text
    assert page.form("").fields["label-ko"] == "자격확인"
    assert "자격심사" in desk.source()


def test_a_removed_state_with_open_cases_needs_a_map(desk: Desk) -> None:
    with desk.app.app_context():
        story = Way(desk.app.extensions["engine"]).submitted()
        reference = story.case().reference
        db.session.remove()
    address = desk.started().address
    text = replaced(desk.source(), ("  submitted:\n", "  received:\n"), ("to: submitted\n", "to: received\n"),
                    ("from: submitted\n", "from: received\n"), ("[draft, submitted,", "[draft, received,"))  # fmt: skip
    page = desk.author.submit(desk.author.get(f"{address}/text"), "/text", source=text)
    assert "없앤 상태에 진행 중인 건이 있습니다" in page.text
    assert reference
    mapped = replaced(text, ("\nstages:\n", "\nmigrations:\n  - {from: 1, states: {submitted: received}}\n\nstages:\n"))
    page = desk.author.submit(desk.author.get(f"{address}/text"), "/text", source=mapped)
    assert "고칠 곳이 없습니다" in page.text
