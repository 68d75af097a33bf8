"""Syllables of Vietnamese text, so that every way of writing one is the same.

The browser does the same in `engine/text.js`; `tests/search/vectors.json` holds both to it.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

TONES = {"\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
"""Combining marks of the tones and the digits of the VNI typing method for them."""
_LETTER_MARKS = {"\u0302", "\u0306", "\u031b"}
"""Circumflex, breve and horn: they make another letter."""
_WORD = re.compile(r"[^\W\d_]+|\d+")
_FINAL_Y = re.compile(r"^([bcdđghklmnpqrstvx]*|qu)y$")


class Syllable(NamedTuple):
    """One syllable, foreign word or number of a text."""

    form: str
    """As written, wherever the tone stands: the letters with their own marks, then the tone."""
    key: str
    """Without any mark: what is the same for those who type none."""


def syllables(text: str) -> Iterator[Syllable]:
    """Return the syllables, words and numbers of a text, in order."""
    return map(syllable, words_of(text))


def words_of(text: str) -> list[str]:
    """Return the words and numbers of a text, composed and in lower case."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=1 << 16)
def syllable(word: str) -> Syllable:
    """Return the syllable that a lower-case word or number is: `hoà` and `hòa` give one.

    Tones stand after the letters (hoa2), y at the end after consonants is i (`quy` is `qui`), and
    numbers have no zeros in front.
    """
    if word.isdigit():
        number = word.lstrip("0") or "0"
        return Syllable(number, number)
    letters, tone = "", ""
    for character in unicodedata.normalize("NFD", word):
        if character in TONES:
            tone = TONES[character]
        elif character in _LETTER_MARKS or not unicodedata.combining(character):
            letters += character
    letters = _FINAL_Y.sub(r"\1i", letters)
    return Syllable(unicodedata.normalize("NFC", letters) + tone, _without_marks(letters))


def _without_marks(letters: str) -> str:
    return "".join(each for each in letters if not unicodedata.combining(each)).replace("đ", "d")
