"""The built pages: which of them take something in, and their slots that the intake fills.

A slot is a stretch of a built page between `<!--slot:KIND:NAME-->` and `<!--/slot-->`. A page
with a slot takes what is posted to its own address, so all its links stay right.
"""

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from werkzeug.security import safe_join

from intake.errors import UnknownPage

_SLOT = re.compile(r"<!--slot:(?P<kind>[a-z]+):(?P<name>[a-z0-9_]*)-->.*?<!--/slot-->", re.DOTALL)
_TITLE = "<title>"


def slot(kind: str, name: str, html: str) -> str:
    """Return the HTML of a slot with what the static page shows in it."""
    return f"<!--slot:{kind}:{name}-->\n{html}\n<!--/slot-->"


@dataclass(frozen=True)
class BuiltPage:
    """A page of the published site, cut at its title and at its slot."""

    kind: str
    name: str
    head: str
    """Up to and with `<title>`."""
    middle: str
    """From the title's own words to the slot."""
    tail: str

    def filled(self, content: str, title: str = "") -> str:
        """Return the page with `content` in its slot, and `title` before its own title."""
        return f"{self.head}{title}{self.middle}{content}{self.tail}"


class Pages:
    """The pages of the release that is published at the moment."""

    def __init__(self, site: Path) -> None:
        self._site = site

    def at(self, address: str) -> BuiltPage:
        """Return the page at an address.

        Raises:
            UnknownPage: there is none, or nothing is taken in there.
        """
        path = safe_join(self._release(), address, "index.html")
        page = _load(path) if path and os.path.isfile(path) else None  # noqa: PTH113 (no error for a name too long for the disk)
        if page is None:
            raise UnknownPage("Địa chỉ này không nhận phiếu. Hãy mở lại biểu mẫu từ trang chủ.")
        return page

    def message(self, content: str, title: str) -> str:
        """Return the page for messages that belong to no form."""
        path = Path(self._release(), "404.html")
        page = _load(str(path)) if path.is_file() else None
        if page is None:
            return f"<!doctype html><html lang=vi><title>{title}</title>{content}</html>"
        return page.filled(content, f"{title} – ")

    def _release(self) -> str:
        """Return the folder that the link leads to now."""
        try:
            target = self._site.readlink()
        except OSError:  # no link but a folder
            return str(self._site)
        return str(self._site.parent / target)


@lru_cache(maxsize=64)
def _load(path: str) -> BuiltPage | None:
    """Read a page once: a release is never changed, and its folder is part of the path."""
    html = Path(path).read_text(encoding="utf-8")
    found = _SLOT.search(html)
    if found is None:
        return None
    start = html.index(_TITLE) + len(_TITLE)
    middle, tail = html[start : found.start()], html[found.end() :]
    return BuiltPage(found["kind"], found["name"], html[:start], middle, tail)
