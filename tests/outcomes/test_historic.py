"""The published figures that ship with the product."""

from decimal import Decimal

from backoffice.outcomes.historic import historic_figures, published_totals, rows


def test_the_shipped_figures_carry_no_wording_of_their_own() -> None:
    assert len(rows()) == 68
    assert not any("canonical" in row.cells for row in rows())


def test_strata_are_kept_apart() -> None:
    assert {one.stratum for one in historic_figures()} == {"IC", "BM", "GS"}
    assert {one.entity for one in historic_figures() if one.stratum == "BM"} == {
        "가나가와 사이언스파크", "INS(이와테 네트워크시스템)", "COLAE(유럽)"
    }  # fmt: skip


def test_totals_that_disagree_show_by_how_much() -> None:
    disagreeing = {(one.year, one.value): one.difference for one in published_totals() if one.difference}
    assert disagreeing == {
        (2022, Decimal(1560)): "-93억원(-6.0%)",
        (2022, Decimal(1467)): "+93억원(+6.3%)",
        (2023, Decimal(552)): "-30건(-5.4%)",
        (2023, Decimal(522)): "+30건(+5.7%)",
        (2023, Decimal(1888)): "+1억원(+0.1%)",
        (2023, Decimal(1889)): "-1억원(-0.1%)",
    }
