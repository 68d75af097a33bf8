"""Compares two texts of a document block by block, and changed blocks word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

_ALIKE = 0.5
"""From which likeness on two blocks are one that was changed."""

_FRAME = re.compile(r"\|[\s:|-]+\||</?(?:div|table|tbody)[^>]*>")
"""Lines of a table that hold no words."""

_HTML_CELL = re.compile(r"<t[dh]>(.*?)</t[dh]>")
_TAG = re.compile(r"<[^>]+>")
_MARKUP = re.compile(r"\*\*|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)|`")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKER = re.compile(r"^(?:#+|-|\*|!!!\s+\w+)\s+")


@dataclass(frozen=True)
class Part:
    """A run of words of a block: the same in both texts, or in this one only."""

    text: str
    changed: bool


Side = tuple[Part, ...]


@dataclass(frozen=True)
class Change:
    """Neighbouring blocks: `same` (several), or one `added`, `removed` or `changed`."""

    kind: str
    left: tuple[Side, ...]
    right: tuple[Side, ...]


def compare(left: str, right: str) -> list[Change]:
    """Return the changes from one Markdown text to another, in order."""
    before, after = blocks(left), blocks(right)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    changes: list[Change] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            same = tuple(_whole(block, changed=False) for block in before[i1:i2])
            changes.append(Change("same", same, same))
        else:
            changes += _aligned(before[i1:i2], after[j1:j2])
    return changes


def blocks(markdown: str) -> list[str]:
    """Return a text as plain blocks: headings, paragraphs, list items, rows of tables."""
    lines = (line.strip() for line in markdown.splitlines())
    return [_plain(line) for line in lines if line and not _FRAME.fullmatch(line)]


def _plain(line: str) -> str:
    if line.startswith(("<tr>", "<thead>")):
        return unescape(_TAG.sub("", " | ".join(_HTML_CELL.findall(line))))
    if line.startswith("|"):
        line = " | ".join(cell.strip() for cell in line.strip("|").split("|"))
    return _MARKUP.sub("", _LINK.sub(r"\1", _MARKER.sub("", line))).strip('" ')


def _aligned(before: list[str], after: list[str]) -> Iterator[Change]:
    """Pair blocks that are alike, in order; the others were removed or added."""
    rest = list(after)
    for block in before:
        place = next((n for n, other in enumerate(rest) if _likeness(block, other) > _ALIKE), None)
        if place is None:
            yield Change("removed", (_whole(block, changed=True),), ())
            continue
        yield from (Change("added", (), (_whole(other, changed=True),)) for other in rest[:place])
        left, right = _words(block, rest[place])
        yield Change("changed", (left,), (right,))
        rest = rest[place + 1 :]
    yield from (Change("added", (), (_whole(other, changed=True),)) for other in rest)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _whole(block: str, *, changed: bool) -> Side:
    return (Part(block, changed),)


def _words(before: str, after: str) -> tuple[Side, Side]:
    left, right = (re.findall(r"\S+\s*", text) for text in (before, after))
    sides: tuple[list[Part], list[Part]] = ([], [])
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        for side, words in zip(sides, (left[i1:i2], right[j1:j2]), strict=True):
            if words:
                side.append(Part("".join(words), kind != "equal"))
    return tuple(sides[0]), tuple(sides[1])
