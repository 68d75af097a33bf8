"""The PDF of a paper copy: what is on its sheets, and what its file says of itself."""

import os
import re
import subprocess
import sys
import zlib
from functools import lru_cache
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from weasyprint.urls import FatalURLFetchingError

from intake.configuration import PROJECT_ROOT
from scripts.paper_copies.checking import check_of
from scripts.paper_copies.composing import compose
from scripts.paper_copies.copies import PaperCopy
from scripts.paper_copies.rendering import render
from tests.scripts.paper_copies.reading import (
    UNCLOSED_BY_WEASYPRINT,
    is_composed,
    lost_and_added,
    pages_of,
)
from tests.scripts.vietnamese_letters import LETTERS

pytestmark = UNCLOSED_BY_WEASYPRINT

BASE = "http://127.0.0.1:8000/tai-lieu/qt-bc-01/"
ALPHABET = f"<h2 id='a'>Bảng chữ</h2><p>{' '.join(LETTERS)} → ≥ ≤ ≠ “ ” – … □</p>"


once = lru_cache(render)


@pytest.fixture
def copy(wanted: dict[str, PaperCopy]) -> PaperCopy:
    present = wanted["qt-bc-01-lan-02.pdf"]
    return PaperCopy(
        present.system,
        present.document,
        present.revision,
        present.address,
        present.text + ALPHABET,
    )


@pytest.fixture
def pdf(copy: PaperCopy) -> bytes:
    return once(compose(copy), BASE)


def opened(pdf: bytes) -> bytes:
    """Return all that a PDF says, its compressed parts unpacked."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)


def test_nothing_of_the_page_is_lost_and_nothing_added(copy: PaperCopy, pdf: bytes) -> None:
    assert lost_and_added(copy.text, pdf) == ([], "")
    assert all(is_composed(page) for page in pages_of(pdf))


def test_every_sheet_says_what_it_is_and_which_of_how_many(copy: PaperCopy, pdf: bytes) -> None:
    pages = pages_of(pdf)
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        for said in ("QT-BC-01", "Lần ban hành", "02", "01/06/2020", "Bản in không kiểm soát"):
            assert said in page
        assert check_of(copy).code in page
        assert "Nội dung thử" in page
        # Decree 30/2020: the first sheet has no number
        assert (f"Trang {number}/{len(pages)}" in page) == (number > 1)


def test_the_qr_code_of_every_sheet_leads_to_the_check(copy: PaperCopy, pdf: bytes) -> None:
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=150 / 72).to_pil()
        read = zxingcpp.read_barcodes(picture)
        assert [code.text for code in read] == [check_of(copy).address]


def test_sheets_are_as_decree_30_asks(pdf: bytes) -> None:
    for page in pypdfium2.PdfDocument(pdf):
        width, height = (side / 72 * 25.4 for side in page.get_size())
        assert (round(width), round(height)) == (210, 297)
        boxes = [each.get_bounds() for each in page.get_objects() if each.get_bounds()[2] > 0]
        assert min(box[0] for box in boxes) / 72 * 25.4 == pytest.approx(30, abs=1)
        assert max(box[2] for box in boxes) / 72 * 25.4 == pytest.approx(195, abs=1)


def test_all_is_set_in_the_one_face_and_no_letter_is_missing(pdf: bytes) -> None:
    fonts = set(re.findall(rb"/BaseFont ?/\w+\+([\w-]+)", opened(pdf)))
    assert fonts
    assert all(font.startswith(b"Tinos") for font in fonts)
    text = "".join(pages_of(pdf))
    assert set(LETTERS) <= set(text)
    assert "\ufffd" not in text


def test_the_file_is_for_the_archive_and_for_everybody(copy: PaperCopy, pdf: bytes) -> None:
    said = opened(pdf)
    assert re.search(rb'pdfaid:part="3"', said)
    assert re.search(rb'pdfaid:conformance="A"', said)
    assert re.search(rb'pdfuaid:part="1"', said)
    assert b"pdfaExtension:schemas" in said
    assert re.search(rb"/Lang ?\(vi\)", said)
    assert re.search(rb"/MarkInfo ?<<\s*/Marked true", said)
    assert re.search(rb"/DisplayDocTitle true", said)
    assert b"/StructTreeRoot" in said
    assert b"/OutputIntents" in said
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == "QT-BC-01, lần 02 – Cấp phép"
    assert document.get_metadata_value("Author") == "Cơ quan thử"
    assert [each.get_title() for each in document.get_toc()][-2:] == ["1. Mục đích", "Bảng chữ"]


def test_every_drawing_is_told_in_words(pdf: bytes) -> None:
    said = opened(pdf)
    codes = len(pypdfium2.PdfDocument(pdf))
    steps = 4
    assert len(re.findall(rb"/S ?/Figure", said)) == codes + steps
    assert len(re.findall(rb"/Alt ?", said)) == codes + steps


def test_the_same_sources_give_the_same_bytes_in_another_process(
    copy: PaperCopy, pdf: bytes, tmp_path: Path
) -> None:
    source, target = tmp_path / "copy.html", tmp_path / "copy.pdf"
    source.write_text(compose(copy), encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from scripts.paper_copies.rendering import render; "
        "Path(sys.argv[2]).write_bytes(render(Path(sys.argv[1]).read_text('utf-8'), sys.argv[3]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, source, target, BASE],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York", "LC_ALL": "C"},
        check=True,
    )
    assert target.read_bytes() == pdf


def test_a_copy_loads_nothing_from_elsewhere() -> None:
    with pytest.raises(FatalURLFetchingError, match=r"127\.0\.0\.1:9"):
        render('<html lang="vi"><img alt="x" src="http://127.0.0.1:9/x.png"></html>', BASE)
