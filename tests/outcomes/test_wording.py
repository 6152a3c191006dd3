"""How published figures are worded, and which rows are refused."""

import csv
from pathlib import Path

import pytest

from backoffice.core.errors import Invalid
from backoffice.outcomes import historic
from backoffice.outcomes.figure_rows import COLUMNS, Row, decode, read_rows
from backoffice.outcomes.wording import SHAPES, word

EXPECTED = Path(__file__).parent / "historic_wording.csv"


def figure(shape: str, **cells: str) -> tuple[str, str]:
    return word(Row({"row_id": "T1", "shape": shape, "approx": "0"} | cells))


def test_all_published_figures_read_as_they_were_agreed() -> None:
    with EXPECTED.open(encoding="utf-8", newline="") as source:
        expected = {row["row_id"]: row["canonical"] for row in csv.DictReader(source)}
    assert {row.id: word(row) for row in historic.rows()} == {row_id: (text, "ok") for row_id, text in expected.items()}
    assert len(expected) == 68


def test_every_shape_occurs_among_the_published_figures_or_below() -> None:
    assert {row.shape for row in historic.rows()} | {"pair_growth"} == set(SHAPES)


@pytest.mark.parametrize(
    ("shape", "cells", "text"),
    [
        ("level", {"value": "1234567", "unit": "명"}, "1,234,567명"),
        ("level", {"value": "4.20", "unit": "점"}, "4.2점"),
        ("level", {"value": "0", "unit": "건"}, "0건"),
        ("level", {"value": "700", "unit": "개", "approx": "1"}, "약 700개"),
        ("level", {"value": "14만6천336", "unit": "㎡"}, "146,336㎡"),
        ("level", {"value": "１，２００", "unit": "명"}, "1,200명"),
        ("pair", {"before": "44", "after": "77", "unit": "건"}, "44건→77건"),
        ("pair", {"before": "4.40", "after": "9.7", "unit": "%"}, "4.4%→9.7%"),
        ("pair_growth", {"before": "100", "after": "120", "unit": "개", "growth": "20"}, "100개→120개(20% 증가)"),
        ("pair_growth", {"before": "114", "after": "178", "unit": "건", "growth": "56"}, "114건→178건(56% 증가)"),
        ("pair_growth", {"before": "687", "after": "1179", "unit": "개", "growth": "71.6"}, "687개→1,179개(71.6% 증가)"),
        ("pair_growth", {"before": "50", "after": "50", "unit": "개", "growth": "0"}, "50개→50개(변동 없음)"),
        ("pair_growth", {"before": "200", "after": "150", "unit": "명", "growth": "-25"}, "200명→150명(25% 감소)"),
        ("pair_growth", {"before": "8", "after": "9", "unit": "개", "growth": "13"}, "8개→9개(13% 증가)"),
        ("pair_growth", {"before": "4.4", "after": "9.7", "unit": "%", "growth": "5.3"}, "4.4%→9.7%(5.3%p 증가)"),
        ("growth", {"growth": "0"}, "변동 없음"),
        ("growth", {"growth": "0.0"}, "변동 없음"),
        ("growth", {"growth": "-3.20"}, "3.2% 감소"),
        ("growth", {"growth": "120.5", "approx": "1"}, "약 120.5% 증가"),
        ("growth", {"growth": "5.3", "unit": "%p", "indicator": "R&D투자율"}, "5.3%p 증가"),
        ("growth", {"growth": "12", "indicator": "매출성장률"}, "12% 증가"),
        (
            "growth_vs_comparator",
            {"growth": "-2", "comparator": "단지평균", "comparator_value": "1.50"},
            "2% 감소(단지평균 1.5%)",
        ),
        ("multiple", {"multiple": "4.10"}, "4.1배"),
        ("multiple", {"multiple": "3", "approx": "1"}, "약 3배"),
        ("multiple_of_comparator", {"multiple": "4", "comparator": "전국 평균"}, "전국 평균의 4배"),
        ("share", {"value": "99.2", "unit": "%"}, "99.2%"),
        ("share", {"value": "42", "approx": "1"}, "약 42%"),
        ("n_of_m", {"numerator": "1600", "denominator": "2300", "unit": "건"}, "2,300건 중 1,600건"),
        ("n_of_m", {"numerator": "16", "denominator": "23", "unit": "건", "value": "69.6"}, "23건 중 16건"),
        ("n_of_m", {"numerator": "16", "denominator": "23", "unit": "건", "value": "70"}, "23건 중 16건"),
        ("n_of_m", {"numerator": "0", "denominator": "5", "unit": "곳"}, "5곳 중 0곳"),
        ("delta", {"value": "1300", "unit": "억원"}, "1,300억원 증가"),
        ("delta", {"value": "-40", "unit": "명"}, "40명 감소"),
        ("delta", {"value": "0", "unit": "명"}, "변동 없음"),
        ("delta", {"value": "5.3", "unit": "%"}, "5.3%p 증가"),
        (
            "input_output",
            {"before": "9", "after": "1795", "unit": "억원", "before_label": "지원", "after_label": "매출"},
            "지원 9억원→매출 1,795억원",
        ),
        (
            "target_pair",
            {"before": "157", "after": "291", "unit": "조원", "period_from": "2003", "period_to": "2008"},
            "157조원(2003년)→291조원(2008년 목표)",
        ),
        (
            "target_pair",
            {"before": "1", "after": "2", "unit": "개", "period_from": "2023", "period_to": "2025", "after_label": "계획"},
            "1개(2023년)→2개(2025년 계획)",
        ),
        (
            "sum_of_parts",
            {"value": "1045.5", "unit": "억엔", "parts": "현=1015.5; 기업=30"},
            "1,045.5억엔(현 1,015.5억엔, 기업 30억엔)",
        ),
        ("limit", {"value": "8.0", "unit": "년"}, "최장 8년"),
        ("text", {"text": "연구부서 증가, 협력 문화"}, "연구부서 증가, 협력 문화"),
    ],
)  # fmt: skip
def test_a_figure_is_worded_by_its_shape(shape: str, cells: dict[str, str], text: str) -> None:
    assert figure(shape, **cells) == (text, "ok")


