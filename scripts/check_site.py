"""Checks the built site: every link inside leads somewhere, nothing is asked of another host."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TAG = re.compile(r"<(a|script|img|iframe|source|link)\s([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)=(?:"([^"]*)"|([^\s"]+))')
_ANCHOR = re.compile(r'\sid="([^"]+)"|<a\s[^>]*\bname="([^"]+)"')
_FROM_ELSEWHERE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""")
_TARGET = {"a": "href", "link": "href"}
_NOT_LOADED = {"canonical", "next", "prev", "edit"}
"""Relations of `<link>` that only name an address."""


@dataclass(frozen=True)
class _Page:
    links: frozenset[str]
    loaded: frozenset[str]
    anchors: frozenset[str]


def check_site(site: Path, but: tuple[Path, ...] = ()) -> list[str]:
    """Return what is wrong with a built site, a line each; empty when nothing is.

    Args:
        site: the site.
        but: folders of it that were checked before; links may lead into them.
    """
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    before = tuple(f"{folder.relative_to(site).as_posix()}/" for folder in but)
    pages = {
        name: read_page(site / name)
        for name in sorted(files)
        if name.endswith(".html") and not name.startswith(before)
    }
    in_pages = [
        f"{name}: {problem}"
        for name, page in pages.items()
        for problem in _problems(name, page, pages, files)
    ]
    in_styles = [
        f"{name}: tải từ máy chủ khác: {target}"
        for name in sorted(files)
        if name.endswith(".css")
        for target in _FROM_ELSEWHERE.findall((site / name).read_text(encoding="utf-8"))
    ]
    return in_pages + in_styles


def read_page(path: Path) -> _Page:
    """Return what a page links to, what it loads, and where it can be linked to."""
    html = path.read_text(encoding="utf-8")
    links, loaded = set(), set()
    for tag, written in set(_TAG.findall(html)):
        attributes = {name: quoted or bare for name, quoted, bare in _ATTRIBUTE.findall(written)}
        target = unescape(attributes.get(_TARGET.get(tag, "src"), ""))
        if not target:
            continue
        if tag == "a":
            links.add(target)
        elif attributes.get("rel") not in _NOT_LOADED:
            loaded.add(target)
    return _Page(frozenset(links), frozenset(loaded), frozenset(_anchors(html)))


def _anchors(html: str) -> Iterator[str]:
    for by_id, by_name in _ANCHOR.findall(html):
        yield by_id or by_name


def _problems(name: str, page: _Page, pages: dict[str, _Page], files: set[str]) -> Iterator[str]:
    for target in sorted(page.loaded):
        if urlsplit(target).netloc:
            yield f"tải từ máy chủ khác: {target}"
    for target in sorted(page.links | page.loaded):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        found = _resolve(name, unquote(parts.path), files) if parts.path else name
        if found is None:
            yield f"liên kết hỏng: {target}"
        elif not _has_anchor(pages.get(found), unquote(parts.fragment)):
            yield f"không có mục để liên kết tới: {target}"


def _has_anchor(page: _Page | None, anchor: str) -> bool:
    """Tell whether a page has an anchor; of a file that is no page nothing can be said."""
    return page is None or anchor in page.anchors | {"", "__top"}


def _resolve(name: str, target: str, files: set[str]) -> str | None:
    """Return the file that a link on a page leads to, None when there is none in the site."""
    base = "" if target.startswith("/") else posixpath.dirname(name)
    found = posixpath.normpath(posixpath.join(base, target.lstrip("/")))
    index = "index.html" if found == "." else f"{found}/index.html"
    return next((each for each in (found, index) if each in files), None)
