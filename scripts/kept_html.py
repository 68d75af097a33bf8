"""Keeps the HTML that macros make out of Markdown's sight, and puts it into the finished page.

Markdown would parse all of it, tag by tag, only to leave it as it is: a fifth of a build.
"""

import re
from typing import Any

from mkdocs.plugins import BasePlugin

_MARK = re.compile(r'<div data-kept="(\d+)"></div>')


class KeptHtml(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """The HTML of one build."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def keep(self, html: str) -> str:
        """Keep HTML and return the mark that stands for it, on a line of its own."""
        self._kept.append(html)
        return f'<div data-kept="{len(self._kept) - 1}"></div>'

    def restore(self, text: str) -> str:
        """Return a text with the HTML in place of its marks."""
        return _MARK.sub(lambda mark: self._kept[int(mark[1])], text)

    def on_page_content(self, html: str, /, **_: Any) -> str:
        """Restore a page that Markdown is done with."""
        return self.restore(html)
