"""The index of a site: small files, of which a query asks for few.

Written beside the pages in `search/`:

- `pages.js`: what ranking and filters need of every page;
- `words.js`: every syllable, the forms it is written in, and the file of its places;
- `places-N.js`: for each form the sections and positions where it stands;
- `texts-N.js`: titles and texts of some pages, to show results.

Each is a call of JavaScript with JSON in it, so that a page opened from a disk, which may fetch
nothing, can load it as a script. All carry the number of their index, so that a reader whose site
was published anew in the meantime doesn't mix two.
"""

import functools
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from scripts.search.pages import Pages
from scripts.search.text import syllables

FOLDER = "search"
_PLACES_PER_FILE = 24_000
_TEXT_PER_FILE = 16_000
"""Characters of a file, not counting the entry that passes the limit."""
_GAP = 8
"""Positions between a title and its text, so that no phrase runs from one into the other."""
DIGITS = "!#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklm"
"""64 characters that JSON leaves alone; the first 32 end a number, the others go on."""


@dataclass(frozen=True)
class Facts:
    """What is known of a page besides its text. All are words that people see."""

    code: str = ""
    kind: str = ""
    unit: str = ""
    status: str = ""
    """Empty for what is in force; pages with a status are found only when asked for."""
    keywords: str = ""
    """What people call the page though it may not say so, between semicolons."""
    everyday: str = ""
    """What people have in mind when they look for it, likewise; counts less than a name."""
    weight: float = 1.0
    """How much a page counts when several answer equally well."""

    @property
    def led_by(self) -> str:
        """All words that lead to the page beside its text: names first."""
        return f"{self.keywords};{self.everyday}"


def index_files(
    pages: Pages, facts: Mapping[str, Facts], synonyms: Iterable[tuple[str, str, float]]
) -> dict[str, str]:
    """Return the files of an index by name.

    Args:
        pages: what to find.
        facts: what is known of a page, by location; a page may have none.
        synonyms: a short word, what it stands for, and how sure that is (0 to 1).
    """
    places = _places(pages, facts)
    files, words = _place_files(places)
    texts, files_of_pages = _text_files(pages, facts)
    files |= texts
    files["words"] = {
        "words": words,
        "synonyms": [list(each) for each in synonyms],
        "akin": akin_words(),
    }
    files["pages"] = _page_table(pages, facts, files_of_pages)
    written = {name: _compact(content) for name, content in files.items()}
    number = hashlib.sha256("".join(written[name] for name in sorted(written)).encode())
    edition = number.hexdigest()[:12]
    return {
        f"{name}.js": f'siteSearch.take("{edition}","{name}",{content})\n'
        for name, content in sorted(written.items())
    }


@functools.cache
def akin_words() -> list[list[str]]:
    """Return groups of words that mean about the same in everyday Vietnamese."""
    groups = (Path(__file__).parent / "akin.txt").read_text(encoding="utf-8").splitlines()
    return [[word.strip() for word in group.split(";")] for group in groups]


def encode(numbers: Iterable[int]) -> str:
    """Return whole numbers from 0 on as text, five bits a character."""
    return "".join(_ENCODED[number] if number < 1024 else _encode(number) for number in numbers)


def _encode(number: int) -> str:
    encoded = DIGITS[number & 31]
    while number := number >> 5:
        encoded = DIGITS[32 + (number & 31)] + encoded
    return encoded


_ENCODED = [_encode(number) for number in range(1024)]


def _places(pages: Pages, facts: Mapping[str, Facts]) -> dict[str, dict[str, list[int]]]:
    """Return for each key and form its places: section, how often, positions, as differences."""
    places: dict[str, dict[str, list[int]]] = {}
    last: dict[str, int] = {}
    texts = (each for location in pages for each in _texts(pages, facts, location))
    for number, parts in enumerate(texts):
        found: dict[str, list[int]] = {}
        keys: dict[str, str] = {}
        position = 0
        for text in parts:
            for form, key in syllables(text):
                found.setdefault(form, []).append(position)
                keys[form] = key
                position += 1
            position += _GAP
        for form, positions in found.items():
            stream = places.setdefault(keys[form], {}).setdefault(form, [])
            stream += (number - last.get(form, 0), len(positions), positions[0])
            stream += [b - a for a, b in pairwise(positions)]
            last[form] = number
    return places


