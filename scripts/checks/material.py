"""What the rules look at, and what they find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from intake.configuration import Places
from scripts.front_matter import front_matter
from scripts.registers import Row
from scripts.system import System


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong: where, what, and how to mend it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Page:
    """A written page, as lines."""

    path: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The page as one text."""
        return "\n".join(self.lines)

    @property
    def document(self) -> str | None:
        """The code of the document that the page holds, if it holds one."""
        return front_matter(self.lines).get("document")


@dataclass(frozen=True)
class Material:
    """The system and its written pages."""

    system: System
    pages: tuple[Page, ...] = field(default=())

    @classmethod
    def load(cls, places: Places) -> "Material":
        """Load what a project holds."""
        paths = sorted(places.content.rglob("*.md"))
        pages = tuple(_page(path, places.root) for path in paths)
        return cls(System.load(places), pages)

    def rows(self, register: str) -> Iterator[tuple[Row, "Place"]]:
        """Yield each row of a register with its place."""
        for index, row in enumerate(self.system.rows(register)):
            yield row, Place(f"data/qms/{register}.csv", index + 2)

    @cached_property
    def page_of(self) -> dict[str, Page]:
        """The page of each document that has one."""
        return {page.document: page for page in self.pages if page.document}


@dataclass(frozen=True)
class Place:
    """A line of a file; a row of a register stands on one line."""

    path: str
    line: int = 1

    def says(self, message: str) -> Finding:
        """Return a finding at this place."""
        return Finding(self.path, self.line, message)


Rule = Callable[[Material], Iterator[Finding]]


def _page(path: Path, root: Path) -> Page:
    lines = path.read_text(encoding="utf-8").splitlines()
    return Page(path.relative_to(root).as_posix(), tuple(lines))
