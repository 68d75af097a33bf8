from pathlib import Path

from scripts.parity import Reading, compared, read_page, read_site

PAGE = """<title>Rủi ro</title><nav><a href="../">Đầu</a></nav>
<article><h1 id="a">Rủi ro<a class="headerlink" href="#a">¶</a></h1>
<p>Một   <a href="../b/">hai</a></p><script>x</script></article>"""


def test_a_page_is_its_title_its_text_and_its_links() -> None:
    assert read_page(PAGE) == Reading("Rủi ro", "Rủi ro Một hai", ("../b/",))


def test_a_site_is_its_pages_by_address(tmp_path: Path) -> None:
    (tmp_path / "rui-ro").mkdir()
    (tmp_path / "rui-ro" / "index.html").write_text(PAGE, encoding="utf-8")
    assert read_site(tmp_path).keys() == {"rui-ro"}


def test_every_kind_of_difference_is_told() -> None:
    same = Reading("Tên", "chữ", ())
    ours = {"a": same, "b": same, "c": same, "d": same, "e": same}
    theirs = {
        "a": same,
        "b": Reading("Khác", "chữ", ()),
        "c": Reading("Tên", "khác", ()),
        "d": Reading("Tên", "chữ", ("../",)),
        "f": same,
    }
    assert compared(ours, theirs) == [
        "5 pages",
        "pages missing: 1 (e)",
        "pages of its own: 1 (f)",
        "other title: 1 (b)",
        "other text: 1 (c)",
        "other links: 1 (d)",
        "in d, links of one only (../)",
    ]
