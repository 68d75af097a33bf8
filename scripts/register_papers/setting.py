"""Sets papers as HTML, each with a code of its words by which its sheets can be checked later."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from scripts.paper_copies.checking import Check, make_check
from scripts.paper_copies.composing import unbroken
from scripts.paper_copies.copies import words_of
from scripts.register_papers.papers import Paper, papers
from scripts.system import System
from scripts.views import Views

NO_REVISION = "0"
"""What stands for the revision of a paper, which has none."""
_STYLES = Path(__file__).parent.parent / "paper_copies"
_RECIPE = (_STYLES / "rendering.py", _STYLES / "paper.css", _STYLES / "pdfua.xml")


@dataclass(frozen=True)
class SetPaper:
    """A paper that is ready to be printed."""

    system: System
    paper: Paper
    check: Check
    html: str
    """All of it; it needs only the style sheet of paper copies."""

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.paper.name

    @property
    def address(self) -> str:
        """The page that it was set from."""
        return self.paper.page

    @property
    def key(self) -> str:
        """The hash of all that it shows and of how it is set: the name it is kept under."""
        return hashlib.sha256(f"{self.html} {_recipe()}".encode()).hexdigest()[:32]


def set_papers(system: System) -> Iterator[SetPaper]:
    """Yield every paper of a system, set."""
    views = Views(system, system.portal.site["url"])
    for paper in papers(system):
        said = hashlib.sha256(words_of(_html(views, paper, None)).encode()).digest()
        check = make_check(system.portal, paper.code, NO_REVISION, said)
        yield SetPaper(system, paper, check, unbroken(_html(views, paper, check)))


def _html(views: Views, paper: Paper, check: Check | None) -> str:
    template = f"register_papers/{paper.template}.html"
    return views.render(template, paper=paper, check=check, **paper.values)


@lru_cache(maxsize=1)
def _recipe() -> str:
    """Return the hash of how papers are set besides what their HTML says."""
    parts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in _RECIPE]
    return " ".join([*parts, version("weasyprint")])
