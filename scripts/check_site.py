"""Checks the built site: every link inside leads somewhere, nothing is asked of another host."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_NOT_LOADED_RELATIONS = {"canonical", "next", "prev", "edit"}


@dataclass
class _Page(HTMLParser):
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        for name in ("id", "name"):
            if name in values and (tag == "a" or name == "id"):
                self.anchors.add(values[name])
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        target = values.get(_LOADING.get(tag, ""), "")
        if target and values.get("rel", "") not in _NOT_LOADED_RELATIONS:
            self.loaded.append(target)


def check_site(site: Path) -> list[str]:
    """Return what is wrong with a built site, a line each; empty when nothing is."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    return [
        f"{path.relative_to(site)}: {problem}"
        for path, page in pages.items()
        for problem in _problems(site, path, page, pages)
    ]


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _problems(site: Path, path: Path, page: _Page, pages: dict[Path, _Page]) -> Iterator[str]:
    for target in page.loaded:
        if urlsplit(target).netloc:
            yield f"tải từ máy chủ khác: {target}"
    for target in [*page.links, *page.loaded]:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        found = _resolve(site, path, unquote(parts.path))
        if found is None:
            yield f"liên kết hỏng: {target}"
        elif parts.fragment and unquote(parts.fragment) not in pages[found].anchors | {"__top"}:
            yield f"không có mục để liên kết tới: {target}"


def _resolve(site: Path, path: Path, target: str) -> Path | None:
    """Return the file that a link leads to, None when there is none."""
    if not target:
        return path
    base = site if target.startswith("/") else path.parent
    found = (base / target.lstrip("/")).resolve()
    if found.is_dir():
        found /= "index.html"
    return found if found.is_file() else None
