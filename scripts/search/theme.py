"""Puts the index and the engine into a built site, in place of the theme's own search.

The theme's search box stays. It talks to a worker that its pages name, in four messages: SETUP is
answered with READY, QUERY with RESULT. Whether it still does is checked on every build.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from mkdocs.plugins import BasePlugin
from mkdocs.structure.pages import Page

from scripts.search.index import FOLDER, Facts, index_files
from scripts.search.pages import Section, read_pages, sections_of
from scripts.tree import files_below

_ENGINE = Path(__file__).parent / "engine"
_PARTS = (
    *("text", "typing", "index", "codes", "akin", "readings"),
    *("hits", "ranking", "engine", "results", "box"),
)
_WORKER = re.compile(r'"search": "([./]*)assets/javascripts/workers/search\.[0-9a-f]+\.min\.js"')
_PROTOCOL = {
    "assets/javascripts/workers/search.*.min.js": (
        r"case 0:.{0,80}\{type:1\}",
        r"case 2:.{0,80}\{type:3,data:",
        r"items:\[",
    ),
    "assets/javascripts/bundle.*.min.js": (
        r"new Worker\(\w+\)",
        r"\{type:0,data:\{config:\w+,docs:\w+,options:\{suggest:",
        r"\{type:2,data:\w+\}",
        r"\w+\.type===1\b",
        r"\w+\.type===3\b",
        r'"search/search_index\.json"',
        r'"search/search_index\.js"',
        r"new URL\(\w+\.location,\w+\.base\)",
        r"Object\.keys\(\w+\.terms\)",
        r"\w+\.score\.toFixed\(",
    ),
}
"""What the theme's minified files hold as long as the search box works as this engine expects."""
_NOTHING = {
    "config": {"lang": ["vi"], "separator": "[\\s]+", "pipeline": [], "fields": {}},
    "docs": [],
}
"""What the theme loads as its index; the engine has its own."""


class Unindexed(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """Spares MkDocs the index of the theme's own search; only its search box is wanted."""

    def on_page_markdown(self, markdown: str, /, *, page: Page, **_: Any) -> str:
        """Leave a page out of the theme's index."""
        page.meta["search"] = {"exclude": True}
        return markdown


class ThemeChanged(RuntimeError):
    """The theme's search box isn't the one this engine was made for; the message says where."""


def install(
    site: Path,
    facts: Mapping[str, Facts],
    synonyms: Iterable[tuple[str, str, float]],
    but: tuple[str, ...] = (),
    read: Callable[[str], list[Section]] = sections_of,
) -> None:
    """Index a built site and let its search box ask the engine.

    Args:
        site: the site, as MkDocs built it with the theme's search.
        facts: what is known of pages, by location.
        synonyms: a short word, what it stands for, and how sure that is (0 to 1).
        but: the beginnings of locations that are not to be found.
        read: reads the sections of a page; who keeps what pages say may give it from there.

    Raises:
        ThemeChanged: the theme's search box isn't as expected.
    """
    check_protocol(site)
    folder = site / FOLDER
    files = index_files(read_pages(site, but, read), facts, synonyms)
    nothing = json.dumps(_NOTHING)
    files["search_index.json"] = nothing
    files["search_index.js"] = f"var __index = {nothing}\n"
    files["engine.js"] = engine()
    files["worker.js"] = worker()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    version = hashlib.sha256((files["engine.js"] + files["worker.js"]).encode()).hexdigest()
    _name_worker(site, version[:8])
    shutil.rmtree(site / "assets/javascripts/workers")
    shutil.rmtree(site / "assets/javascripts/lunr")


def engine() -> str:
    """Return the engine as one script."""
    parts = [(_ENGINE / f"{name}.js").read_text(encoding="utf-8") for name in _PARTS]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def worker() -> str:
    """Return the script that pages name as their search worker."""
    return (_ENGINE / "worker.js").read_text(encoding="utf-8")


def check_protocol(site: Path) -> None:
    """Check that the theme's files are as this engine expects.

    Raises:
        ThemeChanged: with the file, and what it lacks.
    """
    for pattern, expected in _PROTOCOL.items():
        files = list(site.glob(pattern))
        if len(files) != 1:
            raise ThemeChanged(f"giao diện có {len(files)} tệp {pattern}, ô tìm kiếm cần đúng một")
        text = files[0].read_text(encoding="utf-8")
        for each in expected:
            if not re.search(each, text, re.DOTALL):
                raise ThemeChanged(
                    f"{files[0].relative_to(site)}: ô tìm kiếm của giao diện đã đổi (không thấy "
                    f"{each}); xem scripts/search/README.md"
                )


def _name_worker(site: Path, version: str) -> None:
    for page in files_below(site, ".html"):
        text = page.read_text(encoding="utf-8")
        named, count = _WORKER.subn(rf'"search": "\1{FOLDER}/worker.js?v={version}"', text)
        if count == 1:
            page.write_text(named, encoding="utf-8")
        elif count or '"search": ' in text:
            raise ThemeChanged(f"{page.relative_to(site)}: trang không gọi ô tìm kiếm như dự kiến")
