"""Every kind of page in a real browser: nothing from elsewhere, nothing inaccessible."""

import itertools
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from filling import fill_nonconformity, receipt_of, send
from playwright.sync_api import Browser, Page, Request, ViewportSize

from scripts.gate.links import check_links
from tests.site.conftest import Portal

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
KINDS = {
    "home": "",
    "operational procedure": "tai-lieu/qt-bc-01/",
    "earlier revision": "tai-lieu/cac-lan/qt-ht-04-01/",
    "draft": "tai-lieu/cac-lan/qt-ht-06-02/",
    "comparison": "tai-lieu/so-sanh/qt-ht-04-01-02/",
    "operational form": "tai-lieu/bm-bc-01-01/",
    "jobs of a unit": "don-vi/buu-chinh/viec-cua-toi/",
    "prevention plan": "don-vi/van-phong/phong-ngua-rui-ro/",
    "records list": "don-vi/buu-chinh/ho-so/",
    "file": "ho-so-cong-viec/bc-2014-01/",
    "risk": "rui-ro/rr-vp-04/",
    "objective": "muc-tieu/mt-2020-02/",
    "clause": "dieu-khoan/2015-8-5-1/",
    "finding": "phat-hien/ph-2020-031/",
    "review action": "xem-xet-cua-lanh-dao/hd-2020-01/",
    "declaration": "cong-bo/cb-2020-01/",
    "what is due": "viec-den-han/",
    "what is new": "co-gi-moi/",
    "findings": "phat-hien/",
    "files": "ho-so-cong-viec/",
    "editions": "tai-ngay/",
    "paper check": "kiem-tra/?ma=QT-HT-04&lan=01",
    "records list form": "bao-cao/bo-sung-ho-so/",
    "procedure": "tai-lieu/qt-ht-04/",
    "system document": "tai-lieu/tl-ht-03/",
    "form template": "tai-lieu/bm-ht04-01/",
    "documents register": "tai-lieu/",
    "unit": "don-vi/khoa-hoc-va-cong-nghe/",
    "dashboard": "tong-quan/",
    "objectives": "muc-tieu/",
    "risks": "rui-ro/",
    "clauses": "dieu-khoan/",
    "records": "ho-so/",
    "collected register": "so/khong-phu-hop/",
    "dictionary": "tu-dien/risks/",
    "form": "bao-cao/khong-phu-hop/",
    "look-up": "bao-cao/tra-cuu/",
    "about": "gioi-thieu/",
    "consultations": "lay-y-kien/",
    "consultation": "lay-y-kien/lyk-2020-02/",
    "synthesis of comments": "lay-y-kien/tai-lieu/qt-ht-06/",
    "who has read what": "xac-nhan-da-doc/",
    "document request": "bao-cao/yeu-cau-tai-lieu/",
    "audit report": "danh-gia-noi-bo/dgnb-2020-01/",
    "unit audit report": "danh-gia-noi-bo/dgnb-2020-01-vp/",
    "management review": "xem-xet-cua-lanh-dao/xxld-2020-01/",
}
PHONE: ViewportSize = {"width": 390, "height": 844}


