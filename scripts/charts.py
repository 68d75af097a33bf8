"""Draws bars with Vega-Lite when the site is built, as SVG that takes its look from the page.

The colours are the page's (`currentcolor`, custom properties, the fills of `dashboard.html`) and
so is the font; places of labels are reckoned here, so that a build doesn't depend on the fonts of
the machine and comes out the same everywhere.
"""

import json
import re
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from scripts.dashboard import Breakdown, Line
from scripts.registers import Row

_BARS, _STEP, _LINE, _SIZE = 200, 27, 14, 12
_LETTER, _BESIDE = 6.6, 20
"""How wide a letter of a label is on average, and the room beside for wide ones: digits are 8."""
_LABEL_LETTERS = 25
_LONG_NUMBER = re.compile(r"\d+\.\d{2,}")
_ABOVE, _AFTER = 4, 30
_NARROW = 14
"""A part of a bar that is no wider has no room for its number; the table has it."""
_KEPT = {"d", "fill", "stroke", "stroke-width", "text-anchor", "transform", "font-size", "dy", "x"}
_KEPT |= {"x1", "x2", "y1", "y2", "font-weight"}


@dataclass(frozen=True)
class Chart:
    """A drawing without its frame."""

    width: int
    height: int
    drawing: Markup
    label: str
    """What it shows, in words."""


def draw(breakdown: Breakdown) -> Chart:
    """Draw a breakdown as stacked bars with their numbers."""
    labels = [_wrapped(line.name) for line in breakdown.lines]
    letters = max((len(each) for label in labels for each in label), default=0)
    tallest = max((len(label) for label in labels), default=1)
    left = round(letters * _LETTER) + _BESIDE
    step = max(_STEP, tallest * _LINE + 4)
    svg = _vega(json.dumps(_spec(breakdown, labels, left, step), ensure_ascii=False))
    width, height = left + _BARS + _AFTER, step * len(labels) + 2 * _ABOVE
    return Chart(width, height, _clean(svg), _in_words(breakdown))


def _wrapped(name: str) -> list[str]:
    return textwrap.wrap(name, _LABEL_LETTERS, break_long_words=False) or [""]


def _in_words(breakdown: Breakdown) -> str:
    def counts(line: Line) -> str:
        pairs = zip(breakdown.series, line.counts, strict=True)
        return ", ".join(f"{value.name.lower()} {count.number}" for value, count in pairs)

    return f"{breakdown.title}. Tổng cộng: {counts(breakdown.total)}. Số liệu ở bảng bên dưới."


def _spec(breakdown: Breakdown, labels: list[list[str]], left: int, step: int) -> dict[str, Any]:
    """Describe the bars in Vega-Lite: places of the parts are reckoned, nothing is left to fit."""
    most = max((line.sum for line in breakdown.lines), default=0) or 1
    names = ["\n".join(label) for label in labels]
    parts = []
    for name, line in zip(names, breakdown.lines, strict=True):
        start = 0
        for value, count in zip(breakdown.series, line.counts, strict=True):
            end = start + count.number
            wide = count.number * _BARS / most > _NARROW and len(breakdown.series) > 1
            fill = f"url(#qms-fill-{value.tone})"
            number = str(count.number) if wide else ""
            part = {"name": name, "start": start, "end": end, "middle": (start + end) / 2}
            if count.number:
                parts.append(part | {"fill": fill, "text": number})
            start = end
    sums = [
        {"name": name, "end": line.sum, "text": str(line.sum)}
        for name, line in zip(names, breakdown.lines, strict=True)
    ]
    across = {"scale": {"domain": [0, most]}, "axis": None, "type": "quantitative"}
    text = {"type": "text", "fontSize": _SIZE, "color": "currentcolor", "baseline": "middle"}
    bars = {"type": "bar", "stroke": "currentcolor", "strokeWidth": 1}
    drawn = {
        "data": {"values": parts},
        "encoding": {
            "x": {"field": "start", **across},
            "x2": {"field": "end"},
            "fill": {"field": "fill", "type": "nominal", "scale": None},
        },
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": None,
        "padding": {"left": left, "right": _AFTER, "top": _ABOVE, "bottom": _ABOVE},
        "autosize": {"type": "none"},
        "width": _BARS,
        "height": step * len(labels),
        "encoding": {"y": _labels(names)},
        "layer": [
            {"mark": bars} | drawn,
            {
                "mark": text,
                "data": {"values": parts},
                "encoding": {
                    "x": {"field": "middle", **across},
                    "text": {"field": "text", "type": "nominal"},
                },
            },
            {
                "mark": {**text, "align": "left", "dx": 6, "fontWeight": "bold"},
                "data": {"values": sums},
                "encoding": {
                    "x": {"field": "end", **across},
                    "text": {"field": "text", "type": "nominal"},
                },
            },
        ],
        "config": {"view": {"stroke": None}},
    }


