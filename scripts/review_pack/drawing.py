"""Charts of a pack, each a picture of its own: as SVG, and as PNG for slides."""

import tempfile
from functools import lru_cache
from pathlib import Path

import vl_convert
from fontTools.ttLib import TTFont

from scripts import charts
from scripts.dashboard import Breakdown
from scripts.views import Views

PNG_WIDTH = 1920
_FONTS = Path(__file__).resolve().parents[2] / "content" / "assets" / "fonts"
_SLIDE_WIDTH = 1280


def svg(views: Views, chart: Breakdown, as_at: str, *, slide: bool) -> str:
    """Return a chart as a whole SVG file.

    Args:
        views: what renders it.
        chart: what it shows.
        as_at: the line under it that says which day's figures these are.
        slide: with its title, on the sixteen by nine of a slide; else the drawing with its legend.
    """
    template = "review/slide.svg" if slide else "review/figure.svg"
    return views.render(template, table=chart, drawn=charts.draw(chart), as_at=as_at).strip() + "\n"


def png(drawing: str) -> bytes:
    """Return a slide as PNG; the letters are those of the portal's paper, on every machine."""
    _register_fonts()
    return bytes(vl_convert.svg_to_png(drawing, scale=PNG_WIDTH / _SLIDE_WIDTH))


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    """Give the portal's own fonts to what draws the pictures: it reads no compressed ones."""
    with tempfile.TemporaryDirectory(prefix="qms-fonts-") as folder:
        for name in ("tinos-400-normal", "tinos-700-normal"):
            font = TTFont(_FONTS / f"{name}.woff2")
            font.flavor = None
            font.save(Path(folder) / f"{name}.ttf")
        vl_convert.register_font_directory(folder)
        vl_convert.svg_to_png('<svg xmlns="http://www.w3.org/2000/svg"/>')
