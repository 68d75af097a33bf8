"""Checks the built site: every link inside leads somewhere, nothing is asked of another host."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
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
    _resolve.cache_clear()
    pages = {
        path: read_page(path)
        for path in sorted(site.rglob("*.html"))
        if not any(path.is_relative_to(folder) for folder in but)
    }
    in_pages = [
        f"{path.relative_to(site)}: {problem}"
        for path, page in pages.items()
        for problem in _problems(site, path, page, pages)
    ]
    in_styles = [
        f"{path.relative_to(site)}: tải từ máy chủ khác: {target}"
        for path in sorted(site.rglob("*.css"))
        for target in _FROM_ELSEWHERE.findall(path.read_text(encoding="utf-8"))
    ]
    return in_pages + in_styles


def read_page(path: Path) -> _Page:
    """Return what a page links to, what it loads, and where it can be linked to."""
    html = path.read_text(encoding="utf-8")
    links, loaded = set(), set()
    for tag, written in _TAG.findall(html):
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


def _problems(site: Path, path: Path, page: _Page, pages: dict[Path, _Page]) -> Iterator[str]:
    for target in sorted(page.loaded):
        if urlsplit(target).netloc:
            yield f"tải từ máy chủ khác: {target}"
    for target in sorted(page.links | page.loaded):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        found = _resolve(site, path.parent, unquote(parts.path)) if parts.path else path
        if found is None:
            yield f"liên kết hỏng: {target}"
        elif not _has_anchor(pages.get(found), unquote(parts.fragment)):
            yield f"không có mục để liên kết tới: {target}"


def _has_anchor(page: _Page | None, anchor: str) -> bool:
    """Tell whether a page has an anchor; of a file that is no page nothing can be said."""
    return page is None or anchor in page.anchors | {"", "__top"}


@lru_cache(maxsize=100_000)
def _resolve(site: Path, folder: Path, target: str) -> Path | None:
    """Return the file that a link leads to, None when there is none."""
    base = site if target.startswith("/") else folder
    found = (base / target.lstrip("/")).resolve()
    if found.is_dir():
        found /= "index.html"
    inside = found.is_relative_to(site.resolve())
    return found if inside and found.is_file() else None
