"""Sets a paper copy as one HTML page: cover, contents, amendments, the text of the portal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

from markupsafe import Markup

from scripts import flowchart
from scripts.flowchart import Flowchart, Shape, Text, text_width, wrap
from scripts.paper_copies.checking import check_of
from scripts.paper_copies.copies import PaperCopy
from scripts.views import Views

_LINE_MM, _PIXEL_MM = 165.0, 0.2646
_POINT_PX, _DESCENT_PX = 11, 4
"""How far arrows and letters reach above what they stand at, and letters below their line."""
_TITLE_PX, _TITLE_LINE_PX = 27, 560
"""The size of the title on the cover, and what one line of it holds."""

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
    r"|\b(?:(?:[Nn]gày|[Tt]háng|[Nn]ăm) )?\d{1,2}/\d{1,2}/\d{4}\b"
    r"|(?:[≥≤] )?\b\d+(?:,\d+)? %"
    r"|[≥≤] \d+(?:,\d+)?"
    r"|\b(?:[Bb]ước|[Đđ]iều|[Kk]hoản|[Mm]ục|[Ll]ần|[Pp]hần|[Tt]háng|[Nn]ăm|số) \d+(?:\.\d+)*"
)
"""What stays on one line: codes, numbers of legal documents, dates, percentages, numbered parts."""


@dataclass(frozen=True)
class Heading:
    """A line of the contents."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Strip:
    """A shape of a flowchart with the way down from it: between two strips a sheet may end."""

    top: float
    height: float
    shape: Shape
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
        title=balanced(copy.document["title"]),
        headings=headings(text),
        text=Markup(unbroken(text)),  # noqa: S704 (the portal's own page)
        check=check_of(copy),
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


def balanced(title: str) -> tuple[str, ...]:
    """Break a title into lines that are about equally long."""
    width = text_width(title, _TITLE_PX, bold=True)
    lines = -(-width // _TITLE_LINE_PX)
    longest_word = max(text_width(word, _TITLE_PX, bold=True) for word in title.split())
    return wrap(title, width / lines + longest_word / 2, _TITLE_PX, bold=True)


def _flowchart(copy: PaperCopy, views: Views) -> str:
    code = copy.document["code"]
    steps = copy.system.of_document("steps", code)
    chart = flowchart.draw(steps, copy.system.of_document("step_links", code))
    return views.render(
        "paper/flowchart.html",
        chart=chart,
        strips=list(strips(chart)),
        titles={step["step"]: step["title"] for step in steps},
        scale=min(_PIXEL_MM, _LINE_MM / chart.width),
    )


def strips(chart: Flowchart) -> Iterator[Strip]:
    """Yield the strips of a flowchart from top to bottom; together they are the whole drawing."""
    texts = [text for shape in chart.shapes for text in shape.texts]
    texts += [arrow.text for arrow in chart.arrows if arrow.text]
    cuts = [0.0, *(_cut_above(shape, texts) for shape in chart.shapes[1:]), chart.height]
    for shape, (top, bottom) in zip(chart.shapes, pairwise(cuts), strict=True):
        inside = tuple(text for text in texts if top <= text.placed[-1][0] < bottom)
        yield Strip(top, bottom - top, shape, inside)


def _cut_above(shape: Shape, texts: list[Text]) -> float:
    """Return where to cut above a shape: between what is written above it and beside it."""
    ends = [(text.placed[0][0], text.placed[-1][0]) for text in texts]
    above = [last + _DESCENT_PX for _, last in ends if last < shape.y]
    below = [first - _POINT_PX for first, last in ends if last >= shape.y]
    return max(*above, min(shape.y - _POINT_PX, *below))
