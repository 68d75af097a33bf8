"""Paper copies of the shipped documents: the same words as their pages, on every sheet its marks.

All documents are set when `QMS_LONG` is in the environment, else the longest, the one with the
longest flowchart and a form on its side.
"""

import os
import re
from functools import lru_cache
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from scripts.paper_copies.checking import check_of
from scripts.paper_copies.composing import compose
from scripts.paper_copies.copies import PaperCopy, copies
from scripts.paper_copies.rendering import render
from scripts.system import System
from tests.scripts.paper_copies.reading import (
    MM,
    UNCLOSED_BY_WEASYPRINT,
    is_composed,
    lost_and_added,
    pages_of,
)
from tests.site.conftest import Portal

pytestmark = UNCLOSED_BY_WEASYPRINT

CHOSEN = ("tl-ht-02-lan-01.pdf", "qt-ht-04-lan-02.pdf", "bm-ht04-02-lan-01.pdf")
PICTURES = Path(__file__).parent / "paper_copies"
SEEN = [
    ("qt-ht-04-lan-02.pdf", 1, "cover"),
    ("qt-ht-04-lan-02.pdf", 2, "amendments"),
    ("qt-ht-04-lan-02.pdf", 10, "flowchart"),
    ("qt-ht-04-lan-02.pdf", 12, "steps"),
    ("bm-ht04-02-lan-01.pdf", 3, "landscape"),
]
_SCALE = 40 / 72
_FAR = 90
"""How much lighter or darker a blurred point may be before it counts as another one."""


@pytest.fixture(scope="module")
def wanted(portal: Portal) -> dict[str, PaperCopy]:
    places = portal.places
    return {copy.name: copy for copy in copies(System.load(places), places.current_site)}


def chosen(wanted: dict[str, PaperCopy]) -> list[PaperCopy]:
    return (
        list(wanted.values()) if os.environ.get("QMS_LONG") else [wanted[name] for name in CHOSEN]
    )


@lru_cache
def made(html: str, base: str) -> bytes:
    return render(html, base)


def pdf_of(copy: PaperCopy) -> bytes:
    return made(compose(copy), f"{copy.system.portal.site['url']}{copy.address}")


def test_every_controlled_document_and_every_kept_text_has_a_copy(
    wanted: dict[str, PaperCopy],
) -> None:
    system = next(iter(wanted.values())).system
    assert len(wanted) == len(system.documents) + len(system.revision_pages)
    assert set(CHOSEN) < set(wanted)


def test_a_copy_says_what_its_page_says(wanted: dict[str, PaperCopy]) -> None:
    for copy in chosen(wanted):
        assert lost_and_added(copy.text, pdf_of(copy)) == ([], ""), copy.name
        assert all(is_composed(page) for page in pages_of(pdf_of(copy))), copy.name


def test_every_sheet_has_its_marks(wanted: dict[str, PaperCopy]) -> None:
    for copy in chosen(wanted):
        pages = pages_of(pdf_of(copy))
        for number, page in enumerate(pages, start=1):
            where = f"{copy.name}, {number}"
            assert copy.document["code"] in page, where
            assert re.search(rf"Lần ban hành\s*:\s+{copy.revision['revision']}\b", page), where
            assert check_of(copy).code in page, where
            assert (f"Trang {number}/{len(pages)}" in page) == (number > 1), where
            assert (copy.standing.upper() in page) == bool(copy.standing) or not copy.standing


def test_the_qr_code_of_a_sheet_upright_or_on_its_side_can_be_read(
    wanted: dict[str, PaperCopy],
) -> None:
    for name in CHOSEN[1:] if not os.environ.get("QMS_LONG") else wanted:
        for page in pypdfium2.PdfDocument(pdf_of(wanted[name])):
            width, height = page.get_size()
            margins = (width - 45 * MM, 0, 0, height - 26 * MM)
            picture = page.render(scale=150 / 72, crop=margins).to_pil()
            found = [code.text for code in zxingcpp.read_barcodes(picture)]
            assert found == [check_of(wanted[name]).address], name


def test_nothing_runs_over_the_margins(wanted: dict[str, PaperCopy]) -> None:
    for copy in chosen(wanted):
        for number, page in enumerate(pypdfium2.PdfDocument(pdf_of(copy)), start=1):
            width, _ = page.get_size()
            for each in page.get_objects(max_depth=1):  # a group's own parts have other axes
                left, _, right, _ = each.get_bounds()
                if right > left:
                    assert left >= 29 * MM, f"{copy.name}, {number}"
                    assert right <= width - 14 * MM, f"{copy.name}, {number}"


@pytest.mark.parametrize(("name", "number", "picture"), SEEN)
def test_a_sheet_looks_as_it_did(
    wanted: dict[str, PaperCopy], name: str, number: int, picture: str
) -> None:
    """Compare blurred pictures, so that another version of the renderer is no other sheet."""
    page = pypdfium2.PdfDocument(pdf_of(wanted[name]))[number - 1]
    found = page.render(scale=_SCALE).to_pil().convert("L")
    kept = PICTURES / f"{picture}.png"
    if os.environ.get("QMS_NEW_PICTURES"):
        kept.parent.mkdir(exist_ok=True)
        found.quantize(8).save(kept, optimize=True)
    expected = Image.open(kept).convert("L")
    assert found.size == expected.size
    blurred = [each.filter(ImageFilter.GaussianBlur(2)) for each in (found, expected)]
    points = ImageChops.difference(*blurred).histogram()
    assert sum(points[_FAR:]) <= 0.002 * sum(points)
