"""A slip from its finding to its effect, by five accounts in real browsers."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from intake.cases.workflow import load_workflows
from intake.configuration import Places
from intake.forms.schema import load_forms
from intake.journal.sqlite import SqliteJournal
from intake.packages.projection import project
from scripts.registers import load_package
from tests.intake.cases.slips import ANSWERS, WORKFLOW
from tests.site.conftest import Portal, publish, published_copy, serving
from tests.site.desk import ACCOUNTS, PASSWORD, AtTheDesk
from tests.site.filling import fill_nonconformity, receipt_of, send
from tests.site.test_pages import PHONE, assert_fits, violations

FINDING = "PH-2020-003"
LONG = "QMS_LONG" in os.environ
"""Publish after every step, as `make test-long` does, and not after two of them only."""


@pytest.fixture(scope="module")
def desk(shipped: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal of its own, published when the test says so."""
    places = published_copy(shipped, tmp_path_factory.mktemp("desk"))
    with serving(places) as address:
        yield Portal(places, address)


@pytest.fixture(scope="module")
def people(browser: Browser, desk: Portal) -> Iterator[dict[str, AtTheDesk]]:
    present = {name: AtTheDesk(browser, desk.address, desk.places, name) for name in ACCOUNTS}
    yield present
    for person in present.values():
        person.context.close()


def slip_of_finding(secretary: AtTheDesk) -> str:
    page = secretary.page
    page.goto(f"{secretary.address}/xu-ly/phat-hien/")
    page.click(f"[aria-label='Lập phiếu cho phát hiện {FINDING}']")
    page.wait_for_selector("[data-case]")
    return str(page.get_attribute("[data-case]", "data-case"))


def answers(action: str, **changes: str) -> dict[str, str]:
    """Return answers that pass on any day after 2020."""
    given = {**ANSWERS[action], **changes}
    return {**given, "deadline": "2099-10-15"} if "deadline" in given else given


def in_package(places: Places, number: str) -> dict[str, Any]:
    """Return the case as the package has it once it is brought up to the journal."""
    journal = SqliteJournal(places.journal)
    project(journal, load_forms(places.forms), load_workflows(places.forms), places.packages)
    journal.close()
    tables = load_package(places.packages / "nonconformity" / "datapackage.json")
    return next(row for row in tables["nonconformity_cases"].rows if row["number"] == number)


def published(page: Page, desk: Portal, number: str, state: str) -> None:
    """Publish, and find the state in the register, on the slip's page and in what counts it."""
    publish(desk.places)
    page.goto(desk.url(f"so/khong-phu-hop/{number.lower()}/"))
    assert state in page.inner_text("article")
    page.goto(desk.url("so/khong-phu-hop/"))
    assert state in page.locator("table.qms tr", has_text=number).first.inner_text()
    page.goto(desk.url("tong-quan/"))
    assert state in page.inner_text("article")


def test_a_slip_from_the_finding_to_its_effect(
    people: dict[str, AtTheDesk], desk: Portal, page: Page
) -> None:
    secretary, unit, head, chair, verifier = (
        people[name] for name in ("thuky", "dauviec", "truong", "chihuy", "xacminh")
    )
    number = slip_of_finding(secretary)
    assert number in secretary.waiting()
    steps: list[tuple[AtTheDesk, str, dict[str, str], str]] = [
        (secretary, "accept", answers("accept"), "accepted"),
        (secretary, "confirm", answers("confirm"), "analysis"),
        (unit, "correct", answers("correct"), "analysis"),
        (unit, "record_cause", answers("record_cause"), "analysis"),
        (unit, "plan_action", answers("plan_action"), "analysis"),
        (unit, "submit", answers("submit", check_on="2099-12-15"), "approval"),
        (head, "return", answers("return"), "analysis"),
        (unit, "record_cause", answers("record_cause"), "analysis"),
        (unit, "submit", answers("submit", check_on="2099-12-15"), "approval"),
        (head, "approve", {}, "execution"),
        (unit, "finish_action", answers("finish_action"), "execution"),
        (unit, "hand_over", {}, "verification"),
        (verifier, "check", answers("check", conclusion="ineffective"), "verification"),
        (verifier, "reopen", answers("reopen"), "analysis"),
        (unit, "record_cause", answers("record_cause"), "analysis"),
        (unit, "plan_action", answers("plan_action"), "analysis"),
        (unit, "submit", answers("submit", check_on="2099-12-15"), "approval"),
        (chair, "approve", {}, "execution"),
        (unit, "finish_action", answers("finish_action", planned_action="2"), "execution"),
        (unit, "hand_over", {}, "verification"),
        (verifier, "check", answers("check"), "verification"),
        (unit, "decide_documents", answers("decide_documents"), "verification"),
        (secretary, "close", answers("close"), "closed"),
    ]
    for who, action, given, state in steps:
        who.act(number, action, **given)
        assert who.page.get_attribute("[data-case]", "data-state") == state, action
        assert in_package(desk.places, number)["state"] == state, action
        if action in {"return", "close"} or LONG:
            published(page, desk, number, WORKFLOW.states[state].title)
    secretary.open(number)
    assert secretary.page.locator("[id^=su-kien-]").count() == len(steps) + 1
    assert "Trần Minh Thư, KHCN (Thư ký ISO)" in secretary.page.inner_text(".qms-timeline")
    page.goto(desk.url(f"phat-hien/{FINDING.lower()}/"))
    assert number in page.inner_text("article")


