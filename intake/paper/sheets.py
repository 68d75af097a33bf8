"""A slip as PDF: the only module of the intake that needs Pango; without it there still is DOCX."""

import atexit
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from intake.configuration import PROJECT_ROOT
from intake.errors import IntakeError
from intake.paper.model import Slip

MIME = "application/pdf"
_STYLES = (PROJECT_ROOT / "content/assets/paper-font.css", Path(__file__).parent / "slip.css")
_TEMPLATES = Path(__file__).parent.parent / "templates" / "paper"


class NoPango(IntakeError):
    """The machine lacks the library that sets text on a sheet."""

    status = 503
    title = "Chưa in được PDF"


def pdf(slip: Slip) -> bytes:
    """Return a slip as a PDF file; the same slip gives the same bytes.

    Raises:
        NoPango: the machine lacks the library that sets text.
    """
    html = _templates().get_template("slip.html").render(slip=slip)
    document, styles, fonts = _setter()
    made: bytes = document(string=html, url_fetcher=_refuse).write_pdf(
        stylesheets=styles,
        font_config=fonts,
        pdf_variant="pdf/ua-1",
        pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
    )
    return made


@lru_cache(maxsize=1)
def _setter() -> tuple[Any, list[Any], Any]:
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError:
        raise NoPango(
            "Máy chủ thiếu thư viện Pango nên chưa tạo được tệp PDF. Hãy tải bản DOCX rồi in từ "
            "đó; quản trị cổng cài Pango là in được PDF."
        ) from None
    atexit.register(_setter.cache_clear)  # fonts go before the library that holds them
    fonts = FontConfiguration()
    return HTML, [CSS(path, font_config=fonts) for path in _STYLES], fonts


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _refuse(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    """Let no slip load anything: all that it shows stands in it."""
    raise ValueError(url)
