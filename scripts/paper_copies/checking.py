"""What a sheet carries so that it can be checked against the portal: a code, and a QR code."""

import base64
from dataclasses import dataclass

import segno
from markupsafe import Markup

from scripts.paper_copies.copies import PaperCopy

_QUIET_ZONE = 4
"""How many modules around a QR code stay white, as its standard asks."""


@dataclass(frozen=True)
class Check:
    """The check of one sheet."""

    code: str
    """Eight letters and digits that follow from all that the copy shows."""
    address: str
    """Where the portal says what this copy is."""

    @property
    def picture(self) -> Markup:
        """The address as a QR code, SVG."""
        drawn = segno.make(self.address, error="m", micro=False)
        picture = drawn.svg_inline(
            border=_QUIET_ZONE, omitsize=True, title=f"Mã QR: {self.address}"
        )
        return Markup(picture)  # noqa: S704 (drawn by us)


def check_of(copy: PaperCopy) -> Check:
    """Return the check of a copy; the address is that of the page which has the same text."""
    letters = base64.b32encode(bytes.fromhex(copy.content)).decode()[:8]
    code = f"{letters[:4]}-{letters[4:]}"
    return Check(code, f"{copy.system.portal.site['url']}{copy.address}?ma={code}")
