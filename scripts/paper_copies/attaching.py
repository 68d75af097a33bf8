"""Puts the paper copies into a built site, and the links to them that its pages hold ready."""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from scripts.paper_copies.copies import PaperCopy
from scripts.paper_copies.keeping import Kept, Print
from scripts.paper_copies.names import FOLDER
from scripts.system import System

_READY = re.compile(r"<!--paper ([^:]+):(.*?)-->", re.DOTALL)
"""A link that a page holds ready in a comment, behind the name of the file it leads to."""


def attach(site: Path, system: System, copies: Sequence[PaperCopy], kept: Kept) -> int:
    """Link the copies that are kept into a site, show the links to them, and count them.

    The links to all others go: a page leads to a paper copy that says what it says, or to none.
    """
    names = link(site / FOLDER, copies, kept)
    show_links(site, _pages_with_links(system), names)
    return len(names)


def link(folder: Path, prints: Sequence[Print], kept: Kept) -> set[str]:
    """Link the prints that are kept into a folder of a site, and return their names."""
    there = [each for each in prints if kept.path(each).exists()]
    if there:
        folder.mkdir(parents=True)
    for each in there:
        os.link(kept.path(each), folder / each.name)
    return {each.name for each in there}


def show_links(site: Path, pages: Iterable[str], names: set[str]) -> None:
    """Show on pages of a site the links that they hold ready, of those names alone."""
    for address in pages:
        page = site / address / "index.html"
        if page.exists():
            text = page.read_text(encoding="utf-8")
            page.write_text(_with_links_to(names, text), encoding="utf-8")


def _with_links_to(names: set[str], page: str) -> str:
    return _READY.sub(lambda ready: ready[2] if ready[1] in names else "", page)


def _pages_with_links(system: System) -> list[str]:
    own = [document["address"] for document in system.documents.values()]
    texts = [] if system.present else list(system.revision_pages.values())
    return own + texts
