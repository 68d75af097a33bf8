"""The part of `make bench` about building: our publishing beside bare MkDocs and Zensical.

All build the same pages. For the others macros are expanded already, and nothing is checked.
"""

import csv
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin

from intake.configuration import Places
from scripts.build import site_config
from scripts.engines import engine
from scripts.manifest import pages
from scripts.measuring import Cost, measured
from scripts.publish import publish
from scripts.sound_project import sound_project
from scripts.stage import stage
from scripts.system import System

_SMALL, _LARGE = 500, 2000


def bench_build(places: Places) -> None:
    """Print a table for the shipped pages, and for made sites that are smaller and larger."""
    _bench_size(places)
    for size in (_SMALL, _LARGE):
        root = places.root.with_name(f"{places.root.name}-{size}")
        try:
            _bench_size(_made_site(places, root, size))
        finally:
            shutil.rmtree(root)


def _bench_size(places: Places) -> None:
    rows = list(_measured(places))
    print(f"\nBuild of {len(pages(places.current_site.resolve()))} pages")
    print("                                         CPU s      MB   beside bare MkDocs")
    bare = rows[0][1]
    for name, cost in rows:
        print(f"  {name:36}", end="")
        if cost is None or bare is None:
            print("   can't be installed here")
        else:
            print(f"{cost.seconds:8.1f}{cost.peak:8.0f}{cost.seconds / bare.seconds:12.2f}")


def _measured(places: Places) -> Iterator[tuple[str, Cost | None]]:
    ours = [sys.executable, "-m", "scripts", "publish"]
    os.environ["QMS_ROOT"] = str(places.root)
    publish(places)
    plain = write_plain_site(places)
    yield "bare MkDocs", measured([sys.executable, "-m", "mkdocs", "build", "-q"], plain)
    zensical = engine("zensical")
    yield "Zensical", measured([str(zensical), "build"], plain) if zensical else None
    shutil.rmtree(plain)
    shutil.rmtree(places.cache)
    yield "published from nothing", measured(ours, places.root)
    yield "nothing changed", measured(ours, places.root)
    with (places.content / "gioi-thieu.md").open("a", encoding="utf-8") as page:
        page.write("\nThêm một dòng.\n")
    yield "a page changed", measured(ours, places.root)
    _change_a_row(places.registers / "risks.csv", "description")
    yield "a row changed", measured(ours, places.root)


def _change_a_row(path: Path, column: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        names, first, *others = csv.reader(file)
    first[names.index(column)] += " thêm"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([names, first, *others])


# Sites of other sizes


def _made_site(shipped: Places, root: Path, size: int) -> Places:
    """Write a project of so many pages: pages of rows are repeated at other addresses.

    What is smaller than the shipped site begins as the one that tests build.
    """
    if size == _SMALL:
        places = sound_project(root)
    else:
        places = Places(root)
        leave = shutil.ignore_patterns("site", ".cache", "intake")
        shutil.copytree(shipped.root, root, ignore=leave)
    staged = sorted(stage(places, System.load(places)).rglob("*.md"))
    texts = [path.read_text(encoding="utf-8") for path in staged]
    rows = [text for text in texts if "{{ row(" in text]
    (places.content / "trang-them").mkdir()
    for number in range(size - len(staged) - 1):
        text = rows[number % len(rows)].replace('title: "', f'title: "{number} ', 1)
        path = places.content / "trang-them" / f"{number}.md"
        path.write_text(text, encoding="utf-8")
    return places


# The same pages for other engines


class _Capture(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """Keeps each page's Markdown as MkDocs goes on to render it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def on_page_markdown(
        self, markdown: str, /, *, page: Any, config: MkDocsConfig, **_: Any
    ) -> str:
        path = self._folder / page.file.src_uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(config.extra["kept"].restore(markdown), encoding="utf-8")
        return markdown


def write_plain_site(places: Places) -> Path:
    """Write the pages with their macros expanded, and a configuration without our plugins."""
    plain = places.root / "plain"
    system = System.load(places)
    staged = stage(places, system)
    shutil.copytree(staged, plain / "docs")
    config = site_config(places, system, staged, places.cache / "captured")
    config.plugins["capture"] = _Capture(plain / "docs")
    os.environ["QMS_ROOT"] = str(places.root)
    _run(config)
    settings = {
        "site_name": "bare",
        "docs_dir": "docs",
        "theme": {"name": "material", "language": "vi", "features": config.theme["features"]},
        "plugins": [{"search": {"lang": "vi"}}],
        "markdown_extensions": ["admonition", "attr_list", "def_list", "footnotes", "md_in_html"],
        "nav": config.nav,
    }
    (plain / "mkdocs.yml").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    return plain


def _run(config: MkDocsConfig) -> None:
    from mkdocs.commands.build import build

    config.plugins.on_startup(command="build", dirty=False)
    build(config)
