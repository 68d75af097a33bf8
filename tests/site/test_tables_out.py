"""What is taken along of a table says what it is: its title, filters, day and check code."""

from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import Page, Route

from intake.configuration import PROJECT_ROOT

ASSETS = PROJECT_ROOT / "content" / "assets"
ROWS = "".join(
    f"<tr><td>RR-{number:02}</td><td>{unit}</td><td>Rủi ro số {number}</td></tr>"
    for number, unit in enumerate(["BC", "VP"] * 40, 1)
)
PAGE = f"""<!doctype html><html lang="vi"><head><meta charset="utf-8">
<link rel="stylesheet" href="/assets/qms.css"></head><body>
<aside class="md-banner"><strong>Nội dung minh hoạ.</strong></aside>
<nav>Danh mục trang</nav><main class="md-main"><article class="md-typeset">
<h1>Rủi ro<a class="headerlink" href="#x">¶</a></h1><p>Lời dẫn.</p>
<div class="qms-register" data-register="risks"><div class="qms-table" aria-label="Bảng rủi ro">
<table class="qms"><thead><tr><th>Mã</th><th data-filter>Đơn vị</th><th>Tên</th></tr></thead>
<tbody>{ROWS}</tbody></table></div></div></article></main>
<script src="/assets/registers.js"></script></body></html>"""


@pytest.fixture
def table(page: Page) -> Page:
    def answer(route: Route) -> None:
        path = route.request.url.partition("portal.test/")[2].partition("?")[0]
        if path.startswith("assets/"):
            route.fulfill(path=ASSETS / path.removeprefix("assets/"))
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://portal.test/rui-ro/?Đơn+vị=BC")
    return page


def info(page: Page, folder: Path) -> dict[str, str]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    path = folder / "x.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Bảng", "Thông tin"]
    assert book["Bảng"]["A1"].value == "Mã", "the table begins in the first row"
    assert book["Bảng"].max_row == 41
    return {str(title): str(text) for title, text in book["Thông tin"].iter_rows(values_only=True)}


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_a_workbook_says_what_it_holds_on_a_sheet_of_its_own(table: Page, tmp_path: Path) -> None:
    told = info(table, tmp_path)
    assert told["Bảng"] == "Rủi ro – Bảng rủi ro"
    assert told["Bộ lọc"] == "Đơn vị: BC"
    assert told["Số dòng"] == "40 / 80"
    assert told["Lưu ý"] == "Nội dung minh hoạ."
    assert told["Địa chỉ"].startswith("http://portal.test/rui-ro/?")
    again = info(table, tmp_path)
    assert again["Mã kiểm tra"] == told["Mã kiểm tra"]
    table.locator("tbody tr:not([hidden]) td:nth-child(3)").first.evaluate("c => c.append('!')")
    assert info(table, tmp_path)["Mã kiểm tra"] != told["Mã kiểm tra"]


def test_in_print_stands_the_table_with_what_it_is_and_nothing_else(
    table: Page, tmp_path: Path
) -> None:
    table.evaluate("window.print = () => {}")
    table.get_by_role("button", name="In, PDF").click()
    table.pdf(path=tmp_path / "x.pdf", prefer_css_page_size=True)
    document = pypdfium2.PdfDocument(tmp_path / "x.pdf")
    assert len(document) > 1
    words = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    for text in ("Bộ lọc: Đơn vị: BC", "Số dòng: 40 / 80", "Mã kiểm tra: ", "Lưu ý: Nội dung"):
        assert text.replace(" ", "") in words[0]
    assert f"Trang1/{len(document)}" in words[0]
    whole = "".join(words)
    assert whole.count("Rủirosố") == 40
    assert "Danhmụctrang" not in whole
    assert "Lờidẫn" not in whole
    table.evaluate("dispatchEvent(new Event('afterprint'))")
    assert table.locator(".qms-print-head, .qms-printed").count() == 0
