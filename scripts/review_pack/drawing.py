"""Charts of a pack, each a picture of its own: as SVG, and as PNG for slides."""

import atexit
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
_PLAIN = {
    "currentcolor": "#1a1a1a",
    "url(#qms-fill-good)": "#7fb3d9",
    "url(#qms-fill-plain)": "#7fb3d9",
    "url(#qms-fill-none)": "#ffffff",
}
"""What the page would say of the look of a chart, and here the picture itself must."""


def svg(views: Views, chart: Breakdown, as_at: str, *, slide: bool) -> str:
    """Return a chart as a whole SVG file.

    Args:
        views: what renders it.
        chart: what it shows.
        as_at: the line under it that says which day's figures these are.
        slide: with its title, on the sixteen by nine of a slide; else the drawing with its legend.
    """
    template = "review/slide.svg" if slide else "review/figure.svg"
    drawing = views.render(template, table=chart, drawn=charts.draw(chart), as_at=as_at)
    for name, colour in _PLAIN.items():
        drawing = drawing.replace(name, colour)
    own = drawing.replace("qms-fill-", f"qms-fill-{chart.name}-")  # several stand on one page
    return f"{own.strip()}\n"


def png(drawing: str) -> bytes:
    """Return a slide as PNG; the letters are those of the portal's paper, on every machine."""
    _register_fonts()
    return bytes(vl_convert.svg_to_png(drawing, scale=PNG_WIDTH / _SLIDE_WIDTH))


@lru_cache(maxsize=1)
def _register_fonts() -> tempfile.TemporaryDirectory[str]:
    """Give the portal's own fonts to what draws the pictures, which reads no compressed ones.

    They are read when the first letter is drawn, so their folder is kept until the program ends.
    """
    folder = tempfile.TemporaryDirectory(prefix="qms-fonts-")
    atexit.register(folder.cleanup)
    for name in ("tinos-400-normal", "tinos-700-normal"):
        font = TTFont(_FONTS / f"{name}.woff2")
        font.flavor = None
        font.save(Path(folder.name) / f"{name}.ttf")
    vl_convert.register_font_directory(folder.name)
    return folder
