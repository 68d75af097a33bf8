"""Signing in through a real OpenID provider, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page

from intake.accounts.model import Account, RefusedSignIn
from intake.accounts.sign_on import Claims
from intake.cases.people import Grant
from tests.sign_on.conftest import SignOnPortal, signing_on

CLAIMS = Claims(
    "preferred_username",
    "unit",
    "roles",
    {"thu-ky": "secretariat", "dau-moi": "coordinator:*", "kiem": "verifier:VP"},
)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(locale="vi-VN")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def ask(page: Page, portal: SignOnPortal) -> None:
    page.goto(f"{portal.address}/xu-ly/")
    page.click("text=Đăng nhập bằng tài khoản của cơ quan")


def at_the_provider(page: Page, name: str) -> None:
    page.fill("[name=login]", name)
    page.fill("[name=password]", "x")
    page.click("button[type=submit]")
    page.click("button[type=submit]")


def sign_in(page: Page, portal: SignOnPortal, name: str) -> None:
    ask(page, portal)
    at_the_provider(page, name)


def test_whom_the_provider_vouches_for_is_at_the_desk(page: Page, portal: SignOnPortal) -> None:
    sign_in(page, portal, "lan.nt")
    page.wait_for_selector(".qms-desk-bar")
    assert page.url == f"{portal.address}/xu-ly/"
    assert "Nguyễn Thị Lan, BC" in page.inner_text(".qms-desk-bar")
    account = portal.services.accounts.get("lan.nt")
    assert account == Account(
        "lan.nt",
        "Nguyễn Thị Lan",
        "lan.nt@example.gov.vn",
        "BC",
        (Grant("coordinator", "BC"),),
    )


def test_they_come_back_to_the_page_that_they_asked_for(page: Page, portal: SignOnPortal) -> None:
    page.goto(f"{portal.address}/xu-ly/?xem=tat-ca")
    page.click("text=Đăng nhập bằng tài khoản của cơ quan")
    at_the_provider(page, "thu.tm")
    page.wait_for_selector(".qms-desk-bar")
    assert page.url.endswith("/xu-ly/?xem=tat-ca")


def test_signing_out_ends_both_sessions(page: Page, portal: SignOnPortal) -> None:
    sign_in(page, portal, "lan.nt")
    page.click("text=Đăng xuất")
    page.wait_for_url(f"{portal.provider}/**")
    page.click("button[autofocus], button[value=yes]")
    page.wait_for_url(f"{portal.address}/xu-ly/dang-nhap/**")
    ask(page, portal)
    assert page.locator("[name=login]").count() == 1, "the provider asks again"


def test_who_has_no_role_is_told_so(page: Page, portal: SignOnPortal) -> None:
    sign_in(page, portal, "khach")
    assert "chưa có vai trò" in page.inner_text("body")
    assert portal.services.accounts.get("khach") is None


def test_who_says_no_at_the_provider_is_not_let_in(page: Page, portal: SignOnPortal) -> None:
    ask(page, portal)
    page.click("text=Cancel")
    assert "không xác nhận lần đăng nhập này" in page.inner_text("body")


def test_a_name_with_a_password_here_is_never_taken_over(page: Page, portal: SignOnPortal) -> None:
    local = Account("thuky", "Thư ký", "", "KHCN", (Grant("secretariat"),))
    portal.services.accounts.put(local, "mot cau dai de nho")
    sign_in(page, portal, "thuky")
    assert "tài khoản riêng của cổng" in page.inner_text("body")
    account = portal.services.accounts.get("thuky")
    assert account
    assert account.grants == local.grants


def test_who_was_locked_here_stays_out(page: Page, portal: SignOnPortal) -> None:
    portal.services.accounts.put(Account("lan.nt", "Nguyễn Thị Lan", "", "BC", (), disabled=True))
    sign_in(page, portal, "lan.nt")
    assert "đã bị khóa" in page.inner_text("body")


def test_an_answer_to_nobodys_question_is_refused(page: Page, portal: SignOnPortal) -> None:
    """A forged state: somebody is led to finish a sign-in that they didn't begin."""
    page.goto(f"{portal.address}/xu-ly/dang-nhap-chung/ve/?code=stolen&state=forged")
    assert "không xác nhận lần đăng nhập này" in page.inner_text("body")


def way_there(page: Page, portal: SignOnPortal) -> str:
    """Begin a sign-in without following it, and return where it leads."""
    address = f"{portal.address}/xu-ly/dang-nhap-chung/"
    return page.request.get(address, max_redirects=0).headers["location"]


def test_an_answer_meant_for_another_browser_is_refused(
    browser: Browser, page: Page, portal: SignOnPortal
) -> None:
    """Somebody begins a sign-in and has another one finish it, to be known as them."""
    begun = way_there(page, portal)
    victim = browser.new_context()
    other = victim.new_page()
    other.goto(begun)
    at_the_provider(other, "lan.nt")
    assert "không xác nhận lần đăng nhập này" in other.inner_text("body")
    victim.close()