PAGES_OF = {
    "thuky": ("", "?xem=tat-ca", "phieu/?so={}", "viec/?so={}&viec=accept", "phat-hien/", "thu/"),
    "quantri": ("toi/", "mat-khau/", "tai-khoan/", "tai-khoan/?ten=", "tai-khoan/?ten=dauviec"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", PAGES_OF)
def test_the_desk_is_accessible_on_a_phone(
    people: dict[str, AtTheDesk], desk: Portal, page: Page, who: str, scheme: str
) -> None:
    number = sent(page, desk)
    at = people[who].page
    at.set_viewport_size(PHONE)
    at.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in PAGES_OF[who]:
        at.goto(desk.url(f"xu-ly/{path.format(number)}"))
        at.wait_for_selector(".qms-desk, .qms-form")
        assert violations(at) == [], path
        assert_fits(at)
        wide = "all => all.filter(each => each.scrollWidth > each.clientWidth).length"
        assert at.locator(".qms-table").evaluate_all(wide) == 0, f"{path}: rows go on sideways"
    at.set_viewport_size({"width": 1280, "height": 900})
    at.emulate_media(color_scheme="light")


def test_the_desk_is_used_with_the_keyboard_alone(
    people: dict[str, AtTheDesk], desk: Portal, page: Page
) -> None:
    number = sent(page, desk)
    secretary = people["thuky"].page
    secretary.goto(desk.url("xu-ly/"))
    press(secretary, f"a:text-is('{number}')")
    secretary.wait_for_selector(f"[data-case='{number}']")
    press(secretary, "[data-action=accept]")
    secretary.wait_for_selector("[name=category]")
    tab_to(secretary, "[name=category]")
    secretary.keyboard.press("Space")
    tab_to(secretary, "[name=grade]")
    secretary.keyboard.press("Space")
    press(secretary, "[data-region=intake] button.md-button--primary")
    secretary.wait_for_selector("[data-case] .qms-summary--good")
    assert secretary.get_attribute("[data-case]", "data-state") == "accepted"
    assert "Đã ghi" in secretary.evaluate("document.activeElement.textContent")


def tab_to(page: Page, selector: str) -> None:
    """Go on with the tab key, as somebody without a mouse, until an element has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) != "none", f"{selector}: nobody sees where they are"
            return
    raise AssertionError(f"{selector} is never reached")


def press(page: Page, selector: str) -> None:
    found = page.locator(selector).first
    found.evaluate("each => each.setAttribute('data-wanted', '')")
    tab_to(page, "[data-wanted]")
    page.keyboard.press("Enter")


def sent(page: Page, desk: Portal) -> str:
    """Report something, and return the number of the slip."""
    page.goto(desk.url("bao-cao/khong-phu-hop/"))
    fill_nonconformity(page)
    send(page)
    return receipt_of(page)[0]


def test_two_people_at_once_lose_nothing(
    people: dict[str, AtTheDesk], desk: Portal, page: Page
) -> None:
    number = sent(page, desk)
    first, second = people["thuky"], people["dauviec"]
    first.act(number, "accept", **answers("accept"))
    second.open(number)
    second.page.click("[data-action=note]")
    second.page.fill("[name=text]", "Đã gọi điện hỏi thêm ngày 12/9.")
    first.act(number, "note", text="Đang chờ hồ sơ.")
    second.page.click("[data-region=intake] button.md-button--primary")
    second.page.wait_for_selector("[role=alert]")
    shown = second.page.inner_text("[data-region=intake]")
    assert "vừa được người khác cập nhật" in shown
    assert "Đang chờ hồ sơ." in shown, "what the other one did"
    assert second.page.input_value("[name=text]") == "Đã gọi điện hỏi thêm ngày 12/9."
    second.page.click("[data-region=intake] button.md-button--primary")
    second.page.wait_for_selector("[data-case] .qms-summary--good")
    assert "Đã gọi điện hỏi thêm" in second.page.inner_text(".qms-timeline")


def test_a_session_that_ends_while_typing_loses_nothing(
    people: dict[str, AtTheDesk], desk: Portal, page: Page
) -> None:
    number = sent(page, desk)
    secretary = people["thuky"]
    secretary.open(number)
    secretary.page.click("[data-action=note]")
    secretary.page.fill("[name=text]", "Đã gọi điện hỏi thêm ngày 12/9.")
    cookies = secretary.context.cookies()
    secretary.context.clear_cookies(name="qms_session")
    secretary.page.click("[data-region=intake] button.md-button--primary")
    secretary.page.wait_for_selector("[role=alert]")
    assert "Đăng nhập lại" in secretary.page.inner_text("[data-region=intake]")
    assert secretary.page.input_value("[name=text]") == "Đã gọi điện hỏi thêm ngày 12/9."
    secretary.context.add_cookies(cookies)  # type: ignore[arg-type]
    secretary.page.click("[data-region=intake] button.md-button--primary")
    secretary.page.wait_for_selector("[data-case] .qms-summary--good")


def test_signing_out_ends_the_session(browser: Browser, desk: Portal, people: object) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(desk.url("xu-ly/"))
    page.fill("#f-name", "chihuy")
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".qms-desk-bar")
    kept = context.cookies()
    page.click("text=Đăng xuất")
    page.wait_for_selector("#f-password")
    context.add_cookies(kept)  # type: ignore[arg-type]
    page.goto(desk.url("xu-ly/"))
    assert page.locator("#f-password").count() == 1
    context.close()
