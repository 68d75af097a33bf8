"""Keeps the HTML that macros make out of Markdown's sight, and puts it into the finished page.

Markdown would parse all of it, tag by tag, only to leave it as it is: a fifth of a build.
"""

import re
from typing import Any

from mkdocs.plugins import BasePlugin
from mkdocs.structure.pages import Page

_MARK = re.compile(r'<div data-kept="(\d+)"></div>')


class KeptHtml(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """The HTML of the page that is being made; marks count from the beginning of each page."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.reads_pages = False
        """A macro of the page read the text of other pages."""

    def on_pre_page(self, page: Page, /, **_: Any) -> Page:
        """Begin another page."""
        self.pieces, self.reads_pages = [], False
        return page

    def keep(self, html: str) -> str:
        """Keep HTML and return the mark that stands for it, on a line of its own."""
        self.pieces.append(html)
        return f'<div data-kept="{len(self.pieces) - 1}"></div>'

    def restore(self, text: str) -> str:
        """Return a text with the HTML in place of its marks."""
        return _MARK.sub(lambda mark: self.pieces[int(mark[1])], text)

    def on_page_content(self, html: str, /, **_: Any) -> str:
        """Restore a page that Markdown is done with."""
        return self.restore(html)
