"""Addresses and anchors out of Vietnamese text: `Hoạt động` → `hoat-dong`, not `hoat-ong`."""

import re
import unicodedata


def fold(text: str) -> str:
    """Return `text` in lower case without marks; đ has no Unicode decomposition, so by hand."""
    lowered = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in lowered if not unicodedata.combining(letter))


def slug(text: str, separator: str = "-") -> str:
    """Return `text` as an address or anchor; also the `slugify` of the table of contents."""
    return re.sub(r"[^a-z0-9]+", separator, fold(text)).strip(separator)
