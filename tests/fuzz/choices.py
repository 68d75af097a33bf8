"""Turns bytes into choices, so that one input drives a whole structured request."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

WORDS = (
    "",
    " ",
    "0",
    "-1",
    "1e999",
    "NaN",
    "true",
    "on",
    "=1+1",
    "@SUM(A1)",
    "+84",
    "'=x",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "{% raw %}",
    "${7*7}",
    "<!--slot:form:x-->",
    "<!--/slot-->",
    "../../etc/passwd",
    "C:\\x",
    "%00",
    "\x00",
    "\r\n",
    "\u202e",
    "\ud800",
    "\ufeff",
    "１２",
    "٣",
    "i̇",
    "ﬀ",
    "🏛",
    "2020-09-10",
    "2020-02-30",
    "10/09/2020",
    "31.02.2020",
    "9999-12-31",
    "0000-00-00",
    "BC",
    "KPH-2020-001",
    "QT-HT-04",
    "self",
    "lan@example.gov.vn",
    "a" * 5000,
    "ạ" * 400,
    "a\nb",
    "a\tb",
    "'" * 40,
)
"""What people and attackers type."""


class Choices:
    """Choices read from bytes; when they are used up the first choice is made."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self, below: int) -> int:
        """Return a number from 0."""
        if below <= 1 or self._at >= len(self._data):
            return 0
        size = 1 if below <= 256 else 2
        taken = int.from_bytes(self._data[self._at : self._at + size])
        self._at += size
        return taken % below

    def often(self, of: int = 4) -> bool:
        """Return true but for one time in so many."""
        return self.number(of) != of - 1

    def one(self, among: Sequence[T]) -> T:
        """Return one of several."""
        return among[self.number(len(among))]

    def raw(self, most: int = 400) -> bytes:
        """Return some bytes as they are."""
        length = self.number(most)
        taken = self._data[self._at : self._at + length]
        self._at += length
        return taken

    def text(self) -> str:
        """Return a word, or bytes read as text."""
        if self.number(3):
            return self.one(WORDS)
        return self.raw().decode("utf-8", "surrogateescape")

    def rest(self) -> bytes:
        """Return what is left."""
        taken, self._at = self._data[self._at :], len(self._data)
        return taken
