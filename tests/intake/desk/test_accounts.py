"""The administrator's page, and what is one's own."""

import re

import pytest

from intake.accounts.model import Account, RefusedSignIn
from intake.accounts.store import AccountStore
from intake.cases.people import Grant
from tests.intake.cases.slips import CHAIR, COORDINATOR, HEAD, SECRETARY, VERIFIER, person
from tests.intake.desk.conftest import PASSWORD, AtTheDesk, SignIn, add

ADMINISTRATOR = person("quantri", "administrator", home="VP")
LAN = {
    "name": "lan.nt",
    "full_name": "Nguyễn Thị Lan",
    "email": "lan.nt@example.gov.vn",
    "unit": "BC",
    "role": ["coordinator", "verifier", ""],
    "role_unit": ["BC", "", ""],
}


@pytest.fixture
def desk(store: AccountStore, sign_in: SignIn) -> AtTheDesk:
    add(store, ADMINISTRATOR)
    return sign_in(ADMINISTRATOR)


def told_password(html: str) -> str:
    found = re.search(r"<code data-password>([^<]+)</code>", html)
    assert found
    return found[1]


def test_an_added_account_signs_in_with_the_password_that_is_told(
    desk: AtTheDesk, store: AccountStore
) -> None:
    password = told_password(desk.post("tai-khoan/", LAN).text)
    account = store.session(store.sign_in("lan.nt", password, "", "").session)
    grants = (Grant("coordinator", "BC"), Grant("verifier"))
    email = "lan.nt@example.gov.vn"
    assert account == Account("lan.nt", "Nguyễn Thị Lan", email, "BC", grants, must_change=True)
    assert password not in desk.get("tai-khoan/").text


def test_a_change_keeps_the_password_and_every_role_that_is_shown(
    desk: AtTheDesk, store: AccountStore
) -> None:
    html = desk.get("tai-khoan/", ten=COORDINATOR.account).text
    roles = re.findall(r'name="role">.*?</select>', html, re.DOTALL)
    units = re.findall(r'name="role_unit">.*?</select>', html, re.DOTALL)
    shown = [re.search(r'value="(\w*)" selected', each) for each in (*roles, *units)]
    held = [each[1] if each else "" for each in shown]
    typed = {**LAN, "name": COORDINATOR.account, "unit": "VP"}
    typed |= {"role": held[: len(roles)], "role_unit": held[len(roles) :]}
    assert "data-password" not in desk.post("tai-khoan/", typed).text
    account = store.get(COORDINATOR.account)
    assert account
    assert (account.unit, account.grants) == ("VP", COORDINATOR.grants)
    assert store.sign_in(COORDINATOR.account, PASSWORD, "", "")


def test_a_locked_account_is_out_at_once(desk: AtTheDesk, sign_in: SignIn) -> None:
    other = sign_in(HEAD)
    assert other.get().status_code == 200
    desk.post("tai-khoan/", {**LAN, "name": HEAD.account, "disabled": "yes"})
    assert other.get().status_code == 303


def test_a_new_password_ends_the_old_one(desk: AtTheDesk, store: AccountStore) -> None:
    answer = desk.post("tai-khoan/", {"name": HEAD.account, "do": "password"})
    with pytest.raises(RefusedSignIn):
        store.sign_in(HEAD.account, PASSWORD, "", "")
    assert store.sign_in(HEAD.account, told_password(answer.text), "", "")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": "Lan Nguyễn"}, "chữ thường không dấu"),
        ({"full_name": ""}, "họ tên"),
        ({"unit": "XYZ"}, "Không có đơn vị XYZ"),
        ({"role": ["reporter"], "role_unit": [""]}, "Không có vai trò reporter"),
        ({"role": ["coordinator"], "role_unit": ["XYZ"]}, "Không có đơn vị XYZ"),
    ],
)
def test_what_can_not_be_is_told_and_nothing_is_kept(
    typed: dict[str, object], told: str, desk: AtTheDesk, store: AccountStore
) -> None:
    before = store.all()
    answer = desk.post("tai-khoan/", {**LAN, **typed})
    assert answer.status_code == 422
    assert told in answer.text
    assert store.all() == before


