"""What the manifest of a release says of its making; the same sources say the same."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Any

from intake.configuration import Places
from scripts.as_of import EDITIONS, editions
from scripts.system import System
from scripts.tree import files_below

_TOOLS = (
    "icalendar",
    "jinja2",
    "markdown",
    "mkdocs",
    "mkdocs-macros-plugin",
    "mkdocs-material",
    "openpyxl",
    "pymdown-extensions",
    "vl-convert-python",
)
"""The libraries whose version a page may show the effect of."""

_IN_EDITION = 2

SINCE = "evidence_since"
"""The property of the package of registers that says since which day its history is evidence."""


def describe(places: Places, system: System, built: Path) -> dict[str, Any]:
    """Return what a release was made of: its day, registers, counts, editions and tools.

    Nothing of when, where and by whom: what another machine would write differently stands
    beside the releases.
    """
    return {
        "day": system.day.isoformat(),
        SINCE: evidence_since(places),
        "counts": {
            "pages": len(pages(built)),
            "rows": {name: len(each.rows) for name, each in sorted(system.registers.items())},
            "collected": {name: len(each.rows) for name, each in sorted(system.collected.items())},
        },
        "registers": register_digests(places),
        "editions": sorted(edition.name for edition in editions(places)),
        "tools": {name: version(name) for name in _TOOLS},
    }


def evidence_since(places: Places) -> str | None:
    """Return since when the history of the registers is evidence, None when it is none."""
    package = json.loads((places.registers / "datapackage.json").read_text(encoding="utf-8"))
    since: str | None = package.get(SINCE)
    return since


def register_digests(places: Places) -> dict[str, str]:
    """Return the hash of every register, by file."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(places.registers.glob("*.csv"))
    }


def pages(site: Path) -> list[str]:
    """Return the pages of a site by path, those of its editions left out."""
    found = (path.relative_to(site) for path in files_below(site, ".html"))
    return [path.as_posix() for path in found if not is_of_edition(path)]


def is_of_edition(path: PurePath) -> bool:
    """Tell whether a file of a site is one of the portal as at another day."""
    return path.parts[0] == EDITIONS and len(path.parts) > _IN_EDITION
