"""Blind queries: spans drawn from the pages by chance, typed in every way; nothing is chosen."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from scripts.search.pages import Pages
from scripts.search.text import syllable, words_of
from tests.search.typists import TYPISTS

_SHORTEST, _LONGEST = 3, 7


@dataclass(frozen=True)
class Query:
    text: str
    kind: str
    pages: frozenset[str]
    """The pages that hold the span, in their text or keywords; any of them first is right."""


class Spans:
    """The texts of a site as sequences of forms, and where a span of them stands."""

    def __init__(self, pages: Pages, keywords: Mapping[str, str]) -> None:
        self._texts: list[tuple[str, list[str], list[str]]] = []
        self._starts: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for location, sections in pages.items():
            for section in sections:
                for text in (section.title, section.text):
                    self._add(location, text)
        self._drawn = len(self._texts)
        for location, words in keywords.items():
            for word in words.split(";"):
                self._add(location, word)

    def _add(self, location: str, text: str) -> None:
        words = words_of(text)
        forms = [syllable(word).form for word in words]
        for at, two in enumerate(pairwise(forms)):
            self._starts[two].append((len(self._texts), at))
        self._texts.append((location, words, forms))

    def draw(self, chance: random.Random) -> list[str]:
        """Return the words of a span, each place of the site being equally likely."""
        while True:
            _, words, _ = self._texts[chance.randrange(self._drawn)]
            length = chance.randint(_SHORTEST, _LONGEST)
            if len(words) >= length:
                at = chance.randrange(len(words) - length + 1)
                return words[at : at + length]

    def holders(self, words: list[str], unfinished: bool) -> frozenset[str]:
        """Return the pages that hold a span; of an unfinished one the last word may go on."""
        forms = [syllable(word).form for word in words]
        whole = forms[:-1] if unfinished else forms
        return frozenset(
            location
            for text, at in self._starts[forms[0], forms[1]]
            for location, written, found in [self._texts[text]]
            if found[at : at + len(whole)] == whole
            and (not unfinished or "".join(written[at + len(whole) :][:1]).startswith(words[-1]))
        )


def queries(pages: Pages, keywords: Mapping[str, str], each: int, seed: int) -> Iterator[Query]:
    """Return blind queries, `each` of every kind.

    Args:
        pages: the site.
        keywords: what leads to a page besides its text, by location; no span is drawn from it.
        each: how many of a kind.
        seed: of the chance; a new one draws others.
    """
    chance = random.Random(seed)
    spans = Spans(pages, keywords)
    for kind, typist in TYPISTS.items():
        made = 0
        while made < each:
            words = spans.draw(chance)
            typed = typist(words, chance)
            if typed is None:
                continue
            unfinished = kind == "prefix"
            sought = [*words[:-1], typed.split()[-1]] if unfinished else words
            yield Query(typed, kind, spans.holders(sought, unfinished))
            made += 1
