"""The papers of a pack, as PDF: the report, and the chair's summary on one sheet."""

from markupsafe import Markup

from scripts.paper_copies.composing import unbroken
from scripts.paper_copies.pango import ensure_pango
from scripts.review_pack import drawing
from scripts.review_pack.gather import Pack
from scripts.review_pack.texts import SUMMARY, Texts
from scripts.views import Views


class LongSummary(ValueError):
    """The summary does not fit on one sheet; the message says what to shorten."""


def report(pack: Pack, texts: Texts) -> bytes:
    """Return the report.

    Raises:
        PangoMissing: the machine lacks what sets text on sheets.
    """
    return bytes(ensure_pango().render(report_html(pack, texts), _base(pack)))


def report_html(pack: Pack, texts: Texts) -> str:
    """Return the report as HTML."""
    drawings = {
        name: Markup(drawing.svg(_views(pack), chart, "", slide=False))  # noqa: S704 (drawn by us)
        for name, chart in pack.charts.items()
    }
    html = _views(pack).render("review/report.html", pack=pack, texts=texts, drawings=drawings)
    return unbroken(html)


def summary(pack: Pack, texts: Texts) -> bytes:
    """Return the chair's summary: one sheet, always.

    Raises:
        LongSummary: what was written makes it longer.
        PangoMissing: the machine lacks what sets text on sheets.
    """
    rendering = ensure_pango()
    html = unbroken(_views(pack).render("review/summary.html", pack=pack, texts=texts))
    try:
        return bytes(rendering.render(html, _base(pack), most_sheets=1))
    except rendering.TooManySheets as long:
        raise LongSummary(
            f"Tờ tóm tắt dài {long} trang mà chỉ được một trang: hãy rút ngắn {SUMMARY}.md trong "
            f"{texts.folder}"
        ) from None


def _views(pack: Pack) -> Views:
    return Views(pack.then, pack.system.portal.site["url"])


def _base(pack: Pack) -> str:
    return str(pack.system.portal.site["url"])
