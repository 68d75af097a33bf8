"""Addresses and anchors out of Vietnamese text: `Hoạt động` → `hoat-dong`, not `hoat-ong`."""

import re

from intake.text import fold


def slug(text: str, separator: str = "-") -> str:
    """Return `text` as an address or anchor; also the `slugify` of the table of contents."""
    return re.sub(r"[^a-z0-9]+", separator, fold(text)).strip(separator)
