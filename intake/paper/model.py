"""What a slip on paper shows, whoever prints it: the PDF and the DOCX are made from this alone."""

import hashlib
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "long_text", "date", "number", "choice"]


@dataclass(frozen=True)
class Box:
    """A box to tick."""

    label: str
    ticked: bool = False


@dataclass(frozen=True)
class Entry:
    """One thing to write, or what was written."""

    name: str
    """The field's name in its schema; empty when it has none."""
    title: str
    hint: str = ""
    kind: Kind = "text"
    required: bool = False
    boxes: tuple[Box, ...] = ()
    value: str | None = None
    """What was written in words beside the boxes; None when it is left to a pen."""


@dataclass(frozen=True)
class Grid:
    """A table: a line each time something was done, and empty lines for a pen."""

    columns: tuple[Entry, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    empty: int = 0
    fills_sheet: bool = False
    """Whether the empty lines are what the sheet is for, so that they may be low."""


@dataclass(frozen=True)
class Heading:
    """Whose form the entries below it are, and what is said about it."""

    text: str
    hint: str = ""


@dataclass(frozen=True)
class Note:
    """A line about the entries above it: who wrote them when, which files came along."""

    text: str


@dataclass(frozen=True)
class Signatures:
    """Room for signatures, under the posts of those who sign."""

    posts: tuple[str, ...]


Block = Entry | Grid | Heading | Note | Signatures


@dataclass(frozen=True)
class Part:
    """A part of a slip, under its title."""

    title: str
    blocks: tuple[Block, ...]
    hint: str = ""

    @property
    def runs(self) -> list[list[Block]]:
        """The blocks in order, entries that follow one another together."""
        runs: list[list[Block]] = []
        for block in self.blocks:
            if isinstance(block, Entry) and runs and isinstance(runs[-1][-1], Entry):
                runs[-1].append(block)
            else:
                runs.append([block])
        return runs


@dataclass(frozen=True)
class Slip:
    """A slip, blank or filled."""

    title: str
    superior: str
    issuer: str
    parts: tuple[Part, ...]
    marks: tuple[tuple[str, str], ...] = ()
    """What stands in the box under the head: code, revision, number …, each with its title."""
    notice: str = ""
    foot: str = ""
    """Stands at the foot of every sheet."""
    wide: bool = False
    """Whether the sheet lies on its side."""

    @property
    def key(self) -> str:
        """Tells slips that show another thing apart."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]
