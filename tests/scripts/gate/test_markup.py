import pytest

from scripts.gate.markup import loaded_by_script, read_page

VALID = """<!doctype html>
<html lang=vi><head><title>a < b</title><meta charset=utf-8>
<style>p > a { color: red }</style>
<script type=text/template>if (a < b) write("<div>")</script></head>
<body><!-- <div> --><ul><li>một<li>hai</ul><p>ba<table><tr><td>x<tr><td>y</table>
<a href=../x/>x</a><img src="a.png" alt="1 > 0"><br><br/>
<svg viewBox="0 0 1 1"><path d="M0 0"/><linearGradient id="g"/><g><path d=""/></g></svg>
<select><option>1<option selected>2</select><textarea><b></textarea><P>lớn</P></body></html>
"""


def test_valid_html_is_valid() -> None:
    assert read_page(VALID).invalid == ()


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ('<p id="a"></p><h2 id="a"></h2>', "id trùng nhau: a"),
        ("<p id=a></p><h2 id='a'></h2>", "id trùng nhau: a"),
        ("<div><p>x</p>", "thẻ không đóng: <div>"),
        ("<div><span>x</div>", "thẻ không đóng: <span>"),
        ("<b><i>x</b></i>", "thẻ không đóng: <i>"),
        ("<p>x</p></div>", "thẻ đóng thừa: </div>"),
        ("<div/>", "thẻ không đóng: <div>"),
        ("<script>x", "thẻ không đóng: <script>"),
    ],
)
def test_what_is_not_valid_is_found(html: str, problem: str) -> None:
    assert problem in read_page(html).invalid


@pytest.mark.parametrize("html", ['<p data-id="a"></p><p data-id="a"></p>', "id=a id=a"])
def test_what_is_no_id_is_none(html: str) -> None:
    assert read_page(html).invalid == ()


@pytest.mark.parametrize(
    "html",
    [
        '<form action="{}"></form>',
        '<button formaction="{}"></button>',
        '<meta http-equiv="refresh" content="0; url={}">',
        '<img srcset="a.png 1x, {} 2x">',
        '<video poster="{}"></video>',
        '<object data="{}"></object>',
        '<svg><use xlink:href="{}"/></svg>',
        '<svg><image href="{}"/></svg>',
        "<style>p {{ background: url({}) }}</style>",
        """<p style="background:url('{}')"></p>""",
        '<script>fetch("{}")</script>',
        "<base href='{}'>",
    ],
)
def test_every_way_to_another_host_is_found(html: str) -> None:
    page = read_page(html.format("https://cdn.example.org/x"))
    assert "https://cdn.example.org/x" in page.loaded | page.links


@pytest.mark.parametrize(
    "script",
    [
        'fetch("https://x.example/a")',
        "import('https://x.example/a')",
        'import "https://x.example/a"',
        'importScripts("https://x.example/a")',
        'new Worker("//x.example/a")',
        'new WebSocket("wss://x.example/a")',
        'navigator.sendBeacon("https://x.example/a", data)',
        'request.open("GET", "https://x.example/a")',
        "image.src = `https://x.example/a`",
    ],
)
def test_a_script_that_asks_another_host_is_found(script: str) -> None:
    assert len(loaded_by_script(script)) == 1


def test_a_script_that_only_names_an_address_is_left_alone() -> None:
    assert (
        loaded_by_script('const space = "http://www.w3.org/2000/svg"; // https://a.example') == []
    )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<script type=module>alert(1)</script>",
        "<SCRIPT\n>alert(1)</SCRIPT >",
        "<img src=x onerror=alert(1)>",
        "<p ONCLICK='a()'>x</p>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java\nscript:alert(1)">x</a>',
        '<a href="&#106;avascript:alert(1)">x</a>',
        "<form action=' javascript:alert(1)'></form>",
    ],
)
def test_code_that_stands_in_a_page_is_found(html: str) -> None:
    found = read_page(html).invalid
    assert any(each.startswith("mã chạy viết thẳng trong trang: ") for each in found)


@pytest.mark.parametrize(
    "html",
    [
        '<script id="__config" type="application/json">{"a": 1}</script>',
        '<script type="application/ld+json">{}</script>',
        '<script src="a.js"></script>',
        '<p data-on="x" title="onload=1">javascript: là gì</p>',
    ],
)
def test_data_and_loaded_scripts_are_none(html: str) -> None:
    assert read_page(html).invalid == ()