WHAT_A_SCREEN_CHANGES = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
"""The rules of axe that another size or colour scheme can break on a page that was sound."""


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return what axe finds, by all rules or some."""
    page.evaluate(AXE)
    only = {"runOnly": rules} if rules else {}
    found = page.evaluate("async (only) => (await axe.run(document, only)).violations", only)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]


def assert_fits(page: Page) -> None:
    shown, has = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert shown <= has, f"scrolls sideways: {shown}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_accessible_and_says_what_it_is(page: Page, portal: Portal, kind: str) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(portal.url(KINDS[kind]))
    banner = page.inner_text(".md-banner")
    assert "Nội dung minh hoạ" in banner
    assert "30/09/2020" in banner
    assert_fits(page)
    assert violations(page) == []
    assert asked == {urlsplit(portal.address).netloc}


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_legible_on_a_phone_in_the_dark(page: Page, portal: Portal, kind: str) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    page.goto(portal.url(KINDS[kind]))
    assert_fits(page)
    assert violations(page, WHAT_A_SCREEN_CHANGES) == []


def test_on_a_phone_a_cell_of_a_month_names_it(page: Page, portal: Portal) -> None:
    page.set_viewport_size(PHONE)
    page.goto(portal.url("danh-gia-noi-bo/"))
    row = page.locator(".qms--months tbody tr").first
    said = row.locator("td:not(:empty)").evaluate_all("all => all.map(each => each.dataset.label)")
    assert said[0] == "Đơn vị"
    assert re.fullmatch(r"Tháng \d+", said[1])


def test_the_buttons_of_the_first_page_keep_apart(page: Page, portal: Portal) -> None:
    for size in (PHONE, ViewportSize(width=1280, height=900)):
        page.set_viewport_size(size)
        page.goto(portal.url(""))
        boxes = [each.bounding_box() for each in page.locator("article p .md-button").all()]
        assert len(boxes) == 4
        for one, other in itertools.pairwise(boxes):
            assert one
            assert other
            beside = other["x"] - one["x"] - one["width"]
            below = other["y"] - one["y"] - one["height"]
            assert max(beside, below) >= 6, "a thumb meets one of them"


def test_a_phone_in_the_dark_gets_accessible_pages(page: Page, portal: Portal) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    for kind in ("home", "procedure", "form", "collected register", "dashboard"):
        page.goto(portal.url(KINDS[kind]))
        assert violations(page) == [], kind


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_errors_and_receipt_are_accessible(browser: Browser, portal: Portal, scheme: str) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(portal.url("bao-cao/khong-phu-hop/"))
    send(page)
    page.wait_for_selector("[role=alert]")
    assert violations(page) == []
    fill_nonconformity(page)
    send(page)
    receipt_of(page)
    assert violations(page) == []
    context.close()


def test_the_search_asks_no_other_host(page: Page, portal: Portal) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(portal.url())
    box = page.locator("input[name=query]")
    box.click()
    box.press_sequentially("khong phu hop")
    page.locator(".md-search-result__item").first.wait_for()
    assert asked == {urlsplit(portal.address).netloc}


def test_built_site_has_no_broken_link_and_no_other_host(portal: Portal) -> None:
    site = portal.places.current_site.resolve()
    assert check_links(site) == []
    elsewhere = re.compile(r"""(url\(|@import)\s*["']?(https?:)?//""")
    for style in site.rglob("*.css"):
        assert not elsewhere.search(style.read_text(encoding="utf-8")), style


def test_home_shows_the_published_figures(page: Page, portal: Portal) -> None:
    page.goto(portal.url())
    assert page.locator(".qms-figure strong").all_inner_texts() == ["11", "3", "6", "46"]


def test_register_filters_without_marks_and_keeps_the_filter_in_the_address(
    page: Page, portal: Portal
) -> None:
    page.goto(portal.url("tai-lieu/"))
    page.fill(".qms-filters input", "buu chinh cong ich")
    page.wait_for_url(lambda address: "?" in address)
    rows = page.locator(".qms-register tbody tr:visible")
    found = rows.all_inner_texts()
    assert any("QT-BC-04" in row for row in found)
    assert len(found) < 10, "rows whose words, seen or not, hold all that was typed"
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert rows.all_inner_texts() == found


def test_pages_read_without_javascript(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal.url("tai-lieu/qt-ht-04/"))
    assert page.locator("figure.qms-flowchart svg .shape").count() >= 6
    assert page.locator("table.qms--steps tbody tr").count() >= 6
    page.goto(portal.url("tai-lieu/"))
    assert page.locator(".qms-register tbody tr").count() >= 55
    context.close()


def test_first_view_of_the_home_page_is_small(page: Page, portal: Portal) -> None:
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(portal.url(), wait_until="networkidle")
    sizes = [request.sizes() for request in finished]
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert total < 150_000
