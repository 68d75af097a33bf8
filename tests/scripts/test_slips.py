"""Blank slips to download: which there are, kept by content, linked where they belong."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from intake.configuration import Places
from intake.paper import sheets
from intake.paper.model import Entry, Grid, Signatures, Slip
from scripts import slips
from scripts.form_templates import form_template
from scripts.slips import Keeper, blanks, make_pdfs, of_form, of_template, template_slip
from scripts.system import System

SLIP = Slip("Phiếu", "Bộ", "Vụ", ())


def counting(monkeypatch: pytest.MonkeyPatch, kind: str) -> list[Slip]:
    made: list[Slip] = []

    def make(slip: Slip) -> bytes:
        made.append(slip)
        return slip.title.encode()

    monkeypatch.setitem(slips._MAKERS, kind, make)
    return made


def test_a_slip_is_made_once_and_again_only_when_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, keeper = counting(monkeypatch, "docx"), Keeper(tmp_path)
    assert keeper.made(SLIP, "docx") == keeper.made(SLIP, "docx") == "Phiếu".encode()
    assert len(made) == 1
    keeper.made(replace(SLIP, title="Khác"), "docx")
    assert len(made) == 2
    monkeypatch.setattr(slips, "_recipe", lambda: "another way of making them")
    keeper.made(SLIP, "docx")
    assert len(made) == 3


def test_a_build_makes_docx_and_takes_along_the_pdf_that_are_kept(
    small_system: System, small_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("docx", "pdf"):
        counting(monkeypatch, kind)
    files = blanks(small_system, small_places)
    assert {Path(path).suffix for path in files} == {".docx"}
    assert make_pdfs(small_system, small_places) == len(files)
    both = blanks(small_system, small_places)
    assert {Path(path).suffix for path in both} == {".docx", ".pdf"}
    assert len(both) == 2 * len(files)


def test_a_build_asks_for_no_pango(
    small_system: System, small_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting(monkeypatch, "docx")

    def missing() -> None:
        raise sheets.NoPango("không có Pango")

    monkeypatch.setattr(sheets, "_setter", missing)
    assert blanks(small_system, small_places)
    with pytest.raises(sheets.NoPango):
        make_pdfs(small_system, small_places)


def test_a_form_that_an_agency_does_without_has_no_blank(
    small_system: System, small_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting(monkeypatch, "docx")
    forms = {name: form for name, form in small_system.forms.items() if name != "file_entry"}
    files = blanks(replace(small_system, forms=forms), small_places)
    assert len(files) == len(blanks(small_system, small_places)) - 1


def test_every_form_of_the_portal_has_a_blank(shipped_system: System) -> None:
    for form in shipped_system.forms:
        assert of_form(shipped_system, form), form
    titles = [blank.title for blank in of_form(shipped_system, "feedback")]
    assert titles == ["Phiếu góp ý, khảo sát hài lòng", "Phiếu trả lời lấy ý kiến dự thảo tài liệu"]


def test_a_paper_form_that_a_web_form_stands_for_has_the_blank_of_that_one(
    shipped_system: System,
) -> None:
    (blank,) = of_template(shipped_system, "BM-HT04.01")
    assert blank == of_form(shipped_system, "nonconformity")[0]
    (own,) = of_template(shipped_system, "BM-HT05.01")
    assert own.name == "bm-ht05.01"


def test_links_are_only_to_what_was_staged(shipped_system: System, tmp_path: Path) -> None:
    (blank,) = of_template(shipped_system, "BM-HT05.01")
    assert blank.there(tmp_path)[1] == []
    file = tmp_path / "mau-trong" / "bm-ht05.01.docx"
    file.parent.mkdir()
    file.touch()
    assert blank.there(tmp_path)[1] == [("DOCX", "mau-trong/bm-ht05.01.docx")]


@pytest.mark.parametrize("code", ["BM-HT02.03", "BM-HT05.01", "BM-HT01.04"])
def test_a_template_shows_each_of_its_registered_fields(shipped_system: System, code: str) -> None:
    template = form_template(shipped_system, code)
    slip = template_slip(shipped_system, template)
    for part, made in zip(template.parts, slip.parts, strict=True):
        titles: list[str] = []
        for block in made.blocks:
            match block:
                case Entry():
                    titles.append(block.title)
                case Grid():
                    titles += [column.title for column in block.columns]
                    assert block.empty > 0
                case Signatures():
                    titles += block.posts
        assert titles == [field["title"] for field in part.fields]
    assert ("Mã hiệu", code) in slip.marks
    assert slip.wide == (template.layout == "wide")


def test_the_choices_of_a_template_are_boxes(shipped_system: System) -> None:
    slip = template_slip(shipped_system, form_template(shipped_system, "BM-HT04.01"))
    entries = [each for part in slip.parts for each in part.blocks if isinstance(each, Entry)]
    (kind,) = (entry for entry in entries if entry.title == "Loại")
    assert [box.label for box in kind.boxes] == ["Khắc phục", "Phòng ngừa", "Cải tiến"]


def test_an_edition_of_the_past_offers_no_blanks_of_today(
    small_system: System, small_places: Places
) -> None:
    from scripts.stage import _generated

    past = replace(small_system, present=small_system)
    assert not [path for path in _generated(past, small_places) if path.startswith("mau-trong/")]


def test_a_wide_template_lies_on_its_side_as_docx(shipped_system: System) -> None:
    from intake.paper.word import docx

    slip = template_slip(shipped_system, form_template(shipped_system, "BM-HT05.01"))
    section: Any = Document(io.BytesIO(docx(slip))).sections[0]
    assert section.page_width > section.page_height
