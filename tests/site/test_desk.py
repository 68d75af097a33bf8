"""A slip from its finding to its effect, by five accounts in real browsers."""

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
from tests.intake.cases.slips import ANSWERS
from tests.site.conftest import Portal, publish, published_copy, serving
from tests.site.desk import ACCOUNTS, PASSWORD, AtTheDesk
from tests.site.filling import fill_nonconformity, receipt_of, send

FINDING = "PH-2020-003"


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
    secretary, unit, head, verifier = (
        people[name] for name in ("thuky", "dauviec", "truong", "xacminh")
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
        (head, "approve", {}, "execution"),
        (unit, "finish_action", answers("finish_action", planned_action="2"), "execution"),
        (unit, "hand_over", {}, "verification"),
        (verifier, "check", answers("check"), "verification"),
        (unit, "decide_documents", answers("decide_documents"), "verification"),
        (secretary, "close", answers("close"), "closed"),
    ]
    for who, action, given, state in steps:
        who.act(number, action, **given)
        assert who.page.get_attribute("[data-case]", "data-state") == state, action
        if action in {"accept", "return", "reopen", "close"}:
            assert in_package(desk.places, number)["state"] == state, action
        if action == "return":
            published(page, desk, number, "Phân tích")
    published(page, desk, number, "Đóng")
    secretary.open(number)
    assert secretary.page.locator("[id^=su-kien-]").count() == len(steps) + 1
    assert "Trần Minh Thư, KHCN (Thư ký ISO)" in secretary.page.inner_text(".qms-timeline")
    page.goto(desk.url(f"phat-hien/{FINDING.lower()}/"))
    assert number in page.inner_text("article")


def test_two_people_at_once_lose_nothing(
    people: dict[str, AtTheDesk], desk: Portal, page: Page
) -> None:
    page.goto(desk.url("bao-cao/khong-phu-hop/"))
    fill_nonconformity(page)
    send(page)
    number, _ = receipt_of(page)
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
    page.goto(desk.url("bao-cao/khong-phu-hop/"))
    fill_nonconformity(page)
    send(page)
    number, _ = receipt_of(page)
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
