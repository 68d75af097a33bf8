"""Who comes in, who doesn't, and where they are led."""

import pytest
from flask.testing import FlaskClient

from intake.accounts.store import AccountStore
from tests.intake.cases.slips import SECRETARY
from tests.intake.desk.conftest import PASSWORD, SignIn

PAGES = ("", "phieu/?so=KPH-2020-001", "viec/?so=KPH-2020-001&viec=accept", "xuat/", "mat-khau/")


@pytest.mark.parametrize("page", [*PAGES, "phat-hien/", "tep/?so=KPH-2020-001&tep=0"])
def test_without_a_session_every_page_leads_to_the_sign_in_and_back(
    page: str, client: FlaskClient, store: AccountStore
) -> None:
    answer = client.get(f"/xu-ly/{page}")
    assert answer.status_code == 303
    assert answer.location.startswith("/xu-ly/dang-nhap/?tiep=/xu-ly/")
    signed = client.post(answer.location, data={"name": SECRETARY.account, "password": PASSWORD})
    assert signed.status_code == 303
    assert signed.location == f"/xu-ly/{page}"


def test_cookies_are_for_the_desk_alone_and_for_no_script(
    client: FlaskClient, store: AccountStore
) -> None:
    data = {"name": SECRETARY.account, "password": PASSWORD}
    answer = client.post("/xu-ly/dang-nhap/", data=data)
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "Path=/xu-ly/" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
    secure = client.post("/xu-ly/dang-nhap/", data=data, base_url="https://localhost")
    assert ["Secure" in cookie for cookie in secure.headers.getlist("Set-Cookie")] == [True] * 2
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_password_is_told_and_the_name_stays(
    client: FlaskClient, store: AccountStore
) -> None:
    answer = client.post("/xu-ly/dang-nhap/", data={"name": "thuky", "password": "sai"})
    assert answer.status_code == 401
    assert "không đúng" in answer.text
    assert 'value="thuky"' in answer.text
    assert not answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize(
    "onward",
    [
        "https://xau.example/",
        "//xau.example/xu-ly/",
        "/tai-lieu/",
        "/xu-ly/\\xau",
        "javascript:1",
        "http://[bad",
        "//[x",
        "/xu-ly/\r\nX: y",
    ],
)
def test_signing_in_leads_nowhere_else(
    onward: str, client: FlaskClient, store: AccountStore
) -> None:
    data = {"name": SECRETARY.account, "password": PASSWORD, "tiep": onward}
    assert client.get("/xu-ly/dang-nhap/", query_string={"tiep": onward}).status_code == 200
    assert client.post("/xu-ly/dang-nhap/", data=data).location == "/xu-ly/"


def test_a_first_password_must_be_changed_before_anything_else(
    client: FlaskClient, store: AccountStore
) -> None:
    account = store.get(SECRETARY.account)
    assert account
    store.put(account, "mat khau dau tien 1")
    data = {"name": account.name, "password": "mat khau dau tien 1"}
    client.post("/xu-ly/dang-nhap/", data=data)
    for page in ("", "phieu/?so=KPH-2020-001", "xuat/"):
        assert client.get(f"/xu-ly/{page}").location.startswith("/xu-ly/mat-khau/?tiep=")
    changes = {"old": "mat khau dau tien 1", "new": "con meo tren ghe", "again": "con meo tren ghe"}
    assert client.post("/xu-ly/mat-khau/", data=changes).location == "/xu-ly/"
    assert client.get("/xu-ly/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"old": "sai"}, "đang dùng không đúng"),
        ({"again": "con meo duoi ghe"}, "không giống nhau"),
        ({"new": PASSWORD, "again": PASSWORD}, "phải khác"),
        ({"new": "ngan", "again": "ngan"}, "ít nhất 12"),
        ({"new": "toi la thuky day", "again": "toi la thuky day"}, "không được chứa"),
    ],
)
def test_a_password_that_can_not_be_is_told(
    changes: dict[str, str], words: str, sign_in: SignIn
) -> None:
    data = {"old": PASSWORD, "new": "con meo tren ghe", "again": "con meo tren ghe", **changes}
    answer = sign_in(SECRETARY).post("mat-khau/", data)
    assert answer.status_code == 422
    assert words in answer.text
    assert "con meo" not in answer.text


def test_signing_out_ends_the_session(sign_in: SignIn, store: AccountStore) -> None:
    secretary = sign_in(SECRETARY)
    kept = secretary.client.get_cookie("qms_session", path="/xu-ly/")
    assert kept
    assert secretary.post("dang-xuat/", {}).status_code == 303
    assert store.session(kept.value) is None
    assert secretary.get().status_code == 303


def test_signing_out_takes_along_what_the_browser_kept(sign_in: SignIn) -> None:
    answer = sign_in(SECRETARY).post("dang-xuat/", {})
    assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_signing_in_again_ends_the_session_that_there_was(
    sign_in: SignIn, store: AccountStore
) -> None:
    secretary = sign_in(SECRETARY)
    before = secretary.client.get_cookie("qms_session", path="/xu-ly/")
    data = {"name": SECRETARY.account, "password": PASSWORD}
    assert secretary.post("dang-nhap/", data).status_code == 303
    after = secretary.client.get_cookie("qms_session", path="/xu-ly/")
    assert before
    assert after
    assert store.session(before.value) is None
    assert store.session(after.value)


def test_over_tls_a_cookie_comes_from_tls_alone(client: FlaskClient, store: AccountStore) -> None:
    data = {"name": SECRETARY.account, "password": PASSWORD}
    tls = "https://localhost"
    answer = client.post("/xu-ly/dang-nhap/", data=data, base_url=tls)
    names = {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}
    assert names == {"__Secure-qms_session", "__Secure-qms_device"}
    assert client.get("/xu-ly/", base_url=tls).status_code == 200
    assert client.post("/xu-ly/dang-xuat/", base_url=tls).status_code == 303
    assert client.get("/xu-ly/", base_url=tls).status_code == 303


def test_another_site_can_not_act_for_somebody(sign_in: SignIn) -> None:
    secretary = sign_in(SECRETARY)
    for page in ("dang-xuat/", "mat-khau/", "viec/?so=KPH-2020-001&viec=accept", "phat-hien/"):
        answer = secretary.client.post(f"/xu-ly/{page}", headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
