"""Sets a paper copy as one HTML page: cover, contents, amendments, the text of the portal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

from markupsafe import Markup

from scripts import flowchart
from scripts.flowchart import Flowchart, Shape, Text
from scripts.paper_copies.copies import PaperCopy
from scripts.views import Views

_LINE_WIDTH_MM, _PART_HEIGHT_MM, _PIXEL_MM = 165.0, 222.0, 0.2646
_ABOVE_SHAPE = 11
"""How far above a shape a flowchart is cut: the point of the arrow goes with the shape."""

_TAG = re.compile(r"(<[^>]+>)")
_DROPPED = re.compile(
    r'<a class="headerlink".*?</a>|<script.*?</script>|<link [^>]*>'
    r"|<p [^>]*data-search-exclude>.*?</p>",
    re.DOTALL,
)
"""What is for the screen alone."""
_FLOWCHART = re.compile(r'<figure class="qms-flowchart">.*?</figure>', re.DOTALL)
_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_UNBROKEN = re.compile(
    r"\b[A-ZĐ]{2,}[A-Za-zĐđ]*(?:-[A-ZĐ0-9][A-Za-zĐđ0-9]*)+(?:\.\d+)*"
    r"|\b\d+/(?:\d{4}/)?[A-ZĐ][A-Za-zĐ0-9-]*(?:-[A-Za-zĐ0-9]+)*"
    r"|\b\d{1,2}/\d{1,2}/\d{4}\b"
    r"|(?:[≥≤] )?\b\d+(?:,\d+)? %"
    r"|[≥≤] \d+(?:,\d+)?"
)
"""Codes, numbers of legal documents, dates and percentages, which stay on one line."""


@dataclass(frozen=True)
class Heading:
    """A line of the contents."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Part:
    """What of a flowchart fits on a sheet."""

    top: float
    height: float
    shapes: tuple[Shape, ...]
    texts: tuple[Text, ...]


def compose(copy: PaperCopy) -> str:
    """Return a paper copy as HTML that needs only the style sheet of paper copies."""
    views = Views(copy.system, copy.system.portal.site["url"])
    text = _FLOWCHART.sub(lambda _: _flowchart(copy, views), _DROPPED.sub("", copy.text))
    return views.render(
        "paper/copy.html",
        document=copy.document,
        revision=copy.revision,
        standing=copy.standing,
        amendments=copy.amendments,
        number=copy.number,
        headings=headings(text),
        text=Markup(unbroken(text)),  # noqa: S704 (the portal's own page)
        check=_Stub(),
    )


def headings(text: str) -> list[Heading]:
    """Return the main headings of a text."""
    return [
        Heading(anchor, unescape(_TAG.sub("", title))) for anchor, title in _HEADING.findall(text)
    ]


def unbroken(html: str) -> str:
    """Return HTML in which codes, numbers of legal documents and dates aren't broken up."""
    parts = _TAG.split(html)
    drawn = False
    for at, part in enumerate(parts):
        if part.startswith("<"):
            drawn = (drawn or part.startswith("<svg")) and part != "</svg>"
        elif not drawn:
            parts[at] = _UNBROKEN.sub(r'<span class="unbroken">\g<0></span>', part)
    return "".join(parts)


def _flowchart(copy: PaperCopy, views: Views) -> str:
    code = copy.document["code"]
    steps = copy.system.of_document("steps", code)
    chart = flowchart.draw(steps, copy.system.of_document("step_links", code))
    scale = min(_PIXEL_MM, _LINE_WIDTH_MM / chart.width)
    parts = list(parts_of(chart, _PART_HEIGHT_MM / scale))
    return views.render(
        "paper/flowchart.html", chart=chart, parts=parts, scale=scale, document=copy.document
    )


def parts_of(chart: Flowchart, height: float) -> Iterator[Part]:
    """Yield the parts of a flowchart, none higher than a sheet allows, cut between its shapes."""
    texts = [text for shape in chart.shapes for text in shape.texts]
    texts += [arrow.text for arrow in chart.arrows if arrow.text]
    cuts = _cuts(chart, height)
    for top, bottom in pairwise(cuts):
        yield Part(
            top,
            bottom - top,
            tuple(shape for shape in chart.shapes if top <= shape.y < bottom),
            tuple(text for text in texts if top <= text.y < bottom),
        )


def _cuts(chart: Flowchart, height: float) -> list[float]:
    """Return where a flowchart is cut, its two ends included; the parts are about equally high."""
    tallest = max(shape.height for shape in chart.shapes)
    even = chart.height / -(-chart.height // height) + tallest
    cuts = [0.0]
    for shape in chart.shapes:
        end = min(shape.y + shape.height + _ABOVE_SHAPE, chart.height)
        if end - cuts[-1] > min(height, even):
            cuts.append(shape.y - _ABOVE_SHAPE)
    return [*cuts, chart.height]


class _Stub:
    code = "7K3M-92QD"
    address = "http://127.0.0.1:8000/kiem-tra/7K3M-92QD"

    @property
    def picture(self) -> Markup:
        import segno

        return Markup(segno.make(self.address).svg_inline(border=4, omitsize=True))
