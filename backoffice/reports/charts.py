"""Charts: small Vega-Lite specifications in the house's colours, drawn as SVG that page and PDF share."""

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from xml.etree import ElementTree

import vl_convert

from backoffice.core.paths import resource_dir

BLUE, LIGHT, PALE, GRAY, RULE, INK, QUIET, AMBER = (
    "#0b50d0", "#8fb4fa", "#d8e5fd", "#8a949e", "#cdd1d5", "#1e2124", "#58616a", "#b96b00",
)  # fmt: skip
"""The values of static/app.css; text keeps a contrast of 4.5 on white."""

FONT = "Pretendard"
SVG = "http://www.w3.org/2000/svg"
_KEPT = {
    "d", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "opacity", "transform", "text-anchor", "font-family", "font-size",
    "font-weight", "width", "height", "viewBox", "x", "y", "x1", "x2", "y1", "y2", "clip-path", "id",
}  # fmt: skip
"""Presentation attributes and geometry; style, script, classes and references to elsewhere are dropped."""

FITTING = 15
"""Letters of a name that is surely narrower than the limit of labels: none is wider than the size of the font."""

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its length, and the number printed at its end."""

    name: str
    value: float
    text: str
    mine: bool = False
    """Whether it is the one the page is about."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a trend; without a value the line is broken there."""

    name: str
    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A typical value and a high one under one name, with the text printed at the end."""

    name: str
    typical: float
    high: float
    text: str


def stages(bars: Sequence[Bar], *, title: str) -> str:
    """A funnel as horizontal bars, each station below the one before."""
    return draw(_horizontal(bars, width=380, step=24, colour={"value": BLUE}), title, _spoken(bars))


def spans(rows: Sequence[Span], *, title: str) -> str:
    """Typical values as bars within paler bars of high ones, on a square-root scale: some last days, others years."""
    data = [{"name": row.name, "value": row.high, "typical": row.typical, "text": row.text} for row in rows]
    spec = _horizontal([Bar(row.name, row.high, row.text) for row in rows], width=380, step=22, colour={"value": PALE})
    spec["data"] = {"values": data}
    inner = {
        "mark": {"type": "bar", "color": BLUE, "height": {"band": 0.36}},
        "encoding": {"x": {"field": "typical", "type": "quantitative"}},
    }
    spec["layer"].insert(1, inner)
    spec["encoding"]["x"]["scale"] = {"type": "sqrt", "domainMin": 0, "nice": False}
    return draw(spec, title, ", ".join(f"{row.name} {row.text}" for row in rows))


def ranking(bars: Sequence[Bar], *, average: float | None, average_text: str, title: str) -> str:
    """Zones by value with the average as a line; the zone of the page, if any, stands out."""
    colour = {"condition": {"test": "datum.mine", "value": BLUE}, "value": LIGHT}
    if not any(bar.mine for bar in bars):
        colour = {"value": BLUE}
    spec = _horizontal(bars, width=400, step=19, colour=colour)
    if average is not None:
        spec["layer"] += _average(average, average_text)
    return draw(spec, title, f"{_spoken(bars)}. {average_text}".strip(". "))


def achievements(bars: Sequence[Bar], *, title: str) -> str:
    """Achievement of targets in percent, against a line at 100."""
    spec = _horizontal(bars, width=360, step=24, colour={"value": BLUE})
    spec["layer"] += _average(100.0, "목표 100%")
    return draw(spec, title, _spoken(bars))


def months(numbers: Sequence[int], *, title: str) -> str:
    """Twelve vertical bars."""
    rows = [{"name": f"{place}월", "value": number, "text": str(number)} for place, number in enumerate(numbers, 1)]
    bar = {"mark": {"type": "bar", "color": BLUE, "size": 20}}
    text = {
        "mark": {"type": "text", "dy": -7, "color": INK, "fontSize": 9, "fontWeight": 600},
        "transform": [{"filter": "datum.value > 0"}],
        "encoding": {"text": {"field": "text"}},
    }
    x = {"field": "name", "type": "ordinal", "sort": None, "axis": {"title": None, "labelAngle": 0, "ticks": False}}
    y = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domainMin": 0}}
    spec = {"width": 450, "height": 110, "data": {"values": rows}, "layer": [bar, text], "encoding": {"x": x, "y": y}}
    spoken = ", ".join(f"{row['name']} {row['text']}건" for row in rows if row["value"])
    return draw(spec, title, spoken or "없음")


def trend(points: Sequence[Point], *, title: str) -> str:
    """A line over years with its values; a missing year breaks it."""
    rows = [{"name": point.name, "value": point.value, "text": point.text} for point in points]
    line = {
        "mark": {"type": "line", "color": BLUE, "strokeWidth": 1.8, "invalid": "break-paths-show-domains"},
        "encoding": {"y": {"field": "value", "type": "quantitative"}},
    }
    there = [{"filter": "isValid(datum.value)"}]
    dot = {"mark": {"type": "point", "filled": True, "color": BLUE, "size": 34, "opacity": 1}, "transform": there}
    said: Spec = {"type": "text", "dy": -10, "fontSize": 9, "fontWeight": 600}
    text = [
        {"mark": said | look, "transform": there, "encoding": {"text": {"field": "text"}}}
        for look in ({"color": "#fff", "stroke": "#fff", "strokeWidth": 3}, {"color": INK})
    ]
    x = {
        "field": "name", "type": "ordinal", "sort": None, "scale": {"padding": 0.6},
        "axis": {"title": None, "labelAngle": 0, "ticks": False},
    }  # fmt: skip
    y = {"field": "value", "type": "quantitative", "axis": None, "scale": {"zero": False, "padding": 14}}
    spec = {
        "width": 290, "height": 92, "data": {"values": rows}, "layer": [line, *text, dot], "encoding": {"x": x, "y": y},
    }  # fmt: skip
    spoken = ", ".join(f"{point.name} {point.text}" for point in points)
    return draw(spec, title, spoken)


# ---- pieces


def _horizontal(bars: Sequence[Bar], *, width: int, step: int, colour: Spec) -> Spec:
    rows = [{"name": bar.name, "value": bar.value, "text": bar.text, "mine": bar.mine} for bar in bars]
    bar = {"mark": {"type": "bar", "height": {"band": 0.66}}, "encoding": {"color": colour}}
    text = {
        "mark": {"type": "text", "align": "left", "dx": 5, "color": INK, "fontSize": 9, "fontWeight": 600},
        "encoding": {"text": {"field": "text"}},
    }
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "ticks": False, "labelPadding": 6}}
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domainMin": 0, "nice": False}}
    return {
        "width": width,
        "height": {"step": step},
        "data": {"values": rows},
        "layer": [bar, text],
        "encoding": {"y": y, "x": x},
    }


def _average(value: float, text: str) -> list[Spec]:
    """A dashed line across all bars with its name above."""
    own = {"values": [{"at": value, "said": text}]}
    x = {"field": "at", "type": "quantitative"}
    return [
        {
            "data": own,
            "mark": {"type": "rule", "color": AMBER, "strokeDash": [4, 3], "strokeWidth": 1.2},
            "encoding": {"x": x, "y": None},
        },
        {
            "data": own,
            "mark": {
                "type": "text",
                "color": AMBER,
                "fontSize": 9,
                "fontWeight": 600,
                "align": "left",
                "dx": 4,
                "y": -7,
            },
            "encoding": {"x": x, "y": None, "text": {"field": "said"}},
        },
    ]


def _spoken(bars: Sequence[Bar]) -> str:
    return ", ".join(f"{bar.name} {bar.text}" for bar in bars)


_LOOK: Spec = {
    "background": None,
    "padding": 2,
    "config": {
        "font": FONT,
        "view": {"stroke": None},
        "bar": {"cornerRadius": 0},
        "axis": {
            "labelFont": FONT, "labelFontSize": 9.5, "labelColor": INK, "labelLimit": 150, "grid": False,
            "domainColor": RULE, "tickColor": RULE,
        },
    },
}  # fmt: skip


def draw(spec: Spec, title: str, description: str) -> str:
    """A specification as SVG, with a title and a text that says the same."""
    return _render(json.dumps(_LOOK | spec, ensure_ascii=False, sort_keys=True), title, description)


@cache
def _fonts() -> None:
    """Let the renderer measure text with the fonts the page is printed with."""
    for folder in sorted({path.parent for path in resource_dir("static").glob("fonts/*/*.ttf")}):
        vl_convert.register_font_directory(str(folder))


@lru_cache(maxsize=512)
def _render(spec: str, title: str, description: str) -> str:
    """Draw a specification. The renderer numbers its clips through the life of the process; here they start at 1."""
    _fonts()
    drawn = vl_convert.vegalite_to_svg(_without_idle_limit(json.loads(spec)))
    root = ElementTree.fromstring(drawn)  # noqa: S314  # drawn from our own specification
    _clean(root, f"c{zlib.crc32(spec.encode()):08x}")
    for place, (name, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{SVG}}}{name}")
        element.text = text
        root.insert(place, element)
    root.set("role", "img")
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _without_idle_limit(spec: Spec) -> Spec:
    """The same drawing without the limit of labels where none reaches it: a third of the work is measuring for it."""
    names = [row.get("name") for row in spec.get("data", {}).get("values", ())]
    if names and all(isinstance(name, str) and len(name) <= FITTING for name in names):
        spec["config"]["axis"]["labelLimit"] = 0
    return spec


def _clean(root: ElementTree.Element, prefix: str) -> None:
    names: dict[str, str] = {}
    for element in root.iter():
        for name in list(element.attrib):
            if name not in _KEPT:
                del element.attrib[name]
        if "id" in element.attrib:
            names[element.attrib["id"]] = f"{prefix}-{len(names) + 1}"
            element.set("id", names[element.attrib["id"]])
    for element in root.iter():
        if "clip-path" in element.attrib:
            target = re.sub(r"^url\(#|\)$", "", element.attrib["clip-path"])
            element.set("clip-path", f"url(#{names.get(target, target)})")
        for child in list(element):
            drawn = child.get("fill") or child.get("stroke") or element.tag == f"{{{SVG}}}clipPath"
            if child.tag == f"{{{SVG}}}path" and not drawn:
                element.remove(child)
