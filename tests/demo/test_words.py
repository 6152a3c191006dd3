"""The demo's own files: names that are nobody's, numbers that check, sentences that fit their fields."""

import pytest

from backoffice.core.identifiers import find_resident_number, is_business_number
from backoffice.demo import sources
from backoffice.demo.casting import Word
from backoffice.demo.society import business_number
from workflows.indicators import all_indicators, asked_of_companies


def test_business_numbers_check_and_are_different() -> None:
    numbers = [business_number(firm, place) for place, firm in enumerate(sources.firms().values(), start=1)]
    assert all(is_business_number(number) for number in numbers)
    assert len(set(numbers)) == len(numbers) >= 60
    assert {number[3:5] for number in numbers} == {"81", "82", "86"}


def test_projects_are_many_and_their_titles_differ() -> None:
    titles = [project.title for rows in sources.projects().values() for project in rows]
    assert len(titles) == len(set(titles)) >= 100
    assert all(10 <= len(title) <= 80 for title in titles)
    assert len(sources.projects()) == 14


def test_no_sentence_looks_like_a_resident_number() -> None:
    texts = [
        path.read_text(encoding="utf-8") for folder in (sources.DATA, sources.STORIES) for path in folder.iterdir()
    ]
    assert not any(find_resident_number(text) for text in texts)


def test_figures_are_about_indicators_that_exist() -> None:
    known = set(all_indicators())
    assert set(sources.figures()["measures"]) <= known
    assert set(sources.figures()["company"]) == {item.code for item in asked_of_companies()}


@pytest.mark.parametrize(
    ("name", "text"),
    [("㈜나노메디텍", "㈜나노메디텍은 ㈜나노메디텍과"), ("동남온전동기㈜", "동남온전동기㈜는 동남온전동기㈜와")],
)
def test_a_name_takes_the_particle_its_last_syllable_asks_for(name: str, text: str) -> None:
    word = Word(name)
    assert f"{word:은} {word:과}" == text
