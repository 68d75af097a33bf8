"""Reads paper copies back: the text of their pages, and of the page that they were set from."""

import re
import unicodedata
from html.parser import HTMLParser

import pypdfium2
import pytest
from pypdfium2 import raw

UNCLOSED_BY_WEASYPRINT = [
    pytest.mark.filterwarnings("ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:.*sRGB2014:ResourceWarning"),
]
"""WeasyPrint leaves the colour profile that it reads to be closed by Python."""
MM = 72 / 25.4
TOP, BOTTOM = 25 * MM, 25 * MM
"""How high the margins are, with the running header and the foot in them."""

_BLOCKS = {
    *("p", "li", "ul", "ol", "h1", "h2", "h3", "h4", "td", "th", "tr", "table", "div", "br"),
    *("figure", "blockquote", "text", "thead", "tbody", "tfoot", "section"),
}
_MARKER = re.compile(r"^(?:–|\d{1,2}\.)\s*$", re.MULTILINE)
"""The marker of a list's item, which pages have and their text has not."""
_VOID = {"br", "link", "col", "img", "path", "polygon", "rect"}


class Blocks(HTMLParser):
    """The text of a page in the order in which it is read, a cell or a paragraph each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.read: list[str] = []
        self.drawn: list[str] = []
        self.heads: set[str] = set()
        self._words, self._head = "", ""
        self._open: list[tuple[str, bool]] = []
        self.feed(html)
        self._end()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end()
        if tag == "thead":
            self._head = ""
        if tag not in _VOID:
            self._open.append((tag, _is_for_the_screen(tag, dict(attrs))))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end()
        if tag == "thead":
            self.heads.add(self._head)
        while tag not in _VOID and self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(hidden for _, hidden in self._open):
            self._words += data

    def _end(self) -> None:
        if squeezed := squeeze(self._words):
            names = [tag for tag, _ in self._open]
            (self.drawn if "svg" in names else self.read).append(squeezed)
            if "thead" in names:
                self._head += squeezed
        self._words = ""


def _is_for_the_screen(tag: str, attributes: dict[str, str | None]) -> bool:
    classes = (attributes.get("class") or "").split()
    for_screen = "data-search-exclude" in attributes and "qms-blank" not in classes
    return for_screen or tag in {"script", "style", "title"} or "headerlink" in classes


def squeeze(text: str) -> str:
    """Return a text without its spaces: where a line ends is for each medium to say."""
    return re.sub(r"\s+", "", text)


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of the pages of a PDF, margins included."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def bodies_of(pdf: bytes, *, grouped: bool = True) -> list[str]:
    """Return the text between the margins of each page, with or without what is set as a group.

    Much of a drawing is; readers of PDFs find it behind the rest of its page.
    """
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        groups = [] if grouped else list(page.get_objects([raw.FPDF_PAGEOBJ_FORM], max_depth=1))
        for group in groups:
            page.remove_obj(group)
        width, height = page.get_size()
        text = page.get_textpage()
        found.append(text.get_text_bounded(0, BOTTOM, width, height - TOP))
    return found


def lost_and_added(html: str, pdf: bytes) -> tuple[list[str], str]:
    """Compare a page's text with that of its paper copy.

    Returns:
        The blocks of the page that the copy lacks at their place, and what the copy has beside
        them: not the markers of lists, the heads of tables on further sheets, and what stands
        before the text.
    """
    page = Blocks(html)
    everything = squeeze("".join(bodies_of(pdf)))
    lost = [line for line in page.drawn if line not in everything]
    text = "".join(_MARKER.sub("", body) for body in bodies_of(pdf, grouped=False))
    body = squeeze(text)
    body = body[_begin(page.read, body) :]
    at, between = 0, []
    for block in page.read:
        if _MARKER.fullmatch(block):
            continue
        found = body.find(block, at)
        if found < 0:
            lost.append(block)
            continue
        between.append(body[at:found])
        at = found + len(block)
    rest = "\n".join([*between, body[at:]])
    for head in page.heads:
        rest = rest.replace(head, "")
    for line in sorted(page.drawn, key=len, reverse=True):
        rest = rest.replace(line, "", 1)
    return lost, rest.replace("\n", "")


def _begin(blocks: list[str], body: str) -> int:
    """Return where the text begins: at the first block that the second one follows."""
    together = "".join(blocks[:2])
    return max(body.find(together), 0)


def is_composed(text: str) -> bool:
    """Tell whether every letter is one character, as TCVN 6909 has it."""
    return unicodedata.is_normalized("NFC", text)
