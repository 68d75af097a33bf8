"""Text in the Vietnamese font encodings of before Unicode, recognised and converted.

TCVN3 ("ABC", TCVN 5712:1993 VN3) gives each letter one code of its own; VNI-Windows writes most
letters as two codes, the vowel and its mark. Both come as Latin-1 letters that make no sense.
"""

import re
import unicodedata
from collections.abc import Callable

_TCVN3 = dict(
    pair
    for pair in zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)

_TONES = "ùøûõï"
_VNI_PAIRS = {
    f"{base}{mark}": letter
    for base, marks, letters in (
        ("a", _TONES, "áàảãạ"),
        ("a", "âáàåãä", "âấầẩẫậ"),
        ("a", "êéèúüë", "ăắằẳẵặ"),
        ("e", _TONES, "éèẻẽẹ"),
        ("e", "âáàåãä", "êếềểễệ"),
        ("o", _TONES, "óòỏõọ"),
        ("o", "âáàåãä", "ôốồổỗộ"),
        ("ô", _TONES, "ớờởỡợ"),
        ("u", _TONES, "úùủũụ"),
        ("ö", _TONES, "ứừửữự"),
        ("y", "ùøûõ", "ýỳỷỹ"),
    )
    for mark, letter in zip(marks, letters, strict=True)
}
_VNI_SINGLES = dict(zip("íìæóòôöîñ", "íìỉĩịơưỵđ", strict=True))
_VNI = {
    **_VNI_SINGLES,
    **{old.upper(): new.upper() for old, new in _VNI_SINGLES.items()},
    **_VNI_PAIRS,
    **{old.upper(): new.upper() for old, new in _VNI_PAIRS.items()},
    **{old.capitalize(): new.upper() for old, new in _VNI_PAIRS.items()},
}
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

_ONSETS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx]"
_RHYMES = (
    "(?:[aăâeêioôơuưy]|a[iouy]|â[uy]|e[ou]|êu|i[aêeu]|iêu|o[aăei]|oa[iyo]|oe[o]|ôi|ơi|u[aâêiôơy]|"
    "u[êy][au]|uyê|uô[i]|uâ[y]|ư[aiơu]|ươ[iu]|y[êu]|yêu|uay|oo)"
)
_SYLLABLE = re.compile(f"(?:{_ONSETS})?{_RHYMES}(?:ch|ng|nh|[cmnpt])?")
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_TONE_ON_CONSONANT = re.compile(f"[^aeiouy\u0302\u0306\u031b]{_TONE.pattern}")
_WORD = re.compile(r"[^\s\x00-@\[-`{-\x7f“”‘’–—…≥≤≠→←•]+")
_VOWELS = re.compile("[aeiouy]", re.IGNORECASE)
_CERTAIN, _LIKELY = 0.9, 0.5

Converter = Callable[[str], str]


class UnknownEncoding(ValueError):
    """The text is no Vietnamese in any encoding that is known for certain."""


def from_tcvn3(text: str) -> str:
    """Return TCVN3 text, read as Latin-1, in Unicode."""
    return "".join(_TCVN3.get(letter, letter) for letter in text)


def from_vni(text: str) -> str:
    """Return VNI-Windows text, read as Latin-1, in Unicode."""
    return _VNI_PATTERN.sub(lambda found: _VNI[found[0]], text)


def as_it_is(text: str) -> str:
    """Return Unicode text in NFC."""
    return unicodedata.normalize("NFC", text)


def converter_of(text: str) -> Converter:
    """Return what turns a text, and others of the same origin, into Unicode.

    Raises:
        UnknownEncoding: the text reads as Vietnamese in no way, or in two.
    """
    shares = {each: _share_of_syllables(each(text)) for each in (as_it_is, from_tcvn3, from_vni)}
    if shares[as_it_is] >= _CERTAIN:
        return as_it_is
    best, second = sorted(shares, key=lambda each: shares[each], reverse=True)[:2]
    if shares[best] >= _CERTAIN and shares[second] <= _LIKELY:
        return best
    if best is as_it_is and shares[best] > _LIKELY:
        return as_it_is
    raise UnknownEncoding


def _share_of_syllables(text: str) -> float:
    """Return the share of syllables of Vietnamese among the words with letters beyond ASCII.

    Abbreviations such as NĐ or TĐKT, which have no vowel, are left out.
    """
    words = [word for word in _WORD.findall(text) if not word.isascii() and _has_vowel(word)]
    return sum(map(is_syllable, words)) / len(words) if words else 1.0


def _has_vowel(word: str) -> bool:
    return bool(_VOWELS.search(unicodedata.normalize("NFD", word))) or not word.isalpha()


def is_syllable(word: str) -> bool:
    """Tell whether a word can be a syllable of Vietnamese: one tone at most, a known rhyme."""
    letters = unicodedata.normalize("NFD", word.lower())
    tones = _TONE.findall(letters)
    plain = unicodedata.normalize("NFC", _TONE.sub("", letters))
    on_a_vowel = not _TONE_ON_CONSONANT.search(letters)
    return len(tones) <= 1 and on_a_vowel and bool(_SYLLABLE.fullmatch(plain))
