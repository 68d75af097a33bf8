"""From the form to the package, the register and the status page, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import frictionless
import pytest
from filling import (
    FEEDBACK,
    NONCONFORMITY,
    PHOTO,
    fill_feedback,
    fill_nonconformity,
    receipt_of,
    send,
)
from playwright.sync_api import Browser, BrowserContext, Page

from intake.cases.workflow import load_workflows
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from scripts.registers import Resource, Row, load_package
from tests.site.conftest import Portal, published_copy, serving, wait_until

FORM = "bao-cao/khong-phu-hop/"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "ảnh hiện trường.png"
    path.write_bytes(PHOTO)
    return path


@pytest.fixture
def watched(shipped: Places, tmp_path: Path) -> Iterator[Portal]:
    """A portal that is published again whenever something changes, as `make serve` does."""
    places = published_copy(shipped, tmp_path)
    with serving(places, "scripts") as address:
        yield Portal(places, address)


def package(portal: Portal, form: str) -> dict[str, Resource]:
    """Bring the packages up to the journal, and read one."""
    places = portal.places
    journal = SqliteJournal(places.journal)
    project(journal, load_forms(places.forms), load_workflows(places.forms), places.packages)
    journal.close()
    return load_package(places.packages / form / "datapackage.json", escaped=True)


def row_of(portal: Portal, form: str, number: str) -> Row:
    rows = package(portal, form)[form].rows
    return next(row for row in rows if row["number"] == number)


def count(portal: Portal, summary: str) -> int:
    rows = package(portal, "nonconformity")["nonconformity"].rows
    return sum(row["summary"] == summary for row in rows)


def wait_for_register(page: Page, portal: Portal, register: str, number: str) -> str:
    def published() -> bool:
        page.goto(portal.url(register))
        return page.locator(f"#{number.lower()}").count() == 1

    wait_until(published, 300)
    return page.inner_text(f"#{number.lower()}")


def test_what_is_sent_is_soon_in_its_register(page: Page, watched: Portal, photo: Path) -> None:
    page.goto(watched.url(FORM))
    fill_nonconformity(page, photo)
    send(page)
    number, code = receipt_of(page)
    page.goto(watched.url("bao-cao/gop-y/"))
    fill_feedback(page)
    send(page)
    comment, _ = receipt_of(page)
    shown = wait_for_register(page, watched, "so/khong-phu-hop/", number)
    assert NONCONFORMITY["summary"] in shown
    assert NONCONFORMITY["description"] not in page.content()
    assert FEEDBACK["summary"] in wait_for_register(page, watched, "so/gop-y/", comment)
    assert page.locator(".qms-bars .qms--stacks").count() == 0, "a chart is no list of cards"
    assert page.locator(".qms-register .qms--stacks").count() == 1
    charts = page.locator(".qms-bars table")
    assert charts.count() == page.locator(".qms-bars table:has(td)").count(), "none is empty"
    page.goto(watched.url("bao-cao/tra-cuu/"))
    page.fill("#f-code", code.lower().replace("-", " "))
    send(page)
    page.wait_for_selector(f"[data-case='{number}']")
    assert NONCONFORMITY["summary"] in page.inner_text("[data-region=intake]")


def test_a_nonconformity_is_whole_in_its_package(page: Page, portal: Portal, photo: Path) -> None:
    page.goto(portal.url(FORM))
    fill_nonconformity(page, photo)
    send(page)
    number, _ = receipt_of(page)
    row = row_of(portal, "nonconformity", number)
    assert {name: row[name] for name in NONCONFORMITY} == NONCONFORMITY
    assert row["files"] == 1
    folder = portal.places.packages / "nonconformity"
    assert frictionless.validate(str(folder / "datapackage.json")).valid
    files = load_package(folder / "datapackage.json")["nonconformity_files"].rows
    kept = next(file for file in files if file["number"] == number)
    assert (folder / kept["path"]).read_bytes() == PHOTO


def test_a_comment_is_whole_in_its_package(page: Page, portal: Portal) -> None:
    page.goto(portal.url("bao-cao/gop-y/"))
    fill_feedback(page)
    send(page)
    number, _ = receipt_of(page)
    row = row_of(portal, "feedback", number)
    assert row["content"] == FEEDBACK["content"]
    assert row["rating_clarity"] == 4


def test_form_without_javascript_asks_once_more_and_keeps_the_file(
    browser: Browser, portal: Portal, photo: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(portal.url(FORM))
    fill_nonconformity(page, photo)
    page.fill("#f-summary", "ngắn")
    send(page)
    assert "Tóm tắt" in page.inner_text("[role=alert]")
    assert page.input_value("#f-description").startswith("Ba hồ sơ")
    assert "ảnh hiện trường.png" in page.inner_text(".qms-held")
    page.fill("#f-summary", NONCONFORMITY["summary"])
    send(page)
    number, code = receipt_of(page)
    page.reload()
    assert receipt_of(page) == (number, code)
    assert row_of(portal, "nonconformity", number)["files"] == 1
    context.close()


def test_first_post_without_javascript_can_be_looked_at_and_changed(
    browser: Browser, portal: Portal
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal.url(FORM))
    fill_nonconformity(page)
    send(page)
    assert "chưa được ghi nhận" in page.inner_text("[data-region=intake]")
    page.click("button[name=_edit]")
    assert page.input_value("#f-summary") == NONCONFORMITY["summary"]
    send(page)
    receipt_of(page)
    context.close()


def test_wrong_answers_are_named_and_nothing_typed_is_lost(page: Page, portal: Portal) -> None:
    page.goto(portal.url(FORM))
    page.fill("#f-description", NONCONFORMITY["description"])
    send(page)
    page.wait_for_selector("[role=alert]")
    assert page.title().startswith("Lỗi: ")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.click("[role=alert] a[href='#f-unit']")
    assert page.evaluate("document.activeElement.id") == "f-unit"
    assert page.input_value("#f-description") == NONCONFORMITY["description"]


def test_draft_survives_a_closed_tab(context: BrowserContext, portal: Portal) -> None:
    first = context.new_page()
    first.goto(portal.url(FORM))
    fill_nonconformity(first)
    first.close()
    second = context.new_page()
    second.goto(portal.url(FORM))
    assert second.input_value("#f-summary") == NONCONFORMITY["summary"]
    assert second.is_checked("input[name=source][value=self]")
    assert "bản nháp" in second.inner_text("[data-note]")
    send(second)
    receipt_of(second)
    second.goto(portal.url(FORM))
    assert second.input_value("#f-summary") == ""


def test_lost_connection_loses_nothing_and_sends_once(
    context: BrowserContext, page: Page, portal: Portal
) -> None:
    summary = "Mất kết nối giữa chừng khi đang gửi phiếu"
    page.goto(portal.url(FORM))
    fill_nonconformity(page)
    page.fill("#f-summary", summary)
    context.set_offline(True)
    send(page)
    page.wait_for_selector("[data-note]")
    assert page.input_value("#f-summary") == summary
    context.set_offline(False)
    send(page)
    receipt_of(page)
    assert count(portal, summary) == 1


def test_lost_answer_and_double_press_make_one_slip(page: Page, portal: Portal) -> None:
    summary = "Bấm hai lần và mất câu trả lời vẫn chỉ một phiếu"
    page.goto(portal.url(FORM))
    fill_nonconformity(page)
    page.fill("#f-summary", summary)

    def keep_but_lose_the_answer(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/khong-phu-hop/", keep_but_lose_the_answer, times=1)
    press_twice = "b => { b.click(); b.click(); }"
    button = "[data-region=intake] button[type=submit]"
    page.eval_on_selector(button, press_twice)
    page.wait_for_selector("[data-note]")
    page.eval_on_selector(button, press_twice)
    receipt_of(page)
    assert count(portal, summary) == 1


def test_links_on_a_document_fill_in_document_and_revision(page: Page, portal: Portal) -> None:
    page.goto(portal.url("tai-lieu/qt-ht-04/"))
    page.click(".qms-status a:text-is('Góp ý')")
    page.wait_for_url("**/bao-cao/gop-y/**", wait_until="load")
    assert page.input_value("#f-document") == "QT-HT-04"
    assert page.input_value("#f-document_revision") == "02"


def test_unknown_code_is_told_plainly(page: Page, portal: Portal) -> None:
    page.goto(portal.url("bao-cao/tra-cuu/"))
    page.fill("#f-code", "AAAA-BBBB-CCCC")
    send(page)
    assert "Không có phiếu nào" in page.inner_text("[role=alert]")
