"""Heads as people draw them: titles above, groups merged over years, units beside, totals below."""

from decimal import Decimal
from typing import Any

import pytest

from backoffice.imports import mapping as mappings
from backoffice.imports.heads import propose, signature
from backoffice.imports.mapping import Mapping
from backoffice.imports.reading import Row
from backoffice.imports.rows import Found, values
from tests.imports.sheets import zone_table

NUMBER = "1168200276"


def rows(table: list[list[Any]]) -> list[Row]:
    return [Row(number, False, tuple(cells)) for number, cells in enumerate(table, start=1)]


def roles(found: Mapping) -> list[str]:
    return [column.role for column in found.columns]


def read(table: list[list[Any]]) -> list[Found]:
    return list(values(rows(table), propose(rows(table))))


def test_a_title_and_a_line_with_the_unit_stand_above_the_head() -> None:
    found = propose(rows(zone_table([1, "경남 김해", "나노", NUMBER, 1234, 12])))
    assert (found.head_from, found.head_to, found.year, found.unit) == (3, 3, 2025, "백만원")
    assert roles(found) == ["", "zone", "name", "number", "measure:SALES", "measure:EMP"]


def test_a_group_merged_over_its_years_belongs_to_each_of_them() -> None:
    table = [
        ["특구", "사업자번호", "매출액(천원)", "", "", "고용", ""],
        ["", "", "2024년", "2025년", "증가율(%)", "2024년", "2025년"],
        ["홍릉", NUMBER, 10, 20, 100, 3, 4],
    ]
    found = propose(rows(table))
    assert (found.head_from, found.head_to) == (1, 2)
    assert roles(found) == ["zone", "number", "measure:SALES", "measure:SALES", "growth", "measure:EMP", "measure:EMP"]
    assert [column.year for column in found.columns] == [0, 0, 2024, 2025, 0, 2024, 2025]
    assert found.columns[3].unit == "천원"


def test_years_as_heads_are_values_where_a_column_names_the_indicator() -> None:
    found = propose(rows([["지표명", "단위", "2024년", "2025년"], ["매출액", "백만원", "1", "2"]]))
    assert roles(found) == ["indicator", "unit", "value", "value"]
    assert mappings.problems(found)[0].field == "zone"


def test_the_long_shape_is_known_by_its_english_heads_too() -> None:
    head = ["zone", "organization", "indicator", "year", "value", "denominator", "scope"]
    found = propose(rows([head, ["GS-ANSAN", NUMBER, "SALES", "2025", "1000", "", ""]]))
    assert roles(found) == ["zone", "number", "indicator", "year", "value", "denominator", "scope"]
    assert mappings.problems(found) == []


def test_next_years_file_with_the_same_heads_has_the_same_fingerprint() -> None:
    one, other = (
        propose(rows([["특구", "매출액 2024년"], ["홍릉", 1]])),
        propose(rows([["특구", "매출액 2025년"], ["홍릉", 2]])),
    )
    assert signature(one.columns) == signature(other.columns)
    assert signature(one.columns) != signature(propose(rows([["특구", "수출액"], ["홍릉", 2]])).columns)


@pytest.mark.parametrize(
    ("head", "field"),
    [
        (["특구", "기업"], "columns"),
        (["기업명", "고용"], "zone"),
        (["특구", "매출액"], "unit"),
        (["특구", "고용"], "year"),
        (["특구", "연도", "값"], "columns"),
        (["특구", "강소특구", "연도", "고용"], "columns"),
    ],
)
def test_a_mapping_that_cannot_be_read_names_what_is_missing(head: list[str], field: str) -> None:
    found = mappings.problems(propose(rows([head, ["홍릉", *["1"] * (len(head) - 1)]])))
    assert field in {problem.field for problem in found}


def test_subtotals_and_totals_are_recognized_compared_and_never_values() -> None:
    firm = ["경남 김해", "나노", NUMBER]
    found = read(
        zone_table(
            [1, *firm, 1234, 12], [2, *firm, 1000, 13], ["", "소 계", "", "", 2234, 25],
            [3, *firm, 6, 1], ["", "소계", "", "", 7, 1], ["", "합  계", "", "", 2240, 26],
        )
    )  # fmt: skip
    totals = [one for one in found if one.is_total]
    assert len(found) - len(totals) == 6
    wrong = [(one.row, one.indicator) for one in totals if one.findings]
    assert wrong == [(8, "SALES")]
    assert "항목의 합 600만 원" in totals[2].findings[0].sentence.ko


def test_a_head_printed_again_and_notes_below_are_passed_over() -> None:
    firms = [[1, "홍릉", "나노", NUMBER, 10, 1], list(zone_table()[2]), [2, "홍릉", "다른", NUMBER, 20, 2]]
    found = read(zone_table(*firms, ["※ 2025.12.31. 기준"]))
    assert [one.value for one in found] == [10_000_000, 1, 20_000_000, 2]


def test_growth_and_denominator_belong_to_the_value_on_their_left() -> None:
    found = read([["특구", "연도", "사업화율", "분모", "고용", "증가율"], ["홍릉", "2025", "10", "40", "12", "20"]])
    assert (found[0].denominator, found[0].stated) == (Decimal(40), None)
    assert (found[1].denominator, found[1].stated is not None) == (None, True)


def test_a_firm_with_one_of_two_years_is_half_a_panel() -> None:
    found = read([["사업자번호", "고용 2024", "고용 2025"], [NUMBER, 3, ""], [NUMBER, 3, 4]])
    assert [one.half_panel for one in found] == [True, False, False]
    assert found[2].before == 3


def test_unknown_and_derived_indicators_are_errors_with_a_way_out() -> None:
    found = read(
        [
            ["특구", "지표", "연도", "값"],
            ["홍릉", "행복지수", 2025, 1],
            ["홍릉", "TGT-RATE", 2025, 1],
            ["홍릉", "EMP", 2025, 1],
        ]
    )
    assert [[refused.code for refused in one.refusals] for one in found] == [["unknown_indicator"], ["derived"], []]
