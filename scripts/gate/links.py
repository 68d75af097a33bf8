"""Every link inside a site leads somewhere, nothing is asked of another host, HTML is valid."""

import posixpath
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from scripts.gate.markup import Page, loaded_by_script, loaded_by_style, read_page
from scripts.tree import files_below

Kept = Callable[[Callable[[str], Any]], Callable[[str], Any]]


def check_links(
    site: Path, but: tuple[Path, ...] = (), kept: Kept = lambda work: work
) -> list[str]:
    """Return what is wrong with a built site, a line each; empty when nothing is.

    Args:
        site: the site.
        but: folders of it that were checked before; links may lead into them.
        kept: makes of a step that reads one file one that need not read the same twice.
    """
    read = kept(read_page)
    loaded_by = {".css": kept(loaded_by_style), ".js": kept(loaded_by_script)}
    files = {path.relative_to(site).as_posix() for path in files_below(site)}
    before = tuple(f"{folder.relative_to(site).as_posix()}/" for folder in but)
    looked_at = [name for name in sorted(files) if not name.startswith(before)]
    pages = {
        name: read((site / name).read_text(encoding="utf-8"))
        for name in looked_at
        if name.endswith(".html")
    }
    in_pages = [
        f"{name}: {problem}"
        for name, page in pages.items()
        for problem in (*page.invalid, *_problems(name, page, pages, files))
    ]
    beside_pages = [
        f"{name}: tải từ máy chủ khác: {target}"
        for name in looked_at
        for target in _loaded_by(site / name, loaded_by)
    ]
    return in_pages + beside_pages


def _loaded_by(path: Path, readers: Mapping[str, Callable[[str], list[str]]]) -> list[str]:
    if path.suffix not in readers or (path.suffix == ".js" and path.parent.name == "search"):
        return []
    return readers[path.suffix](path.read_text(encoding="utf-8"))


def _problems(name: str, page: Page, pages: dict[str, Page], files: set[str]) -> Iterator[str]:
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


def _has_anchor(page: Page | None, anchor: str) -> bool:
    """Tell whether a page has an anchor; of a file that is no page nothing can be said."""
    return page is None or anchor in page.anchors | {"", "__top"}


def _resolve(name: str, target: str, files: set[str]) -> str | None:
    """Return the file that a link on a page leads to, None when there is none in the site."""
    base = "" if target.startswith("/") else posixpath.dirname(name)
    found = posixpath.normpath(posixpath.join(base, target.lstrip("/")))
    index = "index.html" if found == "." else f"{found}/index.html"
    return next((each for each in (found, index) if each in files), None)
