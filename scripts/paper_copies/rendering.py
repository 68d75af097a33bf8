"""Makes the PDF of a composed paper copy: A4, tagged, at once PDF/A-3a and PDF/UA-1.

The only module that needs Pango; the others do without.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

_ASSETS = Path(__file__).resolve().parents[2] / "content" / "assets"
_STYLES = (
    _ASSETS / "paper-font.css",
    _ASSETS / "blank.css",
    Path(__file__).parent / "paper.css",
)
_OPTIONS = {"pdf_variant": "pdf/a-3a"}
_UNIVERSAL_ACCESS = Path(__file__).parent / "pdfua.xml"


class TooManySheets(ValueError):
    """What was to fit on so many sheets does not."""


def render(html: str, base: str, most_sheets: int | None = None) -> bytes:
    """Return the PDF of a composed paper copy; the same bytes for the same copy.

    Args:
        html: the copy.
        base: the address of the page that it was set from; its links lead on from there.
        most_sheets: how many sheets it may have.

    Raises:
        TooManySheets: it has more.
    """
    styles, fonts = _styles()
    options = {**_OPTIONS, "pdf_identifier": hashlib.sha256(html.encode()).digest()[:16]}
    document = HTML(string=html, base_url=base, url_fetcher=_own_files()).render(
        stylesheets=styles, font_config=fonts, **options
    )
    if most_sheets is not None and len(document.pages) > most_sheets:
        raise TooManySheets(len(document.pages))
    described = document.metadata.generate_rdf_metadata
    mark = _UNIVERSAL_ACCESS.read_bytes()

    def also_accessible(*variant: Any) -> bytes:
        """Say in the metadata that the file is PDF/UA as well, as PDF/A wants it said."""
        said: bytes = described(*variant)
        return said.replace(b"</rdf:RDF>", mark + b"</rdf:RDF>")

    document.metadata.generate_rdf_metadata = also_accessible
    made: bytes = document.write_pdf(**options)
    return made


@lru_cache(maxsize=1)
def _styles() -> tuple[list[CSS], FontConfiguration]:
    fonts = FontConfiguration()
    return [CSS(path, font_config=fonts, url_fetcher=_own_files()) for path in _STYLES], fonts


def _own_files() -> URLFetcher:
    """Return what lets a copy load its fonts, and nothing from elsewhere."""
    return URLFetcher(allowed_protocols={"file"}, fail_on_errors=True)
