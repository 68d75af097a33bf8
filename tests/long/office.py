"""What LibreOffice keeps of the DOCX and XLSX of the portal; `make test-long` runs it."""

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from intake.configuration import PROJECT_ROOT, Places
from intake.paper.word import docx
from scripts.registers import load_package
from scripts.sheets.workbook import register_book
from tests.intake.paper.test_slips import (
    PLANS,
    bare,
    blank,
    entries,
    filled,
    shown_in,
    whole_case,
    words_of_docx,
)

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="no LibreOffice here")


def converted(content: bytes, kind: str, to: str, folder: Path) -> Path:
    """Return a file as LibreOffice converts it, in a profile of its own."""
    source = folder / f"x.{kind}"
    source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    target = folder / "out"
    subprocess.run(
        [str(OFFICE), profile, "--headless", "--convert-to", to, "--outdir", target, source],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return target / f"x.{to}"


def saved_again(content: bytes, folder: Path) -> str:
    """Return the words of a DOCX that LibreOffice opened and saved."""
    return bare(words_of_docx(converted(content, "docx", "docx", folder).read_bytes()))


@pytest.mark.parametrize("name", PLANS)
def test_a_blank_keeps_its_fields(name: str, tmp_path: Path) -> None:
    slip = blank(name)
    words = saved_again(docx(slip), tmp_path)
    for part in slip.parts:
        for entry in entries(part):
            assert bare(entry.title) in words
            assert all(bare(box.label) in words for box in entry.boxes)


def test_a_filled_slip_keeps_every_value(tmp_path: Path) -> None:
    long_text = "Hồ sơ nộp thiếu phiếu kiểm soát quá trình, trái bước 2 của quy trình. " * 20
    turn = iter(["Ưỡn ẹo", "=1+1", "<b>&amp;</b>", "Dòng 1\nDòng 2", long_text.strip()] * 100)
    events = whole_case(lambda: next(turn))
    shown_in(saved_again(docx(filled(*events)), tmp_path), events)


@pytest.mark.parametrize("register", ["risks", "objectives", "documents"])
def test_a_workbook_of_a_register_keeps_its_cells(register: str, tmp_path: Path) -> None:
    package = load_package(Places(PROJECT_ROOT).registers / "datapackage.json")
    book, written = register_book(package[register], package), io.BytesIO()
    book.save(written)
    again = openpyxl.load_workbook(converted(written.getvalue(), "xlsx", "xlsx", tmp_path))
    assert again.sheetnames == book.sheetnames
    for sheet in openpyxl.load_workbook(io.BytesIO(written.getvalue())).worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        kept = list(again[sheet.title].iter_rows(values_only=True))
        width = len(rows[0])
        assert [row[:width] for row in kept[: len(rows)]] == rows
