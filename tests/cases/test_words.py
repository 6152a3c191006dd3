"""A word finds the same cases by the index of letter pairs as by reading every text, whatever became of them since."""

import pytest
from sqlalchemy import delete, select, update

from backoffice.cases import words
from backoffice.cases.models import Case, CaseOrganization, CaseZone
from backoffice.core.db import db, transaction
from backoffice.core.hangul import search_key, search_text
from backoffice.engine.perform import Engine
from backoffice.engine.spine import History
from tests.crowd import make_cases, make_crowd

TEXTS = (
    ("2026-RBD-01-0007", "나노입자 바이오센서 공동 기획", "㈜나노메디텍", "124-81-00998"),
    ("2026-RBD-01-0017", "바이오 오이바 바이바이오", "이오바이오"),
    ("2025-EXP-01-12549", "해양 로봇 시제품 제작 100% a_b", "한빛바이오12"),
    ("B-1", "가"),
    ("B-2", "漢字와 ABC, 3.5세대"),
    ("B-3", ""),
    ("B-4", "바이 이오 나노메 노메디 메디텍"),
)
ASKED = (
    "바", "ㅂ", "1", "a", "바이", "이오", "바이오", "ㅂㅇㅇ", "ㅂㅇㅇㅅㅅ", "바이오센서", "바이바이오", "오이바", "ㄴㄴㅁㄷㅌ",
    "나노메디", "나노메디텍", "(주)나노메디텍", "2026-RBD-01-0007", "0007", "17바이", "12481", "124-81", "센서 공동", "공동기획", "100%", "%", "_",
    "a_b", "ab", "바_오", "바%오", "漢字", "漢字와ABC", "abc3", "35세대", "한빛바이오12", "ㅎㅂㅂㅇㅇ12", "오2026", "\"", "*", "바 OR 이", "가",
    "찾을수없는말", "바이오" * 20,
)  # fmt: skip


@pytest.fixture
def cases(office: Engine) -> list[int]:
    made = make_cases(make_crowd(office), len(TEXTS), state="screening")
    with transaction():
        for case_id, parts in zip(made, TEXTS, strict=True):
            db.session.execute(update(Case).where(Case.id == case_id).values(search_text=search_text(*parts)))
    return made


def by_index(word: str) -> list[int]:
    return sorted(db.session.scalars(words.holding(word)))


def by_reading(word: str) -> list[int]:
    return sorted(db.session.scalars(select(Case.id).where(words.in_text(word))))


@pytest.mark.parametrize("asked", ASKED)
def test_a_word_finds_what_reading_every_text_finds(cases: list[int], asked: str) -> None:
    word = search_key(asked)
    if word:
        assert by_index(word) == by_reading(word)


def test_words_find_cases_at_all(cases: list[int]) -> None:
    found = {
        word: [cases.index(case_id) for case_id in by_index(search_key(word))]
        for word in ("바이오", "ㅎㅂㅂㅇㅇ", "가")
    }
    assert found == {"바이오": [0, 1, 2], "ㅎㅂㅂㅇㅇ": [2], "가": [3]}


def test_a_case_is_found_by_its_new_title_and_no_more_by_the_old_one(cases: list[int]) -> None:
    with transaction():
        db.session.get_one(Case, cases[0]).search_text = search_text("2026-RBD-01-0007", "수소연료전지 실증")
    assert by_index("바이오센서") == []
    assert by_index("ㅅㅅㅇㄹㅈㅈ") == [cases[0]]
    assert words.strayed() == 0


def test_a_change_that_was_taken_back_leaves_the_index_as_it_was(cases: list[int]) -> None:
    db.session.execute(update(Case).values(search_text="다른말"))
    assert len(by_index("다른말")) == len(cases)
    db.session.rollback()
    assert by_index("다른말") == []
    assert by_index("바이오센서") == [cases[0]]


def test_a_case_that_is_deleted_is_not_found(cases: list[int]) -> None:
    with transaction():
        for table in (History, CaseOrganization, CaseZone):
            db.session.execute(delete(table).where(table.case_id == cases[0]))
        db.session.execute(delete(Case).where(Case.id == cases[0]))
    assert by_index("바이오센서") == []
    assert words.strayed() == 0


def test_an_index_built_anew_finds_what_it_found(cases: list[int]) -> None:
    with transaction():
        words.build_anew()
    assert words.strayed() == 0
    assert [cases.index(case_id) for case_id in by_index("바이오")] == [0, 1, 2]