def test_an_answer_is_good_once(page: Page, context: BrowserContext, portal: SignOnPortal) -> None:
    with page.expect_request("**/dang-nhap-chung/ve/**") as answered:
        sign_in(page, portal, "lan.nt")
    context.clear_cookies(name="qms_session")
    page.goto(answered.value.url)
    assert "không xác nhận lần đăng nhập này" in page.inner_text("body")


def test_another_nonce_is_refused(page: Page, portal: SignOnPortal) -> None:
    """A token made for another sign-in: the provider is asked with a nonce that isn't ours."""
    begun = way_there(page, portal)
    forged = re.sub(r"nonce=[^&]+", "nonce=forged", begun)
    assert forged != begun
    page.goto(forged)
    at_the_provider(page, "lan.nt")
    assert "không xác nhận lần đăng nhập này" in page.inner_text("body")


def test_a_token_that_is_too_old_is_refused(
    page: Page, tmp_path: Path, provider_home: Path
) -> None:
    old = {"SECONDS_LATE": "900", "ID_TOKEN_SECONDS": "60"}
    with signing_on(tmp_path, provider_home, **old) as late:
        sign_in(page, late, "lan.nt")
        assert "không xác nhận lần đăng nhập này" in page.inner_text("body")


def test_a_provider_that_is_silent_is_told(tmp_path: Path, provider_home: Path) -> None:
    with signing_on(tmp_path, provider_home) as alone:
        pass
    client = alone.app.test_client()
    answer = client.get("/xu-ly/dang-nhap-chung/")
    assert answer.status_code == 403
    assert "Không nối được hệ thống đăng nhập chung" in answer.text


def test_another_site_begins_no_sign_in(portal: SignOnPortal) -> None:
    client = portal.app.test_client()
    led = client.get("/xu-ly/dang-nhap-chung/", headers={"Sec-Fetch-Site": "cross-site"})
    assert (led.status_code, led.location) == (303, "/xu-ly/dang-nhap/")
    own = client.get("/xu-ly/dang-nhap-chung/", headers={"Sec-Fetch-Site": "same-origin"})
    assert own.location.startswith(f"{portal.provider}/auth?")


def test_no_token_comes_to_the_browser(page: Page, portal: SignOnPortal) -> None:
    sign_in(page, portal, "thu.tm")
    page.wait_for_selector(".qms-desk-bar")
    kept = [each for each in page.context.cookies(portal.address) if each["name"][:4] == "qms_"]
    assert {each["name"] for each in kept} <= {"qms_session", "qms_device"}
    assert "eyJ" not in page.content() + str(kept)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_cookie_on_the_way_is_signed_with_sha_256(portal: SignOnPortal) -> None:
    interface = portal.app.session_interface
    assert isinstance(interface, SecureCookieSessionInterface)
    assert interface.digest_method(b"").name == "sha256"


def test_the_way_there_is_guarded(page: Page, portal: SignOnPortal) -> None:
    with page.expect_request(f"{portal.provider}/auth?**") as sent:
        ask(page, portal)
    asked = parse_qs(urlsplit(sent.value.url).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked["redirect_uri"] == [f"{portal.address}/xu-ly/dang-nhap-chung/ve/"]


@pytest.mark.parametrize(
    ("claims", "grants"),
    [
        ({"roles": ["dau-moi"]}, (Grant("coordinator", "BC"),)),
        ({"roles": "thu-ky"}, (Grant("secretariat"),)),
        (
            {"roles": ["dau-moi", "kiem", "x", "kiem"]},
            (Grant("coordinator", "BC"), Grant("verifier", "VP")),
        ),
    ],
)
def test_claims_become_roles(claims: dict[str, object], grants: tuple[Grant, ...]) -> None:
    account = CLAIMS.account({"preferred_username": "Lan.NT", "unit": "BC", **claims}, {"BC"})
    assert account.grants == grants
    assert account.name == "lan.nt"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"preferred_username": ""},
        {"preferred_username": "///"},
        {"unit": "XX"},
        {"unit": None},
        {"roles": []},
        {"roles": None},
        {"roles": ["boss"]},
    ],
)
def test_claims_that_say_too_little_let_nobody_in(claims: dict[str, object]) -> None:
    whole = {"preferred_username": "lan.nt", "unit": "BC", "roles": ["thu-ky"]}
    with pytest.raises(RefusedSignIn):
        CLAIMS.account({**whole, **claims} if claims else {}, {"BC"})


@pytest.mark.parametrize(
    ("typed", "name"), [("lan.nt@BO.gov.vn", "lan.nt"), ("CN\\Lan", "cn-lan"), ("x" * 60, "x" * 40)]
)
def test_names_become_names_of_accounts(typed: str, name: str) -> None:
    claims = {"preferred_username": typed, "unit": "BC", "roles": ["thu-ky"]}
    assert CLAIMS.account(claims, {"BC"}).name == name
