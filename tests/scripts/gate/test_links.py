from pathlib import Path

import pytest

from scripts.gate.links import check_links

GOOD = """<!doctype html>
<html><head>
<link href="https://example.org/a/" rel="canonical">
<link rel="next" href="https://example.org/next/">
<link rel=stylesheet href=../assets/site.css>
<script src="/assets/site.js?v=1"></script>
</head><body id="top">
<a href="#muc-1">1</a> <a href="#__top">lên</a> <a href="../b/#m%E1%BB%A5c">2</a>
<a href="../b/">b</a> <a href="/b/index.html">b</a> <a href="../">lên</a> <a href="">trống</a>
<a href="../tep%20c%C3%B3%20d%E1%BA%A5u.csv" download>CSV</a>
<a href="../hỏi&amp;đáp.csv">CSV</a> <a href="/b/?q=x&amp;y=1">tìm</a>
<a href="https://example.org/">ngoài</a> <a href="mailto:a@example.org">thư</a>
<img src="data:image/gif;base64,AAAA"><img src="../assets/dot.svg" alt="">
<h2 id="muc-1">Mục 1</h2>
</body></html>
"""


@pytest.fixture
def checked_site(tmp_path: Path) -> Path:
    files = {
        "index.html": "<p>trang chủ</p>",
        "a/index.html": GOOD,
        "b/index.html": '<h2 id="mục">Mục</h2>',
        "assets/site.css": "body{}",
        "assets/site.js": "",
        "assets/dot.svg": "<svg/>",
        "tep có dấu.csv": "a",
        "hỏi&đáp.csv": "a",
    }
    for path, text in files.items():
        write(tmp_path / "site" / path, text)
    return tmp_path / "site"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_good_site_passes(checked_site: Path) -> None:
    assert check_links(checked_site) == []


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("../c/", id="no such page"),
        pytest.param("/c.html", id="from the root"),
        pytest.param("../assets/", id="a folder without a page"),
        pytest.param("../tep.csv", id="no such download"),
        pytest.param("../c/#muc", id="with an anchor"),
        pytest.param("../c/?q=1", id="with a query"),
    ],
)
def test_a_broken_link_is_found(checked_site: Path, target: str) -> None:
    write(checked_site / "a/index.html", f'<p><a class="x" href="{target}">c</a></p>')
    assert check_links(checked_site) == [f"a/index.html: liên kết hỏng: {target}"]


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="gone"></script>',
        '<img alt="" src="gone">',
        '<link rel="stylesheet" href="gone">',
        "<link rel=stylesheet href=gone>",
    ],
)
def test_a_broken_part_of_a_page_is_found(checked_site: Path, tag: str) -> None:
    write(checked_site / "a/index.html", tag)
    assert check_links(checked_site) == ["a/index.html: liên kết hỏng: gone"]


@pytest.mark.parametrize("target", ["#gone", "../b/#gone", "../b/index.html#muc", "/#gone"])
def test_a_missing_anchor_is_found(checked_site: Path, target: str) -> None:
    write(checked_site / "a/index.html", f'<h2 id="here">x</h2><a href="{target}">x</a>')
    problem = f"a/index.html: không có mục để liên kết tới: {target}"
    assert check_links(checked_site) == [problem]


@pytest.mark.parametrize("host", ["https://cdn.example.org/x", "//cdn.example.org/x"])
@pytest.mark.parametrize(
    "tag",
    [
        '<script src="{}"></script>',
        "<script async src={}></script>",
        '<img alt="" src="{}">',
        '<iframe src="{}"></iframe>',
        '<source src="{}">',
        '<link rel="stylesheet" href="{}">',
        '<link href="{}" rel="preconnect">',
        '<link rel="icon" href="{}">',
    ],
)
def test_what_is_loaded_from_another_host_is_found(checked_site: Path, tag: str, host: str) -> None:
    write(checked_site / "a/index.html", tag.format(host))
    assert check_links(checked_site) == [f"a/index.html: tải từ máy chủ khác: {host}"]


def test_a_style_sheet_that_loads_from_another_host_is_found(checked_site: Path) -> None:
    write(checked_site / "assets/site.css", '@import url("https://fonts.example.org/x.css");')
    assert check_links(checked_site) != []


def test_a_link_to_a_part_of_a_file_that_is_no_page_is_judged(checked_site: Path) -> None:
    write(checked_site / "a/index.html", '<a href="../assets/dot.svg#part">x</a>')
    assert isinstance(check_links(checked_site), list)


def test_a_link_that_leads_out_of_the_site_is_found(checked_site: Path) -> None:
    write(checked_site.parent / "outside.html", "x")
    write(checked_site / "a/index.html", '<a href="../../outside.html">x</a>')
    assert check_links(checked_site) != []


def test_every_page_and_problem_is_named(checked_site: Path) -> None:
    write(checked_site / "a/index.html", '<a href="x">x</a><a href="y">y</a>')
    write(checked_site / "b/c/index.html", '<a href="z">z</a>')
    assert check_links(checked_site) == [
        "a/index.html: liên kết hỏng: x",
        "a/index.html: liên kết hỏng: y",
        "b/c/index.html: liên kết hỏng: z",
    ]


def test_a_site_that_was_mended_is_looked_at_afresh(checked_site: Path) -> None:
    write(checked_site / "index.html", '<a href="new/">x</a>')
    assert check_links(checked_site) == ["index.html: liên kết hỏng: new/"]
    write(checked_site / "new/index.html", "x")
    assert check_links(checked_site) == []


def test_what_was_checked_before_is_only_linked_into(checked_site: Path) -> None:
    beside = checked_site / "tai-ngay/2020-06-20"
    write(beside / "index.html", '<a href="../../nowhere/">hỏng</a>')
    write(checked_site / "b/index.html", '<h2 id="mục"></h2><a href="../tai-ngay/2020-06-20/"></a>')
    assert check_links(checked_site, (beside,)) == []
    assert check_links(checked_site) == [
        "tai-ngay/2020-06-20/index.html: liên kết hỏng: ../../nowhere/"
    ]
