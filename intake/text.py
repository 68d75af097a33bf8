"""The text that people send: one canonical form, and safe in a spreadsheet."""

import re
import unicodedata

_FORMULA_START = re.compile(r"'*[=+\-@\t\r\0＝＋－＠]")
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_TO_MEND = re.compile("[\r\t\u2028\u2029\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
"""All that is replaced or dropped; most answers hold nothing of it."""


def normalise(text: str) -> str:
    """Return `text` in its one canonical form.

    NFC, LF line ends, a tab (pasted from a table) as a blank, no invisible spaces or direction
    marks, no surrounding white space.
    """
    if not _TO_MEND.search(text):
        return unicodedata.normalize("NFC", text).strip()
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return _LINE_END.sub("\n", text).replace("\t", " ").strip()


def fold(text: str) -> str:
    """Return `text` in lower case without marks; đ has no Unicode decomposition, so by hand."""
    lowered = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in lowered if not unicodedata.combining(letter))


def has_control_characters(text: str) -> bool:
    """Tell whether `text` holds characters that nobody types: controls and lone surrogates."""
    return _CONTROL.search(text) is not None


def without_control_characters(text: str) -> str:
    """Return what of `text` somebody may have typed, on one line."""
    return _CONTROL.sub("", normalise(text)).replace("\n", " ")


def escape_formula(cell: str) -> str:
    """Return `cell` so that no spreadsheet runs it; `unescape_formula` is the exact reverse."""
    return "'" + cell if _FORMULA_START.match(cell) else cell


def unescape_formula(cell: str) -> str:
    """Undo `escape_formula`."""
    return cell[1:] if cell.startswith("'") and _FORMULA_START.match(cell) else cell
