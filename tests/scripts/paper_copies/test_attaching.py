from pathlib import Path

import pytest

from scripts.paper_copies.attaching import attach
from scripts.paper_copies.copies import PaperCopy, copies
from scripts.paper_copies.keeping import Kept
from scripts.system import System


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    folder = tmp_path / "kept"
    folder.mkdir()
    return Kept(folder)


def page(site: Path, address: str) -> str:
    return (site / address / "index.html").read_text(encoding="utf-8")


def test_a_page_leads_to_its_copy_when_there_is_one(
    site: Path, paper_system: System, wanted: dict[str, PaperCopy], kept: Kept
) -> None:
    name = "qt-bc-01-lan-02.pdf"
    kept.path(wanted[name]).write_bytes(b"%PDF")
    assert attach(site, paper_system, list(wanted.values()), kept) == 1
    assert (site / "tai-lieu" / "ban-in" / name).read_bytes() == b"%PDF"
    assert f'href="../../tai-lieu/ban-in/{name}"' in page(site, "tai-lieu/qt-bc-01")
    for address in ("tai-lieu/qt-bc-03", "tai-lieu/cac-lan/qt-bc-01-01"):
        assert "ban-in" not in page(site, address)


def test_a_kept_text_and_a_draft_lead_to_theirs(
    site: Path, paper_system: System, wanted: dict[str, PaperCopy], kept: Kept
) -> None:
    for copy in wanted.values():
        kept.path(copy).write_bytes(b"%PDF")
    assert attach(site, paper_system, list(wanted.values()), kept) == len(wanted)
    kept_text = page(site, "tai-lieu/cac-lan/qt-bc-01-01")
    assert 'href="../../../tai-lieu/ban-in/qt-bc-01-lan-01.pdf"' in kept_text
    assert "ban-in/qt-bc-02-lan-01.pdf" in page(site, "tai-lieu/qt-bc-02")


def test_without_copies_no_page_says_anything_of_them(
    site: Path, paper_system: System, wanted: dict[str, PaperCopy], kept: Kept
) -> None:
    assert attach(site, paper_system, list(wanted.values()), kept) == 0
    assert not (site / "tai-lieu" / "ban-in").exists()
    for address in ("tai-lieu/qt-bc-01", "tai-lieu/qt-bc-02", "tai-lieu/cac-lan/qt-bc-01-01"):
        assert "paper" not in page(site, address)
        assert "PDF" not in page(site, address)


def test_a_copy_of_what_the_page_said_before_is_not_linked(
    site: Path, paper_system: System, wanted: dict[str, PaperCopy], kept: Kept
) -> None:
    name = "qt-bc-01-lan-02.pdf"
    kept.path(wanted[name]).write_bytes(b"%PDF")
    page_file = site / "tai-lieu" / "qt-bc-01" / "index.html"
    text = page_file.read_text(encoding="utf-8").replace("Quy trình này", "Quy trình nay")
    page_file.write_text(text, encoding="utf-8")
    assert attach(site, paper_system, list(copies(paper_system, site)), kept) == 0
