"""Controlled copies are handed out of what is in force and published, with a number."""

from pathlib import Path

import pypdfium2
import pytest

from intake.configuration import Places
from scripts import __main__
from scripts.manifest import register_digests
from scripts.paper_copies.controlled import NoControlledCopy, controlled_copies
from scripts.releases import publish
from tests.scripts.paper_copies.reading import UNCLOSED_BY_WEASYPRINT

pytestmark = UNCLOSED_BY_WEASYPRINT


@pytest.fixture
def published(small_places: Places, site: Path) -> Places:
    publish(small_places, site, {"registers": register_digests(small_places)}, {})
    return small_places


def test_a_controlled_copy_has_its_number_on_every_sheet(published: Places, tmp_path: Path) -> None:
    [written] = controlled_copies(published, "03", "BM-BC01.01", tmp_path / "out")
    assert written.name == "bm-bc01-01-lan-01-ban-so-3.pdf"
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(written)]
    assert all("Bản sao số 3 – có kiểm soát" in page for page in pages)
    assert not any("không kiểm soát" in page for page in pages)


@pytest.mark.parametrize(
    ("number", "code", "why"),
    [
        ("3", "QT-BC-02", "không có tài liệu QT-BC-02 đang hiệu lực"),
        ("3", "QT-BC-03", "không có tài liệu QT-BC-03 đang hiệu lực"),
        ("0", "QT-BC-01", "số nguyên từ 1"),
        ("ba", "QT-BC-01", "số nguyên từ 1"),
    ],
)
def test_no_controlled_copy_of_what_is_not_in_force_or_without_a_number(
    published: Places, tmp_path: Path, number: str, code: str, why: str
) -> None:
    with pytest.raises(NoControlledCopy, match=why):
        controlled_copies(published, number, code, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_none_while_the_portal_is_behind_its_registers(published: Places, tmp_path: Path) -> None:
    register = published.registers / "units.csv"
    register.write_text(register.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(NoControlledCopy, match="make publish trước"):
        controlled_copies(published, "3", "BM-BC01.01", tmp_path / "out")


def test_the_command_says_why_it_wrote_nothing(
    published: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QMS_ROOT", str(published.root))
    with pytest.raises(SystemExit, match="Chưa in bản sao: không có tài liệu QT-BC-02"):
        __main__.main(["controlled-copy", "--number", "3", "--doc", "QT-BC-02"])
