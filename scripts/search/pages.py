"""What a built site says: the sections of its pages, read from their HTML."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.tree import files_below

_ARTICLE = re.compile(r'<article class="md-content__inner[^>]*>(.*?)</article>', re.DOTALL)
_NOT_TEXT = re.compile(
    r"<(script|style|svg|select|nav|button|del)\b.*?</\1>"
    r'|<a class="headerlink".*?</a>'
    r"|<(section|details|table|p|aside)\b[^>]*\bdata-search-exclude\b.*?</\2>",
    re.DOTALL,
)
"""What isn't read as text: code, drawings, choices of forms, navigation, and what says so."""
_HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(r'\bid="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_INLINE = re.compile(r"</?(?:a|abbr|b|code|em|i|mark|small|span|strong|sub|sup)\b[^>]*>")
_SPACE = re.compile(r"\s+")
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True)
class Section:
    """A heading of a page and the text below it; the first of a page is the page's own title."""

    anchor: str
    title: str
    text: str


Pages = Mapping[str, list[Section]]
"""The sections of each page by its location from the root of the site."""


def read_pages(
    site: Path,
    but: tuple[str, ...] = (),
    read: Callable[[str], list[Section]] | None = None,
) -> Pages:
    """Return what the pages of a site say.

    Args:
        site: the built site.
        but: the beginnings of locations that are not to be found.
        read: reads the sections of a page.
    """
    read = read or sections_of
    found = {}
    for path in files_below(site, ".html"):
        name = path.relative_to(site).as_posix()
        location = name.removesuffix("index.html")
        if location.startswith(but) or name == "404.html":
            continue
        if sections := read(path.read_text(encoding="utf-8")):
            found[location] = sections
    return found


def sections_of(page: str) -> list[Section]:
    """Return the sections of a page's HTML; what stands before its title is left out."""
    return list(_sections(page))


def _sections(page: str) -> Iterator[Section]:
    article = _ARTICLE.search(page)
    if article is None:
        return
    text = _NOT_TEXT.sub(" ", article[1])
    anchor, title, start = "", _title(page), 0
    headings = [
        (each, named[1] if (named := _ID.search(each[2])) else "")
        for each in _HEADING.finditer(text)
    ]
    marks = [(each, name) for each, name in headings if name or each[1] == "1"]
    if marks and marks[0][0][1] == "1":
        title, start = plain(marks[0][0][3]), marks[0][0].end()
        marks = marks[1:]
    for heading, name in marks:
        yield Section(anchor, title, plain(text[start : heading.start()]))
        anchor, title, start = name, plain(heading[3]), heading.end()
    yield Section(anchor, title, plain(text[start:]))


def plain(markup: str) -> str:
    """Return the text of HTML; elements that aren't within a line stand apart."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", _INLINE.sub("", markup)))).strip()


def _title(page: str) -> str:
    found = _TITLE.search(page)
    return plain(found[1]) if found else ""
