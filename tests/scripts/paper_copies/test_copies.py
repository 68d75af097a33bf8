from dataclasses import replace
from pathlib import Path

import pytest

from scripts.paper_copies.copies import PaperCopy, copies
from scripts.system import System


def test_every_revision_that_has_a_page_has_a_copy(wanted: dict[str, PaperCopy]) -> None:
    assert sorted(wanted) == [
        "bm-bc01-01-lan-01.pdf",
        "qt-bc-01-lan-01.pdf",
        "qt-bc-01-lan-02.pdf",
        "qt-bc-02-lan-01.pdf",
        "qt-bc-03-lan-01.pdf",
    ]
    assert wanted["qt-bc-01-lan-01.pdf"].address == "tai-lieu/cac-lan/qt-bc-01-01/"
    assert wanted["qt-bc-01-lan-02.pdf"].address == "tai-lieu/qt-bc-01/"


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("qt-bc-01-lan-02.pdf", ""),
        ("qt-bc-01-lan-01.pdf", "Đã được thay thế từ ngày 01/06/2020"),
        ("qt-bc-02-lan-01.pdf", "Dự thảo – chưa ban hành"),
        ("qt-bc-03-lan-01.pdf", "Đã hủy bỏ từ ngày 31/01/2020"),
    ],
)
def test_a_copy_warns_of_what_is_not_in_force(
    wanted: dict[str, PaperCopy], name: str, standing: str
) -> None:
    assert wanted[name].standing == standing


def test_a_copy_lists_the_amendments_up_to_its_own(wanted: dict[str, PaperCopy]) -> None:
    earlier, present = (wanted[f"qt-bc-01-lan-{number}.pdf"] for number in ("01", "02"))
    assert [row["revision"] for row in present.amendments] == ["01", "02"]
    assert [row["revision"] for row in earlier.amendments] == ["01"]


def test_the_text_is_what_stands_between_head_and_neighbours(
    paper_system: System, site: Path
) -> None:
    page = site / "tai-lieu" / "qt-bc-03" / "index.html"
    text = page.read_text(encoding="utf-8")
    neighbours = '<section class="qms-neighbours"><h2>Liên quan</h2></section></article>'
    page.write_text(text.replace("</article>", neighbours), encoding="utf-8")
    copy = next(copy for copy in copies(paper_system, site) if copy.address.endswith("bc-03/"))
    assert copy.text.startswith('<h2 id="1-muc-dich">')
    assert "Liên quan" not in copy.text
    assert "qms-status" not in copy.text


def test_the_key_follows_what_a_copy_shows_and_nothing_else(wanted: dict[str, PaperCopy]) -> None:
    copy = wanted["qt-bc-01-lan-02.pdf"]
    portal = copy.system.portal
    other_day = replace(copy.system, day=copy.system.day.replace(year=2021))
    assert replace(copy, system=other_day).key == copy.key
    others = [
        replace(copy, text=copy.text + " "),
        replace(copy, number="3"),
        replace(copy, document={**copy.document, "title": "Tên khác"}),
        replace(copy, revision={**copy.revision, "status": "withdrawn"}),
        replace(copy, revision={**copy.revision, "drafted_by": "Chuyên viên khác"}),
        replace(
            copy,
            system=replace(
                copy.system, portal=replace(portal, agency={**portal.agency, "name": "Khác"})
            ),
        ),
    ]
    assert len({copy.key, *(other.key for other in others)}) == 1 + len(others)


def test_two_documents_never_share_a_copy(wanted: dict[str, PaperCopy]) -> None:
    assert len({copy.key for copy in wanted.values()}) == len(wanted)
