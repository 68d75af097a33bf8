"""The tables of registers: filters by list values, and what is shown taken along as files."""

import csv
import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page

from tests.site.conftest import Portal

WITHOUT_DEFAULT_STYLE = pytest.mark.filterwarnings("ignore:Workbook contains no default style")
"""openpyxl puts in its own default style where a workbook has none."""


def shown(page: Page) -> list[list[str]]:
    """Return the rows that are shown, as text."""
    return [
        [" ".join(cell.split()) for cell in row.locator("td").all_inner_texts()]
        for row in page.locator(".qms-register tbody tr:visible").all()
    ]


def saved(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(".qms-export").get_by_text(button, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_figures_of_the_home_page_lead_to_as_many_rows(page: Page, portal: Portal) -> None:
    page.goto(portal.url())
    links = page.locator(".qms-figure").all()
    targets = [(link.get_attribute("href"), link.locator("strong").inner_text()) for link in links]
    for address, figure in targets[1:]:
        page.goto(portal.url(str(address).removeprefix("./")))
        assert len(shown(page)) == int(figure), address


def test_documents_are_filtered_by_clause_and_by_words_that_are_not_shown(
    page: Page, portal: Portal
) -> None:
    page.goto(portal.url("tai-lieu/"))
    page.select_option("select[name='Điều khoản']", "10.2")
    rows = shown(page)
    assert "QT-HT-04" in [row[0] for row in rows]
    assert all("10.2" in row[-1].split("; ") for row in rows)
    page.goto(portal.url("tai-lieu/?loc=MTCL"))
    assert [row[0] for row in shown(page)] == ["TL-HT-02"]


def test_staff_find_what_they_do_by_their_post(page: Page, portal: Portal) -> None:
    page.goto(portal.url("don-vi/buu-chinh/"))
    page.get_by_role("link", name="Việc của tôi").click()
    page.select_option("select[name='Người làm']", "Chuyên viên thẩm định cấp phép")
    rows = shown(page)
    assert {row[2] for row in rows} == {"QT-BC-01"}
    assert all("Chuyên viên thẩm định cấp phép" in row[0] for row in rows)
    page.locator(".qms-register tbody tr:visible a[href*='#buoc-']").first.click()
    assert "/tai-lieu/qt-bc-01/#buoc-" in page.url


def test_the_rows_shown_are_saved_as_csv(page: Page, portal: Portal, tmp_path: Path) -> None:
    page.goto(portal.url("tai-lieu/?loc=van+thu"))
    rows = shown(page)
    path = saved(page, "CSV", tmp_path)
    text = path.read_bytes().decode("utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    head, *body = csv.reader(io.StringIO(text))
    assert head[:2] == ["Mã hiệu", "Tên tài liệu"]
    assert 0 < len(rows) < 60
    assert body == rows


@WITHOUT_DEFAULT_STYLE
def test_the_rows_shown_are_saved_as_a_workbook(page: Page, portal: Portal, tmp_path: Path) -> None:
    page.goto(portal.url("tai-lieu/?Đơn+vị=BC&loc=quy+trinh"))
    rows = shown(page)
    sheet = openpyxl.load_workbook(saved(page, "Excel", tmp_path)).active
    assert sheet is not None
    _, *body = sheet.iter_rows(values_only=True)
    assert [[row[0], row[1]] for row in body] == [[row[0], row[1]] for row in rows]
    assert {row[4] for row in body} == {"01"}, "a revision stays text"
    assert {type(row[5]) for row in body} == {dt.datetime}
    assert [f"{row[5]:%d/%m/%Y}" for row in body] == [row[5] for row in rows]


@WITHOUT_DEFAULT_STYLE
def test_a_saved_file_holds_no_formula(page: Page, portal: Portal, tmp_path: Path) -> None:
    page.goto(portal.url("tai-lieu/?loc=QT-HT-04"))
    page.evaluate(
        "document.querySelector('.qms-register tbody tr:not([hidden]) td:nth-child(2)')"
        ".textContent = '=1+1'"
    )
    text = saved(page, "CSV", tmp_path).read_text("utf-8-sig")
    _, row = csv.reader(io.StringIO(text))
    assert row[1] == "'=1+1"
    sheet = openpyxl.load_workbook(saved(page, "Excel", tmp_path)).active
    assert sheet is not None
    cell = sheet.cell(2, 2)
    assert (cell.value, cell.data_type) == ("=1+1", "s")