def _texts(pages: Pages, facts: Mapping[str, Facts], location: str) -> Iterator[list[str]]:
    """Return what each section of a page is found by: title, keywords of the page, text."""
    first, *others = pages[location]
    known = facts.get(location, Facts())
    yield [first.title, *_listed(known.led_by), first.text]
    for section in others:
        yield [section.title, section.text]


def _listed(words: str) -> list[str]:
    return [word for word in words.split(";") if word.strip()]


def _lengths(pages: Pages, facts: Mapping[str, Facts]) -> Iterator[tuple[int, int, int]]:
    """Return for each section the words of its title, where its text begins, and its words."""
    for location in pages:
        for parts in _texts(pages, facts, location):
            *before, text = (sum(1 for _ in syllables(part)) for part in parts)
            yield before[0], sum(before) + _GAP * len(before), text


def _place_files(
    places: dict[str, dict[str, list[int]]],
) -> tuple[dict[str, Any], list[list[Any]]]:
    """Return the files of places, and for each key its forms and the number of its file."""
    files: dict[str, Any] = {}
    words: list[list[Any]] = []
    current: dict[str, str] = {}
    size = 0
    for key in sorted(places):
        forms = {form: encode(stream) for form, stream in sorted(places[key].items())}
        if current and size + sum(map(len, forms.values())) > _PLACES_PER_FILE:
            files[f"places-{len(files)}"] = current
            current, size = {}, 0
        current |= forms
        size += sum(map(len, forms.values()))
        count = sum(len(stream) for stream in places[key].values())
        words.append([key, len(files), count, *(form for form in forms if form != key)])
    if current:
        files[f"places-{len(files)}"] = current
    return files, words


def _text_files(pages: Pages, facts: Mapping[str, Facts]) -> tuple[dict[str, Any], list[int]]:
    files: dict[str, Any] = {}
    files_of_pages: list[int] = []
    current: list[Any] = []
    size = 0
    for location, sections in pages.items():
        if size > _TEXT_PER_FILE:
            files[f"texts-{len(files)}"] = current
            current, size = [], 0
        known = facts.get(location, Facts())
        current.append(
            [location, known.code, [[each.anchor, each.title, each.text] for each in sections]]
        )
        size += sum(len(each.text) for each in sections)
        files_of_pages.append(len(files))
    if current:
        files[f"texts-{len(files)}"] = current
    return files, files_of_pages


def _page_table(
    pages: Pages, facts: Mapping[str, Facts], files_of_pages: list[int]
) -> dict[str, Any]:
    """Return a column for each fact, words given once; what repeats is shortest so."""
    known = [facts.get(location, Facts()) for location in pages]
    table: dict[str, Any] = {
        "files": [b - a for a, b in zip([0, *files_of_pages], files_of_pages, strict=False)],
        "sections": [len(sections) for sections in pages.values()],
        "lengths": encode(number for each in _lengths(pages, facts) for number in each),
        "keywords": [_word_counts(each.keywords) for each in known],
        "everyday": [_word_counts(each.everyday) for each in known],
        "codes": [each.code for each in known],
        "weights": [each.weight for each in known],
    }
    for name in ("kind", "unit", "status"):
        values = [getattr(each, name) for each in known]
        words = [word for word, _ in Counter(values).most_common()]
        table[name] = {"words": words, "of": [words.index(value) for value in values]}
    return table


def _word_counts(words: str) -> str:
    return encode(sum(1 for _ in syllables(word)) for word in _listed(words))


def _compact(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
