"""Reads the index of a built site, as the engine in the browser does: which pages say some words.

It doesn't rank. A build asks it whether what should be found still can be.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.search.index import DIGITS, FOLDER
from scripts.search.text import syllables

_VALUES = {digit: value for value, digit in enumerate(DIGITS)}


class IndexReader:
    """The index of a site."""

    def __init__(self, site: Path) -> None:
        self._folder = site / FOLDER
        self._files: dict[str, Any] = {}
        table = self._file("pages")
        self._page_of = [page for page, count in enumerate(table["sections"]) for _ in range(count)]
        self._text_file_of = list(_running(table["files"]))
        self._words = {word[0]: word[1] for word in self._file("words")["words"]}

    def pages_with(self, query: str) -> set[str]:
        """Return the locations of pages of which one section says all the words of a query.

        A word without marks stands for every way of marking it.
        """
        found = [self._sections(form, key) for form, key in syllables(query)]
        sections = set.intersection(*found) if found else set()
        return {self._location(self._page_of[section]) for section in sections}

    def _sections(self, form: str, key: str) -> set[int]:
        if key not in self._words:
            return set()
        places = self._file(f"places-{self._words[key]}")
        forms = [form] if form != key else [each for each in places if self._key(each) == key]
        return {section for each in forms for section in _sections_of(places.get(each, ""))}

    def _key(self, form: str) -> str:
        bare = form.rstrip("12345") if not form.isdigit() else form
        return next(syllables(bare)).key

    def _location(self, page: int) -> str:
        file = self._text_file_of[page]
        texts = self._file(f"texts-{file}")
        return str(texts[page - self._text_file_of.index(file)][0])

    def _file(self, name: str) -> Any:
        if name not in self._files:
            call = (self._folder / f"{name}.js").read_text(encoding="utf-8")
            start = call.index(",", call.index(",") + 1) + 1
            self._files[name] = json.loads(call[start : call.rindex(")")])
        return self._files[name]


def decode(text: str) -> Iterator[int]:
    """Yield the numbers that `index.encode` wrote."""
    number = 0
    for character in text:
        value = _VALUES[character]
        number = number << 5 | value & 31
        if value < 32:
            yield number
            number = 0


def _sections_of(stream: str) -> Iterator[int]:
    """Yield the sections of a form's places, each written with how often and where in it."""
    numbers, section = iter(list(decode(stream))), 0
    for difference in numbers:
        section += difference
        yield section
        for _ in range(next(numbers)):
            next(numbers)


def _running(differences: list[int]) -> Iterator[int]:
    total = 0
    for difference in differences:
        total += difference
        yield total
