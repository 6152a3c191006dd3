"""Charts: plain drawings in the house's colours, the same every time, and told in words too."""

import re
import subprocess
import sys

import pytest
from lxml import etree

from backoffice.reports import charts
from backoffice.reports.charts import Bar, Point

BARS = [Bar("경남 김해", 27, "27건", mine=True), Bar("경북 포항", 61, "61건")]
DRAWN = {
    "stages": lambda: charts.stages(BARS, title="단계"),
    "ranking": lambda: charts.ranking(BARS, average=44.0, average_text="특구 평균 44건", title="순위"),
    "achievements": lambda: charts.achievements([Bar("매출", 103.2, "103.2%")], title="달성률"),
    "months": lambda: charts.months([0, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2], title="월별"),
    "trend": lambda: charts.trend([Point("2024", 3.0, "3"), Point("2025", None, "-"), Point("2026", 5.0, "5")], title="추이"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_a_titled_drawing_without_style_or_script(name: str) -> None:
    root = etree.fromstring(DRAWN[name]())
    assert root[0].tag.endswith("title")
    assert root[0].text
    assert root[1].tag.endswith("desc")
    assert root[1].text
    assert root.get("role") == "img"
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in {
            "svg",
            "title",
            "desc",
            "g",
            "path",
            "text",
            "line",
            "rect",
            "defs",
            "clipPath",
        }
        assert not {name for name in element.attrib if name in {"style", "class", "href"} or name.startswith("on")}


def test_a_chart_tells_its_numbers_in_words() -> None:
    description = etree.fromstring(DRAWN["ranking"]())[1].text
    assert description == "경남 김해 27건, 경북 포항 61건. 특구 평균 44건"


def test_a_name_cannot_become_markup() -> None:
    drawn = charts.stages([Bar('<script>alert("x")</script>', 1, "<b>1</b>")], title="</title><script>")
    assert "<script" not in drawn
    assert "<b>" not in drawn


def test_two_processes_draw_the_same_chart() -> None:
    code = (
        "from backoffice.reports.charts import Bar, stages, months\n"
        "months([1] * 12, title='다른 그림')\n"
        "print(stages([Bar('접수', 3, '3건')], title='단계'), end='')"
    )
    expected = charts.stages([Bar("접수", 3, "3건")], title="단계")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == expected


def test_a_long_name_is_cut_and_one_that_fits_stands_in_full() -> None:
    long, fitting = "강소연구개발특구" * 4, "강소연구개발특구 기업 매출"
    drawn = charts.stages([Bar(long, 3, "3건"), Bar(fitting, 2, "2건")], title="단계")
    labels = etree.fromstring(drawn).xpath("//*[local-name()='text']/text()")
    assert long not in labels
    assert any(label.endswith("…") and long.startswith(label[:-1]) for label in labels)
    assert fitting in labels
    assert fitting in etree.fromstring(charts.stages([Bar(fitting, 2, "2건")], title="단계")).xpath(
        "//*[local-name()='text']/text()"
    )


def test_text_is_set_in_the_fonts_of_the_page() -> None:
    assert set(re.findall(r'font-family="([^"]*)"', DRAWN["ranking"]())) == {"Pretendard"}
