"""The paper check in a real browser: what a sheet is, by its code, revision and check code."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page

from scripts.paper_copies.registry import REGISTRY
from tests.site.conftest import Portal


@pytest.fixture(scope="module")
def registry(portal: Portal) -> dict[str, Any]:
    text = (portal.places.current_site / REGISTRY).read_text(encoding="utf-8")
    rows = json.loads(text.removeprefix("window.qmsPaper = ")[:-2])
    papers = {f"{each['code']}/0": each for each in rows if "revisions" not in each}
    return papers | {
        f"{each['code']}/{row['revision']}": row
        for each in rows
        for row in each.get("revisions", ())
    }


def told(page: Page, portal: Portal, code: str, revision: str, check: str = "") -> str:
    page.goto(portal.url("kiem-tra/"))
    for name, text in (("ma", code), ("lan", revision), ("kt", check)):
        page.fill(f"#f-{name}", text)
    page.click("[data-paper-check] button")
    return page.inner_text("[data-paper-answer]")


@pytest.mark.parametrize("typed", ["QT-HT-04", "qt ht 4", "qtht04", " Qt.Ht.04 "])
def test_a_sheet_in_force_is_known_however_it_is_typed(
    page: Page, portal: Portal, registry: dict[str, Any], typed: str
) -> None:
    check = registry["QT-HT-04/02"]["check"]
    answer = told(page, portal, typed, "2", check.lower().replace("-", " "))
    assert "Đang có hiệu lực từ ngày" in answer
    assert "Nội dung trên giấy đúng" in answer


def test_the_address_of_a_qr_code_answers_at_once(
    page: Page, portal: Portal, registry: dict[str, Any]
) -> None:
    check = registry["QT-HT-04/01"]["check"]
    page.goto(portal.url(f"kiem-tra/?ma=QT-HT-04&lan=01&kt={check}"))
    answer = page.inner_text("[data-paper-answer]")
    assert re.search(r"Đã được thay thế từ ngày \d\d/\d\d/\d{4}", answer)
    assert "Nội dung trên giấy đúng" in answer
    page.click("[data-paper-answer] a:text-is('QT-HT-04 lần 02')")
    page.wait_for_url("**/tai-lieu/qt-ht-04/")


def test_a_draft_is_told(page: Page, portal: Portal) -> None:
    assert "Dự thảo, chưa ban hành" in told(page, portal, "QT-HT-06", "02")


def test_other_words_than_were_issued_are_told(
    page: Page, portal: Portal, registry: dict[str, Any]
) -> None:
    other = registry["QT-HT-04/01"]["check"]
    assert "đừng dùng tờ giấy này" in told(page, portal, "QT-HT-04", "02", other)


def test_without_a_check_code_the_words_stay_open(page: Page, portal: Portal) -> None:
    answer = told(page, portal, "QT-HT-04", "02")
    assert "Đang có hiệu lực" in answer
    assert "Chưa đối chiếu nội dung" in answer


def test_what_is_not_ours_is_told(page: Page, portal: Portal) -> None:
    assert "Không phải tài liệu của hệ thống này" in told(page, portal, "QT-XYZ-01", "01")
    assert "Không có lần ban hành này" in told(page, portal, "QT-HT-04", "09")


def test_nothing_that_is_typed_becomes_markup(page: Page, portal: Portal) -> None:
    told(page, portal, "<img src=x onerror=alert(1)>", "01")
    assert page.locator("[data-paper-answer] img").count() == 0


def test_without_javascript_the_page_says_what_to_do(portal: Portal, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal.url("kiem-tra/"))
    assert page.locator("[data-paper-check]").is_hidden()
    assert "danh mục tài liệu" in page.inner_text("article")
    context.close()


def test_a_paper_of_registers_is_compared_with_the_registers_of_today(
    page: Page, portal: Portal, registry: dict[str, Any]
) -> None:
    check = registry["CB-2020-01/0"]["check"]
    assert "Đúng với các sổ hiện nay" in told(page, portal, "cb 2020 01", "0", check)
    other = registry["BRR-BC/0"]["check"]
    assert "Không giống các sổ hiện nay" in told(page, portal, "CB-2020-01", "0", other)
    assert "hãy gõ thêm mã kiểm tra" in told(page, portal, "CB-2020-01", "0")
