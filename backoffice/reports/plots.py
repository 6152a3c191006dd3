"""Drawings of the boards: several lines over years, a heat map, a network of zones; never told by color alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

from backoffice.reports.charts import AMBER, BLUE, GRAY, INK, QUIET, Point, draw

SERIES = (
    (BLUE, [1, 0], "circle"), (AMBER, [6, 3], "square"), ("#00796b", [2, 2], "triangle-up"),
    ("#9c2789", [8, 2, 2, 2], "diamond"), (INK, [4, 2], "cross"), (GRAY, [1, 1], "triangle-down"),
)  # fmt: skip
"""Color, dashes and point of each line: whoever sees no color tells them by the other two."""

SHADES = ("#ffffff", "#eef4ff", "#d8e5fd", "#8fb4fa", "#3f78e0", "#0b50d0")
"""Steps of a heat map, from nothing to most."""


@dataclass(frozen=True, slots=True)
class Line:
    """One named line of a trend."""

    name: str
    points: Sequence[Point]


def lines(found: Sequence[Line], *, title: str) -> str:
    """Several trends in one picture, each with a mark, dashes and a color of its own and its name at the end."""
    rows = [
        {"line": one.name, "year": point.name, "value": point.value, "text": point.text}
        for one in found
        for point in one.points
        if point.value is not None
    ]
    names = [one.name for one in found]
    looks = [SERIES[place % len(SERIES)] for place in range(len(names))]
    key = {"field": "line", "type": "nominal", "sort": names}
    color = key | {"scale": {"domain": names, "range": [look[0] for look in looks]}}
    legend = {"title": None, "orient": "bottom", "columns": 3, "labelFontSize": 10}
    spec = {
        "width": 520,
        "height": 230,
        "data": {"values": rows},
        "encoding": {
            "x": {"field": "year", "type": "ordinal", "axis": {"title": None, "labelAngle": 0, "ticks": False},
                  "scale": {"padding": 0.4}},
            "y": {"field": "value", "type": "quantitative", "scale": {"zero": False, "padding": 12},
                  "axis": {"title": None, "grid": True, "tickCount": 5, "format": "~s"}},
        },
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2},
             "encoding": {"color": color | {"legend": None},
                          "strokeDash": key | {"legend": None,
                                               "scale": {"domain": names, "range": [look[1] for look in looks]}}}},
            {"mark": {"type": "point", "filled": True, "size": 52, "opacity": 1},
             "encoding": {"color": color | {"legend": legend},
                          "shape": key | {"legend": legend,
                                          "scale": {"domain": names, "range": [look[2] for look in looks]}}}},
        ],
    }  # fmt: skip
    spoken = ". ".join(
        f"{one.name}: " + ", ".join(f"{point.name} {point.text}" for point in one.points) for one in found
    )
    return draw(spec, title, spoken)


def heat(rows: Sequence[tuple[str, Sequence[int]]], heads: Sequence[str], *, title: str) -> str:
    """Numbers in shaded fields; each field carries its number, so that the shade only helps the eye."""
    most = max((number for _, numbers in rows for number in numbers), default=0)
    fields = [
        {"row": name, "head": head, "text": str(number) if number else "·", "shade": _shade(number, most)}
        for name, numbers in rows
        for head, number in zip(heads, numbers, strict=True)
    ]
    axis = {"title": None, "ticks": False, "domain": False, "labelPadding": 6}
    fill = {"field": "shade", "type": "ordinal", "legend": None, "scale": {"domain": list(range(6)), "range": SHADES}}
    spec = {
        "width": {"step": 38},
        "height": {"step": 26},
        "data": {"values": fields},
        "encoding": {
            "x": {"field": "head", "type": "nominal", "sort": None, "axis": axis | {"orient": "top", "labelAngle": -45}},
            "y": {"field": "row", "type": "nominal", "sort": None, "axis": axis},
        },
        "layer": [
            {"mark": {"type": "rect", "stroke": "#cdd1d5", "strokeWidth": 0.6}, "encoding": {"color": fill}},
            {"mark": {"type": "text", "fontSize": 10.5, "fontWeight": 600},
             "encoding": {"text": {"field": "text"},
                          "color": {"condition": {"test": "datum.shade > 3", "value": "#fff"}, "value": INK}}},
        ],
    }  # fmt: skip
    spoken = ". ".join(
        f"{name}: " + (", ".join(f"{head} {n}" for head, n in zip(heads, numbers, strict=True) if n) or "0")
        for name, numbers in rows
    )
    return draw(spec, title, spoken)


def _shade(number: int, most: int) -> int:
    """0 for nothing, else 1 to 5 by the share of the most."""
    return 0 if not number else max(1, -(-number * 5 // most))


def network(names: Mapping[int, str], shared: Mapping[tuple[int, int], int], *, title: str) -> str:
    """Zones on a circle, and a line between two that share projects: the thicker, the more, with the number on it."""
    places = {
        zone: (cos(turn), sin(turn))
        for place, zone in enumerate(names)
        for turn in [pi / 2 - 2 * pi * place / max(1, len(names))]
    }
    edges: list[dict[str, Any]] = []
    for (one, other), number in sorted(shared.items(), key=lambda item: item[1]):
        if one in places and other in places and number:
            (x, y), (x2, y2) = places[one], places[other]
            edges.append({"x": x, "y": y, "x2": x2, "y2": y2, "n": number, "text": str(number),
                          "mx": x * 0.62 + x2 * 0.38, "my": y * 0.62 + y2 * 0.38})  # fmt: skip
    weight = {zone: sum(n for pair, n in shared.items() if zone in pair) for zone in names}
    nodes = [
        {"x": x, "y": y, "lx": x * 1.16, "ly": y * 1.16, "name": f"{names[zone]} {weight[zone]}" if weight[zone] else names[zone],
         "n": weight[zone], "side": "left" if x > 0.2 else "right" if x < -0.2 else "center"}
        for zone, (x, y) in places.items()
    ]  # fmt: skip
    span = {"scale": {"domain": [-1.75, 1.75]}, "axis": None, "type": "quantitative"}
    tall = {"scale": {"domain": [-1.35, 1.35]}, "axis": None, "type": "quantitative"}
    width = {"field": "n", "type": "quantitative", "legend": None, "scale": {"range": [1, 7], "zero": True}}
    labels = [
        {"data": {"values": [node for node in nodes if node["side"] == side]},
         "mark": {"type": "text", "align": side, "fontSize": 11, "fontWeight": 600, "color": INK},
         "encoding": {"x": span | {"field": "lx"}, "y": tall | {"field": "ly"}, "text": {"field": "name"}}}
        for side in ("left", "center", "right")
    ]  # fmt: skip
    numbers = {"x": span | {"field": "mx"}, "y": tall | {"field": "my"}, "text": {"field": "text"}}
    halo = {"type": "text", "fontSize": 10, "fontWeight": 700, "color": "#fff", "stroke": "#fff", "strokeWidth": 4}
    spec = {
        "width": 560,
        "height": 440,
        "layer": [
            {"data": {"values": edges}, "mark": {"type": "rule", "color": BLUE, "opacity": 0.45},
             "encoding": {"x": span | {"field": "x"}, "y": tall | {"field": "y"}, "x2": {"field": "x2"},
                          "y2": {"field": "y2"}, "strokeWidth": width}},
            {"data": {"values": edges}, "mark": halo, "encoding": numbers},
            {"data": {"values": edges}, "mark": {"type": "text", "fontSize": 10, "fontWeight": 700, "color": QUIET},
             "encoding": numbers},
            {"data": {"values": nodes}, "mark": {"type": "point", "filled": True, "color": BLUE, "opacity": 1, "size": 150,
                                                 "stroke": "#fff", "strokeWidth": 2},
             "encoding": {"x": span | {"field": "x"}, "y": tall | {"field": "y"}}},
            *labels,
        ],
    }  # fmt: skip
    told = sorted(shared.items(), key=lambda item: -item[1])
    spoken = ", ".join(
        f"{names[one]}-{names[other]} {n}" for (one, other), n in told if one in names and other in names
    )
    return draw(spec, title, spoken or "-")