@pytest.mark.parametrize(
    ("shape", "cells", "reason"),
    [
        ("", {}, "shape"),
        ("histogram", {"value": "1"}, "histogram"),
        ("level", {"unit": "건"}, "value"),
        ("level", {"value": "3"}, "unit"),
        ("level", {"value": "세 건", "unit": "건"}, "숫자"),
        ("level", {"value": "NaN", "unit": "건"}, "숫자"),
        ("level", {"value": "1e99", "unit": "건"}, "숫자"),
        ("level", {"value": "9" * 30, "unit": "건"}, "숫자"),
        ("level", {"value": "-3", "unit": "건"}, "음수"),
        ("level", {"value": "3", "unit": "건", "approx": "2"}, "approx"),
        ("level", {"value": "3", "unit": "건", "growth": "5"}, "growth"),
        ("pair", {"before": "44", "unit": "건"}, "after"),
        ("pair", {"before": "44", "after": "77", "unit": "건", "growth": "75"}, "growth"),
        ("pair", {"before": "44", "after": "77", "unit": "건", "approx": "1"}, "approx"),
        ("pair_growth", {"before": "100", "after": "120", "unit": "개", "growth": "21"}, "21%"),
        ("pair_growth", {"before": "114", "after": "178", "unit": "건", "growth": "56.0"}, "56.1%"),
        ("pair_growth", {"before": "0", "after": "5", "unit": "건", "growth": "100"}, "before"),
        ("pair_growth", {"before": "4.4", "after": "9.7", "unit": "%", "growth": "120.5"}, "%p"),
        ("growth", {}, "growth"),
        ("growth", {"growth": "15", "before": "1", "after": "2"}, "before"),
        ("growth", {"growth": "-101"}, "-100%"),
        ("growth", {"growth": "120.5", "unit": "%", "indicator": "R&D투자율"}, "%p"),
        ("growth", {"growth": "8", "unit": "%", "indicator_code": "COMM-RATE"}, "%p"),
        ("growth_vs_comparator", {"growth": "6.4", "comparator": "평균"}, "comparator_value"),
        ("growth_vs_comparator", {"growth": "6.4", "comparator_value": "5.6"}, "comparator"),
        ("multiple", {"multiple": "0"}, "multiple"),
        ("multiple", {"multiple": "-2"}, "음수"),
        ("multiple_of_comparator", {"multiple": "4"}, "comparator"),
        ("share", {"value": "142", "unit": "%"}, "100%"),
        ("share", {"value": "42", "unit": "건"}, "%"),
        ("n_of_m", {"numerator": "24", "denominator": "23", "unit": "건"}, "numerator"),
        ("n_of_m", {"numerator": "0", "denominator": "0", "unit": "건"}, "denominator"),
        ("n_of_m", {"numerator": "1.5", "denominator": "3", "unit": "건"}, "정수"),
        ("n_of_m", {"numerator": "16", "denominator": "23", "unit": "건", "value": "61"}, "value"),
        ("input_output", {"before": "9", "after": "795", "unit": "억원", "before_label": "지원"}, "after_label"),
        (
            "input_output",
            {"before": "9", "after": "9", "unit": "억원", "before_label": "매출", "after_label": "매출"},
            "after_label",
        ),
        (
            "input_output",
            {"before": "9", "after": "795", "unit": "억원", "before_label": "지원", "after_label": "매출", "growth": "8733"},
            "growth",
        ),
        ("target_pair", {"before": "1", "after": "2", "unit": "조원", "period_from": "2003"}, "period_to"),
        (
            "target_pair",
            {"before": "1", "after": "2", "unit": "조원", "period_from": "2008", "period_to": "2003"},
            "거꾸로",
        ),
        (
            "target_pair",
            {"before": "1", "after": "2", "unit": "조원", "period_from": "작년", "period_to": "2008"},
            "period_from",
        ),
        ("pair", {"before": "1", "after": "2", "unit": "건", "period_from": "2006-05", "period_to": "2006-03"}, "거꾸로"),
        ("sum_of_parts", {"value": "46", "unit": "억엔", "parts": "현=15;기업=30"}, "45"),
        ("sum_of_parts", {"value": "45", "unit": "억엔", "parts": "현=15;기업"}, "parts"),
        ("sum_of_parts", {"value": "45", "unit": "억엔", "parts": "현=15;현=30"}, "parts"),
        ("limit", {"value": "8"}, "unit"),
        ("text", {}, "text"),
        ("text", {"text": "성과", "value": "3"}, "value"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_true_is_refused_with_its_reason(shape: str, cells: dict[str, str], reason: str) -> None:
    text, check = figure(shape, **cells)
    assert text == ""
    assert check != "ok"
    assert reason in check


def test_the_agreed_wording_in_a_file_is_not_looked_at() -> None:
    assert figure("level", value="3", unit="건", canonical="열 건") == ("3건", "ok")


def heading() -> str:
    return ",".join(COLUMNS)


def test_a_file_is_read_in_either_korean_encoding() -> None:
    line = "T1,건,level,,,3" + "," * (len(COLUMNS) - 6)
    text = f"{heading()}\n{line}\n"
    for encoding in ("utf-8", "utf-8-sig", "cp949"):
        assert [word(row) for row in read_rows(decode(text.encode(encoding)))] == [("3건", "ok")]


def test_a_line_with_more_cells_than_the_heading_is_refused() -> None:
    line = "T1,건,level,,,3" + "," * (len(COLUMNS) - 6) + ",넘침"
    (row,) = read_rows(f"{heading()}\n{line}\n")
    assert word(row)[1] == "열 제목보다 칸이 많습니다"


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00", "제목".encode("utf-16"), b"a,b\n1,2\n", b""])
def test_what_is_no_file_of_figures_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_rows(decode(content))
