import re
from dataclasses import replace

import pytest

from scripts import flowchart
from scripts.paper_copies.composing import balanced, compose, headings, strips, unbroken
from scripts.paper_copies.copies import PaperCopy
from scripts.system import System


@pytest.fixture
def copy(wanted: dict[str, PaperCopy]) -> PaperCopy:
    return wanted["qt-bc-01-lan-02.pdf"]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_cover_has_the_sign_block_with_posts_and_room_for_names(copy: PaperCopy) -> None:
    revision = {
        **copy.revision,
        "drafted_by": "Chuyên viên",
        "reviewed_by": "Phó Vụ trưởng",
        "approved_by": "Vụ trưởng",
    }
    cover = compose(replace(copy, revision=revision)).split('<table class="signs">')[1]
    block = cover.split("</table>")[0]
    assert words(block) == (
        "Soạn thảo Soát xét Phê duyệt Chức vụ Chuyên viên Phó Vụ trưởng Vụ trưởng "
        "Họ và tên Chữ ký Ngày ký"
    )
    assert block.count("<td></td><td></td><td></td>") == 3


def test_what_is_for_the_screen_is_left_out_and_the_drawing_is_set_anew(copy: PaperCopy) -> None:
    html = compose(copy)
    assert "headerlink" not in html
    assert "Chỉ trên màn hình" not in html
    assert "qms-flowchart" not in html
    assert html.count('<div class="flowchart">') == 1
    assert "Đủ &amp; đúng &lt;hồ" in html


def test_a_draft_says_so_on_its_cover_and_in_the_running_header(
    wanted: dict[str, PaperCopy],
) -> None:
    html = compose(wanted["qt-bc-02-lan-01.pdf"])
    header, cover = html.split('<section class="cover">')
    assert "DỰ THẢO – CHƯA BAN HÀNH" in header
    assert "DỰ THẢO – CHƯA BAN HÀNH" in cover
    assert "chưa có hiệu lực" in cover


def test_a_print_is_not_controlled_unless_it_has_a_number(copy: PaperCopy) -> None:
    assert "Bản in không kiểm soát" in compose(copy)
    numbered = compose(replace(copy, number="3"))
    assert "Bản sao số 3" in numbered
    assert "không kiểm soát" not in numbered


def test_headings_are_the_contents() -> None:
    found = headings(
        '<h2 id="a">1. Mục <b>đích</b></h2><h3 id="b">1.1</h3><h2 id="c">R &amp; D</h2>'
    )
    assert [(each.anchor, each.title) for each in found] == [("a", "1. Mục đích"), ("c", "R & D")]


@pytest.mark.parametrize(
    "code",
    [
        "QT-HT-04",
        "QT-TTra-02",
        "QT-TĐKT-01",
        "BM-HT04.02",
        "BM-BC-01.03",
        "KPH-2020-001",
        "19/2014/QĐ-TTg",
        "61/2018/NĐ-CP",
        "25/2018/QH14",
        "05/3/2014",
        "ngày 05/3/2014",
        "tháng 7",
        "≥ 98 %",
        "0,5 %",
        "điều 8.7",
        "Bước 12",
    ],
)
def test_codes_numbers_and_dates_stay_on_one_line(code: str) -> None:
    html = unbroken(f"<p>Theo {code}, rồi thôi.</p>")
    assert html == f'<p>Theo <span class="unbroken">{code}</span>, rồi thôi.</p>'


@pytest.mark.parametrize(
    "html", ['<a href="qt-HT-04/" title="QT-HT-04">x</a>', "<svg><text>QT-HT-04</text></svg>"]
)
def test_nothing_is_put_into_tags_or_drawings(html: str) -> None:
    assert unbroken(html) == html


@pytest.mark.parametrize("code", ["QT-HT-04", "QT-BC-02", "QT-HT-06"])
def test_a_sheet_may_end_between_the_strips_of_a_flowchart_and_nothing_is_cut_through(
    shipped_system: System, code: str
) -> None:
    chart = flowchart.draw(
        shipped_system.of_document("steps", code),
        shipped_system.of_document("step_links", code),
    )
    found = list(strips(chart))
    assert [strip.shape for strip in found] == list(chart.shapes)
    drawn = [text for shape in chart.shapes for text in shape.texts]
    drawn += [arrow.text for arrow in chart.arrows if arrow.text]
    placed = [text for strip in found for text in strip.texts]
    assert sorted(map(repr, placed)) == sorted(map(repr, drawn))
    assert sum(strip.height for strip in found) == pytest.approx(chart.height)
    for strip in found:
        bottom = strip.top + strip.height
        assert strip.top < strip.shape.y
        assert strip.shape.y + strip.shape.height < bottom
        for text in strip.texts:
            assert all(strip.top + 9 <= y <= bottom - 3 for y, _ in text.placed), text.lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Mục tiêu chất lượng", ("Mục tiêu chất lượng",)),
        (
            "Cấp văn bản xác nhận thông báo hoạt động bưu chính",
            ("Cấp văn bản xác nhận thông", "báo hoạt động bưu chính"),
        ),
    ],
)
def test_the_lines_of_a_title_are_about_equally_long(title: str, lines: tuple[str, ...]) -> None:
    assert balanced(title) == lines
