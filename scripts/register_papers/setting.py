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
_SCRIPTS = Path(__file__).parent.parent
_STYLES = _SCRIPTS / "paper_copies"
_RECIPE = (
    *(_STYLES / name for name in ("composing.py", "paper.css", "pdfua.xml", "rendering.py")),
    _SCRIPTS / "templates" / "register_papers" / "frame.html",
)


@dataclass(frozen=True)
class SetPaper:
    """A paper that is ready to be printed."""

    system: System
    paper: Paper
    unchecked: str
    """Its HTML but for the check, which follows from it."""

    @property
    def check(self) -> Check:
        """What the sheets carry: a code of their words."""
        said = hashlib.sha256(words_of(self.unchecked).encode()).digest()
        return make_check(self.system.portal, self.paper.code, NO_REVISION, said)

    @property
    def html(self) -> str:
        """All of it; it needs only the style sheet of paper copies."""
        return unbroken(_html(self.system, self.paper, self.check))

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
        return hashlib.sha256(f"{self.unchecked} {_recipe()}".encode()).hexdigest()[:32]


def set_papers(system: System) -> Iterator[SetPaper]:
    """Yield every paper of a system, set."""
    for paper in papers(system):
        yield SetPaper(system, paper, _html(system, paper, None))


def _html(system: System, paper: Paper, check: Check | None) -> str:
    views = Views(system, system.portal.site["url"])
    template = f"register_papers/{paper.template}.html"
    return views.render(template, paper=paper, check=check, **paper.values)


@lru_cache(maxsize=1)
def _recipe() -> str:
    """Return the hash of how papers are set besides what their HTML says."""
    parts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in _RECIPE]
    return " ".join([*parts, version("weasyprint")])
