"""Queries as people type them: one text span, mistyped in each way that a query may be."""

import random
import unicodedata
from collections.abc import Callable

from intake.text import fold

_TELEX_TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_TELEX_MARKS = {"\u0302": None, "\u031b": "w", "\u0306": "w"}
_VNI_MARKS = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "g": "fh", "h": "gj", "i": "uo",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et",
    "s": "ad", "t": "ry", "u": "yi", "v": "cb", "x": "zc", "y": "tu", "đ": "s",
}  # fmt: skip
_OLD_TONES = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa", "oè": "òe", "oé": "óe",
    "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe", "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy",
    "uỵ": "ụy",
}  # fmt: skip
_NEW_TONES = {new: old for old, new in _OLD_TONES.items()}
_I_AND_Y = {"y": "i", "ỳ": "ì", "ý": "í", "ỷ": "ỉ", "ỹ": "ĩ", "ỵ": "ị"}

Typist = Callable[[list[str], random.Random], str | None]
"""Types the words of a span; None when the span has nothing to go wrong in this way."""


def telex(word: str) -> str:
    """Return the keys of a word in Telex, the tone typed last."""
    keys, tone = "", ""
    for letter in unicodedata.normalize("NFD", word):
        if letter in _TELEX_TONES:
            tone = _TELEX_TONES[letter]
        elif letter in _TELEX_MARKS:
            keys += _TELEX_MARKS[letter] or keys[-1]
        else:
            keys += "dd" if letter == "đ" else letter
    return keys + tone


def vni(word: str) -> str:
    """Return the keys of a word in VNI, all digits last."""
    keys, digits, tone = "", "", ""
    for letter in unicodedata.normalize("NFD", word):
        if letter in _VNI_TONES:
            tone = _VNI_TONES[letter]
        elif letter in _VNI_MARKS:
            digits += _VNI_MARKS[letter] if _VNI_MARKS[letter] not in digits else ""
        elif letter == "đ":
            keys, digits = f"{keys}d", f"{digits}9"
        else:
            keys += letter
    return keys + digits + tone


def _exact(words: list[str], _: random.Random) -> str:
    return " ".join(words)


def _no_marks(words: list[str], _: random.Random) -> str:
    return fold(" ".join(words))


def _nfd(words: list[str], _: random.Random) -> str:
    return unicodedata.normalize("NFD", " ".join(words))


def _capitals(words: list[str], _: random.Random) -> str:
    return " ".join(words).upper()


def _telex(words: list[str], _: random.Random) -> str | None:
    typed = [telex(word) for word in words]
    return " ".join(typed) if typed != words else None


def _vni(words: list[str], _: random.Random) -> str | None:
    typed = [vni(word) for word in words]
    return " ".join(typed) if typed != words else None


def _tone_placement(words: list[str], _: random.Random) -> str | None:
    typed = [_placed_otherwise(word) for word in words]
    return " ".join(typed) if typed != words else None


def _placed_otherwise(word: str) -> str:
    for change in (_OLD_TONES, _NEW_TONES):
        for here, there in change.items():
            if word.endswith(here) and not word.startswith("qu"):
                return word.removesuffix(here) + there
    if len(word) > 1 and word[-1] in _I_AND_Y:
        rest = fold(word[:-1])
        if rest == "qu" or not set(rest) & set("aeiou"):
            return word[:-1] + _I_AND_Y[word[-1]]
    return word


def _prefix(words: list[str], chance: random.Random) -> str | None:
    if len(words[-1]) < 4:
        return None
    return " ".join([*words[:-1], words[-1][: chance.randint(2, len(words[-1]) - 1)]])


def _typing_error(words: list[str], chance: random.Random) -> str | None:
    long = [at for at, word in enumerate(words) if len(word) > 2 and word.isalpha()]
    if not long:
        return None
    at = chance.choice(long)
    return " ".join([*words[:at], _slip(words[at], chance), *words[at + 1 :]])


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    letter = fold(word[at])
    slips = [
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[: at + 1] + word[at:],
        word[:at] + chance.choice(_NEIGHBOURS.get(letter, "e")) + word[at + 1 :],
    ]
    return chance.choice(slips)


def _joined(words: list[str], chance: random.Random) -> str | None:
    if not all(word.isalpha() for word in words):
        return None
    return "".join(words) if chance.random() < 0.5 else fold("".join(words))


TYPISTS: dict[str, Typist] = {
    "exact": _exact,
    "no_marks": _no_marks,
    "nfd": _nfd,
    "tone_placement": _tone_placement,
    "telex": _telex,
    "vni": _vni,
    "typing_error": _typing_error,
    "prefix": _prefix,
    "keyboard_case": _capitals,
    "joined": _joined,
}
