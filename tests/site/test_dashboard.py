"""The dashboard in a real browser: every number leads to just as many rows."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

from tests.site.conftest import Portal

SHOWN = "tbody tr:not([hidden])"


def rows_shown(page: Page, address: str) -> int:
    page.goto(address, wait_until="domcontentloaded")
    asked = urlsplit(address)
    part = asked.fragment
    register = page.locator(f"[id='{part}']" if part else ".qms-register").first
    if asked.query:  # a short register that nothing is asked of has no filters
        register.locator(".qms-filters").wait_for()
    return register.locator(SHOWN).count()


def only_what_filters(route: Route) -> None:
    """Let through the page and the script under test: a hundred pages are to be opened."""
    request = route.request
    needed = request.resource_type == "document" or request.url.endswith("registers.js")
    route.continue_() if needed else route.abort()


def test_every_number_leads_to_as_many_rows(page: Page, portal: Portal) -> None:
    page.goto(portal.url("tong-quan/"))
    found = page.evaluate(
        "[...document.querySelectorAll('.qms-count')].map("
        "(each) => [each.closest('a').href, Number(each.textContent)])"
    )
    assert len(found) > 80
    page.route("**/*", only_what_filters)
    for address, number in dict(found).items():
        assert rows_shown(page, address) == number, address


def test_number_is_reached_by_a_click(page: Page, portal: Portal) -> None:
    page.goto(portal.url("tong-quan/"))
    figure = page.locator("a.qms-figure", has_text="mục tiêu chưa đạt")
    number = int(figure.locator("strong").inner_text())
    figure.click()
    page.wait_for_selector(".qms-filters")
    assert page.locator(f".qms-register {SHOWN}").count() == number


def test_filter_that_matches_nothing_shows_nothing(page: Page, portal: Portal) -> None:
    assert rows_shown(page, portal.url("muc-tieu/?Đơn vị=XYZ")) == 0
    assert "0 / " in page.inner_text(".qms-filters output")


def test_short_register_is_filtered_when_the_address_asks(page: Page, portal: Portal) -> None:
    def shorten(route: Route) -> None:
        html = route.fetch().text()
        start, end = html.index("<tbody>") + len("<tbody>"), html.index("</tbody>")
        rows = html[start:end].split("</tr>")[:3]
        route.fulfill(body=html[:start] + "</tr>".join(rows) + "</tr>" + html[end:])

    page.route("**/muc-tieu/*", shorten)
    page.goto(portal.url("muc-tieu/"))
    assert page.locator(".qms-filters").count() == 0
    assert rows_shown(page, portal.url("muc-tieu/?Đơn vị=BC")) == 0


def test_charts_keep_apart_by_pattern_and_cut_no_name(page: Page, portal: Portal) -> None:
    page.goto(portal.url("tong-quan/"))
    assert page.locator(".qms-chart__view svg[role=img][aria-label]").count() >= 5
    cut = page.evaluate(
        "[...document.querySelectorAll('.qms-chart__view svg')].flatMap((svg) => {"
        "const frame = svg.getBoundingClientRect();"
        "return [...svg.querySelectorAll('text')].filter((text) => {"
        "const { left, right } = text.getBoundingClientRect();"
        "return left < frame.left || right > frame.right; }).map((text) => text.textContent); })"
    )
    assert cut == []
    painted = page.evaluate(
        "['good', 'bad', 'none'].map((tone) => getComputedStyle(document.querySelector("
        "`#qms-fill-${tone} rect`)).fill)"
    )
    assert len(set(painted)) == 3
    assert page.locator("#qms-fill-bad line").count() == 1
