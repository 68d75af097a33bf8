"""What a sheet carries so that it can be checked against the portal: a code, and a QR code."""

import base64
from dataclasses import dataclass
from urllib.parse import urlencode

import segno
from markupsafe import Markup

from intake.configuration import Portal
from scripts.paper_copies.copies import PaperCopy

PAPER_CHECK = "kiem-tra/"
"""The page that says what a sheet is, from the root of the site."""
_QUIET_ZONE = 4
"""How many modules around a QR code stay white, as its standard asks."""


@dataclass(frozen=True)
class Check:
    """The check of one sheet."""

    code: str
    """Eight letters and digits that follow from what the revision says, however it is set."""
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
    """Return the check of a copy: it stays when the revision is replaced, the sheet with it."""
    document, revision = copy.document["code"], copy.revision["revision"]
    return make_check(copy.system.portal, document, revision, bytes.fromhex(copy.said))


def make_check(portal: Portal, code: str, revision: str, said: bytes) -> Check:
    """Return the check of a sheet.

    Args:
        portal: whose page says what the sheet is.
        code: of the document.
        revision: its number.
        said: the hash of what the sheet says.
    """
    letters = base64.b32encode(said).decode()[:8]
    check = f"{letters[:4]}-{letters[4:]}"
    asked = urlencode({"ma": code, "lan": revision, "kt": check}, safe="/")
    return Check(check, f"{portal.site['url']}{PAPER_CHECK}?{asked}")
