"""`make engines`: what other engines make of the same pages, beside MkDocs. It reports, no more.

All build the staged pages with macros expanded and the same settings and navigation. What a page
is in the eyes of a reader is compared: its title, the text of its article, where its links lead.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lxml import html  # type: ignore[import-untyped]

from intake.configuration import Places
from scripts.bench_build import write_plain_site
from scripts.engines import engine

_ENGINES = {
    "properdocs": ["build", "-q", "-f", "mkdocs.yml"],
    "zensical": ["build"],
}
_SHOWN = 5
_SPACE = re.compile(r"\s+")
_MARK = "¶"


@dataclass(frozen=True)
class Reading:
    """A page as a reader has it."""

    title: str
    text: str
    links: tuple[str, ...]


def report(places: Places, tell: Callable[[str], None] = print) -> None:
    """Build the pages with each engine and tell what differs; what can't be built is told, too."""
    with tempfile.TemporaryDirectory(prefix="qms-engines-") as folder:
        copy = Places(Path(folder))
        shutil.copytree(places.content, copy.content)
        leave = shutil.ignore_patterns("intake")
        shutil.copytree(places.root / "data", copy.root / "data", ignore=leave)
        shutil.copy(places.root / "mkdocs.yml", copy.root)
        plain = write_plain_site(copy)
        problem = _built(plain, [sys.executable, "-m", "mkdocs", "build", "-q"])
        if problem:
            tell(f"MkDocs: not built: {problem}")
            return
        ours = read_site(_moved(plain, "mkdocs"))
        tell(f"MkDocs: {len(ours)} pages")
        for name, arguments in _ENGINES.items():
            command = engine(name)
            if command is None:
                tell(f"{name}: can't be installed here")
            elif problem := _built(plain, [str(command), *arguments]):
                tell(f"{name}: not built: {problem}")
            else:
                for line in compared(ours, read_site(_moved(plain, name))):
                    tell(f"{name}: {line}")


def _built(folder: Path, command: list[str]) -> str:
    """Run an engine; return the end of what it said when it failed or wrote nothing."""
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ran.returncode == 0 and (folder / "site").is_dir():
        return ""
    return (ran.stderr or ran.stdout).strip()[-500:] or "no site written"


def _moved(folder: Path, name: str) -> Path:
    return (folder / "site").rename(folder / f"site-{name}")


def read_site(site: Path) -> dict[str, Reading]:
    """Return the pages of a built site by address."""
    return {
        path.parent.relative_to(site).as_posix(): read_page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("index.html"))
    }


def read_page(text: str) -> Reading:
    """Return what a reader has of a page: title, text of the article, links in it."""
    page = html.fromstring(text)
    article = next(iter(page.xpath("//article")), page)
    for unseen in article.xpath(".//script|.//style|.//*[@class='headerlink']"):
        unseen.drop_tree()
    return Reading(
        _plain(page.findtext(".//title") or ""),
        _plain(article.text_content()),
        tuple(sorted(set(article.xpath(".//a/@href")))),
    )


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text.replace(_MARK, "")).strip()


def compared(ours: dict[str, Reading], theirs: dict[str, Reading]) -> list[str]:
    """Return in words how two sites differ, first how many pages, then a few by name."""
    both = ours.keys() & theirs.keys()
    groups = {
        "pages missing": sorted(ours.keys() - theirs.keys()),
        "pages of its own": sorted(theirs.keys() - ours.keys()),
        "other title": sorted(name for name in both if ours[name].title != theirs[name].title),
        "other text": sorted(name for name in both if ours[name].text != theirs[name].text),
        "other links": sorted(name for name in both if ours[name].links != theirs[name].links),
    }
    return (
        [f"{len(theirs)} pages"]
        + [f"{what}: {len(names)}{_few(names)}" for what, names in groups.items()]
        + [
            f"in {name}, links of one only{_few(sorted(set(ours[name].links) ^ set(other)))}"
            for name in groups["other links"][:1]
            for other in [theirs[name].links]
        ]
    )


def _few(names: list[str]) -> str:
    return f" ({', '.join(names[:_SHOWN])}{', …' if len(names) > _SHOWN else ''})" if names else ""
