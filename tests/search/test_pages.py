from pathlib import Path

from scripts.search.pages import Section, plain, read_pages, sections_of

PAGE = """<html><head><title>Cổng</title></head><body><nav>Điều hướng</nav>
<article class="md-content__inner md-typeset">
<p>Trước tiêu đề</p>
<h1 id="a">Kiểm <em>soát</em><a class="headerlink" href="#a">¶</a></h1>
<dl><dt>Mã hiệu</dt><dd>QT-01</dd></dl>
<select><option>Văn phòng Bộ</option></select>
<h2 id="muc-dich">1. Mục đích</h2>
<p>Để h<strong>ợp</strong> &amp; đủ.</p><svg><text>vẽ</text></svg>
<h3>Không có neo</h3>
<section data-search-exclude><h2 id="lien-quan">Liên quan</h2><p>Ngoài</p></section>
<div><table class="qms" data-search-exclude><tr><td>Dòng của sổ</td></tr></table></div>
</article><footer>Chân trang</footer></body></html>"""


def test_sections_begin_at_headings_that_can_be_linked_to() -> None:
    assert list(sections_of(PAGE)) == [
        Section("", "Kiểm soát", "Mã hiệu QT-01"),
        Section("muc-dich", "1. Mục đích", "Để hợp & đủ. Không có neo"),
    ]


def test_cells_stand_apart_and_letters_of_a_word_together() -> None:
    assert plain("<td>lưu</td><td>Căn</td> h<b>ồ</b> sơ") == "lưu Căn hồ sơ"


def test_a_page_without_a_title_of_its_own_has_its_documents(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/index.html").write_text(
        '<title>Tên</title><article class="md-content__inner"><p>Chữ</p></article>'
    )
    (tmp_path / "404.html").write_text(PAGE)
    (tmp_path / "xưa").mkdir()
    (tmp_path / "xưa/index.html").write_text(PAGE)
    assert read_pages(tmp_path, ("xưa/",)) == {"x/": [Section("", "Tên", "Chữ")]}