@pytest.mark.parametrize("typed", [{"disabled": "yes"}, {"role": ["verifier"], "role_unit": [""]}])
def test_no_administrator_shuts_themselves_out(
    typed: dict[str, object], desk: AtTheDesk, store: AccountStore
) -> None:
    own = {**LAN, "name": ADMINISTRATOR.account}
    own |= {"role": ["administrator"], "role_unit": [""]}
    assert desk.post("tai-khoan/", {**own, **typed}).status_code == 422
    kept = store.get(ADMINISTRATOR.account)
    assert kept
    assert kept.grants == ADMINISTRATOR.grants
    assert not kept.disabled
    assert desk.post("tai-khoan/", own).status_code == 200


def test_what_was_changed_by_whom_is_shown(desk: AtTheDesk, store: AccountStore) -> None:
    password = told_password(desk.post("tai-khoan/", LAN).text)
    desk.post("tai-khoan/", {**LAN, "unit": "VP", "email": "moi@example.gov.vn"})
    desk.post("tai-khoan/", {**LAN, "unit": "VP", "email": "moi@example.gov.vn"})
    newest = [(each.account, each.what, each.by) for each in store.changes(2)]
    assert newest == [
        ("lan.nt", "đơn vị: BC → VP; thư điện tử", ADMINISTRATOR.account),
        ("lan.nt", "thêm; vai trò: coordinator:BC verifier", ADMINISTRATOR.account),
    ]
    html = desk.get("tai-khoan/").text
    assert "đơn vị: BC → VP; thư điện tử" in html
    assert not [each for each in store.changes(99) if password in each.what or "@" in each.what]


@pytest.mark.parametrize("who", [SECRETARY, COORDINATOR, HEAD, CHAIR, VERIFIER])
def test_nobody_else_keeps_accounts(who: object, sign_in: SignIn, store: AccountStore) -> None:
    desk, before = sign_in(who), store.all()  # type: ignore[arg-type]
    assert desk.get("tai-khoan/").status_code == 403
    assert desk.get("tai-khoan/", ten=HEAD.account).status_code == 403
    assert desk.post("tai-khoan/", LAN).status_code == 403
    assert desk.post("tai-khoan/", {"name": HEAD.account, "do": "password"}).status_code == 403
    assert store.all() == before
    assert "Quản lý tài khoản" not in desk.get("toi/").text


def test_an_administrator_alone_sees_no_case(desk: AtTheDesk) -> None:
    html = desk.get("", xem="tat-ca").text
    assert "KPH-" not in html
    assert "Quản lý tài khoản" in desk.get("toi/").text


def test_everybody_chooses_how_to_be_told(sign_in: SignIn, store: AccountStore) -> None:
    desk = sign_in(COORDINATOR)
    assert desk.post("toi/", {"digest": "yes", "roles": "administrator"}).status_code == 303
    kept = store.get(COORDINATOR.account)
    assert kept
    assert kept.digest
    assert kept.grants == COORDINATOR.grants
    assert 'value="yes" checked' in desk.get("toi/").text
    desk.post("toi/", {"digest": "no"})
    kept = store.get(COORDINATOR.account)
    assert kept
    assert not kept.digest


def test_everybody_sees_where_they_are_signed_in_and_ends_it_elsewhere(
    sign_in: SignIn, store: AccountStore
) -> None:
    desk = sign_in(COORDINATOR)
    desk.post("toi/", {"do": "sessions"})
    html = desk.get("toi/").text
    assert html.count("Ở đây: vào lúc") == 1
    assert "Ở nơi khác" not in html
    assert "Đăng xuất ở những nơi khác" not in html
    elsewhere = store.begin_session(COORDINATOR.account).session
    sign_in(HEAD)
    stranger = store.begin_session(HEAD.account).session
    assert desk.get("toi/").text.count("Ở nơi khác: vào lúc") == 1
    answer = desk.post("toi/", {"do": "sessions"})
    assert answer.location == "/xu-ly/toi/?xong=phien"
    assert "Đã đăng xuất ở những nơi khác." in desk.get("toi/", xong="phien").text
    assert "Ở nơi khác" not in desk.get("toi/").text
    assert store.session(elsewhere) is None
    assert store.session(stranger), "another account's"


def test_without_a_session_neither_page_says_anything(store: AccountStore, client: object) -> None:
    for page in ("tai-khoan/", "toi/"):
        answer = client.get(f"/xu-ly/{page}")  # type: ignore[attr-defined]
        assert answer.status_code == 303
        assert "dang-nhap" in answer.headers["Location"]