def _labels(names: list[str]) -> dict[str, Any]:
    axis = {
        "title": None,
        "ticks": False,
        "labelLimit": 0,
        "labelFontSize": _SIZE,
        "labelLineHeight": _LINE,
        "labelColor": "currentcolor",
        "labelPadding": 7,
        "labelOverlap": False,
        "domainColor": "currentcolor",
        "labelExpr": "split(datum.label, '\\n')",
    }
    scale = {"domain": names, "paddingInner": 0.25, "paddingOuter": 0.12}
    return {"field": "name", "type": "nominal", "sort": None, "axis": axis, "scale": scale}


@dataclass(frozen=True)
class Mark:
    """A measurement in the course of an objective."""

    x: int
    y: float
    measurement: Row


@dataclass(frozen=True)
class Course:
    """Where the measurements of an objective and its target stand in a small drawing."""

    width: int
    height: int
    target_y: float
    marks: tuple[Mark, ...]

    @property
    def points(self) -> str:
        """The marks as the points of a line."""
        return " ".join(f"{mark.x},{mark.y}" for mark in self.marks)


def course(objective: Row) -> Course:
    """Place an objective's measurements by their order and value, the highest at the top."""
    top, bottom, step = 26, 96, 62
    values = [each["value"] for each in objective["measurements"]]
    lowest, highest = min([*values, objective["target"]]), max([*values, objective["target"]])
    scale = (bottom - top) / ((highest - lowest) or 1)

    def y(value: float) -> float:
        return float(round(bottom - (value - lowest) * scale, 1))

    marks = tuple(
        Mark(step // 2 + number * step, y(each["value"]), each)
        for number, each in enumerate(objective["measurements"])
    )
    return Course(step * len(values), bottom + 30, y(objective["target"]), marks)


@lru_cache(maxsize=64)
def _vega(spec: str) -> str:
    import vl_convert  # slow to load: only pages with charts pay for it

    return str(vl_convert.vegalite_to_svg(json.loads(spec)))


def _clean(svg: str) -> Markup:
    """Return what an SVG draws, without frame, names, roles, fonts and what draws nothing."""
    root = ElementTree.fromstring(svg)  # noqa: S314 -- our own drawing
    _strip(root)
    drawn = "".join(ElementTree.tostring(child, encoding="unicode") for child in root)
    return Markup(drawn)  # noqa: S704 -- serialised: its text is escaped


def _strip(element: ElementTree.Element) -> None:
    element.tag = element.tag.rpartition("}")[2]
    for name, value in list(element.attrib.items()):
        if name in _KEPT:
            element.set(name, _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.1f}", value))
        else:
            del element.attrib[name]
    for child in list(element):
        unseen = child.get("display") == "none" or child.get("class") == "background"
        if unseen:
            element.remove(child)
        else:
            _strip(child)
    if lines := len(element.findall("tspan")):
        element.set("dy", str((1 - lines) * _LINE / 2))
